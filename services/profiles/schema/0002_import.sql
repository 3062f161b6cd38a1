-- Imports of the employee file: a row a file, staged by COPY, validated whole, applied in chunks.
-- queued → checking → checked (a dry run or a guard waits for confirmation) → applying → done;
-- faulty (faults found, nothing applied), cancelled, failed end it too.
CREATE TABLE profiles.import (
	id uuid CONSTRAINT import_id PRIMARY KEY,
	status text NOT NULL DEFAULT 'queued' CONSTRAINT import_status CHECK (status IN
		('queued', 'checking', 'checked', 'applying', 'done', 'faulty', 'cancelled', 'failed')),
	mode text NOT NULL DEFAULT 'delta' CONSTRAINT import_mode CHECK (mode IN ('delta', 'full')),
	dry_run boolean NOT NULL DEFAULT false,
	skip_errors boolean NOT NULL DEFAULT false,
	confirm_deactivations int CONSTRAINT import_confirm CHECK (confirm_deactivations >= 0),
	requested_by uuid,
	reason text,               -- of faulty, failed: a code
	rows_total int NOT NULL DEFAULT 0,
	rows_done int NOT NULL DEFAULT 0,
	created int NOT NULL DEFAULT 0,
	updated int NOT NULL DEFAULT 0,
	unchanged int NOT NULL DEFAULT 0,
	deactivated int NOT NULL DEFAULT 0,
	skipped int NOT NULL DEFAULT 0,
	faults int NOT NULL DEFAULT 0,
	leased_until timestamptz,  -- the worker's lease
	attempts smallint NOT NULL DEFAULT 0,
	started_at timestamptz,
	finished_at timestamptz,
	version bigint NOT NULL DEFAULT 1,
	created_at timestamptz NOT NULL DEFAULT common.now(),
	updated_at timestamptz NOT NULL DEFAULT common.now()
);
CREATE INDEX import_newest ON profiles.import (created_at DESC, id DESC);
CREATE INDEX import_waiting ON profiles.import (created_at) WHERE status IN ('queued', 'checking', 'applying');

-- The file as received, removed when the import ends.
CREATE TABLE profiles.import_file (
	import_id uuid CONSTRAINT import_file_once PRIMARY KEY
		CONSTRAINT import_file_import REFERENCES profiles.import (id) ON DELETE CASCADE,
	content bytea NOT NULL
);
COMMENT ON TABLE profiles.import_file IS 'unaudited: staging of an import, which is audited itself';

-- One line of the file, values as sent; what the import decided about it stands behind.
CREATE TABLE profiles.import_row (
	import_id uuid NOT NULL CONSTRAINT import_row_import REFERENCES profiles.import (id) ON DELETE CASCADE,
	line int NOT NULL,
	external_id text,
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
	age_band smallint,
	manager_external_id text,
	hired_on date,
	status text,
	on_leave_until date,
	languages text[],
	interests text[],
	skills_offered text[],
	skills_wanted text[],
	person_id uuid,            -- known or minted
	manager_id uuid,
	depth int,                 -- in the resulting tree: managers are applied first
	action text CONSTRAINT import_row_action CHECK (action IN ('create', 'update', 'none', 'deactivate', 'skip')),
	done boolean NOT NULL DEFAULT false,
	CONSTRAINT import_row_line PRIMARY KEY (import_id, line)
);
CREATE INDEX import_row_key ON profiles.import_row (import_id, external_id);
CREATE INDEX import_row_order ON profiles.import_row (import_id, depth, line) WHERE NOT done;
COMMENT ON TABLE profiles.import_row IS 'unaudited: staging of an import, which is audited itself';

-- What is wrong, by line and column.
CREATE TABLE profiles.import_fault (
	import_id uuid NOT NULL CONSTRAINT import_fault_import REFERENCES profiles.import (id) ON DELETE CASCADE,
	number int NOT NULL,
	line int NOT NULL,
	column_name text,
	code text NOT NULL,
	message text NOT NULL,
	CONSTRAINT import_fault_number PRIMARY KEY (import_id, number)
);
COMMENT ON TABLE profiles.import_fault IS 'unaudited: report of an import, which is audited itself';

GRANT SELECT, INSERT, UPDATE ON profiles.import TO upward_profiles;
GRANT SELECT, INSERT, UPDATE, DELETE ON profiles.import_file, profiles.import_row, profiles.import_fault
	TO upward_profiles;
