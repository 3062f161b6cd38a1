-- What the reports on adherence and satisfaction count.

-- A programme that the caller may read reports of: coordinators and auditors.
CREATE FUNCTION evaluation.reported(programme uuid, actor uuid, roles text[]) RETURNS boolean
LANGUAGE sql STABLE SET search_path = evaluation, pg_catalog, pg_temp
RETURN 'auditor' = ANY (roles) OR 'programme_admin' = ANY (roles)
	AND EXISTS (SELECT FROM matching.programme_coordinator c WHERE c.programme_id = programme AND c.person_id = actor);

-- Plan against done by the mentee's department; null stands for the whole programme. Pairs that ever had a plan
-- stay in it, so that nobody's figures come out as a difference when a pair ends; dates count from the day after.
CREATE FUNCTION evaluation.adherence_cells(programme uuid)
RETURNS TABLE (department text, pairs bigint, expected bigint, held bigint, on_time bigint, on_cadence numeric,
	hide boolean)
LANGUAGE sql STABLE SET search_path = evaluation, pg_catalog, pg_temp
BEGIN ATOMIC
	WITH pair AS (
			SELECT m.pair_id, m.person_id AS mentee, m.partner_id AS mentor, coalesce(c.department, '(none)') AS department,
				count(*) AS expected, count(*) FILTER (WHERE p.status = 'held') AS held,
				count(*) FILTER (WHERE p.status = 'held'
					AND abs((s.starts_at AT TIME ZONE 'UTC')::date - p.due_on) <= 6) AS on_time
			FROM matching.pair_member m JOIN scheduling.plan_view p ON p.pair_id = m.pair_id AND p.due_on < common.today()
				JOIN profiles.card c ON c.person_id = m.person_id
				LEFT JOIN scheduling.session_view s ON s.session_id = p.session_id
			WHERE m.programme_id = programme AND m.side = 'mentee'
			GROUP BY m.pair_id, m.person_id, m.partner_id, c.department),
		cell AS (
			SELECT x.department, least(count(DISTINCT x.mentee), count(DISTINCT x.mentor)) AS people, count(*) AS pairs,
				sum(x.expected)::bigint AS expected, sum(x.held)::bigint AS held, sum(x.on_time)::bigint AS on_time,
				round(avg((x.held * 4 >= x.expected * 3)::int), 1) AS on_cadence
			FROM pair x GROUP BY GROUPING SETS ((x.department), ())),
		mark AS (SELECT h.hide, h.hide_total, array_agg(c.department ORDER BY c.department) AS departments
			FROM (SELECT array_agg(c.people ORDER BY c.department) AS people FROM cell c WHERE c.department IS NOT NULL) a,
				LATERAL evaluation.hidden_cells(a.people) h, cell c
			WHERE c.department IS NOT NULL GROUP BY h.hide, h.hide_total)
	SELECT c.department, c.pairs, c.expected, c.held, c.on_time, c.on_cadence,
		CASE WHEN c.department IS NULL THEN m.hide_total OR c.people < 5
			ELSE m.hide[array_position(m.departments, c.department)] END
	FROM cell c, mark m;
END;

-- Feedback for the programme's figures, of windows that are out, by the side of its authors. Nothing is ever added
-- to a window that is out, so two readings never differ. Only the owner of the schema reads these rows, in
-- here, and what comes out is about five authors and five partners at least.
CREATE POLICY feedback_counted ON evaluation.feedback FOR SELECT TO owner
	USING (visibility = 'programme' AND EXISTS (SELECT FROM evaluation.release r
		WHERE r.programme_id = feedback.programme_id AND r.wave = feedback.wave));

CREATE FUNCTION evaluation.satisfaction_cells(programme uuid)
RETURNS TABLE (wave text, side text, authors bigint, mean_rating numeric)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = evaluation, pg_catalog, pg_temp
BEGIN ATOMIC
	WITH said AS (SELECT f.wave, m.side, f.author_id, f.subject_id, avg(f.rating) AS rating
			FROM evaluation.feedback f
				JOIN matching.pair_member m ON m.pair_id = f.pair_id AND m.person_id = f.author_id
			WHERE f.programme_id = programme AND f.visibility = 'programme' AND f.rating IS NOT NULL
			GROUP BY f.wave, m.side, f.author_id, f.subject_id),
		cell AS (SELECT r.wave, v.side, count(DISTINCT s.author_id) AS authors, count(DISTINCT s.subject_id) AS subjects,
				round(avg(s.rating), 1) AS mean
			FROM evaluation.release r CROSS JOIN (VALUES ('mentor'), ('mentee')) v (side)
				LEFT JOIN said s ON s.wave = r.wave AND s.side = v.side
			WHERE r.programme_id = programme
			GROUP BY r.wave, v.side)
	SELECT c.wave, c.side, CASE WHEN c.authors >= 5 AND c.subjects >= 5 THEN c.authors END,
		CASE WHEN c.authors >= 5 AND c.subjects >= 5 THEN c.mean END
	FROM cell c;
END;

GRANT EXECUTE ON FUNCTION evaluation.reported(uuid, uuid, text[]), evaluation.adherence_cells(uuid),
	evaluation.satisfaction_cells(uuid) TO upward_evaluation;
