-- Schema common: shared by all services and written by shared/ only, except for outbox and access-log rows,
-- which statements insert themselves. Objects belong to the role owner; see deploy/postgres.

-- Nobody may call a new function until it is granted. (Set for the whole database: the default privileges
-- of a schema cannot revoke what the database-wide defaults grant.)
ALTER DEFAULT PRIVILEGES FOR ROLE owner REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC;
SET LOCAL ROLE guard;
ALTER DEFAULT PRIVILEGES FOR ROLE guard REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC;
SET LOCAL ROLE owner;
CREATE SCHEMA common;
GRANT USAGE ON SCHEMA common
	TO guard, upward_profiles, upward_matching, upward_scheduling, upward_evaluation;

-- Settings of this installation. environment: 'production' unless upward-migrate was told otherwise.
-- person_limits: the most pairs a person may be in at once, per side, over all programmes.
-- meeting_limits: the most upcoming meetings of a pair beyond its plan (beyond_plan) and once the plan is
-- used up (after_plan), and the most meetings of one person a week (week). A missing key means no limit.
CREATE TABLE common.setting (
	name text CONSTRAINT setting_name PRIMARY KEY,
	value text NOT NULL
);
INSERT INTO common.setting (name, value)
VALUES ('environment', 'production'), ('person_limits', '{"mentor": 5, "mentee": 5}'),
	('meeting_limits', '{"beyond_plan": 3, "after_plan": 1, "week": 10}');

-- The offset of business time from real time, in seconds. Never set in production; elsewhere it moves the
-- time of all services at once. A sequence because reading a table row costs ten times as much, and a page
-- reads the time dozens of times.
CREATE SEQUENCE common.clock MINVALUE -9223372036854775808 START 0;
GRANT SELECT ON common.clock, common.setting
	TO guard, upward_profiles, upward_matching, upward_scheduling, upward_evaluation;

-- Business time: the start of the transaction plus the offset. (A standby cannot lock a sequence; the clock
-- is never moved there.)
CREATE FUNCTION common.now() RETURNS timestamptz LANGUAGE plpgsql STABLE PARALLEL SAFE AS $$
BEGIN
	RETURN pg_catalog.now() + pg_catalog.make_interval(secs => coalesce(
		CASE WHEN NOT pg_catalog.pg_is_in_recovery()
		THEN pg_catalog.pg_sequence_last_value('common.clock') END, 0));
END $$;

-- Real time, whatever the clock says: only for comparison with the times in tokens and for leases of work
-- in progress.
CREATE FUNCTION common.real_now() RETURNS timestamptz LANGUAGE sql STABLE PARALLEL SAFE
RETURN pg_catalog.now();
GRANT EXECUTE ON FUNCTION common.now()
	TO guard, upward_profiles, upward_matching, upward_scheduling, upward_evaluation;
GRANT EXECUTE ON FUNCTION common.real_now() TO upward_profiles, upward_matching;

-- The range that every date and time in a request, or computed from one, must be in to be stored
-- (CIVIL_YEARS in C). Hire dates may be earlier.
CREATE FUNCTION common.years() RETURNS tstzrange LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN tstzrange('2000-01-01 00:00Z', '2200-01-01 00:00Z');
GRANT EXECUTE ON FUNCTION common.years()
	TO guard, upward_profiles, upward_matching, upward_scheduling, upward_evaluation;

-- Events. Ids are not in commit order: a consumer reads by (xid, id) below the oldest running transaction,
-- never by id alone.
CREATE TABLE common.outbox (
	id bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT outbox_id PRIMARY KEY,
	xid xid8 NOT NULL DEFAULT pg_current_xact_id(),
	type text NOT NULL CONSTRAINT outbox_type CHECK (type ~ '^[a-z_]+\.[a-z_]+$'),
	subject_id uuid NOT NULL,
	data json NOT NULL DEFAULT '{}',
	occurred_at timestamptz NOT NULL DEFAULT common.now()
);
CREATE INDEX outbox_order ON common.outbox (xid, id);
GRANT INSERT (type, subject_id, data), SELECT ON common.outbox
	TO guard, upward_profiles, upward_matching, upward_scheduling, upward_evaluation;

