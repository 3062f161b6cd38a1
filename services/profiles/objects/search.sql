-- The search for people whose words begin with those of a text, in any order; null if it has no words. An
-- apostrophe parts a name in two, which is often left out: orourke is o rourke too.
CREATE OR REPLACE FUNCTION profiles.begin_with(text text) RETURNS tsquery
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN (SELECT string_agg(CASE WHEN length(w) > 4
		THEN format('(%s:* | %s & %s:*)', w, left(w, 1), substr(w, 2)) ELSE w || ':*' END, ' & ')::tsquery
	FROM string_to_array(nullif(common.words(text), ' '), ' ') AS list, unnest(list) w WHERE w <> '');
GRANT EXECUTE ON FUNCTION profiles.begin_with(text) TO upward_profiles;
