-- How old people are, in bands of ten years, if they declare it themselves.
CREATE OR REPLACE FUNCTION profiles.declaration_values(kind text) RETURNS text[]
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE kind WHEN 'gender' THEN ARRAY['woman', 'man', 'non_binary', 'another']
	WHEN 'disability' THEN ARRAY['yes', 'no']
	WHEN 'sexual_orientation' THEN ARRAY['heterosexual', 'gay_or_lesbian', 'bisexual', 'another']
	WHEN 'age_band' THEN ARRAY['under_25', '25_to_34', '35_to_44', '45_to_54', '55_to_64', '65_or_over'] END;
ALTER TABLE profiles.consent DROP CONSTRAINT consent_attribute, ADD CONSTRAINT consent_attribute
	CHECK (attribute IN ('gender', 'ethnicity', 'disability', 'religion', 'sexual_orientation', 'age_band'))
	NOT VALID;
ALTER TABLE profiles.declaration DROP CONSTRAINT declaration_kind, ADD CONSTRAINT declaration_kind
	CHECK (kind IN ('gender', 'ethnicity', 'disability', 'religion', 'sexual_orientation', 'age_band'))
	NOT VALID;
