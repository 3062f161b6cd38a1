-- Rows that come in a request rather than a file. They are staged like those of a file, under an import of
-- their own that is gone before the transaction ends (direct), so it need not wait for other imports.
ALTER TABLE profiles.import ADD direct boolean NOT NULL DEFAULT false;
DROP INDEX profiles.import_one_at_work;
CREATE UNIQUE INDEX import_one_at_work ON profiles.import ((true))
	WHERE status IN ('checking', 'applying') AND NOT direct;

-- The columns that this row has; null: those of the file.
ALTER TABLE profiles.import_row ADD sent text[];

-- Batches of rows, and what became of each; kept as long as an Idempotency-Key.
CREATE TABLE profiles.person_batch (
	id uuid CONSTRAINT person_batch_id PRIMARY KEY,
	items jsonb NOT NULL,
	created_at timestamptz NOT NULL DEFAULT common.now()
);
CREATE INDEX person_batch_age ON profiles.person_batch (created_at);
GRANT SELECT, INSERT, DELETE ON profiles.person_batch TO upward_profiles;

-- Keys that somebody had until a moment ago while they stayed: a service may still associate them with it.
CREATE TABLE profiles.key_left (
	name text NOT NULL,        -- user_name, email or external_id
	value text NOT NULL,       -- as keys are compared
	person_id uuid NOT NULL CONSTRAINT key_left_person REFERENCES profiles.person (id),
	left_at timestamptz NOT NULL,
	CONSTRAINT key_left_once PRIMARY KEY (name, value, person_id)
);
CREATE INDEX key_left_of_person ON profiles.key_left (person_id);
CREATE INDEX key_left_age ON profiles.key_left (left_at);
GRANT SELECT, INSERT, UPDATE (left_at), DELETE ON profiles.key_left TO upward_profiles;
COMMENT ON TABLE profiles.key_left IS 'unaudited: gone within a minute; the change of the key is audited';
