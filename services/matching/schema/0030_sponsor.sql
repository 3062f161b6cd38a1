-- People who stand for a programme without taking part in it; named only once they have agreed.
CREATE TABLE matching.sponsor (
	id uuid CONSTRAINT sponsor_id PRIMARY KEY,
	programme_id uuid NOT NULL CONSTRAINT sponsor_programme REFERENCES matching.programme (id),
	person_id uuid NOT NULL,
	answer text CONSTRAINT sponsor_answer CHECK (answer IN ('agreed', 'declined')),
	version bigint NOT NULL DEFAULT 1,
	created_at timestamptz NOT NULL DEFAULT common.now(),
	CONSTRAINT sponsor_once UNIQUE (programme_id, person_id)
);
CREATE INDEX sponsor_person ON matching.sponsor (person_id);
GRANT SELECT, INSERT, UPDATE (answer, version), DELETE ON matching.sponsor TO upward_matching;
