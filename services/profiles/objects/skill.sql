-- The skill taxonomy.

CREATE OR REPLACE FUNCTION profiles.skill_json(s profiles.skill, roles text[]) RETURNS json
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
RETURN json_build_object('id', s.id, 'name', s.name, 'code', s.code, 'aliases', array_to_json(s.aliases),
	'retired', s.retired,
	'merged_into', (SELECT json_build_object('id', k.id, 'name', k.name) FROM profiles.skill k
		WHERE k.id = s.merged_into),
	'version', s.version,
	'can', CASE WHEN NOT 'admin' = ANY (roles) THEN '[]'::json
		WHEN s.merged_into IS NULL THEN json_build_array('patch', 'merge')
		ELSE json_build_array('patch') END,
	'links', json_build_object('self', '/api/v1/skills/' || s.id));

-- Other names as they are kept: A to Z in lower case, each once.
CREATE OR REPLACE FUNCTION profiles.skill_aliases(given text[]) RETURNS text[] LANGUAGE sql IMMUTABLE
RETURN ARRAY(SELECT lower(g.alias COLLATE "C") FROM unnest(given) WITH ORDINALITY g (alias, place)
	GROUP BY 1 ORDER BY min(g.place));

-- The skills that a text means: a word of their names or aliases begins with it, or is like it. Two letters
-- that changed places leave a long word four tenths alike; of short ones much is alike by chance.
CREATE OR REPLACE FUNCTION profiles.skills_found(q text) RETURNS SETOF uuid
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
	words text := common.words(q);
BEGIN
	PERFORM set_config('pg_trgm.word_similarity_threshold',
		CASE WHEN length(words) > 6 THEN '0.4' ELSE '0.6' END, true);
	RETURN QUERY SELECT s.id FROM profiles.skill s
	WHERE s.find LIKE '%' || nullif(words, ' ') || '%' OR words OPERATOR(extensions.<%) s.find;
END $$;

-- Gives the people who have a duplicate the skill it was merged into, each at the higher of the two levels; a
-- skill they know well enough by then is no longer a target. Listings and skill checks follow. Returns those
-- people.
CREATE OR REPLACE FUNCTION profiles.skill_move(duplicate uuid, kept uuid) RETURNS SETOF uuid
LANGUAGE sql VOLATILE SET search_path = profiles, pg_catalog, pg_temp
BEGIN ATOMIC
	UPDATE profiles.listing SET skill_id = kept, updated_at = common.now() WHERE skill_id = duplicate;
	DELETE FROM profiles.skill_finding f WHERE f.skill_id = duplicate AND EXISTS (
		SELECT FROM profiles.skill_finding o WHERE o.check_id = f.check_id AND o.skill_id = kept);
	UPDATE profiles.skill_finding SET skill_id = kept WHERE skill_id = duplicate;
	WITH held AS (DELETE FROM profiles.person_skill s WHERE s.skill_id = duplicate RETURNING s.*)
	INSERT INTO profiles.person_skill AS s (person_id, skill_id, current, target, offered)
	SELECT h.person_id, kept, h.current, h.target, h.offered FROM held h
	ON CONFLICT (person_id, skill_id) DO UPDATE SET current = greatest(s.current, excluded.current),
		target = CASE WHEN greatest(s.target, excluded.target) > greatest(s.current, excluded.current)
			THEN greatest(s.target, excluded.target) ELSE 0 END,
		offered = s.offered OR excluded.offered
	RETURNING s.person_id;
END;

-- Those of some skills that there are; none of them is deleted before the transaction ends.
CREATE OR REPLACE FUNCTION profiles.skills_held(skills uuid[]) RETURNS SETOF uuid
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
	RETURN QUERY SELECT s.id FROM profiles.skill s WHERE s.id = ANY (skills) ORDER BY s.id FOR KEY SHARE;
END $$;

