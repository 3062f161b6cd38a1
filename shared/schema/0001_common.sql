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
CREATE TABLE common.setting (
	name text CONSTRAINT setting_name PRIMARY KEY,
	value text NOT NULL
);
INSERT INTO common.setting (name, value)
VALUES ('environment', 'production'), ('person_limits', '{"mentor": 5, "mentee": 5}');

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
	RETURN pg_catalog.now() + pg_catalog.make_interval(secs => coalesce(CASE WHEN NOT pg_catalog.pg_is_in_recovery()
		THEN pg_catalog.pg_sequence_last_value('common.clock') END, 0));
END $$;

-- The real time, which nothing moves: for what is held against the times in tokens, for leases of work in
-- progress, and nothing else.
CREATE FUNCTION common.real_now() RETURNS timestamptz LANGUAGE sql STABLE PARALLEL SAFE
RETURN pg_catalog.now();

-- The business date in UTC.
CREATE FUNCTION common.today() RETURNS date LANGUAGE sql STABLE PARALLEL SAFE
RETURN (common.now() AT TIME ZONE 'UTC')::date;

-- RFC 3339 in UTC, as every answer shows an instant: 2026-03-01T09:30:00Z.
CREATE FUNCTION common.instant(at timestamptz) RETURNS text LANGUAGE sql STABLE PARALLEL SAFE
RETURN to_char(at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"');

-- Ends the statement, and with it the transaction, with a code of api/problems.yaml. VOLATILE: an
-- immutable function would be evaluated, and would raise, when the statement is planned.
CREATE FUNCTION common.refuse(code text, detail json DEFAULT NULL) RETURNS void
LANGUAGE plpgsql VOLATILE AS $$
BEGIN
	RAISE EXCEPTION USING ERRCODE = 'UP001', MESSAGE = code, DETAIL = coalesce(detail::text, '');
END $$;

-- Moves business time for tests and demonstrations.
CREATE FUNCTION common.set_clock(ahead_seconds bigint) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
	IF (SELECT value FROM common.setting WHERE name = 'environment') IS DISTINCT FROM 'development' THEN
		PERFORM common.refuse('forbidden');
	END IF;
	PERFORM setval('common.clock', ahead_seconds, ahead_seconds <> 0);
END $$;

GRANT EXECUTE ON FUNCTION common.now(), common.today(), common.instant(timestamptz),
	common.refuse(text, json)
	TO guard, upward_profiles, upward_matching, upward_scheduling, upward_evaluation;
GRANT EXECUTE ON FUNCTION common.real_now() TO upward_profiles, upward_matching;
GRANT EXECUTE ON FUNCTION common.set_clock(bigint)
	TO upward_profiles, upward_matching, upward_scheduling, upward_evaluation;

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

-- Who may hear of a type, from api/events.yaml; upward-migrate replaces the rows. What is internal never leaves
-- by /events or webhooks.
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
