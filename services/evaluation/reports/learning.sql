-- Statements of the learning culture, the one report that belongs to no programme.

-- report_learning_culture: what people offer and want to learn, in multiples of five.
WITH cell AS MATERIALIZED (SELECT c.department, c.people, learning_figures(c.people, c.offering, c.wanting,
			c.listing, c.offers, c.requests) AS figures
		FROM learning_cells() c),
	skills AS (SELECT common.fives(count(*) FILTER (WHERE common.enough(d.offering))) AS offered,
			common.fives(count(*) FILTER (WHERE common.enough(d.wanting))) AS wanted,
			common.fives(count(*) FILTER (WHERE common.enough(d.offering)
				AND common.enough(d.wanting))) AS shared
		FROM profiles.skill_demand d),
	list AS (SELECT coalesce(json_agg(json_build_object('department', c.department,
			'people', c.figures -> 'people', 'offering', c.figures -> 'offering',
			'wanting', c.figures -> 'wanting', 'listing', c.figures -> 'listing',
			'offers_per_person', c.figures -> 'offers_per_person',
			'requests_per_person', c.figures -> 'requests_per_person') ORDER BY c.department), '[]') AS rows
		FROM cell c WHERE c.department IS NOT NULL AND c.people IS NOT NULL)
SELECT json_build_object('as_of', common.instant(common.now()), 'method', r.method, 'minimum_cell', 5,
		'totals', (SELECT c.figures FROM cell c WHERE c.department IS NULL),
		'skills', json_build_object('offered', s.offered, 'wanted', s.wanted, 'shared', s.shared),
		'departments', l.rows) AS body,
	1 AS version, l.rows
FROM report_method r, skills s, list l
WHERE r.name = 'learning-culture' AND :roles && ARRAY['programme_admin', 'auditor'];
