-- Pairs that come from no shortlist: made by a coordinator, or by a mentee who asks a mentor. The triggers on
-- pair judge them as they judge a pick.

-- A person without a manager may be taught by somebody three steps below, as in a round
-- (ENGINE_LINE_GRANTED): the distance that is too close then; null for everybody else.
CREATE OR REPLACE FUNCTION matching.granted_distance(mentee uuid) RETURNS smallint
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
	RETURN (SELECT 2::smallint FROM profiles.candidate_line l
		WHERE l.person_id = mentee AND l.manager_id IS NULL);
END $$;

-- Makes the pair, with what the engine says of the two (judged: score and reasons). The mentee's open
-- shortlist is locked before the places, as for a pick, and withdrawn if there is no place left for it.
CREATE OR REPLACE FUNCTION matching.new_pair(new_id uuid, how text, junior matching.enrolment,
	senior matching.enrolment, judged json) RETURNS void
LANGUAGE plpgsql VOLATILE SET search_path = matching, pg_catalog, pg_temp AS $$
BEGIN
	PERFORM lock_reporting_lines_shared();
	PERFORM FROM shortlist s WHERE s.enrolment_id = senior.id AND s.status = 'open' FOR NO KEY UPDATE;
	INSERT INTO pair (id, programme_id, mentor_id, mentee_id, mentor_enrolment_id, mentee_enrolment_id,
		origin, step, answer_by, score, reasons)
	SELECT new_id, g.id, junior.person_id, senior.person_id, junior.id, senior.id, how, how,
		common.now() + make_interval(days => g.answer_days), (judged ->> 'score')::int,
		coalesce(judged -> 'reasons', '{}')
	FROM programme g WHERE g.id = senior.programme_id;
	UPDATE shortlist s SET step = 'withdrawal' WHERE s.enrolment_id = senior.id AND s.status = 'open'
		AND mentee_refusal(s.enrolment_id, s.replaces_pair) IS NOT NULL;
END $$;

-- Whether the policy keeps the two from being partners again, or one of them has refused the other in this
-- programme.
CREATE OR REPLACE FUNCTION matching.met_before(programme uuid, mentor uuid, mentee uuid) RETURNS text
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
RETURN CASE WHEN matching.were_partners(matching.present_rules(programme), mentor, mentee)
		THEN 'earlier_partner'
	WHEN EXISTS (SELECT FROM matching.declined d WHERE d.programme_id = programme AND d.mentee_id = mentee
		AND d.mentor_id = mentor) THEN 'mentor_taken' END;

-- A coordinator makes a pair, which the mentor still has to accept. Rules that are not about safety may be
-- set aside, with a note; `unmet` of the refusal names those that are in the way.
CREATE OR REPLACE FUNCTION matching.manual_pair(new_id uuid, actor uuid, roles text[], asked json,
	judged json) RETURNS void
LANGUAGE plpgsql VOLATILE SET search_path = matching, pg_catalog, pg_temp AS $$
DECLARE
	junior enrolment;
	senior enrolment;
	set_aside text[] := ARRAY(SELECT json_array_elements_text(asked -> 'override'));
	unmet text[] := ARRAY(SELECT json_array_elements_text(judged -> 'unmet'));
