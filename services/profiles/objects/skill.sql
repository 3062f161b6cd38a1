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

-- A skill that something names stays. Whoever was about to name it has locked its row, or waits for it.
CREATE OR REPLACE FUNCTION profiles.skill_unused() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
	IF EXISTS (SELECT FROM profiles.person_skill s WHERE s.skill_id = old.id)
			OR EXISTS (SELECT FROM profiles.listing l WHERE l.skill_id = old.id)
			OR EXISTS (SELECT FROM profiles.skill_finding f WHERE f.skill_id = old.id)
			OR EXISTS (SELECT FROM profiles.skill s WHERE s.merged_into = old.id)
			OR old.merged_into IS NOT NULL THEN
		PERFORM common.refuse('skill_in_use');
	END IF;
	RETURN old;
END $$;
CREATE OR REPLACE TRIGGER skill_unused BEFORE DELETE ON profiles.skill
	FOR EACH ROW EXECUTE FUNCTION profiles.skill_unused();

GRANT EXECUTE ON FUNCTION profiles.skill_json(profiles.skill, text[]), profiles.skill_move(uuid, uuid),
	profiles.skills_found(text), profiles.skill_aliases(text[]) TO upward_profiles;

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
