-- On how many lists a round could show a mentor, where there were too few mentors for as few as its policy
-- says; null: as many as that.
ALTER TABLE matching.round ADD exposure_cap int;
