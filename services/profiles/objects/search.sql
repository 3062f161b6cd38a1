-- The search for people whose words begin with those of a text, in any order; null if it has no words.
CREATE OR REPLACE FUNCTION profiles.begin_with(text text) RETURNS tsquery
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN (SELECT string_agg(w || ':*', ' & ')::tsquery
	FROM string_to_array(nullif(common.words(text), ' '), ' ') AS list, unnest(list) w WHERE w <> '');
GRANT EXECUTE ON FUNCTION profiles.begin_with(text) TO upward_profiles;
