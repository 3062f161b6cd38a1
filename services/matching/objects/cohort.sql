-- Who fits which cohort: those named, and everyone who passes all parts of its filter.
CREATE OR REPLACE VIEW matching.cohort_fit AS
SELECT c.id AS cohort_id, c.programme_id, c.number, k.person_id
FROM matching.cohort c JOIN profiles.card k
	ON num_nonnulls(c.departments, c.locations, c.level_min, c.level_max) > 0
		AND (c.departments IS NULL OR k.department = ANY (c.departments))
		AND (c.locations IS NULL OR k.location = ANY (c.locations))
		AND (c.level_min IS NULL OR k.level >= c.level_min)
		AND (c.level_max IS NULL OR k.level <= c.level_max)
UNION ALL
SELECT c.id, c.programme_id, c.number, n.person_id
FROM matching.cohort c JOIN matching.cohort_person n ON n.cohort_id = c.id;

-- The cohort of a person who joins a programme; null: none.
CREATE OR REPLACE FUNCTION matching.cohort_of(programme uuid, person uuid) RETURNS uuid
LANGUAGE plpgsql STABLE AS $$
BEGIN
	RETURN (SELECT f.cohort_id FROM matching.cohort_fit f
		WHERE f.programme_id = programme AND f.person_id = person ORDER BY f.number LIMIT 1);
END $$;

CREATE OR REPLACE FUNCTION matching.enrolment_cohort() RETURNS trigger
LANGUAGE plpgsql SET search_path = matching, pg_catalog, pg_temp AS $$
BEGIN
	new.cohort_id := cohort_of(new.programme_id, new.person_id);
	RETURN new;
END $$;

-- Gives everyone in a programme the cohort that they fit now. Who has been in a pair keeps theirs: it is part
-- of what came of that cohort.
CREATE OR REPLACE FUNCTION matching.place_cohorts(programme uuid) RETURNS void
LANGUAGE plpgsql VOLATILE SET search_path = matching, pg_catalog, pg_temp AS $$
BEGIN
	PERFORM FROM enrolment e WHERE e.programme_id = place_cohorts.programme
		ORDER BY e.person_id, e.id FOR NO KEY UPDATE;
	UPDATE enrolment e SET cohort_id = w.cohort_id, cohort_since = common.now(), version = e.version + 1,
		updated_at = common.now()
	FROM (SELECT x.id, f.cohort_id
		FROM enrolment x LEFT JOIN (SELECT DISTINCT ON (g.person_id) g.person_id, g.cohort_id
			FROM cohort_fit g WHERE g.programme_id = place_cohorts.programme
			ORDER BY g.person_id, g.number) f ON f.person_id = x.person_id
		WHERE x.programme_id = place_cohorts.programme AND x.cohort_id IS DISTINCT FROM f.cohort_id) w
	WHERE e.id = w.id AND (e.cohort_id IS NULL
		OR NOT EXISTS (SELECT FROM pair q WHERE e.id IN (q.mentor_enrolment_id, q.mentee_enrolment_id)));
END $$;

-- The rest of a new or changed cohort: whom it names (null: as before), and who belongs to it.
CREATE OR REPLACE FUNCTION matching.fill_cohort(cohort uuid, people uuid[]) RETURNS void
LANGUAGE plpgsql VOLATILE SET search_path = matching, pg_catalog, pg_temp AS $$
DECLARE
	c cohort;
	stranger int;
BEGIN
	SELECT * INTO c FROM cohort x WHERE x.id = fill_cohort.cohort;
	SELECT u.place - 1 INTO stranger FROM unnest(people) WITH ORDINALITY AS u (id, place)
	WHERE NOT EXISTS (SELECT FROM profiles.card k WHERE k.person_id = u.id AND k.status <> 'inactive')
		AND NOT EXISTS (SELECT FROM cohort_person n WHERE n.cohort_id = c.id AND n.person_id = u.id)
	ORDER BY u.place LIMIT 1;
	IF stranger IS NOT NULL THEN
		PERFORM common.refuse('unknown_reference', json_build_object('pointer', '/person_ids/' || stranger));
	END IF;
	IF people IS NOT NULL THEN
		DELETE FROM cohort_person n WHERE n.cohort_id = c.id AND n.person_id <> ALL (people);
		INSERT INTO cohort_person (cohort_id, person_id) SELECT c.id, u FROM unnest(people) u
			ON CONFLICT DO NOTHING;
	END IF;
	IF num_nonnulls(c.departments, c.locations, c.level_min, c.level_max) = 0
		AND NOT EXISTS (SELECT FROM cohort_person n WHERE n.cohort_id = c.id) THEN
		PERFORM common.refuse('unprocessable', '{"pointer": "/person_ids"}');
	END IF;
	PERFORM place_cohorts(c.programme_id);
