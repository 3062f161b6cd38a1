-- Schema common: what all services share and shared/ alone writes, but for the event row and the
-- access-log row that a statement inserts itself. Objects belong to owner; see deploy/postgres.

-- A new function may be called by nobody until a grant says so. (For the whole database: a default
-- of one schema cannot take away what the database-wide default gives.)
ALTER DEFAULT PRIVILEGES FOR ROLE owner REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC;
SET LOCAL ROLE guard;
ALTER DEFAULT PRIVILEGES FOR ROLE guard REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC;
SET LOCAL ROLE owner;
CREATE SCHEMA common;
GRANT USAGE ON SCHEMA common
	TO guard, upward_profiles, upward_matching, upward_scheduling, upward_evaluation;

-- Facts about this installation. environment: 'production' unless upward-migrate says otherwise.
-- person_limits: how many pairs one person may be in at once on each side, over all programmes.
-- meeting_limits: how many meetings beyond its plan a pair may have ahead, how many when the plan is used up,
-- and how many one person may have a week. What is missing is not limited.
CREATE TABLE common.setting (
	name text CONSTRAINT setting_name PRIMARY KEY,
	value text NOT NULL
);
INSERT INTO common.setting (name, value)
VALUES ('environment', 'production'), ('person_limits', '{"mentor": 5, "mentee": 5}'),
	('meeting_limits', '{"beyond_plan": 3, "after_plan": 1, "week": 10}');

-- Business time: how many seconds it is ahead. Never called in production; elsewhere its value moves the
-- time of all services at once. A sequence, since a row of a table costs ten times as much to read, and
-- pages ask dozens of times.
CREATE SEQUENCE common.clock MINVALUE -9223372036854775808 START 0;
GRANT SELECT ON common.clock, common.setting
	TO guard, upward_profiles, upward_matching, upward_scheduling, upward_evaluation;

-- The time of day of the business: the transaction's start, moved by the clock. (A standby may not lock
-- a sequence; nobody moves the clock there.)
CREATE FUNCTION common.now() RETURNS timestamptz LANGUAGE plpgsql STABLE PARALLEL SAFE AS $$
BEGIN
	RETURN pg_catalog.now() + pg_catalog.make_interval(secs => coalesce(
		CASE WHEN NOT pg_catalog.pg_is_in_recovery()
		THEN pg_catalog.pg_sequence_last_value('common.clock') END, 0));
END $$;

-- The real time, which nothing moves: for what is held against the times in tokens, for leases of work in
-- progress, and nothing else.
CREATE FUNCTION common.real_now() RETURNS timestamptz LANGUAGE sql STABLE PARALLEL SAFE
RETURN pg_catalog.now();
GRANT EXECUTE ON FUNCTION common.now()
	TO guard, upward_profiles, upward_matching, upward_scheduling, upward_evaluation;
GRANT EXECUTE ON FUNCTION common.real_now() TO upward_profiles, upward_matching;

-- The years of every date and time that comes in, or that is reckoned from what came in and stored:
-- CIVIL_YEARS in C. Days of hire may be older.
CREATE FUNCTION common.years() RETURNS tstzrange LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN tstzrange('2000-01-01 00:00Z', '2200-01-01 00:00Z');
GRANT EXECUTE ON FUNCTION common.years()
	TO guard, upward_profiles, upward_matching, upward_scheduling, upward_evaluation;

-- Events. The order of ids is not the order of commits: a consumer reads (xid, id) below the
-- oldest running transaction, never id alone.
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

-- Who may hear of a type, from api/events.yaml; upward-migrate replaces the rows. What is internal never
-- leaves by /events or webhooks.
CREATE TABLE common.event (
	type text CONSTRAINT event_type PRIMARY KEY,
	audience text NOT NULL CONSTRAINT event_audience CHECK (audience IN ('public', 'internal')),
	subject text NOT NULL,     -- the noun that subject_id names
	told text,                 -- who is notified; null: nobody
	notification text          -- the kind of notification
);
GRANT SELECT ON common.event TO upward_profiles, upward_matching, upward_scheduling, upward_evaluation;

