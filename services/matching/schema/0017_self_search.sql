-- Whether mentees of the programme may ask mentors themselves; and pairs that began with such a request.
ALTER TABLE matching.programme ADD self_search boolean NOT NULL DEFAULT false;
ALTER TABLE matching.pair DROP CONSTRAINT pair_origin;
ALTER TABLE matching.pair ADD CONSTRAINT pair_origin
	CHECK (origin IN ('pick', 'manual', 'request')) NOT VALID;