END $$;

CREATE OR REPLACE FUNCTION matching.cohort_reference(cohort uuid) RETURNS json
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
	RETURN (SELECT json_build_object('id', c.id, 'title', c.title) FROM matching.cohort c
		WHERE c.id = cohort);
END $$;

CREATE OR REPLACE FUNCTION matching.cohort_json(c matching.cohort) RETURNS json
LANGUAGE sql STABLE SET search_path = matching, pg_catalog, pg_temp
RETURN json_build_object('id', c.id, 'programme', matching.programme_reference(c.programme_id),
	'number', c.number, 'title', c.title, 'departments', array_to_json(c.departments),
	'locations', array_to_json(c.locations), 'level_min', c.level_min, 'level_max', c.level_max,
	'people', (SELECT coalesce(json_agg(k.card ORDER BY k.display_name, k.person_id), '[]')
		FROM matching.cohort_person n JOIN profiles.card k ON k.person_id = n.person_id
		WHERE n.cohort_id = c.id),
	'created_at', common.instant(c.created_at), 'updated_at', common.instant(c.updated_at),
	'version', c.version,
	'can', CASE WHEN EXISTS (SELECT FROM matching.programme p WHERE p.id = c.programme_id
		AND p.status NOT IN ('closing', 'closed', 'cancelled') AND p.winding_down IS NULL)
		THEN json_build_array('patch') ELSE '[]' END,
	'links', json_build_object('self', '/api/v1/programmes/' || c.programme_id || '/cohorts/' || c.id,
		'enrolments', '/api/v1/enrolments?programme_id=' || c.programme_id || '&cohort_id=' || c.id,
		'programme', '/api/v1/programmes/' || c.programme_id));

-- The enrolments from which a round takes people: those who take part, have a free place and lack no
-- training; in the round of a cohort its mentees, with the mentors of this cohort and those of none. Who
-- has objected is in none. With the rules of the round, and whether they let the person take part.
CREATE OR REPLACE VIEW matching.round_enrolment AS
SELECT r.id AS round_id, e.id, e.programme_id, e.person_id, e.role, e.capacity, e.taken, u.rules,
	matching.admits(u.rules, e.role, e.programme_id, e.person_id) AS admitted
FROM matching.round r JOIN matching.programme p ON p.id = r.programme_id
	JOIN matching.policy o ON o.programme_id = r.programme_id AND o.number = r.policy_number
	CROSS JOIN LATERAL (SELECT coalesce(r.rules, o.rules)) u (rules)
	JOIN matching.enrolment e ON e.programme_id = r.programme_id
WHERE e.status = 'enrolled' AND e.taken < e.capacity AND NOT EXISTS (SELECT FROM matching.kept_out k
		WHERE k.programme_id = e.programme_id AND k.person_id = e.person_id)
	AND (r.cohort_id IS NULL OR e.cohort_id = r.cohort_id OR e.role = 'mentor' AND e.cohort_id IS NULL)
	AND (matching.required_training(p, e.role) = '{}'
		OR NOT EXISTS (SELECT FROM matching.training_gap g WHERE g.enrolment_id = e.id))
	AND NOT EXISTS (SELECT FROM matching.objecting o WHERE o.enrolment_id = e.id);

-- The people of each cohort, and of none (null): how many take part, have been offered a partner, have been
-- in a pair, are in one now. Each is a part of the one before.
CREATE OR REPLACE FUNCTION matching.cohort_counts(programme uuid)
RETURNS TABLE (cohort_id uuid, enrolled bigint, matched bigint, paired bigint, active bigint)
LANGUAGE sql STABLE SET search_path = matching, pg_catalog, pg_temp
BEGIN ATOMIC
	WITH place AS (SELECT e.cohort_id, e.person_id,
				EXISTS (SELECT FROM matching.shortlist s WHERE s.enrolment_id = e.id
					AND s.pick_by IS NOT NULL)
				OR EXISTS (SELECT FROM matching.shortlist_entry x
					JOIN matching.shortlist s ON s.id = x.shortlist_id
					WHERE x.mentor_id = e.person_id AND x.enrolment_id = e.id
						AND s.pick_by IS NOT NULL) AS offered,
				(SELECT max(CASE q.status WHEN 'active' THEN 2 ELSE 1 END) FROM matching.pair q
					WHERE q.mentee_enrolment_id = e.id AND matching.has_begun(q)) AS taught,
				(SELECT max(CASE q.status WHEN 'active' THEN 2 ELSE 1 END) FROM matching.pair q
					WHERE q.mentor_enrolment_id = e.id AND matching.has_begun(q)) AS teaches
			FROM matching.enrolment e
			WHERE e.programme_id = programme AND e.status IN ('enrolled', 'paused', 'completed')),
		part AS (SELECT p.cohort_id, p.person_id, bool_or(p.offered) AS offered,
				coalesce(max(greatest(p.taught, p.teaches)), 0) AS pairs
			FROM place p GROUP BY p.cohort_id, p.person_id)
	SELECT c.id, count(p.person_id), count(*) FILTER (WHERE p.offered OR p.pairs > 0),
		count(*) FILTER (WHERE p.pairs > 0), count(*) FILTER (WHERE p.pairs = 2)
	FROM (SELECT x.id FROM matching.cohort x WHERE x.programme_id = programme UNION ALL SELECT NULL) c
		LEFT JOIN part p ON p.cohort_id IS NOT DISTINCT FROM c.id
	GROUP BY c.id HAVING c.id IS NOT NULL OR count(p.person_id) > 0;
