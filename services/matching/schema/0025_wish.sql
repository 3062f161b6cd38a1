-- Whom people would like to be paired with, in a programme. The named person answers in private; a refusal
-- looks like no answer. Ids are random and no times are kept.
CREATE TABLE matching.wish (
	id uuid CONSTRAINT wish_id PRIMARY KEY,
	programme_id uuid NOT NULL CONSTRAINT wish_programme REFERENCES matching.programme (id),
	enrolment_id uuid NOT NULL CONSTRAINT wish_enrolment REFERENCES matching.enrolment (id),
	author_id uuid NOT NULL,
	role text NOT NULL CONSTRAINT wish_role CHECK (role IN ('mentor', 'mentee')), -- of the author
	named_id uuid NOT NULL CONSTRAINT wish_two_people CHECK (named_id <> author_id),
	place smallint NOT NULL,   -- in the author's order
	answer text CONSTRAINT wish_answer CHECK (answer IN ('confirmed', 'declined')),
	CONSTRAINT wish_once UNIQUE (enrolment_id, named_id)
);
CREATE INDEX wish_named ON matching.wish (named_id, programme_id);
CREATE INDEX wish_by_programme ON matching.wish (programme_id);
GRANT SELECT, INSERT, UPDATE (place, answer), DELETE ON matching.wish TO upward_matching;
