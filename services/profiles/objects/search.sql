-- The search for people: their words begin with those of a text, in any order. A page of them, in the order
-- of names, costs about the same however many are found: few are fetched by the index of words and sorted; of
-- many, the names are walked until the page is full, 5,000 at most.

-- The words of a text, without those with which another of them begins.
CREATE OR REPLACE FUNCTION profiles.words_typed(text text) RETURNS text[]
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
	RETURN (WITH typed AS (SELECT DISTINCT w FROM unnest(string_to_array(btrim(common.words(text)), ' ')) w
			WHERE w <> '')
		SELECT coalesce(array_agg(t.w), '{}') FROM typed t
		WHERE NOT EXISTS (SELECT FROM typed o WHERE o.w <> t.w AND starts_with(o.w, t.w)));
END $$;

-- What follows writes conditions on p, a profiles.directory_person. Words consist of letters and digits, and
-- everything else is quoted: so they are planned for what is asked. (What writes them is plpgsql, which is
-- planned once.)

-- Who is found by the words. An apostrophe parts a name in two, which is often left out: orourke is o rourke
-- too.
CREATE OR REPLACE FUNCTION profiles.words_match(words text[]) RETURNS text
LANGUAGE plpgsql IMMUTABLE STRICT SET search_path = pg_catalog, pg_temp AS $$
BEGIN
	RETURN (SELECT coalesce(string_agg(format(CASE WHEN length(w) > 1
		THEN '(strpos(p.find, '' %1$s'') > 0 OR strpos(p.find, '' %2$s %3$s'') > 0)'
		ELSE 'strpos(p.find, '' %1$s'') > 0' END, w, left(w, 1), substr(w, 2)), ' AND '), 'false')
		FROM unnest(words) w);
END $$;

-- The same for the index of words; elsewhere: without those whose shown name begins with one of the words.
CREATE OR REPLACE FUNCTION profiles.words_indexed(words text[], elsewhere boolean) RETURNS text
LANGUAGE plpgsql IMMUTABLE STRICT SET search_path = pg_catalog, pg_temp AS $$
BEGIN
	RETURN (SELECT coalesce('profiles.person_words(p.display_name, p.find) @@ ' || quote_literal(string_agg(
		format(CASE WHEN elsewhere THEN '%1$s:*' ELSE '(%1$s:* | ''^%1$s'':*)' END, w), ' & ')), 'false')
		FROM unnest(words) w);
END $$;

-- The words with which an index is asked: the rarest, and those that find at most ten times as many people as
-- it. Whether somebody has the others too is seen more cheaply at the people whom these find: the index would
-- have to go through all the words that begin with a letter.
CREATE OR REPLACE FUNCTION profiles.words_fetched(words text[], rare text[], elsewhere boolean) RETURNS text
LANGUAGE plpgsql IMMUTABLE STRICT SET search_path = pg_catalog, pg_temp AS $$
BEGIN
	RETURN concat_ws(' AND ', profiles.words_indexed(rare, elsewhere),
		CASE WHEN cardinality(rare) < cardinality(words) THEN profiles.words_match(words) END);
END $$;

-- What share of all people bear words that begin with each of these, and bear them elsewhere than where the
-- shown name begins: as they were counted after the last large import or since, or else by the planner's
-- figures; no rows while there are none.
CREATE OR REPLACE FUNCTION profiles.word_shares(words text[])
RETURNS TABLE (word text, share float8, others float8)
LANGUAGE plpgsql STABLE STRICT SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
	IF EXISTS (SELECT FROM profiles.word_figure) THEN
		RETURN QUERY SELECT w.word, o.share + coalesce((SELECT sum(f.share) FROM profiles.word_figure f
				WHERE f.word >= '^' || w.word COLLATE "C"
					AND f.word < '^' || w.word || chr(1114111) COLLATE "C"), 0), o.share
			FROM unnest(words) w (word), LATERAL (SELECT coalesce(sum(f.share)::float8, 0) + 1e-6 AS share
				FROM profiles.word_figure f
				WHERE f.word >= w.word COLLATE "C" AND f.word < w.word || chr(1114111) COLLATE "C") o;
		RETURN;
	END IF;
	RETURN QUERY WITH figures AS MATERIALIZED (SELECT s.most_common_elems::text::text[] AS elems,
				s.most_common_elem_freqs AS freqs
			FROM pg_stats s WHERE s.schemaname = 'profiles' AND s.tablename = 'person_words')
		SELECT w.word, coalesce(k.share, 0) + 1e-6, coalesce(k.others, 0) + 1e-6
		FROM figures f, unnest(words) w (word), LATERAL (SELECT sum(e.freq) AS share,
			sum(e.freq) FILTER (WHERE e.elem ^@ w.word) AS others FROM unnest(f.elems, f.freqs) e (elem, freq)
			WHERE e.elem ^@ w.word OR e.elem ^@ ('^' || w.word)) k;