-- Event types, from api/events.yaml; upward-migrate replaces the rows. Internal events never leave through
-- /events or webhooks.
CREATE TABLE common.event (
	type text CONSTRAINT event_type PRIMARY KEY,
	audience text NOT NULL CONSTRAINT event_audience CHECK (audience IN ('public', 'internal')),
	subject text NOT NULL,     -- what subject_id identifies
	recipients text,           -- who is notified; null: nobody
	notification text          -- the kind of notification
);
GRANT SELECT ON common.event TO upward_profiles, upward_matching, upward_scheduling, upward_evaluation;

-- The position of each consumer: the last event it has processed.
CREATE TABLE common.cursor (
	name text CONSTRAINT cursor_name PRIMARY KEY,
	xid xid8 NOT NULL DEFAULT '0',
	id bigint NOT NULL DEFAULT 0,
	moved_at timestamptz NOT NULL DEFAULT common.now()
);
GRANT SELECT, INSERT (name), UPDATE (xid, id, moved_at) ON common.cursor
	TO upward_profiles, upward_matching, upward_scheduling, upward_evaluation;

-- The outcome of each request with an Idempotency-Key; bodies are not kept. Rows are removed after 48 hours.
CREATE TABLE common.idempotency (
	subject text NOT NULL,
	route text NOT NULL,
	key text NOT NULL,
	hash text NOT NULL,
	object_id uuid,
	status smallint,
	created_at timestamptz NOT NULL DEFAULT common.now(),
	CONSTRAINT idempotency_once PRIMARY KEY (subject, route, key)
);
CREATE INDEX idempotency_age ON common.idempotency (created_at);
CREATE INDEX idempotency_caller ON common.idempotency (subject, created_at);
GRANT SELECT, INSERT, UPDATE (object_id, status), DELETE ON common.idempotency
	TO upward_profiles, upward_matching, upward_scheduling, upward_evaluation;

-- Reads of confidential data, inserted by the statement that reads.
CREATE TABLE common.access_log (
	id bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT access_log_id PRIMARY KEY,
	at timestamptz NOT NULL DEFAULT common.now(),
	actor uuid DEFAULT nullif(current_setting('app.actor', true), '')::uuid,
	delegate uuid DEFAULT nullif(current_setting('app.delegate', true), '')::uuid,
	operation text DEFAULT nullif(current_setting('app.operation', true), ''),
	request_id text DEFAULT nullif(current_setting('app.request_id', true), ''),
	object text NOT NULL,
	object_id uuid NOT NULL
);
CREATE INDEX access_log_object ON common.access_log (object_id, id);
GRANT INSERT (object, object_id) ON common.access_log
	TO upward_profiles, upward_matching, upward_scheduling, upward_evaluation;

-- Applied migrations. checksum: SHA-256 of the file.
CREATE TABLE common.migration (
	module text NOT NULL,
	number int NOT NULL,
	name text NOT NULL,
	checksum text NOT NULL,
	applied_at timestamptz NOT NULL DEFAULT pg_catalog.now(),
	CONSTRAINT migration_number PRIMARY KEY (module, number)
);

-- What upward-migrate created from objects/: the checksum of each module's files, and each object by its
-- name in the catalogs ("matching.unsafe(uuid,uuid)", "pair_fill on matching.pair").
CREATE TABLE common.object_set (
	module text CONSTRAINT object_set_module PRIMARY KEY,
	checksum text NOT NULL,
	applied_at timestamptz NOT NULL DEFAULT pg_catalog.now()
);

