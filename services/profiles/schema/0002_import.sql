-- Imports of the employee file: a row a file, staged by COPY, validated whole, planned, applied in
-- chunks. queued → checking → checked (a dry run or a guard waits for confirmation, which queues it
-- again) → applying → done; faulty (faults found, nothing applied), cancelled, failed end it too.
CREATE TABLE profiles.import (
	id uuid CONSTRAINT import_id PRIMARY KEY,
	status text NOT NULL DEFAULT 'queued' CONSTRAINT import_status CHECK (status IN
		('queued', 'checking', 'checked', 'applying', 'done', 'faulty', 'cancelled', 'failed')),
	mode text NOT NULL DEFAULT 'delta' CONSTRAINT import_mode CHECK (mode IN ('delta', 'full')),
	dry_run boolean NOT NULL DEFAULT false,
	skip_errors boolean NOT NULL DEFAULT false,
	confirm_deactivations int CONSTRAINT import_confirm CHECK (confirm_deactivations >= 0),
	requested_by uuid,
	reason text,               -- of checked, faulty, failed: a code
	columns text[] NOT NULL DEFAULT '{}', -- of the file; a delta leaves the others alone
	rows_total int NOT NULL DEFAULT 0,
	created int NOT NULL DEFAULT 0,       -- planned, and once it has ended, done
	updated int NOT NULL DEFAULT 0,
	unchanged int NOT NULL DEFAULT 0,
	deactivated int NOT NULL DEFAULT 0,
	skipped int NOT NULL DEFAULT 0,
	faults int NOT NULL DEFAULT 0,
	steps_total int,                      -- changes to make; null until planned
	steps_done int NOT NULL DEFAULT 0,    -- the place of the last step that was applied
	leased_until timestamptz,             -- the worker's lease
	attempts smallint NOT NULL DEFAULT 0,
	started_at timestamptz,
	finished_at timestamptz,
	version bigint NOT NULL DEFAULT 1,
	created_at timestamptz NOT NULL DEFAULT common.now(),
	updated_at timestamptz NOT NULL DEFAULT common.now()
);
CREATE INDEX import_newest ON profiles.import (created_at DESC, id DESC);
CREATE INDEX import_waiting ON profiles.import (created_at) WHERE status IN ('queued', 'checking', 'applying');
-- Imports run one after the other: a check is good for the people it has seen.
CREATE UNIQUE INDEX import_one_at_work ON profiles.import ((true)) WHERE status IN ('checking', 'applying');

-- The file as received, in parts; removed when the import ends.
CREATE TABLE profiles.import_file (
	import_id uuid NOT NULL CONSTRAINT import_file_import REFERENCES profiles.import (id) ON DELETE CASCADE,
	part smallint NOT NULL,
	content bytea NOT NULL,
	CONSTRAINT import_file_part PRIMARY KEY (import_id, part)
);
ALTER TABLE profiles.import_file ALTER content SET STORAGE EXTERNAL; -- short-lived: not worth packing
COMMENT ON TABLE profiles.import_file IS 'unaudited: staging of an import, which is audited itself';

-- One line of the file, values as sent. Of a faulty row what is well formed: whom it names counts.
CREATE TABLE profiles.import_row (
	import_id uuid NOT NULL CONSTRAINT import_row_import REFERENCES profiles.import (id) ON DELETE CASCADE,
	line int NOT NULL,
	external_id text NOT NULL,
	user_name text,
	given_name text,
	family_name text,
	email text,
	title text,
	department text,
	location text,
	country text,
	time_zone text,
	level smallint,
	manager_external_id text,
	hired_on date,
	status text,               -- null: the file does not say
	languages text[],
	skip boolean NOT NULL,     -- has a fault
	CONSTRAINT import_row_line PRIMARY KEY (import_id, line)
);
COMMENT ON TABLE profiles.import_row IS 'unaudited: staging of an import, which is audited itself';

-- The plan: what to do, in this order. Who is missing from a full file comes first, then the rows
-- from the top of the tree as it will be down, so that a manager is there before the first report
-- and no circle stands for a moment. place 1, 2, 3 …; line null: a person who is not in the file.
CREATE TABLE profiles.import_step (
	import_id uuid NOT NULL CONSTRAINT import_step_import REFERENCES profiles.import (id) ON DELETE CASCADE,
	place int NOT NULL,
	line int,
	person_id uuid NOT NULL,
	manager_id uuid,
	action text NOT NULL CONSTRAINT import_step_action
		CHECK (action IN ('create', 'update', 'reactivate', 'deactivate')),
	rekeys boolean NOT NULL DEFAULT false, -- changes whom a key of sign-in opens
	CONSTRAINT import_step_place PRIMARY KEY (import_id, place)
);
COMMENT ON TABLE profiles.import_step IS 'unaudited: staging of an import, which is audited itself';