BEGIN
	SELECT * INTO senior FROM enrolment e WHERE e.id = (asked ->> 'mentee_enrolment_id')::uuid
		AND e.role = 'mentee' AND coordinates(e.programme_id, actor, roles);
	IF NOT FOUND THEN
		PERFORM common.refuse('unknown_reference', '{"pointer": "/mentee_enrolment_id"}');
	END IF;
	SELECT * INTO junior FROM enrolment e WHERE e.id = (asked ->> 'mentor_enrolment_id')::uuid
		AND e.role = 'mentor' AND e.programme_id = senior.programme_id;
	IF NOT FOUND THEN
		PERFORM common.refuse('unknown_reference', '{"pointer": "/mentor_enrolment_id"}');
	ELSIF junior.person_id = senior.person_id THEN
		PERFORM common.refuse('self_reference', '{"pointer": "/mentor_enrolment_id"}');
	ELSIF asked ->> 'note' IS NULL THEN
		PERFORM common.refuse('note_required', '{"pointer": "/note"}');
	END IF;
	PERFORM new_pair(new_id, 'manual', junior, senior, judged);
	IF met_before(senior.programme_id, junior.person_id, senior.person_id) IS NOT NULL THEN
		unmet := unmet || 'earlier'::text;
	END IF;
	IF lacks_training(senior) OR lacks_training(junior) THEN
		unmet := unmet || 'training'::text;
	END IF;
	IF NOT unmet <@ set_aside THEN
		PERFORM common.refuse('rules_unmet', json_build_object('unmet',
			ARRAY(SELECT u FROM unnest(unmet) u WHERE u <> ALL (set_aside))));
	END IF;
	PERFORM keep_act(e, actor, 'pair', asked ->> 'note', new_id,
		ARRAY(SELECT u FROM unnest(unmet) u)) FROM unnest(ARRAY[senior, junior]) e;
END $$;

-- A mentee asks a mentor in a programme that allows it; all rules hold.
CREATE OR REPLACE FUNCTION matching.requested_pair(new_id uuid, actor uuid, asked json, judged json)
	RETURNS void
LANGUAGE plpgsql VOLATILE SET search_path = matching, pg_catalog, pg_temp AS $$
DECLARE
	junior enrolment;
	senior enrolment;
	before text;
BEGIN
	SELECT e.* INTO senior FROM enrolment e JOIN programme g ON g.id = e.programme_id
	WHERE e.programme_id = (asked ->> 'programme_id')::uuid AND e.person_id = actor AND e.role = 'mentee'
		AND g.status <> 'draft';
	IF NOT FOUND THEN
		PERFORM common.refuse('unknown_reference', '{"pointer": "/programme_id"}');
	ELSIF NOT EXISTS (SELECT FROM programme g WHERE g.id = senior.programme_id AND g.self_search) THEN
		PERFORM common.refuse('no_self_search');
	ELSIF asked -> 'override' IS NOT NULL OR asked -> 'note' IS NOT NULL THEN
		PERFORM common.refuse('unprocessable', '{"pointer": "/note"}');
	ELSIF NOT EXISTS (SELECT FROM profiles.card k WHERE k.person_id = (asked ->> 'mentor_id')::uuid) THEN
		PERFORM common.refuse('unknown_reference', '{"pointer": "/mentor_id"}');
	ELSIF (asked ->> 'mentor_id')::uuid = actor THEN
		PERFORM common.refuse('self_reference', '{"pointer": "/mentor_id"}');
	END IF;
	SELECT * INTO junior FROM enrolment e WHERE e.programme_id = senior.programme_id AND e.role = 'mentor'
		AND e.person_id = (asked ->> 'mentor_id')::uuid;
	before := CASE WHEN lacks_training(senior) THEN 'training_missing'
		WHEN junior.id IS NULL OR lacks_training(junior) THEN 'mentor_taken'
		ELSE met_before(senior.programme_id, junior.person_id, actor) END;
	IF before IS NOT NULL THEN
		PERFORM common.refuse(before);
	END IF;
	PERFORM new_pair(new_id, 'request', junior, senior, judged);
	IF json_array_length(coalesce(judged -> 'unmet', '[]')) > 0 THEN
		PERFORM common.refuse('rules_unmet');
	END IF;
END $$;

GRANT EXECUTE ON FUNCTION matching.granted_distance(uuid), matching.met_before(uuid, uuid, uuid),
	matching.new_pair(uuid, text, matching.enrolment, matching.enrolment, json),
	matching.manual_pair(uuid, uuid, text[], json, json), matching.requested_pair(uuid, uuid, json, json)
	TO upward_matching;