-- Before a row names skills: they are held, or the row is refused. Named are the column and, as paths of
-- JSON, where they stand in it.
CREATE OR REPLACE FUNCTION profiles.hold_skills() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
	said jsonb := to_jsonb(new) -> tg_argv[0];
	skills uuid[] := ARRAY(SELECT DISTINCT s #>> '{}'
		FROM unnest(tg_argv[1:]) w (path), jsonb_path_query(said, w.path::jsonpath) s WHERE s <> 'null');
BEGIN
	IF cardinality(skills) > (SELECT count(*) FROM profiles.skills_held(skills)) THEN
		PERFORM common.refuse('unknown_reference', CASE WHEN jsonb_typeof(said) <> 'object'
			THEN json_build_object('pointer', '/' || tg_argv[0]) END);
	END IF;
	RETURN new;
END $$;

-- A skill that something names stays. Named are tables with the column in which they name skills. Whoever was
-- about to name it holds it (profiles.hold_skills), or waits for it.
CREATE OR REPLACE FUNCTION profiles.skill_unused() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
	named record;
	used boolean := old.merged_into IS NOT NULL;
BEGIN
	FOR named IN SELECT a.attrelid::regclass AS place, a.attname, CASE a.atttypid
				WHEN 'uuid'::regtype THEN 'x.%I = $1' WHEN 'uuid[]'::regtype THEN '$1 = ANY (x.%I)'
				ELSE 'strpos(x.%I::text, $1::text) > 0' END AS says
			FROM generate_series(0, tg_nargs - 1, 2) n, pg_attribute a
			WHERE a.attrelid = tg_argv[n]::regclass AND a.attname = tg_argv[n + 1] LOOP
		EXIT WHEN used;
		EXECUTE format('SELECT EXISTS (SELECT FROM %s x WHERE ' || named.says || ')', named.place,
			named.attname) INTO used USING old.id;
	END LOOP;
	IF used THEN
		PERFORM common.refuse('skill_in_use');
	END IF;
	RETURN old;
END $$;
CREATE OR REPLACE TRIGGER skill_unused BEFORE DELETE ON profiles.skill
	FOR EACH ROW EXECUTE FUNCTION profiles.skill_unused('profiles.person_skill', 'skill_id',
		'profiles.listing', 'skill_id', 'profiles.skill_finding', 'skill_id', 'profiles.skill',
		'merged_into');

GRANT EXECUTE ON FUNCTION profiles.skill_json(profiles.skill, text[]), profiles.skill_move(uuid, uuid),
	profiles.skills_found(text), profiles.skill_aliases(text[]) TO upward_profiles;
GRANT EXECUTE ON FUNCTION profiles.skills_held(uuid[]) TO upward_matching;

-- How many skills each person in the company offers and wants, and how many open listings they have.
CREATE OR REPLACE VIEW profiles.learning AS
SELECT p.id AS person_id, coalesce(p.department, '(none)') AS department, coalesce(s.offers, 0) AS offers,
	coalesce(s.requests, 0) AS requests, coalesce(l.listings, 0) AS listings
FROM profiles.person p
	LEFT JOIN (SELECT person_id, count(*) FILTER (WHERE offered AND current > 0) AS offers,
			count(*) FILTER (WHERE target > current) AS requests
		FROM profiles.person_skill GROUP BY person_id) s ON s.person_id = p.id
	LEFT JOIN (SELECT person_id, count(*) AS listings FROM profiles.listing
		WHERE open_until >= common.today() GROUP BY person_id) l ON l.person_id = p.id
WHERE p.status <> 'inactive';

-- How many people in the company offer each skill, and how many want it.
CREATE OR REPLACE VIEW profiles.skill_demand AS
SELECT s.skill_id, count(*) FILTER (WHERE s.offered AND s.current > 0) AS offering,
	count(*) FILTER (WHERE s.target > s.current) AS wanting
FROM profiles.person_skill s JOIN profiles.person p ON p.id = s.person_id AND p.status <> 'inactive'
GROUP BY s.skill_id;

GRANT SELECT ON profiles.learning, profiles.skill_demand TO upward_evaluation;
