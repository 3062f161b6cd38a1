-- Rounds may prefer partners of another age, too.
ALTER TABLE matching.programme DROP CONSTRAINT programme_declared_kinds,
	ADD CONSTRAINT programme_declared_kinds
	CHECK (declared_kinds <@ '{gender,ethnicity,disability,religion,sexual_orientation,age_band}') NOT VALID;