END $$;

-- Counts anew which words many bear. Those of fewer than ten people, by which one could be known, are left
-- out.
CREATE OR REPLACE FUNCTION profiles.count_words() RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
	DELETE FROM profiles.word_figure;
	INSERT INTO profiles.word_figure (word, share)
	SELECT e.elem, e.freq
	FROM pg_stats s JOIN pg_class c ON c.oid = 'profiles.person'::regclass,
		unnest(s.most_common_elems::text::text[], s.most_common_elem_freqs) e (elem, freq)
	WHERE s.schemaname = 'profiles' AND s.tablename = 'person_words' AND e.freq * c.reltuples >= 10
		AND e.elem IS NOT NULL -- the last two figures are the least and the most
	ON CONFLICT DO NOTHING; -- somebody else counts, too
END $$;

-- The same after PostgreSQL has looked at people again by itself, once they have been counted.
CREATE OR REPLACE FUNCTION profiles.count_words_anew() RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
	IF (SELECT greatest(t.last_analyze, t.last_autoanalyze) FROM pg_stat_all_tables t
			WHERE t.relid = 'profiles.person'::regclass)
			> (SELECT min(f.counted_at) FROM profiles.word_figure f) THEN
		PERFORM profiles.count_words();
	END IF;
END $$;

-- How people are found by the words by the index, and what share of them (null while there are no figures);
-- and the same without those whose shown name begins with a word.
CREATE OR REPLACE FUNCTION profiles.words_figures(words text[])
RETURNS TABLE (fetched text, share float8, fetched_elsewhere text, share_elsewhere float8)
LANGUAGE plpgsql STABLE STRICT SET search_path = pg_catalog, pg_temp AS $$
BEGIN
	RETURN QUERY WITH sums AS (SELECT exp(sum(ln(o.share))) AS share, exp(sum(ln(o.others))) AS others,
			coalesce(array_agg(o.word) FILTER (WHERE o.share <= 10 * greatest(o.rarest, 5e-4)), words) AS rare
		FROM (SELECT f.*, min(f.share) OVER () AS rarest FROM profiles.word_shares(words) f) o)
	SELECT profiles.words_fetched(words, u.rare, false), CASE WHEN words = '{}' THEN 0 ELSE u.share END,
		profiles.words_fetched(words, u.rare, true), u.others FROM sums u;
END $$;

-- How many people meet a condition, as the planner expects; of fewer than enough, or where nothing is asked,
-- how many there are.
CREATE OR REPLACE FUNCTION profiles.people_expected(condition text, enough float8) RETURNS float8
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
	everybody float8 := (SELECT c.reltuples FROM pg_class c WHERE c.oid = 'profiles.person'::regclass);
	plan json;
BEGIN
	IF everybody > 0 AND (everybody < enough OR condition = profiles.people_here()) THEN
		RETURN everybody;
	END IF;
	EXECUTE 'EXPLAIN (FORMAT JSON) SELECT FROM profiles.directory_person p WHERE ' || condition INTO plan;
	RETURN plan #>> '{0,Plan,Plan Rows}';
END $$;

-- A person as the directory reads one: columns by name, so that a function may return such rows while a
-- migration adds a column to the table.
CREATE OR REPLACE VIEW profiles.directory_person AS
SELECT p.id, p.display_name, p.title, p.department, p.location, p.country, p.photo_url, p.level, p.executive,
	p.status, p.external_id, p.user_name, p.email, p.visibility, p.find, p.updated_at, p.manager_id,
	p.hired_on
FROM profiles.person p;

-- Who is found, with the name in its own order.
CREATE OR REPLACE VIEW profiles.directory_place AS SELECT p.id, p.display_name FROM profiles.person p;

-- Everybody but leavers.
CREATE OR REPLACE FUNCTION profiles.people_here() RETURNS text LANGUAGE sql IMMUTABLE
RETURN 'p.status <> ''inactive''';

