-- Messages with a text of the coordinator's own, to people of a programme by role, enrolment and pair.
ALTER TABLE scheduling.message ADD COLUMN title text;
ALTER TABLE scheduling.message ADD COLUMN text text;
ALTER TABLE scheduling.message ADD COLUMN audience json;   -- role, status, paired: as asked
ALTER TABLE scheduling.message DROP CONSTRAINT message_about,
	ADD CONSTRAINT message_about CHECK (about IN ('pick', 'answer', 'agreement', 'sessions', 'report',
		'announcement')) NOT VALID,
	ADD CONSTRAINT message_words CHECK ((about = 'announcement') = (title IS NOT NULL)
		AND (title IS NULL) = (text IS NULL)) NOT VALID;
