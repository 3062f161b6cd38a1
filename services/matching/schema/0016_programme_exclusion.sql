-- What a programme keeps apart: a department or a person, who are in no new pair of it, or two people, who
-- are not paired with each other in it. The reason is for coordinators.
CREATE TABLE matching.programme_exclusion (
	id uuid CONSTRAINT programme_exclusion_id PRIMARY KEY,
	programme_id uuid NOT NULL CONSTRAINT programme_exclusion_programme REFERENCES matching.programme (id),
	department text CONSTRAINT programme_exclusion_department_some CHECK (department <> ''),
	person_id uuid,
	other_id uuid CONSTRAINT programme_exclusion_two_people CHECK (other_id <> person_id),
	reason text NOT NULL CONSTRAINT programme_exclusion_reason_some CHECK (reason <> ''),
	created_by uuid,
	version bigint NOT NULL DEFAULT 1,
	created_at timestamptz NOT NULL DEFAULT common.now(),
	CONSTRAINT programme_exclusion_kind CHECK ((department IS NULL) = (person_id IS NOT NULL)
		AND (other_id IS NULL OR person_id IS NOT NULL))
);
CREATE INDEX programme_exclusion_by_programme ON matching.programme_exclusion (programme_id, id);
CREATE UNIQUE INDEX programme_exclusion_once ON matching.programme_exclusion (programme_id, department,
	least(person_id, other_id), greatest(person_id, other_id)) NULLS NOT DISTINCT;
GRANT SELECT, INSERT, UPDATE (version), DELETE ON matching.programme_exclusion TO upward_matching;
GRANT SELECT ON matching.programme_exclusion TO guard;
GRANT SELECT (department) ON profiles.person TO guard;
