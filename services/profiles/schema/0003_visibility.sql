-- What people have chosen to show to whom, by field of api/visibility.yaml: {"bio": "partners"}. What is
-- missing is as the table says.
ALTER TABLE profiles.person ADD visibility jsonb NOT NULL DEFAULT '{}'
	CONSTRAINT person_visibility_object CHECK (jsonb_typeof(visibility) = 'object');

-- Who sees what a person shows to partners, and through what: a pair, which is here once for each of the
-- two, or an open shortlist that shows the person to its mentee. Matching writes the rows.
CREATE TABLE profiles.partner (
	viewer_id uuid NOT NULL,
	person_id uuid NOT NULL,
	through uuid NOT NULL,
	CONSTRAINT partner_once PRIMARY KEY (viewer_id, person_id, through)
);
CREATE INDEX partner_through ON profiles.partner (through);
COMMENT ON TABLE profiles.partner
	IS 'unaudited: follows from pairs and shortlists, which are audited themselves';
GRANT SELECT ON profiles.partner TO upward_profiles;
GRANT SELECT, INSERT, DELETE ON profiles.partner TO guard;
