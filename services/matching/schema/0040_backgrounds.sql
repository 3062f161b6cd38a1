-- In which facts of the HR system a mentor differs from the mentee, in the order country, place, years of
-- service: a number for what the mentor is, the same for the same, and 0 where the two do not differ. A
-- background counts less for the second mentor of a list, and the third. Nothing here tells of what people
-- have declared.
ALTER TABLE matching.shortlist_entry ADD backgrounds smallint[] NOT NULL DEFAULT '{}';
ALTER TABLE matching.round_candidate ADD backgrounds smallint[] NOT NULL DEFAULT '{}';