CREATE TABLE common.object (
	kind text NOT NULL CONSTRAINT object_kind CHECK (kind IN ('function', 'view', 'trigger')),
	name text NOT NULL,
	module text NOT NULL,
	file text NOT NULL,
	place int NOT NULL,        -- order of creation within the module
	checksum text NOT NULL,    -- of the statement
	CONSTRAINT object_once PRIMARY KEY (kind, name)
);

-- Audit log: which object changed, in which columns, by whom, in which request. No values. Rows are written
-- only by statement-level triggers, which upward-migrate attaches to the tables of the services; no service
-- role can read or write the table itself.
CREATE TABLE common.audit (
	id bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT audit_id PRIMARY KEY,
	xid xid8 NOT NULL DEFAULT pg_current_xact_id(),
	at timestamptz NOT NULL DEFAULT common.now(),
	object text NOT NULL,      -- schema.table
	object_id uuid NOT NULL,
	change text NOT NULL CONSTRAINT audit_change CHECK (change IN ('insert', 'update', 'delete')),
	columns text[],            -- changed by an update
	actor uuid DEFAULT nullif(current_setting('app.actor', true), '')::uuid,
	delegate uuid DEFAULT nullif(current_setting('app.delegate', true), '')::uuid, -- acts for the actor
	operation text DEFAULT nullif(current_setting('app.operation', true), ''),
	request_id text DEFAULT nullif(current_setting('app.request_id', true), ''),
	role text NOT NULL DEFAULT session_user
);
CREATE INDEX audit_object ON common.audit (object_id, id);
CREATE INDEX audit_actor ON common.audit (actor, id);

-- The trigger argument names the uuid column that identifies the object a row belongs to. A single row takes
-- a short path with cached plans. Several rows are handled by a query planned for this statement (EXECUTE): a
-- cached plan would join a bulk update by nested loops.
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

-- If-Match: app.if_match holds the id of one object and the version that this transaction may change. The
-- check is made once, at the first change, when the row is locked; later changes in the same transaction
-- are not checked.
CREATE FUNCTION common.if_match_holds() RETURNS trigger LANGUAGE plpgsql
	SET search_path = pg_catalog, pg_temp AS $$
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

-- Creates the trigger if_match on every table of the four services that has the columns id and version.
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

-- Creates the three audit triggers on every table of the four services that lacks them. The object column is
-- id, or else the first column of the primary key. Skips tables whose comment begins with "unaudited:" (and
-- says why). Returns the tables it attached triggers to.
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
		EXECUTE format('CREATE TRIGGER audit_insert AFTER INSERT ON %1$I.%2$I
			REFERENCING NEW TABLE AS new_rows
			FOR EACH STATEMENT EXECUTE FUNCTION common.audit_rows(%3$L)', one.nspname, one.relname,
				one.attname);
		EXECUTE format('CREATE TRIGGER audit_delete AFTER DELETE ON %1$I.%2$I
			REFERENCING OLD TABLE AS old_rows
			FOR EACH STATEMENT EXECUTE FUNCTION common.audit_rows(%3$L)', one.nspname, one.relname,
				one.attname);
		EXECUTE format('CREATE TRIGGER audit_update AFTER UPDATE ON %1$I.%2$I
			REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
			FOR EACH STATEMENT EXECUTE FUNCTION common.audit_update(%3$L)', one.nspname, one.relname,
				one.attname);
		RETURN NEXT one.nspname || '.' || one.relname;
	END LOOP;
END $$;

-- A UUIDv7 (RFC 9562), for statements that insert many rows; all other ids are made in C.
CREATE FUNCTION common.new_id() RETURNS uuid LANGUAGE sql VOLATILE PARALLEL SAFE
RETURN encode(set_bit(set_bit(overlay(uuid_send(gen_random_uuid())
	PLACING substring(int8send((extract(epoch FROM pg_catalog.now()) * 1000)::bigint) FROM 3) FROM 1 FOR 6),
		52, 1), 53, 1), 'hex')::uuid;
