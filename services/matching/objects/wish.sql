-- The mentor and the mentee of a wish, whichever of them has it.
CREATE OR REPLACE FUNCTION matching.wished_mentor(w matching.wish) RETURNS uuid LANGUAGE sql IMMUTABLE
RETURN CASE w.role WHEN 'mentee' THEN w.named_id ELSE w.author_id END;
CREATE OR REPLACE FUNCTION matching.wished_mentee(w matching.wish) RETURNS uuid LANGUAGE sql IMMUTABLE
RETURN CASE w.role WHEN 'mentee' THEN w.author_id ELSE w.named_id END;

-- Wishes that both have: the named person has confirmed, or has named the other too. Rounds and replacement
-- shortlists prefer them to any score, under the same rules.
CREATE OR REPLACE VIEW matching.met_wish AS
SELECT w.programme_id, matching.wished_mentee(w) AS mentee_id, matching.wished_mentor(w) AS mentor_id,
	min(w.place) AS place
FROM matching.wish w
WHERE w.answer = 'confirmed' OR w.answer IS NULL AND EXISTS (SELECT FROM matching.wish o
	WHERE o.programme_id = w.programme_id AND o.author_id = w.named_id AND o.named_id = w.author_id
		AND o.role <> w.role AND o.answer IS DISTINCT FROM 'declined')
GROUP BY 1, 2, 3;

-- The mentors of a mentee's wishes that both have.
CREATE OR REPLACE FUNCTION matching.wished_mentors(programme uuid, mentee uuid) RETURNS uuid[]
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
RETURN ARRAY(SELECT m.mentor_id FROM matching.met_wish m
	WHERE m.programme_id = programme AND m.mentee_id = mentee);

-- Whether the two of a wish could be paired. If not, the named person is not asked, and to the author it
-- looks like a wish without an answer.
CREATE OR REPLACE FUNCTION matching.wish_stands(w matching.wish) RETURNS boolean
LANGUAGE plpgsql VOLATILE SET search_path = matching, pg_catalog, pg_temp AS $$
DECLARE
	mentor uuid := wished_mentor(w);
	mentee uuid := wished_mentee(w);
BEGIN
	RETURN (SELECT NOT kept_apart(p.id, mentor, mentee) AND may_pair(mentor, mentee, p.min_level_gap,
			coalesce(p.line_distance, granted_distance(mentee)))
		FROM programme p WHERE p.id = w.programme_id);
END $$;

-- The wishes of somebody who takes part, and for them also by whom they were named. Of a wish the author and
-- coordinators see only whether it was confirmed.
CREATE OR REPLACE FUNCTION matching.enrolment_wishes_json(e matching.enrolment, actor uuid) RETURNS json
LANGUAGE sql VOLATILE SET search_path = matching, pg_catalog, pg_temp
RETURN json_build_object('enrolment_id', e.id,
	'wishes', (SELECT coalesce(json_agg(json_build_object('person', profiles.card_json(w.named_id),
			'status', CASE w.answer WHEN 'confirmed' THEN 'confirmed' ELSE 'asked' END)
			ORDER BY w.place), '[]')
		FROM matching.wish w WHERE w.enrolment_id = e.id),
	'asked_by', (SELECT coalesce(json_agg(json_build_object('id', w.id,
			'person', profiles.card_json(w.author_id), 'answer', w.answer) ORDER BY w.id), '[]')
		FROM matching.wish w WHERE e.person_id = actor AND w.named_id = e.person_id
			AND w.programme_id = e.programme_id AND w.role <> e.role AND matching.wish_stands(w)),
	'version', e.version, 'can', CASE WHEN e.person_id = actor
		AND e.status IN ('invited', 'interested', 'enrolled', 'paused') THEN '["put"]'::json ELSE '[]' END,
	'links', json_build_object('self', '/api/v1/enrolments/' || e.id || '/wishes',
		'enrolment', '/api/v1/enrolments/' || e.id));

-- The wishes of others that a person has to answer, with their own enrolment: while both take part, unless
-- the two have named each other.
CREATE OR REPLACE FUNCTION matching.wishes_to_answer(person uuid)
	RETURNS TABLE (programme_id uuid, kind text, enrolment_id uuid, author_id uuid)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_column
