-- Reports are read from snapshots alone. Once taken, one never changes.
CREATE TABLE evaluation.snapshot (
	id uuid CONSTRAINT snapshot_id PRIMARY KEY,
	programme_id uuid,                     -- null: of the whole company
	number int NOT NULL,
	programme_status text,                 -- when it was taken
	taken_at timestamptz NOT NULL DEFAULT common.now(),
	ready boolean NOT NULL DEFAULT false,  -- all its reports are stored
	version bigint NOT NULL DEFAULT 1
);
-- The company's are numbered under the nil UUID.
CREATE UNIQUE INDEX snapshot_number ON evaluation.snapshot
	(coalesce(programme_id, '00000000-0000-0000-0000-000000000000'), number DESC);
CREATE INDEX snapshot_open ON evaluation.snapshot (taken_at) WHERE NOT ready;

CREATE TABLE evaluation.snapshot_report (
	snapshot_id uuid NOT NULL CONSTRAINT snapshot_report_of REFERENCES evaluation.snapshot (id),
	name text NOT NULL,
	body json NOT NULL,                    -- as the API answers
	rows json NOT NULL,                    -- the table: of the CSV, and of the chart
	CONSTRAINT snapshot_report_once PRIMARY KEY (snapshot_id, name)
);
COMMENT ON TABLE evaluation.snapshot_report IS 'unaudited: created by a job';
GRANT SELECT, INSERT, UPDATE (ready, version) ON evaluation.snapshot TO upward_evaluation;
GRANT SELECT, INSERT ON evaluation.snapshot_report TO upward_evaluation;
