-- An update is audited without updated_at: it changes with every update, also with one that changes nothing
-- else, and the time stands in the row of the audit.
CREATE OR REPLACE FUNCTION common.audit_update() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
	said text := tg_table_schema || '.' || tg_table_name;
	many bigint;
	was jsonb;
	becomes jsonb;
	names text[];
	same text;
	differing text;
BEGIN
	SELECT count(*) INTO many FROM new_rows;
	IF many = 1 THEN
		SELECT to_jsonb(o) INTO was FROM old_rows o;
		SELECT to_jsonb(n) INTO becomes FROM new_rows n;
		names := (SELECT array_agg(e.key ORDER BY e.key) FROM jsonb_each(becomes) e
			WHERE e.value IS DISTINCT FROM was -> e.key AND e.key <> 'updated_at');
		IF names IS NOT NULL THEN
			INSERT INTO common.audit (object, object_id, change, columns)
			VALUES (said, (becomes ->> tg_argv[0])::uuid, 'update', names);
		END IF;
	ELSIF many > 1 THEN
		SELECT string_agg(format('n.%1$I = o.%1$I', a.attname), ' AND ') INTO same
		FROM pg_index i JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = ANY (i.indkey)
		WHERE i.indrelid = tg_relid AND i.indisprimary;
		SELECT string_agg(format('CASE WHEN n.%1$I%2$s IS DISTINCT FROM o.%1$I%2$s THEN %1$L END', a.attname,
			CASE a.atttypid WHEN 'json'::regtype THEN '::text' END), ', ' ORDER BY a.attname) INTO differing
		FROM pg_attribute a WHERE a.attrelid = tg_relid AND a.attnum > 0 AND NOT a.attisdropped
			AND a.attname <> 'updated_at';
		EXECUTE format('INSERT INTO common.audit (object, object_id, change, columns)
			SELECT DISTINCT $1, c.object_id, ''update'', c.names
			FROM (SELECT n.%1$I AS object_id, array_remove(ARRAY[%2$s], NULL) AS names
				FROM new_rows n JOIN old_rows o ON %3$s) c
			WHERE c.names <> ''{}''', tg_argv[0], differing, same)
		USING said;
	END IF;
	RETURN NULL;
END $$;
