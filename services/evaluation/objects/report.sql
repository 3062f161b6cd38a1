-- The counts behind the reports on adherence and satisfaction.

-- Who takes or has taken part in a programme: on which side, and whether they have had a pair.
CREATE OR REPLACE FUNCTION evaluation.participants(programme uuid)
RETURNS TABLE (person_id uuid, mentor boolean, mentee boolean, paired boolean)
LANGUAGE plpgsql STABLE SET search_path = evaluation, pg_catalog, pg_temp AS $$
#variable_conflict use_column
BEGIN
	RETURN QUERY SELECT e.person_id, bool_or(e.role = 'mentor'), bool_or(e.role = 'mentee'),
		EXISTS (SELECT FROM matching.pair_member m
			WHERE m.person_id = e.person_id AND m.programme_id = programme
			AND m.status IN ('active', 'suspended', 'completed', 'ended'))
	FROM matching.enrolment_view e
	WHERE e.programme_id = programme AND e.status IN ('enrolled', 'paused', 'completed', 'left_company')
	GROUP BY e.person_id;
END $$;

-- The figures of the participation report: by department and measure, and the total of the measure; null:
-- not shown.
CREATE OR REPLACE FUNCTION evaluation.participation_cells(programme uuid)
RETURNS TABLE (department text, measure text, people bigint, total bigint)
LANGUAGE plpgsql STABLE SET search_path = evaluation, pg_catalog, pg_temp AS $$
#variable_conflict use_column
BEGIN
	RETURN QUERY WITH cell AS (
			SELECT coalesce(c.department, '(none)') AS department, v.measure,
				count(*) FILTER (WHERE v.counts) AS people
			FROM evaluation.participants(programme) p JOIN profiles.card c ON c.person_id = p.person_id,
				LATERAL (VALUES ('mentors', p.mentor), ('mentees', p.mentee), ('paired', p.paired))
					v (measure, counts)
			GROUP BY 1, v.measure),
		kind AS (SELECT c.measure, array_agg(c.department ORDER BY c.department) AS departments,
				array_agg(c.people ORDER BY c.department) AS people
			FROM cell c GROUP BY c.measure)
	SELECT u.department, k.measure, u.people, s.total
	FROM kind k, LATERAL common.stepped(k.people) s,
		LATERAL unnest(k.departments, s.shown) AS u (department, people);
END $$;

-- The same by what people say of themselves and let be counted. The service itself reads no declaration: the
-- figures leave in whole fives, and a group without any does not appear.
CREATE OR REPLACE FUNCTION evaluation.participation_declared(programme uuid) RETURNS json
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
	RETURN (SELECT coalesce(json_agg(json_build_object('kind', g.kind, 'value', g.value, 'mentors', g.mentors,
			'mentees', g.mentees, 'paired', g.paired) ORDER BY g.kind, g.value), '[]')
		FROM (SELECT d.kind, d.value, nullif(common.fives(count(*) FILTER (WHERE p.mentor)), 0) AS mentors,
				nullif(common.fives(count(*) FILTER (WHERE p.mentee)), 0) AS mentees,
				nullif(common.fives(count(*) FILTER (WHERE p.paired)), 0) AS paired
			FROM evaluation.participants(programme) p
				JOIN profiles.reported_declaration d ON d.person_id = p.person_id
			GROUP BY d.kind, d.value) g
		WHERE num_nonnulls(g.mentors, g.mentees, g.paired) > 0);
END $$;

-- A programme whose reports the caller may read: for coordinators and auditors.
CREATE OR REPLACE FUNCTION evaluation.reported(programme uuid, actor uuid, roles text[]) RETURNS boolean
LANGUAGE sql STABLE SET search_path = evaluation, pg_catalog, pg_temp
RETURN 'auditor' = ANY (roles) OR 'programme_admin' = ANY (roles)
	AND EXISTS (SELECT FROM matching.programme_coordinator c
		WHERE c.programme_id = programme AND c.person_id = actor);

-- Planned and held sessions of each pair that ever had a plan, so that the end of a pair does not reveal
-- anyone's figures as a difference. Dates count from the Monday after.
CREATE OR REPLACE FUNCTION evaluation.adherence_pairs(programme uuid)
RETURNS TABLE (pair_id uuid, mentee uuid, mentor uuid, department text, expected bigint, held bigint,
	on_time bigint)
