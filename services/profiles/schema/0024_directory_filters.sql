-- The directory is asked for people hired in a time, and for the few who are on leave or have left.
CREATE INDEX person_hired ON profiles.person (hired_on);
-- Of a field that is open to nobody by default, the few who show it.
CREATE INDEX person_shows ON profiles.person USING gin (visibility) WITH (fastupdate = off)
	WHERE visibility <> '{}';
CREATE INDEX person_away ON profiles.person (status) WHERE status <> 'active';
