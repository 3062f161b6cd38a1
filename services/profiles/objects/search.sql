-- The search for people: their words begin with those of a text, in any order. A page of them, in the order
-- of names, costs about the same however many are found: few are fetched by the index of words and sorted; of
-- many, the names are walked until the page is full, 5,000 at most.

-- The words of a text, without those with which another of them begins.
CREATE OR REPLACE FUNCTION profiles.words_typed(text text) RETURNS text[]
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN (WITH typed AS (SELECT DISTINCT w FROM unnest(string_to_array(btrim(common.words(text)), ' ')) w
		WHERE w <> '')
	SELECT coalesce(array_agg(t.w), '{}') FROM typed t
	WHERE NOT EXISTS (SELECT FROM typed o WHERE o.w <> t.w AND starts_with(o.w, t.w)));

-- What follows writes conditions on p, a profiles.directory_person. Words consist of letters and digits, and
-- everything else is quoted: so they are planned for what is asked.

-- Who is found by the words. An apostrophe parts a name in two, which is often left out: orourke is o rourke
-- too.
CREATE OR REPLACE FUNCTION profiles.words_match(words text[]) RETURNS text LANGUAGE sql IMMUTABLE STRICT
RETURN (SELECT coalesce(string_agg(format(CASE WHEN length(w) > 4
		THEN '(p.find LIKE ''%% %1$s%%'' OR p.find LIKE ''%% %2$s %3$s%%'')'
		ELSE 'p.find LIKE ''%% %1$s%%''' END, w, left(w, 1), substr(w, 2)), ' AND '), 'false')
	FROM unnest(words) w);

-- The same for the index of words; elsewhere: without those whose shown name begins with one of the words.
CREATE OR REPLACE FUNCTION profiles.words_indexed(words text[], elsewhere boolean) RETURNS text
LANGUAGE sql IMMUTABLE STRICT
RETURN (SELECT coalesce('profiles.person_words(p.display_name, p.find) @@ ' || quote_literal(string_agg(
		format(CASE WHEN elsewhere THEN '%1$s:*' ELSE '(%1$s:* | ''^%1$s'':*)' END, w), ' & ')), 'false')
	FROM unnest(words) w);

-- The share of people who are found by the words, by the planner's figures of frequent words.
CREATE OR REPLACE FUNCTION profiles.words_share(words text[], elsewhere boolean) RETURNS float8
LANGUAGE plpgsql STABLE STRICT SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
	RETURN (WITH known AS MATERIALIZED (SELECT e.word, e.share FROM pg_stats s,
				unnest(s.most_common_elems::text::text[], s.most_common_elem_freqs) e(word, share)
			WHERE s.schemaname = 'profiles' AND s.tablename = 'person_words')
		SELECT coalesce(exp(sum(ln(coalesce(k.share, 0) + 1e-6))), 0)
		FROM unnest(words) w, LATERAL (SELECT sum(n.share) AS share FROM known n
			WHERE starts_with(n.word, w) OR NOT elsewhere AND starts_with(n.word, '^' || w)) k);
END $$;

-- How many people meet a condition, as the planner expects.
CREATE OR REPLACE FUNCTION profiles.people_expected(condition text) RETURNS float8
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
	plan json;
BEGIN
	EXECUTE 'EXPLAIN (FORMAT JSON) SELECT FROM profiles.directory_person p WHERE ' || condition INTO plan;
	RETURN plan #>> '{0,Plan,Plan Rows}';
END $$;

-- A person as the directory reads one: columns by name, so that a function may return such rows while a
-- migration adds a column to the table.
CREATE OR REPLACE VIEW profiles.directory_person AS
SELECT p.id, p.display_name, p.title, p.department, p.location, p.country, p.photo_url, p.level, p.executive,
	p.status, p.external_id, p.user_name, p.email, p.visibility, p.find, p.updated_at
FROM profiles.person p;

-- Who is found, with the name in its own order.
CREATE OR REPLACE VIEW profiles.directory_place AS SELECT p.id, p.display_name FROM profiles.person p;

-- Who meets what a caller of the directory asks, apart from words; a null asks nothing. Leavers are found by
-- their keys alone.
CREATE OR REPLACE FUNCTION profiles.people_asked(actor uuid, roles text[], external_id text, user_name text,
	email text, department text, location text, country text, level_min bigint, level_max bigint,
	executive boolean, skill_id uuid, ids uuid[], updated_since timestamptz) RETURNS text
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
RETURN concat_ws(' AND ',
	CASE WHEN num_nonnulls(external_id, user_name, email) = 0 THEN 'p.status <> ''inactive'''
		WHEN NOT roles && ARRAY['hris', 'admin'] THEN 'false' END,
	'lower(p.external_id COLLATE "C") = ' || quote_literal(lower(external_id COLLATE "C")),
	'lower(p.user_name COLLATE "C") = ' || quote_literal(lower(user_name COLLATE "C")),
	'lower(p.email COLLATE "C") = ' || quote_literal(lower(email COLLATE "C")),
	'p.department = ' || quote_literal(department), 'p.location = ' || quote_literal(location),
	'p.country = ' || quote_literal(country),
	CASE WHEN country IS NOT NULL AND NOT roles && ARRAY['hris', 'admin', 'programme_admin'] THEN 'false' END,
	'p.level >= ' || level_min, 'p.level <= ' || level_max, 'p.executive = ' || executive,
	'p.id IN (SELECT s.person_id FROM profiles.person_skill s WHERE s.offered AND s.skill_id = '
		|| quote_literal(skill_id) || format(') AND ''skills_offered'' = ANY ((SELECT v.fields
			FROM profiles.sees(%L, %L, p.id, p.visibility) v)::text[])', actor, roles),
	'p.id = ANY (' || quote_literal(ids::text) || ')',
	'p.updated_at >= ' || quote_literal(updated_since));

