-- What the person, or a coordinator for them, may do with an enrolment now: nobody withdraws while a place
-- is taken, and nobody joins a programme that is not open.
CREATE OR REPLACE FUNCTION matching.enrolment_can(e matching.enrolment) RETURNS json
LANGUAGE plpgsql STABLE SET search_path = matching, pg_catalog, pg_temp AS $$
DECLARE
	p programme;
	steps text[] := common.actions('enrolment', e.status, '{self}'); -- a coordinator has the same
BEGIN
	SELECT * INTO p FROM programme x WHERE x.id = e.programme_id;
	IF e.taken > 0 THEN
		steps := array_remove(steps, 'withdrawal');
	END IF;
	IF NOT p.enrolment_open OR p.winding_down IS NOT NULL
		OR p.status NOT IN ('recruiting', 'matching', 'active') THEN
		steps := array_remove(steps, 'acceptance');
	END IF;
	IF p.status IN ('closed', 'cancelled') OR p.winding_down IN ('closure', 'cancellation') THEN
		steps := array_remove(steps, 'resumption');
	END IF;
	RETURN array_to_json(CASE WHEN e.status IN ('enrolled', 'paused') THEN 'patch'::text || steps
		ELSE steps END);
END $$;

-- In plpgsql, like those that it calls: a function in SQL would be planned anew for every row of a list.
CREATE OR REPLACE FUNCTION matching.enrolment_json(e matching.enrolment, actor uuid) RETURNS json
LANGUAGE plpgsql STABLE SET search_path = matching, pg_catalog, pg_temp AS $$
BEGIN
	RETURN json_build_object('id', e.id, 'programme', matching.programme_reference(e.programme_id),
		'person', profiles.card_json(e.person_id), 'role', e.role, 'status', e.status,
		'capacity', e.capacity, 'taken', e.taken, 'places', matching.places_json(e), 'answers', e.answers,
		'intake', matching.intake_json(e), 'form', (SELECT json_build_object('id', f.id, 'number', f.number)
			FROM matching.form f WHERE f.id = e.form_id),
		'cohort', matching.cohort_reference(e.cohort_id), 'visible', e.visible,
		'training', (SELECT json_build_object(
			'required', array_to_json(matching.required_training(p, e.role)),
			'missing', array_to_json(matching.missing_training(p, e.role, e.person_id)))
			FROM matching.programme p WHERE p.id = e.programme_id),
		'invitation', (SELECT i.message FROM matching.invitation i WHERE i.id = e.invitation_id),
		'paused_until', CASE WHEN e.status = 'paused' THEN e.paused_until END,
		'created_at', common.instant(e.created_at), 'updated_at', common.instant(e.updated_at),
		'version', e.version,
		'matching', (SELECT CASE WHEN o.open THEN 'objected' ELSE 'by_hand' END FROM matching.objecting o
			WHERE o.enrolment_id = e.id),
		'can', matching.enrolment_can(e)::jsonb || matching.objection_steps(e, actor)
			|| CASE WHEN e.person_id = actor AND EXISTS (SELECT FROM matching.wishes_to_answer(actor) w
				WHERE w.enrolment_id = e.id) THEN '["wish_confirmation"]'::jsonb ELSE '[]' END,
		'links', json_build_object('self', '/api/v1/enrolments/' || e.id,
			'wishes', '/api/v1/enrolments/' || e.id || '/wishes',
			'coordinator_acts', '/api/v1/enrolments/' || e.id || '/coordinator-acts',
			'programme', '/api/v1/programmes/' || e.programme_id));
END $$;

CREATE OR REPLACE FUNCTION matching.enrolment_json(enrolment_id uuid, actor uuid) RETURNS json
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
	RETURN (SELECT matching.enrolment_json(e, $2) FROM matching.enrolment e WHERE e.id = $1);
END $$;

-- Who comes back from outside joins what still runs.
CREATE OR REPLACE FUNCTION matching.enrolment_guard() RETURNS trigger
LANGUAGE plpgsql SET search_path = matching, pg_catalog, pg_temp AS $$
BEGIN
	IF new.step <> 'resumption' OR old.status NOT IN ('paused', 'left_company') THEN
		RETURN new; -- or refused by the life cycle
	END IF;
	IF NOT EXISTS (SELECT FROM programme p WHERE p.id = new.programme_id
			AND p.status IN ('recruiting', 'matching', 'active', 'closing')
			AND p.winding_down IS DISTINCT FROM 'closure') THEN
		PERFORM common.refuse('programme_not_open');
	ELSIF NOT EXISTS (SELECT FROM profiles.card k
			WHERE k.person_id = new.person_id AND k.status <> 'inactive') THEN
		PERFORM common.refuse('person_inactive');
	END IF;
	RETURN new;
END $$;

-- A person who no longer takes part has no open shortlist, and is on none. An invitation to a draft is
-- announced when the programme opens (programme_follow).
CREATE OR REPLACE FUNCTION matching.enrolment_follow() RETURNS trigger
LANGUAGE plpgsql SET search_path = matching, pg_catalog, pg_temp AS $$
BEGIN
	IF new.status <> 'enrolled' AND tg_op = 'UPDATE' THEN
		UPDATE shortlist s SET step = 'withdrawal' WHERE s.enrolment_id = new.id AND s.status = 'open';
		IF new.role = 'mentor' AND new.step IN ('pause', 'withdrawal', 'departure') THEN
			PERFORM spare_mentor(new.person_id);
		END IF;
	END IF;
	IF new.status <> 'invited' OR NOT EXISTS (SELECT FROM programme p
		WHERE p.id = new.programme_id AND p.status = 'draft') THEN
		PERFORM common.tell_step('enrolment', new.step, CASE tg_op WHEN 'UPDATE' THEN old.status END, new.id);
	END IF;
	RETURN NULL;
END $$;

-- When pairs use up the capacity, only a shortlist that replaces a suspended pair stays open, and other lists
-- show other mentors.
CREATE OR REPLACE FUNCTION matching.enrolment_shrunk() RETURNS trigger
LANGUAGE plpgsql SET search_path = matching, pg_catalog, pg_temp AS $$
BEGIN
	UPDATE shortlist s SET step = 'withdrawal'
	WHERE s.enrolment_id = new.id AND s.status = 'open' AND s.replaces_pair IS NULL;
	IF new.role = 'mentor' THEN
		PERFORM spare_mentor(new.person_id);
	END IF;
	RETURN NULL;
END $$;

GRANT EXECUTE ON FUNCTION matching.enrolment_can(matching.enrolment),
	matching.enrolment_json(matching.enrolment, uuid) TO upward_matching;
GRANT EXECUTE ON FUNCTION matching.enrolment_json(uuid, uuid) TO upward_evaluation;

CREATE OR REPLACE TRIGGER _guard BEFORE UPDATE OF step ON matching.enrolment
	FOR EACH ROW EXECUTE FUNCTION matching.enrolment_guard();
CREATE OR REPLACE TRIGGER enrolment_share BEFORE UPDATE OF step, capacity ON matching.enrolment
	FOR EACH STATEMENT EXECUTE FUNCTION matching.pair_share();
CREATE OR REPLACE TRIGGER enrolment_follow AFTER INSERT OR UPDATE OF step ON matching.enrolment
	FOR EACH ROW EXECUTE FUNCTION matching.enrolment_follow();
CREATE OR REPLACE TRIGGER enrolment_shrunk AFTER UPDATE OF capacity ON matching.enrolment
	FOR EACH ROW WHEN (new.taken >= new.capacity AND new.capacity < old.capacity)
	EXECUTE FUNCTION matching.enrolment_shrunk();