-- Who shows a field to the caller, who may ask by it only then. Of one that is open to nobody by default,
-- whoever has chosen nothing else is passed over at once.
CREATE OR REPLACE FUNCTION profiles.field_shown(actor uuid, roles text[], shown text) RETURNS text
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
	RETURN CASE WHEN shown = ANY (profiles.role_fields(field_shown.roles)) THEN 'true'
		ELSE (SELECT CASE WHEN f.audience = 'nobody'
				THEN format('(p.visibility <> ''{}'' AND p.visibility ? %L OR p.id = %L) AND ', shown, actor)
				ELSE '' END
			|| format('%L = ANY ((SELECT v.fields FROM profiles.sees(%L, %L, p.id, p.visibility) v)::text[])',
				shown, actor, field_shown.roles)
			FROM common.person_field f WHERE f.field = shown) END;
END $$;

-- Who has what a caller asks for of the fields that people show or hide; a null asks nothing. Open to be a
-- mentor is whoever offers a skill.
CREATE OR REPLACE FUNCTION profiles.people_showing(actor uuid, roles text[], skill_id uuid, interest text,
	open_to text, manager_id uuid, hired_after date, hired_before date) RETURNS text
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
	IF num_nonnulls(skill_id, interest, open_to, manager_id, hired_after, hired_before) = 0 THEN
		RETURN NULL;
	END IF;
	RETURN (SELECT string_agg(a.condition || ' AND ' || profiles.field_shown(actor, roles, a.field),
			' AND ' ORDER BY a.place)
		FROM (VALUES (1, 'manager', 'p.manager_id = ' || quote_literal(manager_id)),
			(2, 'hired_on', CASE WHEN num_nonnulls(hired_after, hired_before) > 0 THEN concat_ws(' AND ',
				'p.hired_on >= ' || quote_literal(hired_after),
				'p.hired_on < ' || quote_literal(hired_before)) END),
			(3, 'skills_offered', 'p.id IN (SELECT s.person_id FROM profiles.person_skill s
				WHERE s.offered AND s.skill_id = ' || quote_literal(skill_id) || ')'),
			(4, 'interests', 'p.id IN (SELECT i.person_id FROM profiles.person_interest i
				WHERE i.interest = ' || quote_literal(lower(interest COLLATE "C")) || ')'),
			(5, 'skills_offered', CASE open_to WHEN 'mentor' THEN 'EXISTS (SELECT
				FROM profiles.person_skill s WHERE s.person_id = p.id AND s.offered AND s.current > 0)' END))
			a (place, field, condition)
		WHERE a.condition IS NOT NULL);
END $$;

-- Who meets what a caller of the directory asks, apart from words and from what people show or hide; a null
-- asks nothing. Leavers are found by their keys, or if they are asked for, and only by whoever may know them.
CREATE OR REPLACE FUNCTION profiles.people_asked(actor uuid, roles text[], external_id text, user_name text,
	email text, department text, location text, country text, level_min bigint, level_max bigint,
	executive boolean, status text, ids uuid[], updated_since timestamptz) RETURNS text
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
	RETURN concat_ws(' AND ',
		CASE WHEN num_nonnulls(external_id, user_name, email) = 0 AND status IS DISTINCT FROM 'inactive'
			THEN profiles.people_here()
			WHEN NOT roles && ARRAY['hris', 'admin'] THEN 'false' END,
		'lower(p.external_id COLLATE "C") = ' || quote_literal(lower(external_id COLLATE "C")),
		'lower(p.user_name COLLATE "C") = ' || quote_literal(lower(user_name COLLATE "C")),
		'lower(p.email COLLATE "C") = ' || quote_literal(lower(email COLLATE "C")),
		'p.status = ' || quote_literal(status),
		'p.department = ' || quote_literal(department), 'p.location = ' || quote_literal(location),
		'p.country = ' || quote_literal(country),
		CASE WHEN country IS NOT NULL AND NOT roles && ARRAY['hris', 'admin', 'programme_admin']
			THEN 'false' END,
		'p.level >= ' || level_min, 'p.level <= ' || level_max, 'p.executive = ' || executive,
		'p.id = ANY (' || quote_literal(ids::text) || ')',
		'p.updated_at >= ' || quote_literal(updated_since));
END $$;

-- Behind these names, and before the last of a full page (null: it is not full).
CREATE OR REPLACE FUNCTION profiles.people_until(after text, last profiles.directory_place) RETURNS text
LANGUAGE sql IMMUTABLE
RETURN nullif(concat_ws(' AND ', after, '(p.display_name, p.id) < ('
	|| quote_literal(last.display_name) || ', ' || quote_literal(last.id) || ')'), '');

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
-- fetched and sorted. walked, fetched: the condition, without and with the index of words.
CREATE OR REPLACE FUNCTION profiles.people_walked(near text, walked text, fetched text, size bigint)
RETURNS SETOF profiles.directory_place
LANGUAGE plpgsql STABLE ROWS 50 SET search_path = pg_catalog, pg_temp SET enable_sort = off AS $$
DECLARE
	got bigint;
	beyond text;
BEGIN
	RETURN QUERY EXECUTE format('SELECT p.id, p.display_name FROM (SELECT * FROM profiles.directory_person p
		WHERE %s ORDER BY p.display_name, p.id LIMIT 5000) p WHERE %s LIMIT $1', near, walked) USING size;
	GET DIAGNOSTICS got = ROW_COUNT;
	IF got < size THEN
		EXECUTE format('SELECT format(''(p.display_name, p.id) > (%%L, %%L)'', p.display_name, p.id)
			FROM profiles.directory_person p WHERE %s
			ORDER BY p.display_name, p.id OFFSET 4999 LIMIT 1', near) INTO beyond;
	END IF;
	IF beyond IS NOT NULL THEN
		RETURN QUERY SELECT * FROM profiles.people_sorted(
			concat_ws(' AND ', near, fetched, beyond), size - got);
	END IF;
END $$;

-- A page of the people who are found by words, or of all (null), and meet a condition: the first of them and
-- more, in no order. Few are fetched and sorted. Many are read along the names: those whose name begins with
-- a word where they stand, then everybody else, as far as the last of a page that is full already.
CREATE OR REPLACE FUNCTION profiles.people_found(words text[], condition text, after text, size bigint)
RETURNS SETOF profiles.directory_place
LANGUAGE plpgsql VOLATILE ROWS 50 SET search_path = pg_catalog, pg_temp AS $$
DECLARE
	many constant int := 1000;
	by_words record;
	expected float8;
	matched text := profiles.words_match(words);
	begins text;
	found profiles.directory_place[];
	w text;
BEGIN
	SELECT * INTO by_words FROM profiles.words_figures(words);
	by_words.share := CASE WHEN words IS NULL THEN 1 ELSE by_words.share END;
	expected := profiles.people_expected(condition, many / nullif(by_words.share, 0));
	IF size IS NULL OR expected * by_words.share < many THEN
		RETURN QUERY SELECT * FROM profiles.people_sorted(
			concat_ws(' AND ', after, condition, by_words.fetched), size);
		RETURN;
	END IF;
	FOREACH w IN ARRAY coalesce(words, '{}') LOOP
		CONTINUE WHEN NOT profiles.begins_with(w, w); -- in other letters than a to z
		begins := format('profiles.begins_with(p.display_name, %L)', w);
		found := ARRAY(SELECT f FROM profiles.people_walked(concat_ws(' AND ', after,
				format('p.display_name >= %L AND p.display_name < %L', w, w || chr(65535))),
			concat_ws(' AND ', condition, begins, matched),
			concat_ws(' AND ', condition, begins, by_words.fetched), size) f);
		RETURN QUERY SELECT f.* FROM unnest(found) f;
		condition := condition || ' AND NOT ' || begins;
		after := profiles.people_until(after, found[size]);
	END LOOP;
	matched := concat_ws(' AND ', condition, matched);
	condition := concat_ws(' AND ', condition, by_words.fetched_elsewhere);
	RETURN QUERY EXECUTE CASE WHEN expected * by_words.share_elsewhere < many
		THEN 'SELECT * FROM profiles.people_sorted(concat_ws('' AND '', $1, $3), $4)'
		ELSE 'SELECT * FROM profiles.people_walked(coalesce($1, ''true''), $2, $3, $4)' END
		USING after, matched, condition, size;
END $$;

GRANT EXECUTE ON FUNCTION profiles.people_asked(uuid, text[], text, text, text, text, text, text,
		bigint, bigint, boolean, text, uuid[], timestamptz),
	profiles.field_shown(uuid, text[], text),
	profiles.people_showing(uuid, text[], uuid, text, text, uuid, date, date),
	profiles.words_typed(text), profiles.words_match(text[]),
	profiles.words_indexed(text[], boolean), profiles.words_fetched(text[], text[], boolean),
	profiles.words_figures(text[]), profiles.word_shares(text[]), profiles.count_words_anew(),
	profiles.people_expected(text, float8), profiles.people_here(),
	profiles.people_until(text, profiles.directory_place), profiles.people_sorted(text, bigint),
	profiles.people_walked(text, text, text, bigint), profiles.people_found(text[], text, text, bigint)
	TO upward_profiles;
GRANT SELECT ON profiles.directory_person, profiles.directory_place TO upward_profiles;