LANGUAGE plpgsql STABLE SET search_path = evaluation, pg_catalog, pg_temp AS $$
#variable_conflict use_column
BEGIN
	RETURN QUERY WITH kept AS (SELECT p.pair_id, count(*) AS expected,
				count(p.held_at) AS held, count(*) FILTER (WHERE
					abs((p.held_at AT TIME ZONE 'UTC')::date - p.due_on) <= 6) AS on_time
			FROM scheduling.kept_date p
			WHERE p.due_on < (SELECT date_trunc('week', common.today())::date) AND p.pair_id IN
				(SELECT m.pair_id FROM matching.pair_member m
				WHERE m.programme_id = programme AND m.side = 'mentee')
			GROUP BY p.pair_id)
	SELECT m.pair_id, m.person_id, m.partner_id, coalesce(c.department, '(none)'), k.expected, k.held,
		k.on_time
	FROM kept k JOIN matching.pair_member m ON m.pair_id = k.pair_id AND m.side = 'mentee'
		JOIN profiles.card c ON c.person_id = m.person_id;
END $$;

-- The figures by the mentee's department, null for the whole programme, in multiples of five, so that one
-- more pair that begins, meets or moves reveals nobody's figures; and how many people stand behind each.
CREATE OR REPLACE FUNCTION evaluation.adherence_figures(programme uuid)
RETURNS TABLE (department text, pairs bigint, expected bigint, held bigint, on_time bigint, on_cadence bigint,
	people bigint)
LANGUAGE plpgsql STABLE SET search_path = evaluation, pg_catalog, pg_temp AS $$
#variable_conflict use_column
BEGIN
	RETURN QUERY WITH pair AS MATERIALIZED (SELECT * FROM evaluation.adherence_pairs(programme)),
		people AS (SELECT x.department, least(count(DISTINCT x.mentee), count(DISTINCT x.mentor)) AS n
			FROM pair x GROUP BY GROUPING SETS ((x.department), ())),
		cell AS (SELECT x.department, v.measure, sum(v.n)::bigint AS n
			FROM pair x,
				LATERAL (VALUES ('pairs', 1::bigint), ('expected', x.expected), ('held', x.held),
					('on_time', x.on_time),
					('on_cadence', (x.held * 4 >= x.expected * 3)::int)) v (measure, n)
			GROUP BY x.department, v.measure),
		measure AS (SELECT c.measure, array_agg(c.n ORDER BY c.department) AS figures,
				array_agg(c.department ORDER BY c.department) AS departments
			FROM cell c GROUP BY c.measure),
		step AS (SELECT e.measure, u.department, u.figure
			FROM measure e, LATERAL common.stepped(e.figures) s,
				LATERAL unnest(e.departments || NULL::text, s.shown || s.total) AS u (department, figure))
	SELECT s.department, max(s.figure) FILTER (WHERE s.measure = 'pairs'),
		max(s.figure) FILTER (WHERE s.measure = 'expected'), max(s.figure) FILTER (WHERE s.measure = 'held'),
		max(s.figure) FILTER (WHERE s.measure = 'on_time'),
		max(s.figure) FILTER (WHERE s.measure = 'on_cadence'), max(p.n)
	FROM step s JOIN people p ON p.department IS NOT DISTINCT FROM s.department GROUP BY s.department;
END $$;

-- The same with small cells marked.
CREATE OR REPLACE FUNCTION evaluation.adherence_cells(programme uuid)
RETURNS TABLE (department text, pairs bigint, expected bigint, held bigint, on_time bigint,
	on_cadence numeric, hide boolean)
LANGUAGE plpgsql STABLE SET search_path = evaluation, pg_catalog, pg_temp AS $$
#variable_conflict use_column
BEGIN
	RETURN QUERY WITH figure AS MATERIALIZED (SELECT * FROM evaluation.adherence_figures(programme)),
		mark AS (SELECT h.hide, h.hide_total, a.departments
			FROM (SELECT array_agg(c.people ORDER BY c.department) AS people,
						array_agg(c.department ORDER BY c.department) AS departments
					FROM figure c WHERE c.department IS NOT NULL) a,
				LATERAL common.hidden_cells(a.people) h)
	SELECT f.department, f.pairs, f.expected, f.held, f.on_time, round(f.on_cadence::numeric / f.pairs, 1),
		CASE WHEN f.department IS NULL THEN m.hide_total OR NOT common.enough(f.people)
			ELSE m.hide[array_position(m.departments, f.department)] END
	FROM figure f, mark m;
