-- Somebody who comes back gets a new record from the HR system: it is merged into the earlier one.
ALTER TABLE profiles.person ADD merged_into uuid
	CONSTRAINT person_merged_into REFERENCES profiles.person (id);
CREATE INDEX person_merged ON profiles.person (merged_into) WHERE merged_into IS NOT NULL;

-- Merges, carried out or foreseen. Of pairs and enrolments matching says how many.
CREATE TABLE profiles.person_merge (
	id uuid CONSTRAINT person_merge_id PRIMARY KEY,
	newer_id uuid NOT NULL CONSTRAINT person_merge_newer REFERENCES profiles.person (id),
	earlier_id uuid NOT NULL CONSTRAINT person_merge_earlier REFERENCES profiles.person (id),
	dry_run boolean NOT NULL,
	reports int NOT NULL,
	pairs_ending int NOT NULL DEFAULT 0,
	pairs_staying int NOT NULL DEFAULT 0,
	enrolments_ending int NOT NULL DEFAULT 0,
	enrolments_staying int NOT NULL DEFAULT 0,
	created_at timestamptz NOT NULL DEFAULT common.now(),
	CONSTRAINT person_merge_two CHECK (newer_id <> earlier_id)
);
CREATE INDEX person_merge_of_newer ON profiles.person_merge (newer_id);
CREATE INDEX person_merge_of_earlier ON profiles.person_merge (earlier_id);
GRANT SELECT, INSERT ON profiles.person_merge TO upward_profiles;