END;

-- The same without small cells. A measure of which a part or a remainder is small is hidden in all cohorts.
CREATE OR REPLACE FUNCTION matching.cohort_cells(programme uuid)
RETURNS TABLE (cohort_id uuid, enrolled bigint, matched bigint, paired bigint, active bigint)
LANGUAGE sql STABLE SET search_path = matching, pg_catalog, pg_temp
BEGIN ATOMIC
	WITH cell AS (SELECT c.*, row_number() OVER () AS place FROM matching.cohort_counts(programme) c),
		mark AS (SELECT c.*, h.hide[c.place] AS hide
			FROM cell c, (SELECT array_agg(x.enrolled ORDER BY x.place) AS people FROM cell x) w,
				LATERAL common.hidden_cells(w.people) h),
		known AS (SELECT sum(m.enrolled)::bigint AS enrolled, sum(m.matched)::bigint AS matched,
				sum(m.paired)::bigint AS paired, sum(m.active)::bigint AS active
			FROM mark m GROUP BY CASE WHEN NOT m.hide THEN m.place END),
		whole AS (SELECT array_agg(k.enrolled) AS enrolled, array_agg(k.matched) AS matched,
			array_agg(k.paired) AS paired, array_agg(k.active) AS active FROM known k),
		rule AS (SELECT m.hide[1] AS matched, p.hide[1] AS paired, a.hide[1] AS active
			FROM whole w, LATERAL common.hidden_parts(w.matched, w.enrolled) m,
				LATERAL common.hidden_parts(w.paired, CASE WHEN m.hide[1] THEN w.enrolled
					ELSE w.matched END) p,
				LATERAL common.hidden_parts(w.active, CASE WHEN NOT p.hide[1] THEN w.paired
					WHEN m.hide[1] THEN w.enrolled ELSE w.matched END) a)
	SELECT m.cohort_id, CASE WHEN NOT m.hide THEN m.enrolled END,
		CASE WHEN NOT m.hide AND NOT r.matched THEN m.matched END,
		CASE WHEN NOT m.hide AND NOT r.paired THEN m.paired END,
		CASE WHEN NOT m.hide AND NOT r.active THEN m.active END
	FROM mark m CROSS JOIN rule r;
END;

-- The sessions held by the pairs whose mentee belongs to a cohort; null: to none.
CREATE OR REPLACE FUNCTION matching.held_sessions(programme uuid, cohort uuid) RETURNS bigint
LANGUAGE sql STABLE
RETURN (SELECT count(*) FROM matching.held_session h JOIN matching.pair q ON q.id = h.pair_id
	JOIN matching.enrolment e ON e.id = q.mentee_enrolment_id
	WHERE q.programme_id = programme AND e.cohort_id IS NOT DISTINCT FROM cohort);

GRANT SELECT ON matching.cohort_fit, matching.round_enrolment TO upward_matching;
GRANT EXECUTE ON FUNCTION matching.cohort_of(uuid, uuid), matching.place_cohorts(uuid),
	matching.fill_cohort(uuid, uuid[]), matching.cohort_reference(uuid),
	matching.cohort_json(matching.cohort), matching.cohort_counts(uuid), matching.cohort_cells(uuid),
	matching.held_sessions(uuid, uuid) TO upward_matching;

CREATE OR REPLACE TRIGGER enrolment_cohort BEFORE INSERT ON matching.enrolment
	FOR EACH ROW EXECUTE FUNCTION matching.enrolment_cohort();