END $$;

CREATE OR REPLACE FUNCTION evaluation.satisfaction_cells(programme uuid)
RETURNS TABLE (wave text, side text, authors bigint, mean_rating numeric)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = evaluation, pg_catalog, pg_temp AS $$
#variable_conflict use_column
BEGIN
	RETURN QUERY WITH said AS (SELECT f.wave, m.side, f.author_id, f.subject_id, avg(f.rating) AS rating
			FROM evaluation.feedback f
				JOIN matching.pair_member m ON m.pair_id = f.pair_id AND m.person_id = f.author_id
			WHERE f.programme_id = programme AND f.visibility = 'programme' AND f.rating IS NOT NULL
			GROUP BY f.wave, m.side, f.author_id, f.subject_id),
		cell AS (SELECT r.wave, v.side, count(DISTINCT s.author_id) AS authors,
			count(DISTINCT s.subject_id) AS subjects,
				round(avg(s.rating), 1) AS mean
			FROM evaluation.release r CROSS JOIN (VALUES ('mentor'), ('mentee')) v (side)
				LEFT JOIN said s ON s.wave = r.wave AND s.side = v.side
			WHERE r.programme_id = programme
			GROUP BY r.wave, v.side)
	SELECT c.wave, c.side, CASE WHEN common.enough(least(c.authors, c.subjects)) THEN c.authors END,
		CASE WHEN common.enough(least(c.authors, c.subjects)) THEN c.mean END
	FROM cell c;
END $$;

-- Gain by skill; null stands for all. Each person's first gain counts, in order of arrival, in whole
-- batches of five: two readings differ by five people or none.
CREATE OR REPLACE FUNCTION evaluation.gain_cells(programme uuid)
RETURNS TABLE (skill_id uuid, people bigint, mean_gain numeric, deviation numeric)
LANGUAGE plpgsql STABLE SET search_path = evaluation, pg_catalog, pg_temp AS $$
#variable_conflict use_column
BEGIN
	RETURN QUERY WITH gain AS (
			SELECT k.current_id AS skill_id, post.person_id, post.score - pre.score AS gain,
				post.submitted_at, post.id
			FROM evaluation.assessment a JOIN profiles.skill_view k ON k.skill_id = a.skill_id
				JOIN evaluation.attempt pre ON pre.assessment_id = a.id AND pre.phase = 'pre'
					AND pre.status = 'submitted'
				JOIN evaluation.attempt post ON post.assessment_id = a.id AND post.phase = 'post'
					AND post.status = 'submitted' AND post.person_id = pre.person_id
			WHERE a.programme_id = programme),
		one AS (SELECT DISTINCT ON (v.skill_id, g.person_id) v.skill_id, g.gain, g.submitted_at, g.id
			FROM gain g, LATERAL (VALUES (g.skill_id), (NULL::uuid)) v (skill_id)
			ORDER BY v.skill_id, g.person_id, g.submitted_at, g.id),
		place AS (SELECT o.skill_id, o.gain, count(*) OVER (PARTITION BY o.skill_id) AS people,
				row_number() OVER (PARTITION BY o.skill_id ORDER BY o.submitted_at, o.id) AS place
			FROM one o),
		cell AS (SELECT p.skill_id, count(*) AS people, round(avg(p.gain), 1) AS mean,
			round(stddev_samp(p.gain), 1) AS deviation
			FROM place p WHERE p.place <= common.fives(p.people) GROUP BY p.skill_id)
	SELECT s.skill_id, c.people, trim_scale(c.mean), trim_scale(c.deviation)
	FROM (SELECT k.current_id AS skill_id FROM evaluation.assessment a
				JOIN profiles.skill_view k ON k.skill_id = a.skill_id WHERE a.programme_id = programme
			UNION SELECT NULL) s LEFT JOIN cell c ON c.skill_id IS NOT DISTINCT FROM s.skill_id;