GRANT EXECUTE ON FUNCTION common.new_id()
	TO guard, upward_profiles, upward_matching, upward_scheduling, upward_evaluation;

-- The words of a text, each after a blank: letters and digits only, in lower case, without accents; letters
-- that Unicode does not decompose, such as ø and ı, as they are written in ASCII. Both the searched text and
-- the search term go through it, so that '%' || words || '%' matches the beginnings of words. A text without
-- words becomes a single blank.
CREATE FUNCTION common.words(text text) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN ' ' || btrim(regexp_replace(translate(replace(replace(replace(
	lower(regexp_replace(normalize(text, NFKD), '[\u0300-\u036f]', '', 'g') COLLATE "und-x-icu"),
	'ß', 'ss'), 'æ', 'ae'), 'œ', 'oe'), 'øłıđðħŧ', 'oliddht'), '[^[:alnum:]]+', ' ', 'g'));
GRANT EXECUTE ON FUNCTION common.words(text) TO upward_profiles;

-- Life cycles. A table with a life cycle has the columns status, step and came_from. A statement sets the
-- step (UPDATE pair SET step = 'dissolution' …); the trigger created by attach_lifecycle() finds the new
-- status in common.step. Nothing else sets a status. A trigger on a change of status must be declared on
-- UPDATE OF step: PostgreSQL fires UPDATE OF for the columns that a statement names, not for those that a
-- trigger sets.

-- The steps of all life cycles, from x-lifecycle in the contract; upward-migrate replaces the rows.
CREATE TABLE common.step (
	noun text NOT NULL,
	name text NOT NULL,
	from_status text NOT NULL,      -- '': creation
	to_status text,                 -- null: back to came_from
	ends boolean NOT NULL,          -- to_status is final
	parties text[] NOT NULL,        -- who may take it; statements check the party
	event text,                     -- null: none
	action text NOT NULL,           -- of the operation that takes it, as in `can`
	refusal text NOT NULL,          -- problem code if taken in another status
	place int NOT NULL,             -- order in the contract
	CONSTRAINT step_once PRIMARY KEY (noun, name, from_status)
);
CREATE INDEX step_open ON common.step (noun, from_status);
GRANT SELECT ON common.step TO guard, upward_profiles, upward_matching, upward_scheduling, upward_evaluation;

-- BEFORE INSERT OR UPDATE OF step; the argument is the noun. Sets status, came_from (unless the status stays
-- the same), version and updated_at; with a second argument also ended_at.
CREATE FUNCTION common.take_step() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
	was text := CASE tg_op WHEN 'UPDATE' THEN old.status ELSE '' END;
	s common.step;
BEGIN
	SELECT * INTO s FROM common.step x
	WHERE x.noun = tg_argv[0] AND x.name = new.step AND x.from_status = was;
	IF NOT FOUND THEN
		PERFORM common.refuse_step(tg_argv[0], new.step, was);
	END IF;
	IF tg_op = 'INSERT' THEN
		IF new.status IS NOT NULL AND new.status <> s.to_status THEN
			RAISE EXCEPTION 'a status is set by its step' USING ERRCODE = '23514',
				CONSTRAINT = 'status_by_step', SCHEMA = tg_table_schema, TABLE = tg_table_name;
		END IF;
		new.status := s.to_status;
		RETURN new;
	END IF;
	new.status := coalesce(s.to_status, old.came_from);
	IF new.status <> was THEN
		new.came_from := was;
	END IF;
	new.version := old.version + 1;
	new.updated_at := common.now();
	IF s.ends AND tg_nargs > 1 THEN
		new.ended_at := common.now();
	END IF;
	RETURN new;
END $$;

-- BEFORE UPDATE OF status: a status is never set directly.
CREATE FUNCTION common.refuse_status() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	RAISE EXCEPTION 'a status is set by its step' USING ERRCODE = '23514',
		CONSTRAINT = 'status_by_step', SCHEMA = tg_table_schema, TABLE = tg_table_name;
END $$;

