-- The starting policy for each purpose. Read only when a programme is created: it may change without
-- changing any existing policy. Weights are 0 to 127 and add up to at most 128.
CREATE OR REPLACE FUNCTION matching.purpose_weights(purpose text) RETURNS json LANGUAGE sql IMMUTABLE
RETURN CASE purpose
	WHEN 'digital_skills' THEN '{"need": 60, "exchange": 8, "interests": 10, "hours": 16, "level_gap": 10,
		"department": 16, "difference": 0}'::json
	WHEN 'inclusion' THEN '{"need": 32, "exchange": 4, "interests": 12, "hours": 12, "level_gap": 16,
		"department": 20, "difference": 28}'
	WHEN 'market_insight' THEN '{"need": 44, "exchange": 8, "interests": 20, "hours": 12, "level_gap": 12,
		"department": 24, "difference": 0}'
	WHEN 'innovation' THEN '{"need": 44, "exchange": 16, "interests": 12, "hours": 12, "level_gap": 8,
		"department": 32, "difference": 0}'
	WHEN 'cross_function' THEN '{"need": 56, "exchange": 16, "interests": 16, "hours": 16, "level_gap": 12,
		"department": 0, "difference": 12}'
	WHEN 'retention' THEN '{"need": 40, "exchange": 24, "interests": 20, "hours": 16, "level_gap": 12,
		"department": 12, "difference": 0}'
	ELSE '{"need": 56, "exchange": 24, "interests": 12, "hours": 16, "level_gap": 4, "department": 12,
		"difference": 0}' END;

CREATE OR REPLACE FUNCTION matching.coordinates(programme uuid, actor uuid, roles text[]) RETURNS boolean
LANGUAGE plpgsql STABLE SET search_path = matching, pg_catalog, pg_temp AS $$
BEGIN
	RETURN 'programme_admin' = ANY (roles) AND EXISTS (SELECT FROM matching.coordinator c
		WHERE c.programme_id = programme AND c.person_id = actor);
END $$;

CREATE OR REPLACE FUNCTION matching.programme_reference(programme uuid) RETURNS json
LANGUAGE plpgsql STABLE SET search_path = matching, pg_catalog, pg_temp AS $$
BEGIN
	RETURN (SELECT json_build_object('id', p.id, 'title', p.title) FROM matching.programme p
		WHERE p.id = programme);
END $$;

-- Whether a programme has a coordinator who is still in the company.
CREATE OR REPLACE FUNCTION matching.is_led(programme uuid) RETURNS boolean
LANGUAGE plpgsql STABLE SET search_path = matching, pg_catalog, pg_temp AS $$
BEGIN
	RETURN EXISTS (SELECT FROM coordinator c JOIN profiles.card k ON k.person_id = c.person_id
		WHERE c.programme_id = is_led.programme AND k.status <> 'inactive');
END $$;

-- Whether someone with these roles may take over a programme.
CREATE OR REPLACE FUNCTION matching.takes_over(programme uuid, roles text[]) RETURNS boolean
LANGUAGE plpgsql STABLE SET search_path = matching, pg_catalog, pg_temp AS $$
BEGIN
	RETURN 'programme_admin' = ANY (roles) AND NOT matching.is_led(programme);
END $$;

-- What the caller may do with a programme now. While it is winding down it accepts nothing new.
CREATE OR REPLACE FUNCTION matching.programme_can(p matching.programme, actor uuid, roles text[]) RETURNS json
LANGUAGE plpgsql STABLE SET search_path = matching, pg_catalog, pg_temp AS $$
DECLARE
	runs boolean := p.status IN ('recruiting', 'matching', 'active');
	pairs boolean := p.status IN ('matching', 'active');
	steps text[] := '{}';