-- How far each consumer has come: the last event it passed.
CREATE TABLE common.cursor (
	name text CONSTRAINT cursor_name PRIMARY KEY,
	xid xid8 NOT NULL DEFAULT '0',
	id bigint NOT NULL DEFAULT 0,
	moved_at timestamptz NOT NULL DEFAULT common.now()
);
GRANT SELECT, INSERT (name), UPDATE (xid, id, moved_at) ON common.cursor
	TO upward_profiles, upward_matching, upward_scheduling, upward_evaluation;

-- First answers by Idempotency-Key; no body is kept. Rows older than 48 hours are removed.
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

-- Reads of confidential data: the read statement inserts the row itself.
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

-- What upward-migrate has applied. checksum: SHA-256 of the file.
CREATE TABLE common.migration (
	module text NOT NULL,
	number int NOT NULL,
	name text NOT NULL,
	checksum text NOT NULL,
	applied_at timestamptz NOT NULL DEFAULT pg_catalog.now(),
	CONSTRAINT migration_number PRIMARY KEY (module, number)
);

-- What of objects/ it has made: checksum of a module's files, and each object by the name under which
-- the server knows it ("matching.unsafe(uuid,uuid)", "pair_fill on matching.pair").
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
	place int NOT NULL,        -- within the module, in the order in which they were made
	checksum text NOT NULL,    -- of the statement
	CONSTRAINT object_once PRIMARY KEY (kind, name)
);

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

-- A UUIDv7 (RFC 9562) for rows that one statement makes many of; C makes all others.
CREATE FUNCTION common.new_id() RETURNS uuid LANGUAGE sql VOLATILE PARALLEL SAFE
RETURN encode(set_bit(set_bit(overlay(uuid_send(gen_random_uuid())
	PLACING substring(int8send((extract(epoch FROM pg_catalog.now()) * 1000)::bigint) FROM 3) FROM 1 FOR 6),
		52, 1), 53, 1), 'hex')::uuid;
GRANT EXECUTE ON FUNCTION common.new_id()
	TO guard, upward_profiles, upward_matching, upward_scheduling, upward_evaluation;

-- The words of a text, each behind a blank: letters and digits alone, small, without accents. What is
-- searched and what is looked for both come this way, so that '%' || words || '%' finds where words begin.
-- Text that has none is a blank.
CREATE FUNCTION common.words(text text) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN ' ' || btrim(regexp_replace(lower(regexp_replace(normalize(text, NFKD), '[\u0300-\u036f]', '', 'g')
	COLLATE "und-x-icu"), '[^[:alnum:]]+', ' ', 'g'));
GRANT EXECUTE ON FUNCTION common.words(text) TO upward_profiles;

-- Life cycles. A table whose rows live has the columns status, step and came_from; a statement names the
-- step (UPDATE pair SET step = 'dissolution' …), and the trigger that attach_lifecycle() puts on the table
-- looks up in common.step where it leads. Nothing else sets a status. A trigger that listens to a change of
-- status listens to UPDATE OF step: PostgreSQL fires UPDATE OF for the columns that a statement names, not
-- for those that a trigger sets.

-- Every step of every noun, from x-lifecycle in the contract; upward-migrate replaces the rows.
CREATE TABLE common.step (
	noun text NOT NULL,
	name text NOT NULL,
	from_status text NOT NULL,      -- '' where the life begins
	to_status text,                 -- null: back to where the step before came from
	ends boolean NOT NULL,          -- no step leads on from to_status
	parties text[] NOT NULL,        -- who may take it; the statement judges who is what
	event text,                     -- null: nobody is told
	action text NOT NULL,           -- the last word of the operation that takes it, as `can` names it
	refusal text NOT NULL,          -- the problem of who takes it in another state
	place int NOT NULL,             -- order in the contract
	CONSTRAINT step_once PRIMARY KEY (noun, name, from_status)
);
CREATE INDEX step_open ON common.step (noun, from_status);
GRANT SELECT ON common.step TO guard, upward_profiles, upward_matching, upward_scheduling, upward_evaluation;

-- BEFORE INSERT OR UPDATE OF step; its argument is the noun. Sets the status, the state it came from (a step
-- that stays in its state leaves that alone), version and updated_at; ended_at with a second argument.
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