END $$;

-- How the reports that count people are made: who, and what follows for small groups. Columns as below.
CREATE OR REPLACE VIEW evaluation.report_of_counts (name, title, method, computed, company, label, measures,
	unit) AS VALUES
	('adherence', 'Adherence', 'Covers plan dates before the current week, of pairs that have ever signed an '
		'agreement, by department of the mentee: sessions expected, held, and held within six days of the '
		'date (on time), and the share of pairs that held three quarters of the expected sessions (on '
		'cadence, to one decimal place). Pairs that end remain included. All figures are rounded down to '
		'a multiple of five, and figures below five are hidden, so that two readings cannot differ by '
		'fewer. Cells of fewer than five mentees or five mentors are hidden, together with any cells that '
		'would reveal them.',
		false, false, 'department', '["expected", "held", "on_time"]'::json, 'Sessions'),
	('cohort-improvements', 'Improvements by cohort',
		'Improvements that have become practice, and the people whom they reach as their owners say, by '
		'the cohort of the mentee whose pair had the insight. Cohorts of fewer than five mentees or five '
		'mentors with a pair are hidden, and others from which one could be worked out; pairs in multiples '
		'of five. Improvements of no pair belong to no cohort.',
		false, false, 'cohort', '["adopted"]', 'Improvements that became practice'),
	('funnel', 'Funnel',
		'People who were invited or showed interest (reached), are enrolled, and have had a pair, by '
		'department and by level. All figures are rounded down to a multiple of five, and figures below '
		'five are hidden. Groups of which fewer than five were reached are omitted.',
		false, false, 'name', '["reached", "enrolled", "paired"]', 'People'),
	('learning-culture', 'Learning culture',
		'People in the company, those who offer a skill, want to learn one, or have an open listing, and '
		'the skills offered and wanted per person, to one decimal place, overall and by department; and '
		'the number of skills that at least five people offer, at least five want, or both (shared). All '
		'counts are rounded down to a multiple of five, and figures with fewer than five people behind '
		'them are hidden. Departments of fewer than five people are omitted.',
		false, true, 'department', '["offering", "wanting", "listing"]', 'People'),
	('participation', 'Participation',
		'People who have taken part, including those who have left the company or whose programme is '
		'over; pairs that have ever been active; and sessions reported as held or missed. All figures '
		'are rounded down to a multiple of five, and figures below five are hidden, so that two readings '
		'cannot differ by fewer. Departments without a figure are omitted.',
		false, false, 'department', '["mentors", "mentees", "paired"]', 'People');

-- How the reports that compare groups of people are made.
CREATE OR REPLACE FUNCTION evaluation.comparing(groups text) RETURNS text
LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp
RETURN groups || ': the share of those reached who enrolled, and who had a pair; of pairs that held three '
	'quarters of the sessions expected, and of pairs of which an improvement has become practice; ratings of '
	'the last window released; gains; the share still in the company 26 weeks after their pair began. At '
	'least ten people on each side. Shares are of counts in fives, each taken as the middle of its five: '
	'Newcombe''s interval, widened by what that hides, and the chi-squared test. Means: Welch''s interval '
	'and test; Hedges'' g. Effect: g, or Cohen''s h of shares. 95 %; p adjusted for all comparisons of the '
	'report (Holm). Groups differ in more than what is compared.';