BEGIN
	IF p.winding_down IS NOT NULL THEN
		RETURN '[]';
	END IF;
	IF matching.coordinates(p.id, actor, roles) THEN
		steps := common.actions('programme', p.status, '{programme_admin}');
		IF 'activation' = ANY (steps) AND NOT EXISTS (SELECT FROM round r
			WHERE r.programme_id = p.id AND r.status = 'published') THEN
			steps := array_remove(steps, 'activation');
		END IF;
		steps := steps || array_remove(ARRAY[CASE WHEN runs OR p.status = 'draft' THEN 'patch' END,
			CASE WHEN runs OR p.status = 'draft' THEN 'invitation_create' END,
			CASE WHEN p.status = 'draft' THEN 'delete' END, 'copy_create',
			CASE WHEN pairs THEN 'pair_create' END,
			CASE WHEN runs OR p.status = 'draft' THEN 'policy_create' END,
			CASE WHEN runs THEN 'sponsor_create' END, CASE WHEN runs THEN 'round_create' END], NULL);
	END IF;
	IF matching.coordinates(p.id, actor, roles) OR matching.takes_over(p.id, roles) THEN
		steps := steps || 'coordinator_create'::text;
	END IF;
	IF runs AND p.enrolment_open THEN
		steps := steps || 'enrolment_create'::text;
	END IF;
	IF pairs AND p.self_search AND 'pair_create' <> ALL (steps) AND EXISTS (SELECT FROM enrolment e
			WHERE e.programme_id = p.id AND e.person_id = actor AND e.role = 'mentee'
				AND mentee_refusal(e.id, NULL) IS NULL) THEN
		steps := steps || 'pair_create'::text;
	END IF;
	IF runs AND EXISTS (SELECT FROM sponsor s WHERE s.programme_id = p.id AND s.person_id = actor
			AND s.answer IS NULL) THEN
		steps := steps || 'sponsor_consent'::text;
	END IF;
	RETURN array_to_json(steps);
END $$;

CREATE OR REPLACE FUNCTION matching.programme_json(p matching.programme, actor uuid, roles text[])
	RETURNS json
LANGUAGE plpgsql STABLE SET search_path = matching, pg_catalog, pg_temp AS $$
BEGIN
	RETURN json_build_object('id', p.id, 'title', p.title, 'purpose', p.purpose, 'status', p.status,
		'starts_on', p.starts_on, 'ends_on', p.ends_on, 'enrolment_open', p.enrolment_open,
		'focus_skills', coalesce((SELECT json_agg(json_build_object('id', s.skill_id, 'name', s.name)
			ORDER BY s.name)
			FROM profiles.skill_view s WHERE s.skill_id IN (SELECT f.current_id FROM profiles.skill_view f
				WHERE f.skill_id = ANY (p.focus_skills))), '[]'),
		'declared_kinds', array_to_json(p.declared_kinds), 'skill_checks', p.skill_checks,
		'auto_rounds', p.auto_rounds, 'time_zone', p.time_zone,
		'mentor_training', array_to_json(p.mentor_training),
		'mentee_training', array_to_json(p.mentee_training),
		'self_search', p.self_search, 'meeting_link', p.meeting_link,
		'rules', json_build_object('min_level_gap', coalesce(p.min_level_gap, 0),
			'line_distance', coalesce(p.line_distance::text, 'any'),
			'skills_only', p.min_level_gap IS NULL, 'exposure_cap', p.exposure_cap),
		'policy_version', p.policy_number, 'pick_days', p.pick_days, 'answer_days', p.answer_days,
		'coordinators', coalesce((SELECT json_agg(k.card ORDER BY k.display_name)
			FROM matching.coordinator c JOIN profiles.card k ON k.person_id = c.person_id
			WHERE c.programme_id = p.id), '[]'),
		'my_enrolments', coalesce((SELECT json_agg(json_build_object('id', e.id, 'role', e.role,
			'status', e.status) ORDER BY e.role)
			FROM matching.enrolment e WHERE e.programme_id = p.id AND e.person_id = actor), '[]'),
		'created_at', common.instant(p.created_at), 'updated_at', common.instant(p.updated_at),
		'version', p.version,
		'can', matching.programme_can(p, actor, roles),
		'links', matching.programme_links(p.id, matching.coordinates(p.id, actor, roles)));