BEGIN
	RETURN QUERY SELECT w.programme_id, 'answer_wish', e.id, w.author_id
	FROM matching.wish w JOIN matching.enrolment e ON e.programme_id = w.programme_id
			AND e.person_id = w.named_id AND e.role <> w.role AND e.status IN ('enrolled', 'paused')
		JOIN matching.enrolment a ON a.id = w.enrolment_id AND a.status IN ('enrolled', 'paused')
		JOIN matching.programme p ON p.id = w.programme_id AND p.winding_down IS NULL
			AND p.status IN ('recruiting', 'matching', 'active')
	WHERE w.named_id = person AND w.answer IS NULL AND NOT EXISTS (SELECT FROM matching.wish o
			WHERE o.enrolment_id = e.id AND o.named_id = w.author_id)
		AND matching.wish_stands(w);
END $$;

-- Replaces the wishes of an enrolment; an answer to a wish that stays is kept. Newly named people are told,
-- if the two could be paired.
CREATE OR REPLACE FUNCTION matching.put_wishes(part uuid, actor uuid, named uuid[], known bigint)
	RETURNS void
LANGUAGE plpgsql VOLATILE SET search_path = matching, pg_catalog, pg_temp AS $$
DECLARE
	e enrolment;
BEGIN
	SELECT * INTO e FROM enrolment x WHERE x.id = part AND x.person_id = actor FOR NO KEY UPDATE;
	IF NOT FOUND THEN
		PERFORM common.refuse('not_found');
	ELSIF e.version <> known THEN
		PERFORM common.refuse('stale');
	ELSIF e.status NOT IN ('invited', 'interested', 'enrolled', 'paused') THEN
		PERFORM common.refuse('wrong_state', json_build_object('current_status', e.status));
	ELSIF actor = ANY (named) THEN
		PERFORM common.refuse('self_reference', '{"pointer": "/person_ids"}');
	ELSIF EXISTS (SELECT FROM unnest(named) n WHERE NOT EXISTS (SELECT FROM profiles.card k
			WHERE k.person_id = n AND k.status <> 'inactive')) THEN
		PERFORM common.refuse('unknown_reference', '{"pointer": "/person_ids"}');
	END IF;
	DELETE FROM wish w WHERE w.enrolment_id = e.id AND w.named_id <> ALL (named);
	UPDATE wish w SET place = array_position(named, w.named_id) WHERE w.enrolment_id = e.id;
	WITH new AS (INSERT INTO wish (id, programme_id, enrolment_id, author_id, role, named_id, place)
		SELECT gen_random_uuid(), e.programme_id, e.id, actor, e.role, n.id, n.place
		FROM unnest(named) WITH ORDINALITY n (id, place)
		ON CONFLICT (enrolment_id, named_id) DO NOTHING RETURNING wish)
	INSERT INTO common.outbox (type, subject_id)
	SELECT 'wish.named', x.id FROM new n JOIN enrolment x ON x.programme_id = e.programme_id
		AND x.person_id = (n.wish).named_id AND x.role <> e.role AND x.status IN ('enrolled', 'paused')
	WHERE wish_stands(n.wish);
	UPDATE enrolment x SET version = x.version + 1, updated_at = common.now() WHERE x.id = e.id;
END $$;

-- The answer of the person who was named. The author is told of a confirmation only.
CREATE OR REPLACE FUNCTION matching.answer_wish(one uuid, part uuid, actor uuid, said text) RETURNS void
LANGUAGE plpgsql VOLATILE SET search_path = matching, pg_catalog, pg_temp AS $$
DECLARE
	w wish;
BEGIN
	SELECT x.* INTO w FROM wish x JOIN enrolment e ON e.id = part AND e.person_id = actor
		AND e.programme_id = x.programme_id AND e.role <> x.role
	WHERE x.id = one AND x.named_id = actor FOR NO KEY UPDATE OF x;
	IF w.id IS NULL OR NOT wish_stands(w) THEN
		PERFORM common.refuse('not_found');
	END IF;
	UPDATE wish x SET answer = said WHERE x.id = one;
	INSERT INTO common.outbox (type, subject_id) SELECT 'wish.confirmed', w.enrolment_id
	WHERE said = 'confirmed' AND w.answer IS DISTINCT FROM 'confirmed';
END $$;

GRANT EXECUTE ON FUNCTION matching.wished_mentor(matching.wish), matching.wished_mentee(matching.wish),
	matching.wished_mentors(uuid, uuid), matching.wish_stands(matching.wish),
	matching.enrolment_wishes_json(matching.enrolment, uuid),
	matching.put_wishes(uuid, uuid, uuid[], bigint), matching.answer_wish(uuid, uuid, uuid, text)
	TO upward_matching;
GRANT EXECUTE ON FUNCTION matching.wishes_to_answer(uuid) TO upward_matching, upward_evaluation;
GRANT SELECT ON matching.met_wish TO upward_matching;
