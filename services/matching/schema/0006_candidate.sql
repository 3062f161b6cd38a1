-- What a round found beyond the three: the mentors it would show next, so that a lost race, a
-- decline or "none of these" gets a fresh shortlist at once.
CREATE TABLE matching.round_candidate (
	round_id uuid NOT NULL CONSTRAINT round_candidate_round REFERENCES matching.round (id),
	enrolment_id uuid NOT NULL CONSTRAINT round_candidate_mentee REFERENCES matching.enrolment (id),
	mentor_enrolment_id uuid NOT NULL CONSTRAINT round_candidate_mentor REFERENCES matching.enrolment (id),
	mentor_id uuid NOT NULL,
	department text,
	rank smallint NOT NULL CONSTRAINT round_candidate_rank CHECK (rank >= 1),
	score int NOT NULL,
	reasons json NOT NULL,
	line_distance smallint     -- as in shortlist_entry; such candidates come after all others
		CONSTRAINT round_candidate_line_distance CHECK (line_distance >= 2),
	CONSTRAINT round_candidate_once PRIMARY KEY (round_id, enrolment_id, rank)
);
COMMENT ON TABLE matching.round_candidate IS 'unaudited: what a round worked out';
GRANT SELECT, INSERT, DELETE ON matching.round_candidate TO upward_matching;
ALTER TABLE matching.round ADD complete int NOT NULL DEFAULT 0,
	ADD done int NOT NULL DEFAULT 0;
-- A fresh list after a suspension: picking from it ends the pair that rests.
ALTER TABLE matching.shortlist ADD replaces_pair uuid
	CONSTRAINT shortlist_replaces_pair REFERENCES matching.pair (id);
ALTER TABLE matching.round_unmatched ADD found smallint NOT NULL DEFAULT 0
	CONSTRAINT round_unmatched_found CHECK (found BETWEEN 0 AND 2);
COMMENT ON COLUMN matching.round.done IS 'mentees compared with everybody so far';