-- What is wrong, by line and column.
CREATE TABLE profiles.import_fault (
	import_id uuid NOT NULL CONSTRAINT import_fault_import REFERENCES profiles.import (id) ON DELETE CASCADE,
	line int NOT NULL,
	number bigint GENERATED ALWAYS AS IDENTITY,
	column_name text,
	code text NOT NULL,
	message text NOT NULL,
	CONSTRAINT import_fault_line PRIMARY KEY (import_id, line, number)
);
COMMENT ON TABLE profiles.import_fault IS 'unaudited: report of an import, which is audited itself';

GRANT SELECT, INSERT, UPDATE ON profiles.import TO upward_profiles;
GRANT SELECT, INSERT, DELETE ON profiles.import_file, profiles.import_step, profiles.import_fault
	TO upward_profiles;
GRANT SELECT, INSERT, DELETE, UPDATE (skip) ON profiles.import_row TO upward_profiles;
GRANT UPDATE (rekeys) ON profiles.import_step TO upward_profiles;

-- Whose user_name and address is which, in the form in which keys are compared. held: nobody else
-- may have it.
CREATE VIEW profiles.person_key AS
SELECT p.id AS person_id, p.external_id, k.name, k.value,
	p.status <> 'inactive' AND p.rekeyed_by IS NULL AS held
FROM profiles.person p CROSS JOIN LATERAL (VALUES
	('user_name', lower(p.user_name COLLATE "C")), ('email', lower(p.email COLLATE "C"))) k(name, value);

-- The same two keys as each row of a file will leave them. stays: the row's person will not have
-- left; claims: the key is new to them, or they do not hold it now and will; gives_up: they had another.
CREATE VIEW profiles.import_key AS
SELECT r.import_id, r.line, r.skip, p.id AS person_id, k.name, k.value, s.stays,
	k.value IS DISTINCT FROM k.was
		OR s.stays AND (p.status = 'inactive' OR p.rekeyed_by IS NOT NULL) AS claims,
	k.was IS NOT NULL AND k.value IS DISTINCT FROM k.was AS gives_up
FROM profiles.import_row r JOIN profiles.import i ON i.id = r.import_id
	LEFT JOIN profiles.person p ON lower(p.external_id COLLATE "C") = lower(r.external_id COLLATE "C")
	CROSS JOIN LATERAL (VALUES
		('user_name', lower(r.user_name COLLATE "C"), lower(p.user_name COLLATE "C")),
		('email', CASE WHEN 'email' = ANY (i.columns) THEN lower(r.email COLLATE "C")
			ELSE lower(p.email COLLATE "C") END, lower(p.email COLLATE "C"))) k(name, value, was)
	CROSS JOIN LATERAL (SELECT coalesce(r.status, CASE i.mode WHEN 'full' THEN 'active' END, p.status,
		'active') <> 'inactive' AS stays) s;
GRANT SELECT ON profiles.person_key, profiles.import_key TO upward_profiles;

-- Fresh statistics of what was just staged: without them the checks would be planned for a few rows
-- and join a hundred thousand by nested loops. Only a table's owner may gather them.
CREATE FUNCTION profiles.import_analyze() RETURNS void LANGUAGE plpgsql
SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
	ANALYZE profiles.import_row, profiles.import_step,
		profiles.person (id, external_id, user_name, email, status, rekeyed_by);
END $$;
GRANT EXECUTE ON FUNCTION profiles.import_analyze() TO upward_profiles;

-- An import as the API shows it.
CREATE FUNCTION profiles.import_json(i profiles.import) RETURNS json
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
RETURN json_build_object('id', i.id, 'status', i.status, 'mode', i.mode, 'dry_run', i.dry_run,
	'progress', json_build_object('done', i.steps_done, 'total', i.steps_total),
	'counts', json_build_object('rows', i.rows_total, 'created', i.created, 'updated', i.updated,
		'unchanged', i.unchanged, 'deactivated', i.deactivated, 'skipped', i.skipped, 'faults', i.faults),
	'problem', i.reason,
	'created_at', common.instant(i.created_at), 'finished_at', common.instant(i.finished_at),
	'version', i.version,
	'can', CASE WHEN i.status = 'checked' THEN json_build_array('confirmation', 'cancellation')
		WHEN i.status IN ('queued', 'checking', 'applying') THEN json_build_array('cancellation')
		ELSE '[]' END,
	'links', json_build_object('self', '/api/v1/imports/' || i.id,
		'rows', '/api/v1/imports/' || i.id || '/rows'));
GRANT EXECUTE ON FUNCTION profiles.import_json(profiles.import) TO upward_profiles;
