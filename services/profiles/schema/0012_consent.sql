-- What people declare about themselves by their own choice, and the consents to it. Nobody but the person
-- sees that there is anything: row security shows the rows to nobody else, ids are random, no event tells of
-- them, and the version of the person stays as it is.

-- The kinds of facts, each with the values that it can have; null: in the person's own words.
CREATE FUNCTION profiles.declaration_values(kind text) RETURNS text[] LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE kind WHEN 'gender' THEN ARRAY['woman', 'man', 'non_binary', 'another']
	WHEN 'disability' THEN ARRAY['yes', 'no']
	WHEN 'sexual_orientation' THEN ARRAY['heterosexual', 'gay_or_lesbian', 'bisexual', 'another'] END;
GRANT EXECUTE ON FUNCTION profiles.declaration_values(text) TO upward_profiles;

-- The ledger: every consent given and withdrawn. Nothing in it is ever changed. number counts the events of
-- one person; the last one about an attribute and a purpose holds.
CREATE TABLE profiles.consent (
	id uuid CONSTRAINT consent_id PRIMARY KEY,
	person_id uuid NOT NULL CONSTRAINT consent_person REFERENCES profiles.person (id),
	number int NOT NULL,
	attribute text NOT NULL CONSTRAINT consent_attribute
		CHECK (attribute IN ('gender', 'ethnicity', 'disability', 'religion', 'sexual_orientation')),
	purpose text NOT NULL CONSTRAINT consent_purpose CHECK (purpose IN ('matching', 'aggregate_reporting')),
	given boolean NOT NULL,
	notice_version int NOT NULL,    -- of the notice that the person had read
	decided_at timestamptz NOT NULL DEFAULT common.now(),
	CONSTRAINT consent_number UNIQUE (person_id, number)
);
CREATE INDEX consent_last ON profiles.consent (person_id, attribute, purpose, number DESC);

CREATE TABLE profiles.declaration (
	person_id uuid NOT NULL CONSTRAINT declaration_person REFERENCES profiles.person (id),
	kind text NOT NULL CONSTRAINT declaration_kind
		CHECK (kind IN ('gender', 'ethnicity', 'disability', 'religion', 'sexual_orientation')),
	value text NOT NULL CONSTRAINT declaration_value
		CHECK (value <> '' AND coalesce(value = ANY (profiles.declaration_values(kind)), true)),
	CONSTRAINT declaration_once PRIMARY KEY (person_id, kind)
);
CREATE INDEX declaration_by_kind ON profiles.declaration (kind, person_id);

ALTER TABLE profiles.consent ENABLE ROW LEVEL SECURITY;
ALTER TABLE profiles.consent FORCE ROW LEVEL SECURITY;
ALTER TABLE profiles.declaration ENABLE ROW LEVEL SECURITY;
ALTER TABLE profiles.declaration FORCE ROW LEVEL SECURITY;
CREATE POLICY consent_own ON profiles.consent TO upward_profiles
	USING (person_id = nullif(current_setting('app.actor', true), '')::uuid);
CREATE POLICY declaration_own ON profiles.declaration TO upward_profiles
	USING (person_id = nullif(current_setting('app.actor', true), '')::uuid);
-- For profiles.candidate_declaration, which shows what is consented to, and for exports and erasures.
CREATE POLICY consent_all ON profiles.consent TO owner USING (true);
CREATE POLICY declaration_all ON profiles.declaration TO owner USING (true);
GRANT SELECT, INSERT ON profiles.consent TO upward_profiles;
GRANT SELECT, INSERT, UPDATE (value), DELETE ON profiles.declaration TO upward_profiles;
COMMENT ON TABLE profiles.consent IS 'unaudited: is itself the record of what was decided, and when';
COMMENT ON TABLE profiles.declaration
	IS 'unaudited: that somebody has declared something is confidential; the consents are the record';
