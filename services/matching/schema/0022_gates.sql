-- Training that a programme requires of its mentors and of its mentees before rounds count them, and whether
-- somebody wants to be seen as a participant on the programme's page.
ALTER TABLE matching.programme
	ADD mentor_training text[] NOT NULL DEFAULT '{}' CONSTRAINT programme_mentor_training
		CHECK (mentor_training <@
			'{reverse_mentoring,listening,feedback,discussing_difference,inclusion,other}'),
	ADD mentee_training text[] NOT NULL DEFAULT '{}' CONSTRAINT programme_mentee_training
		CHECK (mentee_training <@
			'{reverse_mentoring,listening,feedback,discussing_difference,inclusion,other}');
ALTER TABLE matching.enrolment ADD visible boolean NOT NULL DEFAULT false;
GRANT UPDATE (visible) ON matching.enrolment TO upward_matching;
