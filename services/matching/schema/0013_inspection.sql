-- What-if rounds: one at a time in a programme, beside the real one; rules holds those of one with changes of
-- its own.
ALTER TABLE matching.round ADD rules json;
CREATE UNIQUE INDEX round_one_what_if ON matching.round (programme_id)
	WHERE status IN ('queued', 'running') AND what_if;
CREATE INDEX round_what_if ON matching.round (updated_at) WHERE what_if;
GRANT DELETE ON matching.round, matching.round_want TO upward_matching;

-- For comparisons and figures: what the two earn by each criterion, whatever its weight, and how many
-- allowed mentors have a higher score for this mentee, plus one. Null: not from the round itself.
ALTER TABLE matching.shortlist_entry ADD criteria json NOT NULL DEFAULT '{}', ADD choice int;

-- The smallest change of the rules that allows somebody more; null: none does.
ALTER TABLE matching.round_unmatched ADD relaxation json;

-- Every mentor of a round: on how many of its lists, for how many mentees allowed, and from how many each
-- rule kept them.
CREATE TABLE matching.round_mentor (
	round_id uuid NOT NULL CONSTRAINT round_mentor_round REFERENCES matching.round (id),
	enrolment_id uuid NOT NULL CONSTRAINT round_mentor_enrolment REFERENCES matching.enrolment (id),
	person_id uuid NOT NULL,
	lists int NOT NULL,
	allowed int NOT NULL,
	refused json NOT NULL DEFAULT '{}',
	CONSTRAINT round_mentor_once PRIMARY KEY (round_id, enrolment_id)
);
CREATE INDEX round_mentor_enrolment ON matching.round_mentor (enrolment_id);
COMMENT ON TABLE matching.round_mentor IS 'unaudited: results of a round';
GRANT SELECT, INSERT, DELETE ON matching.round_mentor TO upward_matching;
