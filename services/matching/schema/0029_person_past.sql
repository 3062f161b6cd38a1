-- Where people stood before a change, for rounds that were made then: their level, department and location
-- until that time. Only of people who take part in a programme.
CREATE TABLE matching.person_past (
	person_id uuid NOT NULL,
	until timestamptz NOT NULL DEFAULT common.now(),
	level int,
	department text,
	location text
);
CREATE INDEX person_past_until ON matching.person_past (person_id, until);
GRANT SELECT ON matching.person_past TO upward_matching;
GRANT SELECT, INSERT ON matching.person_past TO guard;
