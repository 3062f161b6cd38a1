-- The skill into which a duplicate was merged. The duplicate stays retired.
ALTER TABLE profiles.skill ADD merged_into uuid CONSTRAINT skill_merged_into REFERENCES profiles.skill (id)
	CONSTRAINT skill_merged_other CHECK (merged_into <> id);
CREATE INDEX skill_merged ON profiles.skill (merged_into) WHERE merged_into IS NOT NULL;
