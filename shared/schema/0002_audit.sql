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
	actor uuid,
	delegate uuid,             -- who acted for the actor
	operation text,
	request_id text,
	role text NOT NULL
);
CREATE INDEX audit_object ON common.audit (object_id, id);
CREATE INDEX audit_actor ON common.audit (actor, id);

-- The triggers' one argument names the uuid column that says which object a row belongs to. Each
-- query is planned for its own statement (EXECUTE): a plan kept from a one-row update would join a
-- later bulk update by nested loops.
CREATE FUNCTION common.audit_rows() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
	object text := tg_table_schema || '.' || tg_table_name;
	source text := CASE tg_op WHEN 'INSERT' THEN 'new_rows' ELSE 'old_rows' END;
BEGIN
	EXECUTE format(
		'INSERT INTO common.audit (object, object_id, change, actor, delegate, operation, request_id, role)
		SELECT DISTINCT $1, r.%1$I, $2, nullif(current_setting(''app.actor'', true), '''')::uuid,
			nullif(current_setting(''app.delegate'', true), '''')::uuid,
			nullif(current_setting(''app.operation'', true), ''''),
			nullif(current_setting(''app.request_id'', true), ''''), session_user::text
		FROM %2$I r', tg_argv[0], source)
	USING object, lower(tg_op);
	RETURN NULL;
END $$;

CREATE FUNCTION common.audit_update() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
	object text := tg_table_schema || '.' || tg_table_name;
	same text := (SELECT string_agg(format('n.%1$I = o.%1$I', a.attname), ' AND ')
		FROM pg_index i JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = ANY (i.indkey)
		WHERE i.indrelid = tg_relid AND i.indisprimary);
BEGIN
	EXECUTE format(
		'INSERT INTO common.audit (object, object_id, change, columns, actor, delegate, operation, request_id, role)
		SELECT DISTINCT $1, c.object_id, ''update'', c.names,
			nullif(current_setting(''app.actor'', true), '''')::uuid,
			nullif(current_setting(''app.delegate'', true), '''')::uuid,
			nullif(current_setting(''app.operation'', true), ''''),
			nullif(current_setting(''app.request_id'', true), ''''), session_user::text
		FROM (SELECT n.%1$I AS object_id, (SELECT array_agg(e.key ORDER BY e.key)
				FROM jsonb_each(to_jsonb(n)) e WHERE e.value IS DISTINCT FROM to_jsonb(o) -> e.key) AS names
			FROM new_rows n JOIN old_rows o ON %2$s OFFSET 0) c
		WHERE c.names IS NOT NULL', tg_argv[0], same)
	USING object;
	RETURN NULL;
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