END $$;

-- Where somebody can go from a programme: everybody, and its coordinators.
CREATE OR REPLACE FUNCTION matching.programme_links(programme uuid, coordinates boolean) RETURNS json
LANGUAGE sql IMMUTABLE
RETURN (jsonb_build_object('self', '/api/v1/programmes/' || programme,
	'enrolments', '/api/v1/enrolments?programme_id=' || programme)
	|| (SELECT jsonb_object_agg(replace(part, '-', '_'),
			format('/api/v1/programmes/%s/%s', programme, part))
		FROM unnest('{forms,policy-card,eligibility,resources,executives,sponsors,coordinators}'::text[]
			|| CASE WHEN coordinates THEN '{policies,cohorts,exclusions}'::text[] ELSE '{}' END) part)
	|| CASE WHEN coordinates THEN jsonb_build_object('rounds', '/api/v1/rounds?programme_id=' || programme,
			'shortlists', '/api/v1/shortlists?programme_id=' || programme,
			'pairs', '/api/v1/pairs?programme_id=' || programme,
			'page', '/api/v1/dashboards/programmes/' || programme) ELSE '{}' END)::json;

CREATE OR REPLACE FUNCTION matching.programme_json(programme_id uuid, actor uuid, roles text[]) RETURNS json
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
	RETURN (SELECT matching.programme_json(p, $2, $3) FROM matching.programme p WHERE p.id = $1);
END $$;

-- From invitation to pair: counts by role, for the funnel and the programme's page.
CREATE OR REPLACE FUNCTION matching.funnel_json(programme_id uuid) RETURNS json
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
	RETURN (SELECT json_agg(json_build_object('role', r.role,
			'invited', common.count_of($1, r.role || ' invited'),
			'interested', common.count_of($1, r.role || ' interested'),
			'enrolled', common.count_of($1, r.role || ' enrolled'),
			'declined', common.count_of($1, r.role || ' declined'),
			'paired', common.count_of($1, r.role || ' paired')))
		FROM unnest('{mentor,mentee}'::text[]) r (role));
END $$;

-- The number of pairs of a programme in each state.
CREATE OR REPLACE FUNCTION matching.pairs_json(programme_id uuid) RETURNS json
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
	RETURN (SELECT json_object_agg(s.status, common.count_of($1, 'pair ' || s.status))
		FROM unnest('{proposed,active,suspended,completed,ended}'::text[]) s (status));
END $$;

-- Ends what depends on a programme that is closing, closed or cancelled: at most `most` shortlists, pairs
-- and enrolments, so that no transaction is long. When nothing is left, the programme takes the step and
-- the result is true.
CREATE OR REPLACE FUNCTION matching.wind_down(programme uuid, most int) RETURNS boolean
LANGUAGE plpgsql VOLATILE SET search_path = matching, pg_catalog, pg_temp AS $$
DECLARE
	g programme;
	n int;
	done int;
