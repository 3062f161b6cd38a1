-- Policies that programmes write themselves: an id for each version, how many relations at once a person may
-- have in a role, lists of up to five mentors, and a purpose whose pairs are of two departments.
ALTER TABLE matching.policy ADD id uuid NOT NULL DEFAULT common.new_id() CONSTRAINT policy_id UNIQUE;
ALTER TABLE matching.programme
	ADD mentor_relations smallint            -- null: as many as the person takes
		CONSTRAINT programme_mentor_relations CHECK (mentor_relations BETWEEN 1 AND 20),
	ADD mentee_relations smallint
		CONSTRAINT programme_mentee_relations CHECK (mentee_relations BETWEEN 1 AND 20);
ALTER TABLE matching.programme DROP CONSTRAINT programme_purpose,
	ADD CONSTRAINT programme_purpose CHECK (purpose IN ('digital_skills', 'inclusion', 'market_insight',
		'innovation', 'retention', 'open_learning', 'cross_function')) NOT VALID;
ALTER TABLE matching.shortlist_entry DROP CONSTRAINT shortlist_entry_three,
	ADD CONSTRAINT shortlist_entry_places CHECK (rank BETWEEN 1 AND 5) NOT VALID;
ALTER TABLE matching.round_unmatched DROP CONSTRAINT round_unmatched_found,
	ADD CONSTRAINT round_unmatched_found CHECK (found BETWEEN 0 AND 4) NOT VALID;