-- The first people who meet a condition: all are fetched (OFFSET 0) and sorted.
CREATE OR REPLACE FUNCTION profiles.people_sorted(condition text, size bigint)
RETURNS SETOF profiles.directory_place
LANGUAGE plpgsql STABLE ROWS 50 SET search_path = pg_catalog, pg_temp SET enable_sort = on AS $$
BEGIN
	RETURN QUERY EXECUTE format('SELECT f.id, f.display_name FROM (SELECT p.id, p.display_name
		FROM profiles.directory_person p WHERE %s OFFSET 0) f
		ORDER BY f.display_name, f.id LIMIT $1', condition) USING size;
END $$;

-- The same of those whose names stand near, by a walk along the names. Whoever comes after 5,000 names is
-- fetched and sorted.
CREATE OR REPLACE FUNCTION profiles.people_walked(near text, indexed text, condition text, size bigint)
RETURNS SETOF profiles.directory_place
LANGUAGE plpgsql STABLE ROWS 50 SET search_path = pg_catalog, pg_temp SET enable_sort = off AS $$
DECLARE
	got bigint;
	beyond text;
BEGIN
	RETURN QUERY EXECUTE format('SELECT p.id, p.display_name FROM (SELECT * FROM profiles.directory_person p
		WHERE %s ORDER BY p.display_name, p.id LIMIT 5000) p WHERE %s LIMIT $1', near, condition) USING size;
	GET DIAGNOSTICS got = ROW_COUNT;
	IF got < size THEN
		EXECUTE format('SELECT format(''(p.display_name, p.id) > (%%L, %%L)'', p.display_name, p.id)
			FROM profiles.directory_person p WHERE %s
			ORDER BY p.display_name, p.id OFFSET 4999 LIMIT 1', near) INTO beyond;
	END IF;
	IF beyond IS NOT NULL THEN
		RETURN QUERY SELECT * FROM profiles.people_sorted(
			concat_ws(' AND ', near, indexed, condition, beyond), size - got);
	END IF;
END $$;

-- A page of the people who are found by words, or of all (null), and meet a condition. Many are read along
-- the names: those whose name begins with a word where they stand, then everybody else. Not in order yet, and
-- more than a page.
CREATE OR REPLACE FUNCTION profiles.people_found(words text[], condition text, after text, size bigint)
RETURNS SETOF profiles.directory_place
LANGUAGE plpgsql VOLATILE ROWS 50 SET search_path = pg_catalog, pg_temp AS $$
DECLARE
	many constant int := 1000;
	expected float8 := profiles.people_expected(condition);
	anywhere text := profiles.words_indexed(words, false);
	elsewhere text := profiles.words_indexed(words, true);
	w text;
BEGIN
	condition := concat_ws(' AND ', condition, profiles.words_match(words));
	IF size IS NULL OR expected * coalesce(profiles.words_share(words, false), 1) < many THEN
		RETURN QUERY SELECT * FROM profiles.people_sorted(
			concat_ws(' AND ', after, anywhere, condition), size);
		RETURN;
	END IF;
	FOREACH w IN ARRAY coalesce(words, '{}') LOOP
		CONTINUE WHEN NOT profiles.begins_with(w, w); -- in other letters than a to z
		RETURN QUERY SELECT * FROM profiles.people_walked(concat_ws(' AND ', after,
				format('p.display_name >= %L AND p.display_name < %L', w, w || chr(65535))), anywhere,
			format('%s AND profiles.begins_with(p.display_name, %L)', condition, w), size);
		condition := format('%s AND NOT profiles.begins_with(p.display_name, %L)', condition, w);
	END LOOP;
	IF expected * coalesce(profiles.words_share(words, true), 1) < many THEN
		RETURN QUERY SELECT * FROM profiles.people_sorted(
			concat_ws(' AND ', after, elsewhere, condition), size);
	ELSE
		RETURN QUERY SELECT * FROM profiles.people_walked(
			coalesce(after, 'true'), elsewhere, condition, size);
	END IF;
END $$;

GRANT EXECUTE ON FUNCTION profiles.people_asked(uuid, text[], text, text, text, text, text, text,
		bigint, bigint, boolean, uuid, uuid[], timestamptz),
	profiles.words_typed(text), profiles.words_match(text[]),
	profiles.words_indexed(text[], boolean), profiles.words_share(text[], boolean),
	profiles.people_expected(text), profiles.people_sorted(text, bigint),
	profiles.people_walked(text, text, text, bigint), profiles.people_found(text[], text, text, bigint)
	TO upward_profiles;
GRANT SELECT ON profiles.directory_person, profiles.directory_place TO upward_profiles;