BEGIN
	PERFORM pg_advisory_xact_lock(7, 1);
	SELECT * INTO g FROM programme p
	WHERE p.id = wind_down.programme AND p.winding_down IS NOT NULL FOR NO KEY UPDATE;
	IF NOT FOUND THEN
		RETURN true;
	END IF;
	UPDATE round r SET step = CASE r.status WHEN 'ready' THEN 'discard' WHEN 'publishing' THEN 'completion'
			ELSE 'cancellation' END,
		leased_until = NULL, finished_at = coalesce(r.finished_at, common.now())
	WHERE r.programme_id = g.id AND r.status IN ('queued', 'running', 'ready', 'publishing');
	UPDATE shortlist s SET step = 'withdrawal' WHERE s.status IN ('draft', 'open')
		AND s.id IN (SELECT x.id FROM shortlist x
			WHERE x.programme_id = g.id AND x.status IN ('draft', 'open') LIMIT most);
	GET DIAGNOSTICS done = ROW_COUNT;
	UPDATE pair q SET step = ending_step(q, g.winding_down), reason = CASE g.winding_down
		WHEN 'closure' THEN 'programme_ended' WHEN 'cancellation' THEN 'programme_cancelled' END
	WHERE q.id IN (SELECT x.id FROM pair x
		WHERE x.programme_id = g.id AND ending_step(x, g.winding_down) IS NOT NULL
		ORDER BY x.id LIMIT most - done);
	GET DIAGNOSTICS n = ROW_COUNT;
	done := done + n;
	IF g.winding_down <> 'closing' THEN
		UPDATE enrolment e SET step = CASE WHEN g.winding_down <> 'closure' THEN 'lapse'
				WHEN e.status IN ('enrolled', 'paused') THEN 'completion' ELSE 'lapse' END,
			reason = CASE g.winding_down WHEN 'cancellation' THEN 'programme_cancelled' ELSE e.reason END
		WHERE e.id IN (SELECT x.id FROM enrolment x WHERE x.programme_id = g.id
			AND x.status IN ('invited', 'interested', 'enrolled', 'paused') LIMIT most - done);
		GET DIAGNOSTICS n = ROW_COUNT;
		done := done + n;
	END IF;
	UPDATE programme p SET step = g.winding_down, winding_down = NULL WHERE p.id = g.id AND done < most;
	RETURN done < most;
END $$;

-- How a current pair ends while its programme winds down; null: it continues.
CREATE OR REPLACE FUNCTION matching.ending_step(q matching.pair, winding_down text) RETURNS text
LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp
RETURN CASE WHEN q.status NOT IN ('proposed', 'active', 'suspended') THEN NULL
	WHEN q.status = 'proposed' OR q.status = 'suspended' AND q.came_from = 'proposed' THEN
		CASE winding_down WHEN 'cancellation' THEN 'programme_end' ELSE 'retraction' END
	WHEN winding_down = 'closure' AND q.status = 'active' THEN 'completion'
	WHEN winding_down IN ('closure', 'cancellation') THEN 'programme_end' END;

-- What prevents a closure, as a checklist.
CREATE OR REPLACE FUNCTION matching.closure_checklist(p matching.programme) RETURNS text[]
LANGUAGE sql STABLE SET search_path = matching, pg_catalog, pg_temp
RETURN array_remove(ARRAY[CASE WHEN p.ends_on > common.today() THEN 'ends_on_not_reached' END,
	CASE WHEN EXISTS (SELECT FROM matching.pair q WHERE q.programme_id = p.id AND q.status = 'suspended')
		THEN 'suspended_pairs' END], NULL);

-- A programme that is winding down takes no other step, and winding down starts only from a state that
-- allows it.
CREATE OR REPLACE FUNCTION matching.programme_guard() RETURNS trigger
LANGUAGE plpgsql SET search_path = matching, pg_catalog, pg_temp AS $$
BEGIN
	IF old.winding_down IS NULL AND new.winding_down IS NOT NULL THEN
		IF NOT EXISTS (SELECT FROM common.step s WHERE s.noun = 'programme' AND s.name = new.winding_down
				AND s.from_status = old.status) THEN
			PERFORM common.refuse_step('programme', new.winding_down, old.status);
		END IF;
		new.enrolment_open := false;
		new.version := old.version + 1;
		new.updated_at := common.now();
	ELSIF old.winding_down IS NOT NULL AND new.winding_down IS NOT NULL THEN
		PERFORM common.refuse_step('programme', CASE WHEN new.winding_down <> old.winding_down
			THEN new.winding_down
			ELSE new.step END, old.status);
	END IF;
	RETURN new;
END $$;

