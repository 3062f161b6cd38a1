-- The search for people: their words begin with those of a text, in any order.

-- For the index of words; null if the text has no words. An apostrophe parts a name in two, which is often
-- left out: orourke is o rourke too.
CREATE OR REPLACE FUNCTION profiles.begin_with(text text) RETURNS tsquery
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN (SELECT string_agg(CASE WHEN length(w) > 4
		THEN format('(%s:* | %s & %s:*)', w, left(w, 1), substr(w, 2)) ELSE w || ':*' END, ' & ')::tsquery
	FROM string_to_array(nullif(common.words(text), ' '), ' ') AS list, unnest(list) w WHERE w <> '');

-- The same as patterns, for a look at people one by one.
CREATE OR REPLACE FUNCTION profiles.begin_patterns(text text) RETURNS text[]
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN (SELECT array_agg('% ' || w || '%')
	FROM string_to_array(nullif(common.words(text), ' '), ' ') AS list, unnest(list) w WHERE w <> '');

-- Whether each word of the text begins a word of more than a tenth of all people, by the planner's figures:
-- then a page of them is found sooner by walking along their names than by sorting them all.
CREATE OR REPLACE FUNCTION profiles.finds_many(text text) RETURNS boolean
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
	RETURN (SELECT bool_and(0.1 < (SELECT sum(e.share) FROM pg_stats s,
				unnest(s.most_common_elems::text::text[], s.most_common_elem_freqs) e(word, share)
			WHERE s.schemaname = 'profiles' AND s.tablename = 'person_terms' AND starts_with(e.word, w)))
		FROM unnest(string_to_array(btrim(common.words(text)), ' ')) w);
END $$;

-- A person as the directory reads one: columns by name, so that a function may return such rows while a
-- migration adds a column to the table.
CREATE OR REPLACE VIEW profiles.directory_person AS
SELECT p.id, p.display_name, p.title, p.department, p.location, p.country, p.photo_url, p.level, p.executive,
	p.status, p.external_id, p.user_name, p.email, p.visibility, p.find, p.updated_at
FROM profiles.person p;

-- The people that a text finds; everybody if it is null. Many are read in the order of their names, so that a
-- page of them ends early. Others are found by the index, whatever the planner believes of words that it does
-- not know (OFFSET 0), and sorted.
CREATE OR REPLACE FUNCTION profiles.people_found(text text) RETURNS SETOF profiles.directory_person
LANGUAGE sql STABLE
BEGIN ATOMIC
	(SELECT p.* FROM profiles.directory_person p
	WHERE text IS NULL OR profiles.finds_many(text) AND p.find LIKE ALL (profiles.begin_patterns(text))
	ORDER BY p.display_name, p.id)
	UNION ALL
	SELECT f.* FROM (SELECT p.* FROM profiles.directory_person p
		WHERE profiles.terms(p.find) @@ profiles.begin_with(text) OFFSET 0) f
	WHERE profiles.finds_many(text) IS NOT TRUE;
END;
GRANT EXECUTE ON FUNCTION profiles.begin_with(text), profiles.begin_patterns(text), profiles.finds_many(text),
	profiles.people_found(text) TO upward_profiles;
GRANT SELECT ON profiles.directory_person TO upward_profiles;
