-- The kinds of facts, declared by people who let matching use them, in which a round of the programme prefers
-- partners who differ.
ALTER TABLE matching.programme ADD declared_kinds text[] NOT NULL DEFAULT '{}'
	CONSTRAINT programme_declared_kinds
		CHECK (declared_kinds <@ '{gender,ethnicity,disability,religion,sexual_orientation}');