-- The same of those that measure what came of it.
CREATE OR REPLACE VIEW evaluation.report_of_outcomes (name, title, method, computed, company, label, measures,
	unit) AS VALUES
	('attitudes', 'Attitudes',
		'Scores of each construct, 0 to 100, of people who answered all of its questions before and after, '
		'once both waves are closed. Mean change with Student''s 95 % interval; Hedges'' g in standard '
		'deviations before; exact signed-rank test, adjusted after Holm; Cronbach''s alpha before. At least '
		'five people, counted in fives. There is no control group.',
		true, false, 'construct', '["before", "after"]'::json, 'Points of 100'),
	('cohorts', 'Cohorts', evaluation.comparing('Each cohort of the programme against the one before it'),
		true, false, 'comparison', '["effect"]', 'Effect size, in standard deviations'),
	('gain', 'Gain',
		'The score after the programme minus the score before it (each 0 to 100), for mentees who '
		'submitted both assessments. The first gain of each mentee counts, overall and by skill. Mean and '
		'sample standard deviation, to one decimal place. Mentees are added in batches of five, in order '
		'of submission, so that two readings cannot differ by fewer.',
		false, false, 'skill', '["mean_gain"]', 'Points of 100'),
	('retention', 'Retention',
		'Participants whose pair began within four weeks of the start of the programme, each matched with a '
		'colleague who never took part, of the same level, department and band of service and the nearest '
		'length of service. Share still in the company (Wilson interval), difference of matched pairs '
		'(Newcombe interval), log-rank test; 95 %. From four weeks after the start to last Sunday. At least '
		'ten pairs, counted in fives; figures are hidden where one to four people of a group have left. '
		'Standing is today''s. Nothing but what is matched is made up for.',
		true, false, 'group', '["share"]', 'Share still in the company'),
	('satisfaction', 'Satisfaction',
		'The mean of the ratings given for the programme''s figures, with one value per author and '
		'partner, by side, to one decimal place. Fixed when the batch of a window is released. Requires '
		'at least five authors and five partners.',
		false, false, 'side', '["mean_rating"]', 'Rating, 1 to 5'),
	('years', 'Years', evaluation.comparing('The programme against the one of which it is a copy, so far'),
		true, false, 'comparison', '["effect"]', 'Effect size, in standard deviations');

-- The same of those on whom a programme reaches, what it costs and what it brings.
CREATE OR REPLACE VIEW evaluation.report_of_impact (name, title, method, computed, company, label, measures,
	unit) AS VALUES
	('cost', 'Cost',
		'The budget, and the hours that people with a pair have spent in sessions (two for each hour held) '
		'at the price of an hour, divided by the people with a pair; hours and people rounded down to a '
		'multiple of five. Against the price of comparable training, as coordinators give it.',
		false, false, 'kind', '["cost_per_participant"]'::json, 'Cost per participant'),
	('improvements', 'Improvements',
		'Improvements that coordinators have taken up, by status, and the people whom they reach as their '
		'owners say. Not rounded: these are no people who take part.',
		false, false, 'status', '["improvements"]', 'Improvements'),
	('losses', 'Losses',
		'Pairs that were proposed, by how they came out: declined, by the reason chosen; expired; withdrawn; '
		'ended before completion, however that was. In multiples of five, figures below five hidden.',
		false, false, 'outcome', '["pairs"]', 'Pairs'),
	('network', 'Network',
		'Pairs that have been active, by department of the mentee; with a mentor of another department; of '
		'two people of whom neither leads the other, who have not the same manager, and who were no pair '
		'in another programme before (new ties). In multiples of five, figures below five hidden. Before, '
		'and with the pairs: components of the network of these people, the share of all two that ties '
		'lead between, and the mean number of ties on the shortest way, from a thousand people at most.',
		true, false, 'department', '["pairs", "cross_department", "new_ties"]', 'Pairs'),
	('recognition', 'Recognition',
		'Mentors who have had an active pair, by the number of sessions held in the programme. In multiples '
		'of five, figures below five hidden.',
		false, false, 'sessions', '["mentors"]', 'Mentors'),
	('representation', 'Representation',
		'People in the company, and those who have had a place as mentor or mentee and are still there, by '
		'level today; before: in the first snapshot that counted mentees. In multiples of five, figures '
		'below five hidden.',
		false, false, 'level', '["mentors", "mentees"]', 'People');

-- All reports. computed: by C; company: about no programme. A chart of its rows shows the measures, numbers
-- of a unit, by a label.
CREATE OR REPLACE VIEW evaluation.report_method AS
SELECT * FROM evaluation.report_of_counts UNION ALL SELECT * FROM evaluation.report_of_outcomes
UNION ALL SELECT * FROM evaluation.report_of_impact;