-- Gives a table its life cycle. The triggers' names sort first, so that all others see the new status.
CREATE FUNCTION common.attach_lifecycle(lives regclass, noun text, has_end boolean DEFAULT false) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
	EXECUTE format('CREATE TRIGGER _step BEFORE INSERT OR UPDATE OF step ON %s
		FOR EACH ROW EXECUTE FUNCTION common.take_step(%s)', lives,
		CASE WHEN has_end THEN format('%L, %L', noun, 'ended_at') ELSE quote_literal(noun) END);
	EXECUTE format('CREATE TRIGGER _status BEFORE UPDATE OF status ON %s
		FOR EACH ROW EXECUTE FUNCTION common.refuse_status()', lives);
END $$;

-- Kinds of tasks, from api/tasks.yaml; upward-migrate replaces the rows. The views `task` of the services
-- name only the kind: the assignee, the subject, the days and the texts are here.
CREATE TABLE common.task_kind (
	kind text CONSTRAINT task_kind_name PRIMARY KEY,
	owner text NOT NULL,
	waits_for text NOT NULL,        -- person, mentee, mentor, pair, programme
	noun text NOT NULL,             -- type of its subject
	action text NOT NULL,           -- the operation that completes it, as in `can`
	part text,                      -- path, below the object, of what has been started,
	part_action text,               -- and the operation that completes it
	reminders int[] NOT NULL,       -- days after it began
	last_day boolean NOT NULL,      -- another reminder within a day of its end
	event text,                     -- sent by the owner, once per person
	segment text,                   -- of messages that remind of it
	work text,                      -- kind of work-list row; null: none
	work_days int,                  -- days before it is listed
	work_can text[],                -- operations for the coordinator
	work_remind text,               -- segment of the reminder
	work_of text,                   -- the person that the row names
	discreet boolean NOT NULL,      -- hidden from members of the pair and their superiors
	shown boolean NOT NULL,         -- on the person's own dashboard
	confidential boolean NOT NULL,  -- nowhere else
	text text NOT NULL,
	place int NOT NULL,             -- order in the catalogue
	CONSTRAINT task_kind_confidential CHECK (NOT confidential OR num_nonnulls(work, segment) = 0)
);

-- The segments of messages, and the notification kind that reminds of each.
CREATE TABLE common.segment (
	segment text CONSTRAINT segment_name PRIMARY KEY,
	reminder text NOT NULL,
	discreet boolean NOT NULL,
	place int NOT NULL
);

-- Texts of codes, from api/messages.yaml, by <group>.<code>. relax: what to change to help.
CREATE TABLE common.message (
	key text CONSTRAINT message_key PRIMARY KEY,
	text text NOT NULL,
	relax text
);
GRANT SELECT ON common.task_kind, common.segment, common.message
	TO upward_profiles, upward_matching, upward_scheduling, upward_evaluation;

-- The data catalogue: the purpose, legal basis and retention of each column, and how it is exported and
-- erased. From services/<service>/catalogue.yaml and shared/catalogue.yaml; upward-migrate replaces the rows.
-- person, gone, touches and owned are conditions on a row, in which $1 is the person.
CREATE TABLE common.catalogue (
	schema_name text NOT NULL,
	table_name text NOT NULL,
	column_name text NOT NULL,
	place int NOT NULL,             -- order in the file, and of erasure
	purpose text NOT NULL,
	basis text NOT NULL,
	retention text NOT NULL,
	why text,                       -- why it is not exported or not erased
	person text,                    -- rows to export; null: none
	gone text,                      -- rows that an erasure deletes
	touches text,                   -- rows that an erasure updates
	owned text,                     -- those in which the column is the person's; null: all
	export text,                    -- exported expression; null: nothing
	erase text,                     -- value after erasure
	stays boolean NOT NULL,         -- kept by an erasure
	CONSTRAINT catalogue_once PRIMARY KEY (schema_name, table_name, column_name)
);
