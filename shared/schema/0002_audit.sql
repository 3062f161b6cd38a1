-- Audit: which object changed, in which columns, by whom, in which request. No values. The rows
-- come from statement-level triggers alone, which upward-migrate attaches to the tables of the
-- services; no service role can write or read them otherwise.
CREATE TABLE common.audit (
	id bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT audit_id PRIMARY KEY,
	xid xid8 NOT NULL DEFAULT pg_current_xact_id(),
	at timestamptz NOT NULL DEFAULT common.now(),
	object text NOT NULL,      -- schema.table
	object_id uuid NOT NULL,
	change text NOT NULL CONSTRAINT audit_change CHECK (change IN ('insert', 'update', 'delete')),
	columns text[],            -- of an update: the names of the changed ones
	actor uuid DEFAULT nullif(current_setting('app.actor', true), '')::uuid,
	delegate uuid DEFAULT nullif(current_setting('app.delegate', true), '')::uuid, -- acts for the actor
	operation text DEFAULT nullif(current_setting('app.operation', true), ''),
	request_id text DEFAULT nullif(current_setting('app.request_id', true), ''),
	role text NOT NULL DEFAULT session_user
);
CREATE INDEX audit_object ON common.audit (object_id, id);
CREATE INDEX audit_actor ON common.audit (actor, id);

-- The triggers' one argument names the uuid column that says which object a row belongs to. One row
-- takes a short way whose plans can be kept. More are handled by a query that is planned for this
-- statement (EXECUTE): a plan kept from another one would join a bulk update by nested loops.
CREATE FUNCTION common.audit_rows() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
	said text := tg_table_schema || '.' || tg_table_name;
	many bigint;
	one jsonb;
BEGIN
	IF tg_op = 'INSERT' THEN
		SELECT count(*) INTO many FROM new_rows;
		SELECT to_jsonb(r) INTO one FROM new_rows r;
	ELSE
		SELECT count(*) INTO many FROM old_rows;
		SELECT to_jsonb(r) INTO one FROM old_rows r;
	END IF;
	IF many = 1 THEN
		INSERT INTO common.audit (object, object_id, change)
		VALUES (said, (one ->> tg_argv[0])::uuid, lower(tg_op));
	ELSIF many > 1 THEN
		EXECUTE format('INSERT INTO common.audit (object, object_id, change)
			SELECT DISTINCT $1, r.%1$I, $2 FROM %2$I r',
			tg_argv[0], CASE tg_op WHEN 'INSERT' THEN 'new_rows' ELSE 'old_rows' END)
		USING said, lower(tg_op);
	END IF;
	RETURN NULL;
END $$;

CREATE FUNCTION common.audit_update() RETURNS trigger
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
			WHERE e.value IS DISTINCT FROM was -> e.key);
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
		FROM pg_attribute a WHERE a.attrelid = tg_relid AND a.attnum > 0 AND NOT a.attisdropped;
		EXECUTE format('INSERT INTO common.audit (object, object_id, change, columns)
			SELECT DISTINCT $1, c.object_id, ''update'', c.names
			FROM (SELECT n.%1$I AS object_id, array_remove(ARRAY[%2$s], NULL) AS names
				FROM new_rows n JOIN old_rows o ON %3$s) c
			WHERE c.names <> ''{}''', tg_argv[0], differing, same)
		USING said;
	END IF;
	RETURN NULL;
END $$;

-- If-Match: the context names one object and the version of it that this transaction may change. Its row
-- is locked when the trigger sees it; what the transaction does to it afterwards is its own affair.
CREATE FUNCTION common.if_match_holds() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
	expected text[] := string_to_array(current_setting('app.if_match'), ' ');
BEGIN
	IF OLD.id = expected[1]::uuid THEN
		IF OLD.version <> expected[2]::bigint THEN
			PERFORM common.refuse('stale');
		END IF;
		PERFORM set_config('app.if_match', '', true);
	END IF;
	RETURN CASE tg_op WHEN 'DELETE' THEN OLD ELSE NEW END;
END $$;

-- Puts the trigger if_match on every table of the four services that has an id and a version.
CREATE FUNCTION common.attach_if_match() RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
	one record;
BEGIN
	FOR one IN
		SELECT n.nspname, c.relname
		FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
		JOIN pg_attribute i ON i.attrelid = c.oid AND i.attname = 'id' AND i.atttypid = 'uuid'::regtype
		JOIN pg_attribute v ON v.attrelid = c.oid AND v.attname = 'version'
		WHERE n.nspname IN ('profiles', 'matching', 'scheduling', 'evaluation') AND c.relkind = 'r'
			AND NOT EXISTS (SELECT FROM pg_trigger t WHERE t.tgrelid = c.oid AND t.tgname = 'if_match')
		ORDER BY n.nspname, c.relname
	LOOP
		EXECUTE format('CREATE TRIGGER if_match BEFORE UPDATE OR DELETE ON %I.%I FOR EACH ROW
			WHEN (current_setting(''app.if_match'', true) LIKE ''_%%'')
			EXECUTE FUNCTION common.if_match_holds()', one.nspname, one.relname);
	END LOOP;
END $$;

-- Puts the three triggers on every table of the four services that lacks them: the object column is
-- id, else the first column of the primary key. Passed over: tables whose comment begins with
-- "unaudited:" and says why. Returns the tables it attached to.
CREATE FUNCTION common.attach_audit() RETURNS SETOF text
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
	one record;
BEGIN
	FOR one IN
		SELECT c.oid, n.nspname, c.relname, a.attname
		FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
		JOIN pg_index i ON i.indrelid = c.oid AND i.indisprimary
		JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = coalesce((SELECT d.attnum
			FROM pg_attribute d WHERE d.attrelid = c.oid AND d.attname = 'id'), i.indkey[0])
		WHERE n.nspname IN ('profiles', 'matching', 'scheduling', 'evaluation') AND c.relkind = 'r'
			AND coalesce(obj_description(c.oid, 'pg_class'), '') NOT LIKE 'unaudited:%'
			AND NOT EXISTS (SELECT FROM pg_trigger t WHERE t.tgrelid = c.oid AND t.tgname = 'audit_update')
		ORDER BY n.nspname, c.relname
	LOOP
		EXECUTE format('CREATE TRIGGER audit_insert AFTER INSERT ON %1$I.%2$I REFERENCING NEW TABLE AS new_rows
			FOR EACH STATEMENT EXECUTE FUNCTION common.audit_rows(%3$L)', one.nspname, one.relname, one.attname);
		EXECUTE format('CREATE TRIGGER audit_delete AFTER DELETE ON %1$I.%2$I REFERENCING OLD TABLE AS old_rows
			FOR EACH STATEMENT EXECUTE FUNCTION common.audit_rows(%3$L)', one.nspname, one.relname, one.attname);
		EXECUTE format('CREATE TRIGGER audit_update AFTER UPDATE ON %1$I.%2$I
			REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
			FOR EACH STATEMENT EXECUTE FUNCTION common.audit_update(%3$L)', one.nspname, one.relname, one.attname);
		RETURN NEXT one.nspname || '.' || one.relname;
	END LOOP;
END $$;