-- BEFORE UPDATE OF status: nobody sets one by hand.
CREATE FUNCTION common.refuse_status() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	RAISE EXCEPTION 'a status is set by its step' USING ERRCODE = '23514',
		CONSTRAINT = 'status_by_step', SCHEMA = tg_table_schema, TABLE = tg_table_name;
END $$;

-- Gives a table its life cycle. The triggers' names sort before all others, so that those see the new status.
CREATE FUNCTION common.attach_lifecycle(lives regclass, noun text, has_end boolean DEFAULT false) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
	EXECUTE format('CREATE TRIGGER _step BEFORE INSERT OR UPDATE OF step ON %s
		FOR EACH ROW EXECUTE FUNCTION common.take_step(%s)', lives,
		CASE WHEN has_end THEN format('%L, %L', noun, 'ended_at') ELSE quote_literal(noun) END);
	EXECUTE format('CREATE TRIGGER _status BEFORE UPDATE OF status ON %s
		FOR EACH ROW EXECUTE FUNCTION common.refuse_status()', lives);
END $$;

-- What waits for whom, as api/tasks.yaml says it; upward-migrate replaces the rows. The services' views
-- `task` name a kind and nothing else of it: whom it waits for, what it is about, days and words stand here.
CREATE TABLE common.task_kind (
	kind text CONSTRAINT task_kind_name PRIMARY KEY,
	owner text NOT NULL,
	waits_for text NOT NULL,        -- person, mentee, mentor, pair, programme
	noun text NOT NULL,             -- what it is about
	action text NOT NULL,           -- the operation that does it, as `can` names it
	part text,                      -- path of what is begun already, below the object,
	part_action text,               -- and the action then
	reminders int[] NOT NULL,       -- days
	last_day boolean NOT NULL,      -- once more within a day of its end
	event text,                     -- by which its owner tells of it, once a person
	segment text,                   -- of messages
	work text,                      -- row of the work list; null: none
	work_days int,                  -- how long it waits before that
	work_can text[],                -- operations that help a coordinator
	work_remind text,               -- the segment that reminds
	work_of text,                   -- whom the row names
	discreet boolean NOT NULL,      -- not for who takes part in the pair, or stands above one of the two
	shown boolean NOT NULL,         -- on one's own dashboard
	confidential boolean NOT NULL,  -- there alone
	text text NOT NULL,
	place int NOT NULL,             -- order in the catalogue
	CONSTRAINT task_kind_confidential CHECK (NOT confidential OR num_nonnulls(work, segment) = 0)
);

-- The segments of messages, and how a reminder of each is called.
CREATE TABLE common.segment (
	segment text CONSTRAINT segment_name PRIMARY KEY,
	reminder text NOT NULL,
	discreet boolean NOT NULL,
	place int NOT NULL
);

-- Codes in words, as api/messages.yaml says them, by <group>.<code>; relax: what to do.
CREATE TABLE common.message (
	key text CONSTRAINT message_key PRIMARY KEY,
	text text NOT NULL,
	relax text
);
GRANT SELECT ON common.task_kind, common.segment, common.message
	TO upward_profiles, upward_matching, upward_scheduling, upward_evaluation;

-- The data catalogue: what each column is for, on which basis, how long, and what becomes of it when its
-- person asks for their data or is erased. From services/<service>/catalogue.yaml and shared/catalogue.yaml;
-- upward-migrate replaces the rows. person, gone, touches and owned are conditions on a row, in which $1 is
-- the person.
CREATE TABLE common.catalogue (
	schema_name text NOT NULL,
	table_name text NOT NULL,
	column_name text NOT NULL,
	place int NOT NULL,             -- order in the file, in which an erasure goes
	purpose text NOT NULL,
	basis text NOT NULL,
	retention text NOT NULL,
	why text,                       -- why it is not exported, or stays
	person text,                    -- rows with data of the person: an export shows them; null: none has
	gone text,                      -- rows that an erasure removes
	touches text,                   -- rows in which it changes columns
	owned text,                     -- in which of those the column is the person's; null: in all
	export text,                    -- the expression that is shown; null: nothing
	erase text,                     -- the expression that takes its place
	stays boolean NOT NULL,         -- neither that nor gone with its row
	CONSTRAINT catalogue_once PRIMARY KEY (schema_name, table_name, column_name)
);