-- A programme that is not running has no current pairs.
CREATE OR REPLACE FUNCTION matching.programme_follow() RETURNS trigger
LANGUAGE plpgsql SET search_path = matching, pg_catalog, pg_temp AS $$
BEGIN
	IF new.status IN ('closing', 'closed', 'cancelled')
		AND EXISTS (SELECT FROM pair q WHERE q.programme_id = new.id
			AND q.status IN ('proposed', 'active', 'suspended')
			AND (new.status <> 'closing' OR q.status = 'proposed' OR q.came_from = 'proposed'
				AND q.status = 'suspended')) THEN
		RAISE EXCEPTION 'live pairs' USING ERRCODE = '23514', SCHEMA = 'matching', TABLE = 'programme',
			CONSTRAINT = 'programme_pairs_over';
	END IF;
	PERFORM common.tell_step('programme', new.step, old.status, new.id);
	IF new.step = 'recruitment' THEN
		INSERT INTO common.outbox (type, subject_id)
		SELECT 'enrolment.invited', e.id FROM enrolment e
			WHERE e.programme_id = new.id AND e.status = 'invited';
	END IF;
	RETURN NULL;
END $$;

-- Programmes where people have enrolled and no round has been published yet, and the last day of those that
-- are closing.
CREATE OR REPLACE VIEW matching.programme_waiting AS
SELECT p.id AS programme_id, 'first_round' AS kind, w.since, NULL::timestamptz AS due_at,
	json_build_object('mentors', w.mentors, 'mentees', w.mentees) AS numbers
FROM matching.programme p CROSS JOIN LATERAL (SELECT min(e.updated_at) AS since,
		count(*) FILTER (WHERE e.role = 'mentor') AS mentors,
		count(*) FILTER (WHERE e.role = 'mentee') AS mentees
	FROM matching.enrolment e
	WHERE e.programme_id = p.id AND e.status = 'enrolled' AND e.taken < e.capacity) w
WHERE p.status = 'recruiting' AND p.winding_down IS NULL AND w.since IS NOT NULL
	AND NOT EXISTS (SELECT FROM matching.round r
		WHERE r.programme_id = p.id AND r.status IN ('queued', 'running', 'ready') AND NOT r.what_if)
UNION ALL
SELECT p.id, 'spare_mentors', w.since, NULL, json_build_object('mentors', w.mentors)
FROM matching.programme p CROSS JOIN LATERAL (SELECT min(e.updated_at) AS since, count(*) AS mentors
	FROM matching.enrolment e
	WHERE e.programme_id = p.id AND e.role = 'mentor' AND e.status = 'enrolled' AND e.taken < e.capacity
		AND e.taken = 0
		AND NOT EXISTS (SELECT FROM matching.shortlist_entry x
			JOIN matching.shortlist s ON s.id = x.shortlist_id
			WHERE x.mentor_id = e.person_id AND s.programme_id = e.programme_id AND s.status = 'open')) w
WHERE p.status IN ('matching', 'active') AND p.winding_down IS NULL AND w.since IS NOT NULL
UNION ALL
SELECT p.id, 'close_programme', (p.ends_on + 1)::timestamp AT TIME ZONE 'UTC', NULL, NULL
FROM matching.programme p
WHERE p.status = 'closing' AND p.winding_down IS NULL AND p.ends_on < common.today()
UNION ALL
SELECT p.id, 'take_over', p.updated_at, NULL, NULL
FROM matching.programme p
WHERE p.status NOT IN ('closed', 'cancelled') AND NOT EXISTS (SELECT FROM matching.coordinator c
	JOIN profiles.card k ON k.person_id = c.person_id WHERE c.programme_id = p.id AND k.status <> 'inactive');

