-- Answers to intake forms by kind (objects/intake.sql); answers holds the same as text.
ALTER TABLE matching.enrolment ADD intake json NOT NULL DEFAULT '[]';
GRANT INSERT (intake), UPDATE (intake) ON matching.enrolment TO upward_matching;
-- Who has answered by kind: rounds look for each person.
CREATE INDEX enrolment_intake ON matching.enrolment (programme_id, person_id)
	WHERE intake -> 0 IS NOT NULL;
