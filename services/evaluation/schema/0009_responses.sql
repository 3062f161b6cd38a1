-- How many of those who were asked have answered, for the page of a programme. Invitations and picks its coordinators
-- can list by name, so they are counted as they are; of assessments and feedback they see these figures alone. Answers to assessments move in whole
-- fives, so that two readings tell of nobody; those to feedback come with the release of their window, and stand still.
CREATE POLICY feedback_answered ON evaluation.feedback FOR SELECT TO owner
	USING (visibility <> 'private' AND EXISTS (SELECT FROM evaluation.release r
		WHERE r.programme_id = feedback.programme_id AND r.wave = feedback.wave));

-- Null, where names are not for the reader: fewer than five were asked, or have answered, or have not (hidden_parts).
CREATE FUNCTION evaluation.response_cells(programme uuid)
RETURNS TABLE (what text, wave text, side text, asked bigint, answered bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = evaluation, pg_catalog, pg_temp
BEGIN ATOMIC
	WITH part AS (SELECT m.person_id, m.side, m.accepted_at FROM matching.pair_member m
			WHERE m.programme_id = programme AND m.status IN ('active', 'suspended', 'completed', 'ended')),
		mentee AS (SELECT DISTINCT p.person_id FROM part p WHERE p.side = 'mentee'),
		counted (what, wave, side, asked, answered, steps, named) AS (
			SELECT 'invitations', NULL::text, NULL::text, count(*), count(*) FILTER (WHERE e.status <> 'invited'), false, true
			FROM matching.enrolment_view e WHERE e.programme_id = programme AND e.ever_invited
			UNION ALL
			SELECT 'picks', NULL, NULL, count(*), count(*) FILTER (WHERE s.status = 'picked'), false, true
			FROM matching.shortlist_deadline s WHERE s.programme_id = programme AND s.status IN ('picked', 'expired')
			UNION ALL
			SELECT f.phase || '_assessments', NULL, NULL, count(*), count(*) FILTER (WHERE EXISTS (SELECT
				FROM evaluation.attempt t JOIN evaluation.assessment a ON a.id = t.assessment_id
				WHERE a.programme_id = programme AND t.person_id = m.person_id AND t.phase = f.phase AND t.status = 'submitted')),
				true, false
			FROM mentee m CROSS JOIN (VALUES ('pre'), ('post')) f (phase)
			WHERE EXISTS (SELECT FROM evaluation.assessment a WHERE a.programme_id = programme)
			GROUP BY f.phase
			UNION ALL
			SELECT 'feedback', r.wave, p.side, count(DISTINCT p.person_id), count(DISTINCT f.author_id), false, false
			FROM evaluation.release r JOIN part p ON p.accepted_at < r.released_at
				LEFT JOIN evaluation.feedback f ON f.programme_id = r.programme_id AND f.wave = r.wave
					AND f.author_id = p.person_id AND f.visibility <> 'private'
			WHERE r.programme_id = programme
			GROUP BY r.wave, p.side),
		shown AS (SELECT c.what, c.wave, c.side, c.asked, c.named,
				CASE WHEN c.steps AND c.answered < c.asked THEN c.answered / 5 * 5 ELSE c.answered END AS answered
			FROM counted c)
	SELECT s.what, s.wave, s.side, CASE WHEN s.named OR s.asked >= 5 THEN s.asked END,
		CASE WHEN s.named OR NOT h.hide[1] THEN s.answered END
	FROM shown s, LATERAL evaluation.hidden_parts(ARRAY[s.answered], ARRAY[s.asked]) h;
END;
GRANT EXECUTE ON FUNCTION evaluation.response_cells(uuid) TO upward_evaluation;
