-- Who is an executive, as the HR system says.
ALTER TABLE profiles.person ADD executive boolean NOT NULL DEFAULT false;
CREATE INDEX person_executive ON profiles.person (display_name, id) WHERE executive;