-- How many were asked for something in a programme, and how many answered: what response_cells may show of.
-- Invitations and picks are counted exactly, since coordinators list them by name.
CREATE OR REPLACE FUNCTION evaluation.responses_by_name(programme uuid)
RETURNS TABLE (what text, wave text, side text, asked bigint, answered bigint)
LANGUAGE sql STABLE SET search_path = evaluation, pg_catalog, pg_temp
BEGIN ATOMIC
	SELECT 'invitations', NULL::text, NULL::text, i.asked, i.asked - (SELECT count(*)
		FROM matching.enrolment_view e WHERE e.programme_id = programme AND e.status = 'invited')
	FROM (SELECT common.count_of(programme, 'mentor invited') + common.count_of(programme, 'mentee invited')
		AS asked) i
	UNION ALL
	SELECT 'picks', NULL, NULL, count(*), count(*) FILTER (WHERE s.status = 'picked')
	FROM matching.shortlist_deadline s WHERE s.programme_id = programme AND s.status IN ('picked', 'expired');
END;

-- Assessments and feedback: those that are still open are counted in fives, those that are released exactly.
CREATE OR REPLACE FUNCTION evaluation.responses_by_number(programme uuid)
RETURNS TABLE (what text, wave text, side text, asked bigint, answered bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = evaluation, pg_catalog, pg_temp
BEGIN ATOMIC
	WITH part AS (SELECT m.person_id, m.side, m.accepted_at FROM matching.pair_member m
			WHERE m.programme_id = programme AND m.status IN ('active', 'suspended', 'completed', 'ended')),
		taken AS (SELECT f.phase, count(*) AS asked, count(*) FILTER (WHERE EXISTS (SELECT
				FROM evaluation.attempt t JOIN evaluation.assessment a ON a.id = t.assessment_id
				WHERE a.programme_id = programme AND t.person_id = m.person_id AND t.phase = f.phase
					AND t.status = 'submitted')) AS answered
			FROM (SELECT DISTINCT p.person_id FROM part p WHERE p.side = 'mentee') m
				CROSS JOIN (VALUES ('pre'), ('post')) f (phase)
			WHERE EXISTS (SELECT FROM evaluation.assessment a WHERE a.programme_id = programme)
			GROUP BY f.phase)
	SELECT t.phase || '_assessments', NULL::text, NULL::text, t.asked,
		CASE WHEN t.answered < t.asked THEN common.fives(t.answered) ELSE t.answered END
	FROM taken t
	UNION ALL
	SELECT 'feedback', r.wave, p.side, count(DISTINCT p.person_id), count(DISTINCT f.author_id)
	FROM evaluation.release r JOIN part p ON p.accepted_at < r.released_at
		LEFT JOIN evaluation.feedback f ON f.programme_id = r.programme_id AND f.wave = r.wave
			AND f.author_id = p.person_id AND f.visibility <> 'private'
	WHERE r.programme_id = programme
	GROUP BY r.wave, p.side;
END;

-- Null if the reader may not know names: fewer than five people were asked, have answered, or have not
-- (hidden_parts).
CREATE OR REPLACE FUNCTION evaluation.response_cells(programme uuid)
RETURNS TABLE (what text, wave text, side text, asked bigint, answered bigint)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = evaluation, pg_catalog, pg_temp AS $$
#variable_conflict use_column
BEGIN
	RETURN QUERY SELECT n.* FROM evaluation.responses_by_name(programme) n
	UNION ALL
	SELECT s.what, s.wave, s.side, CASE WHEN common.enough(s.asked) THEN s.asked END,
		CASE WHEN NOT h.hide[1] THEN s.answered END
	FROM evaluation.responses_by_number(programme) s,
		LATERAL common.hidden_parts(ARRAY[s.answered], ARRAY[s.asked]) h;
END $$;

GRANT EXECUTE ON FUNCTION evaluation.participants(uuid), evaluation.participation_cells(uuid),
	evaluation.participation_declared(uuid), evaluation.reported(uuid, uuid, text[]),
	evaluation.adherence_pairs(uuid), evaluation.adherence_figures(uuid), evaluation.adherence_cells(uuid),
	evaluation.satisfaction_cells(uuid), evaluation.gain_cells(uuid), evaluation.response_cells(uuid)
	TO upward_evaluation;
GRANT EXECUTE ON FUNCTION evaluation.comparing(text) TO upward_evaluation;
GRANT SELECT ON evaluation.report_method TO upward_evaluation;
