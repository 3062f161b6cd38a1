-- Objects that services of the last release still call.

-- kept until 2: imports of the last release ask it, without the row
CREATE OR REPLACE FUNCTION profiles.import_columns_for(p profiles.person, columns text[], own_fields text)
RETURNS text[] LANGUAGE sql STABLE
RETURN CASE WHEN own_fields = 'replace' THEN columns
	ELSE ARRAY(SELECT c FROM unnest(columns) c WHERE c <> ALL (p.own_sets)) END;
GRANT EXECUTE ON FUNCTION profiles.import_columns_for(profiles.person, text[], text) TO upward_profiles;
