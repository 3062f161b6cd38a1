-- How the file of another HR system is read: column names, meanings of values, whom to leave out.
CREATE TABLE profiles.import_mapping (
	id uuid CONSTRAINT import_mapping_id PRIMARY KEY,
	name text COLLATE "und-x-icu" NOT NULL CONSTRAINT import_mapping_name_some CHECK (name <> ''),
	rules jsonb NOT NULL DEFAULT '{}',
	version bigint NOT NULL DEFAULT 1,
	created_at timestamptz NOT NULL DEFAULT common.now(),
	updated_at timestamptz NOT NULL DEFAULT common.now()
);
CREATE UNIQUE INDEX import_mapping_name ON profiles.import_mapping (lower(name COLLATE "C"));
CREATE INDEX import_mapping_by_name ON profiles.import_mapping (name, id);
GRANT SELECT, INSERT, UPDATE, DELETE ON profiles.import_mapping TO upward_profiles;

ALTER TABLE profiles.import
	ADD mapping_id uuid,                             -- as it was named; it may be deleted since
	ADD rules jsonb NOT NULL DEFAULT '{}',           -- of the mapping, when the import was created
	ADD headers jsonb NOT NULL DEFAULT '{}',         -- of the file, by our column, where they are mapped
	ADD suggested jsonb,                             -- a mapping for a file whose headers are not ours
	ADD unknown_values jsonb NOT NULL DEFAULT '[]',  -- that the mapping does not know, with their counts
	ADD derived_levels jsonb NOT NULL DEFAULT '[]',  -- how many people got each from their place in the tree
	ADD out_of_scope int NOT NULL DEFAULT 0,         -- rows that the mapping leaves out
	ADD own_fields text NOT NULL DEFAULT 'keep'
		CONSTRAINT import_own_fields CHECK (own_fields IN ('keep', 'replace'));

-- Skills are current:target:offered:name. Dates that are past are null, and status says what follows.
ALTER TABLE profiles.import_row
	ADD skills text[],
	ADD interests text[],
	ADD active_from date,
	ADD active_until date,
	ADD on_leave_from date,
	ADD on_leave_until date,
	ADD out_of_scope boolean NOT NULL DEFAULT false; -- only the key stands here
GRANT UPDATE (level, status, active_from, active_until, on_leave_from, on_leave_until)
	ON profiles.import_row TO upward_profiles;

-- move: a report of a leaver goes to the next manager up.
ALTER TABLE profiles.import_step DROP CONSTRAINT import_step_action,
	ADD CONSTRAINT import_step_action
		CHECK (action IN ('create', 'update', 'reactivate', 'deactivate', 'move'));

-- Dates ahead: on the day a job acts on them and clears them. own_sets: what the person has set themselves,
-- which files leave alone.
ALTER TABLE profiles.person
	ADD active_from date,
	ADD active_until date,
	ADD on_leave_from date,
	ADD own_sets text[] NOT NULL DEFAULT '{}',
	DROP CONSTRAINT person_on_leave_until,
	ADD CONSTRAINT person_on_leave_until
		CHECK (on_leave_until IS NULL OR status = 'on_leave'
			OR on_leave_from IS NOT NULL AND on_leave_from <= on_leave_until);
CREATE INDEX person_dated ON profiles.person (id) WHERE active_from IS NOT NULL OR active_until IS NOT NULL
	OR on_leave_from IS NOT NULL OR on_leave_until IS NOT NULL;
UPDATE profiles.person p SET own_sets = array_remove(ARRAY[
	CASE WHEN EXISTS (SELECT FROM profiles.person_skill s WHERE s.person_id = p.id) THEN 'skills' END,
	CASE WHEN EXISTS (SELECT FROM profiles.person_interest i WHERE i.person_id = p.id) THEN 'interests' END],
	NULL)
WHERE EXISTS (SELECT FROM profiles.person_skill s WHERE s.person_id = p.id)
	OR EXISTS (SELECT FROM profiles.person_interest i WHERE i.person_id = p.id);