GRANT EXECUTE ON FUNCTION matching.purpose_weights(text), matching.is_led(uuid),
	matching.takes_over(uuid, text[]), matching.programme_links(uuid, boolean),
	matching.programme_can(matching.programme, uuid, text[]),
	matching.coordinates(uuid, uuid, text[]), matching.programme_reference(uuid),
	matching.programme_json(matching.programme, uuid, text[]), matching.wind_down(uuid, int),
	matching.ending_step(matching.pair, text), matching.closure_checklist(matching.programme)
	TO upward_matching;
GRANT EXECUTE ON FUNCTION matching.programme_json(uuid, uuid, text[]) TO upward_evaluation;
-- The same people by department and by level: how many were reached, and how many of them take part. Small
-- cells are hidden. The numbers taking part are hidden in all cells if such a number, or the remainder, is
-- small in one of them (or in the hidden ones together).
CREATE OR REPLACE FUNCTION matching.funnel_cells(programme uuid)
RETURNS TABLE (kind text, name text, reached bigint, enrolled bigint)
LANGUAGE sql STABLE SET search_path = matching, pg_catalog, pg_temp
BEGIN ATOMIC
	WITH part AS (SELECT e.person_id, coalesce(c.department, '(none)') AS department, c.level::text AS level,
				bool_or(e.status IN ('enrolled', 'paused', 'completed')) AS enrolled
			FROM matching.enrolment e JOIN profiles.card c ON c.person_id = e.person_id
			WHERE e.programme_id = programme GROUP BY e.person_id, c.department, c.level),
		cell AS (SELECT v.kind, v.name, count(*) AS reached, count(*) FILTER (WHERE p.enrolled) AS enrolled
			FROM part p, LATERAL (VALUES ('department', p.department), ('level', p.level)) v (kind, name)
			GROUP BY v.kind, v.name),
		whole AS (SELECT c.kind, array_agg(c.name ORDER BY c.name) AS names,
				array_agg(c.reached ORDER BY c.name) AS reached,
				array_agg(c.enrolled ORDER BY c.name) AS enrolled
			FROM cell c GROUP BY c.kind),
		mark AS (SELECT w.kind, u.name, u.reached, u.enrolled, u.hide
			FROM whole w, LATERAL common.hidden_cells(w.reached) h,
				LATERAL unnest(w.names, w.reached, w.enrolled, h.hide) u (name, reached, enrolled, hide)),
		known AS (SELECT m.kind, sum(m.reached)::bigint AS reached, sum(m.enrolled)::bigint AS enrolled
			FROM mark m GROUP BY m.kind, CASE WHEN NOT m.hide THEN m.name END),
		rule AS (SELECT k.kind, h.hide[1] AS hide
			FROM (SELECT n.kind, array_agg(n.enrolled) AS enrolled, array_agg(n.reached) AS reached
					FROM known n GROUP BY n.kind) k, LATERAL common.hidden_parts(k.enrolled, k.reached) h)
	SELECT m.kind, m.name, CASE WHEN NOT m.hide THEN m.reached END,
		CASE WHEN NOT m.hide AND NOT r.hide THEN m.enrolled END
	FROM mark m JOIN rule r ON r.kind = m.kind;
END;

GRANT EXECUTE ON FUNCTION matching.funnel_cells(uuid) TO upward_matching;
GRANT EXECUTE ON FUNCTION matching.funnel_json(uuid) TO upward_matching, upward_evaluation;
GRANT EXECUTE ON FUNCTION matching.pairs_json(uuid) TO upward_evaluation;

CREATE OR REPLACE TRIGGER lock_reporting_lines BEFORE UPDATE OF step, winding_down ON matching.programme
	FOR EACH STATEMENT EXECUTE FUNCTION profiles.lock_reporting_lines();
CREATE OR REPLACE TRIGGER _guard BEFORE UPDATE OF step, winding_down ON matching.programme
	FOR EACH ROW EXECUTE FUNCTION matching.programme_guard();
CREATE OR REPLACE TRIGGER programme_follow AFTER UPDATE OF step ON matching.programme
	FOR EACH ROW EXECUTE FUNCTION matching.programme_follow();
