-- Shortlists are chosen as sets (engine/lists/lists.h). A round says what its lists are worth and what no
-- lists could be worth more than, in hundredths of points, and how many wants they cover. Where declarations
-- counted there is no bound: worth leaves them out.
ALTER TABLE matching.round ADD worth bigint, ADD bound bigint, ADD gap int,
	ADD wanted int NOT NULL DEFAULT 0, ADD coverable int NOT NULL DEFAULT 0,
	ADD covered int NOT NULL DEFAULT 0;
COMMENT ON COLUMN matching.round.gap IS 'by how much the lists may be below the best, in millionths';
COMMENT ON COLUMN matching.round.coverable IS 'wants that somebody allowed could teach';
ALTER TABLE matching.shortlist ADD worth bigint; -- of the list as its round made it, in hundredths of points

-- What a mentor brings for each want, in the order of round_want: points of the need criterion.
ALTER TABLE matching.shortlist_entry ADD lifts smallint[] NOT NULL DEFAULT '{}';
ALTER TABLE matching.round_candidate ADD lifts smallint[] NOT NULL DEFAULT '{}';

-- What a mentee of the round wants to learn, and why it may be open: the number of allowed mentors who teach
-- it, and of those who teach it but are excluded by a rule.
CREATE TABLE matching.round_want (
	round_id uuid NOT NULL CONSTRAINT round_want_round REFERENCES matching.round (id),
	enrolment_id uuid NOT NULL CONSTRAINT round_want_enrolment REFERENCES matching.enrolment (id),
	place smallint NOT NULL CONSTRAINT round_want_place CHECK (place >= 1),
	skill_id uuid NOT NULL,
	share smallint NOT NULL,   -- points of the need criterion if it is taught up to its target
	allowed int NOT NULL,
	open text NOT NULL CONSTRAINT round_want_open CHECK (open IN ('left', 'refused', 'nobody_teaches')),
	refused json NOT NULL DEFAULT '{}',
	CONSTRAINT round_want_once PRIMARY KEY (round_id, enrolment_id, place)
);
CREATE INDEX round_want_enrolment ON matching.round_want (enrolment_id);
COMMENT ON TABLE matching.round_want IS 'unaudited: results of a round';
GRANT SELECT, INSERT ON matching.round_want TO upward_matching;
