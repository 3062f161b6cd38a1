-- Which of these people report to the actor, directly or indirectly.
CREATE OR REPLACE FUNCTION matching.below(actor uuid, people uuid[]) RETURNS TABLE (person_id uuid)
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp SET plan_cache_mode = force_generic_plan AS $$
BEGIN
	RETURN QUERY WITH RECURSIVE line (id, manager_id) AS (
			SELECT c.person_id, c.manager_id FROM profiles.candidate c
			WHERE c.person_id = ANY (people)
				AND EXISTS (SELECT FROM profiles.candidate m WHERE m.manager_id = actor)
			UNION SELECT c.person_id, c.manager_id FROM line l
				JOIN profiles.candidate c ON c.person_id = l.manager_id),
		under (id) AS (
			SELECT l.id FROM line l WHERE l.manager_id = actor
			UNION SELECT l.id FROM under u JOIN line l ON l.manager_id = u.id)
	SELECT u.id FROM under u WHERE u.id = ANY (people);
END $$;

-- Whether the actor is above one of the two. If so, what the pair says in confidence is not for them.
CREATE OR REPLACE FUNCTION matching.above_pair(actor uuid, mentor uuid, mentee uuid) RETURNS boolean
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
RETURN EXISTS (SELECT FROM matching.below(actor, ARRAY[mentor, mentee]));

-- What the caller may do with a pair now: one of the two, or a coordinator; nobody else can read it. A
-- coordinator who is above one of the two cannot record a review, and a dissolution needs a review first.
CREATE OR REPLACE FUNCTION matching.pair_can(p matching.pair, actor uuid) RETURNS json
LANGUAGE plpgsql STABLE SET search_path = matching, pg_catalog, pg_temp AS $$
DECLARE
	two boolean := actor IN (p.mentor_id, p.mentee_id);
	live boolean := p.status IN ('active', 'suspended');
	steps text[] := common.actions('pair', matching.pair_now(p),
		ARRAY[CASE actor WHEN p.mentor_id THEN 'mentor'
		WHEN p.mentee_id THEN 'mentee' ELSE 'programme_admin' END]);
BEGIN
	IF p.status = 'proposed' AND EXISTS (SELECT FROM shortlist s
			WHERE s.id = p.shortlist_id AND is_taken_back(s.round_id)) THEN
		steps := array_remove(steps, 'acceptance');
	END IF;
	IF NOT live THEN
		RETURN array_to_json(CASE WHEN two AND p.status IN ('completed', 'ended')
			THEN steps || 'feedback_create'::text ELSE steps END);
	END IF;
	IF NOT EXISTS (SELECT FROM matching.review r
		WHERE r.pair_id = p.id AND r.outcome IN ('change_partner', 'end')) THEN
		steps := array_remove(steps, 'dissolution');
	END IF;
	IF p.status = 'suspended' AND NOT matching.may_resume(p) THEN
		steps := array_remove(steps, 'resumption');
	END IF;
	IF two OR NOT EXISTS (SELECT FROM profiles.candidate c WHERE c.manager_id = actor)
			OR NOT matching.above_pair(actor, p.mentor_id, p.mentee_id) THEN
		steps := steps || 'review_create'::text;
	END IF;
	IF two THEN
		steps := steps || CASE WHEN p.status = 'active'
			THEN '{agreement_create,session_create,goal_create}'::text[] ELSE '{}' END
			|| 'feedback_create'::text;
	END IF;
	RETURN array_to_json(steps);
END $$;

-- What each of the two can learn from the other, as it was when they were matched and as far as both show it
-- to the viewer.
CREATE OR REPLACE FUNCTION matching.pair_learning(p matching.pair, viewer uuid) RETURNS jsonb
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
	shared json := matching.shared_json(p.reasons, viewer, CASE WHEN viewer NOT IN (p.mentor_id, p.mentee_id)
		THEN '{programme_admin}'::text[] END, p.mentor_id, p.mentee_id);
BEGIN
	RETURN jsonb_build_object('learning', jsonb_build_object(
		'mentee_learns', coalesce(shared -> 'skills', '[]'),
		'mentor_learns', coalesce(shared -> 'in_return', '[]')));
END $$;

CREATE OR REPLACE FUNCTION matching.pair_json(p matching.pair, actor uuid) RETURNS json
LANGUAGE sql STABLE
RETURN json_build_object('id', p.id, 'programme', matching.programme_reference(p.programme_id),
	'mentor', profiles.card_json(p.mentor_id), 'mentee', profiles.card_json(p.mentee_id),
	'origin', p.origin,
	'my_side', CASE actor WHEN p.mentor_id THEN 'mentor' WHEN p.mentee_id THEN 'mentee' END,
	'status', p.status, 'answer_by', common.instant(p.answer_by), 'suspended_until', p.suspended_until,
	'created_at', common.instant(p.created_at), 'updated_at', common.instant(p.updated_at),
	'version', p.version, 'can', matching.pair_can(p, actor),
	'links', json_strip_nulls(json_build_object('self', '/api/v1/pairs/' || p.id,
		'why', CASE WHEN p.score IS NOT NULL THEN '/api/v1/pairs/' || p.id || '/why' END,
		'agreements', '/api/v1/agreements?pair_id=' || p.id,
		'sessions', CASE WHEN actor IN (p.mentor_id, p.mentee_id)
			THEN '/api/v1/sessions?pair_id=' || p.id END,
		'goals', CASE WHEN actor IN (p.mentor_id, p.mentee_id) THEN '/api/v1/goals?pair_id=' || p.id END,
		'page', CASE WHEN actor IN (p.mentor_id, p.mentee_id) THEN '/api/v1/dashboards/pairs/' || p.id END,
		'reviews', '/api/v1/pairs/' || p.id || '/reviews',
		'history', CASE WHEN actor NOT IN (p.mentor_id, p.mentee_id)
			THEN '/api/v1/pairs/' || p.id || '/history' END,
		'programme', '/api/v1/programmes/' || p.programme_id)));

CREATE OR REPLACE FUNCTION matching.pair_json(pair_id uuid, actor uuid) RETURNS json
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
	RETURN (SELECT matching.pair_json(p, $2) FROM matching.pair p WHERE p.id = $1);
END $$;

-- The version of the policy that a pair was scored by: that of its round, or the one that was in force.
CREATE OR REPLACE FUNCTION matching.scored_by(p matching.pair) RETURNS int
LANGUAGE plpgsql STABLE SET search_path = matching, pg_catalog, pg_temp AS $$
BEGIN
	RETURN coalesce((SELECT r.policy_number FROM shortlist s JOIN round r ON r.id = s.round_id
			WHERE s.id = p.shortlist_id),
		(SELECT max(o.number) FROM policy o
			WHERE o.programme_id = p.programme_id AND o.created_at <= p.created_at), 1);
END $$;

GRANT EXECUTE ON FUNCTION matching.above_pair(uuid, uuid, uuid), matching.pair_can(matching.pair, uuid),
	matching.pair_learning(matching.pair, uuid),
	matching.pair_json(matching.pair, uuid), matching.scored_by(matching.pair) TO upward_matching;
GRANT EXECUTE ON FUNCTION matching.pair_json(uuid, uuid) TO upward_evaluation;
GRANT EXECUTE ON FUNCTION matching.above_pair(uuid, uuid, uuid) TO upward_scheduling;
GRANT EXECUTE ON FUNCTION matching.below(uuid, uuid[]) TO upward_matching, upward_scheduling,
	upward_evaluation;
