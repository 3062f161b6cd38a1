-- What reports count. (How feedback is shown: 0004.)
-- The cells of the participation report: per department and measure, how many people, and whether
-- the number must stay hidden. Hidden is whatever is smaller than five; where what is hidden could be
-- worked out from the total (one cell, or fewer than five people in all) the smallest shown one too;
-- and who is paired where the rest of the department would be one to four people.
CREATE FUNCTION evaluation.participation_cells(programme uuid)
RETURNS TABLE (department text, measure text, people bigint, hide boolean)
LANGUAGE sql STABLE SET search_path = evaluation, pg_catalog, pg_temp
BEGIN ATOMIC
	WITH part AS (
			SELECT e.person_id, coalesce(c.department, '(none)') AS department,
				bool_or(e.role = 'mentor') AS mentor, bool_or(e.role = 'mentee') AS mentee,
				EXISTS (SELECT FROM matching.pair_member m WHERE m.person_id = e.person_id AND m.programme_id = programme
					AND m.status IN ('active', 'suspended', 'completed', 'ended')) AS paired
			FROM matching.enrolment_view e JOIN profiles.card c ON c.person_id = e.person_id
			WHERE e.programme_id = programme AND e.status IN ('enrolled', 'paused', 'completed', 'left_company')
			GROUP BY e.person_id, c.department),
		cell AS (
			SELECT p.department, v.measure, count(*) FILTER (WHERE v.counts) AS people,
				v.measure = 'paired' AND count(*) - count(*) FILTER (WHERE v.counts) BETWEEN 1 AND 4 AS rest_small
			FROM part p, LATERAL (VALUES ('mentors', p.mentor), ('mentees', p.mentee), ('paired', p.paired)) v (measure, counts)
			GROUP BY p.department, v.measure),
		mark AS (SELECT c.*, c.people < 5 OR c.rest_small AS small FROM cell c),
		comp AS (SELECT m.*, sum(m.people) FILTER (WHERE m.small) OVER w AS hidden,
				count(*) FILTER (WHERE m.small) OVER w AS cells,
				row_number() OVER (PARTITION BY m.measure, m.small ORDER BY m.people, m.department) AS place
			FROM mark m WINDOW w AS (PARTITION BY m.measure))
	SELECT c.department, c.measure, c.people,
		c.small OR (c.cells > 0 AND (c.hidden < 5 OR c.cells = 1) AND c.place = 1)
	FROM comp c;
END;
GRANT EXECUTE ON FUNCTION evaluation.participation_cells(uuid) TO upward_evaluation;
