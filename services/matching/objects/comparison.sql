-- What a round gave each mentee, and what another would have given them. Values are those of a policy
-- (engine/lists/lists.h), in hundredths of points, so that rounds under different rules can be compared. The
-- first three functions are plpgsql, so that each runs once and its rows are hashed: the planner expects one
-- row of a round that has just been stored, and would start over for every mentee.

-- What the mentors on a round's own lists bring, whatever else is on the list: their points by the criteria
-- other than need, by the weights of a policy. Entries that did not come with the round (replacements) know
-- only what their own policy counted.
CREATE OR REPLACE FUNCTION matching.round_entries(round uuid, weights json)
RETURNS TABLE (shortlist_id uuid, enrolment_id uuid, mentor_id uuid, base bigint, lifts smallint[],
	department text, choice int)
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp SET enable_nestloop = on AS $$
#variable_conflict use_column
BEGIN
	RETURN QUERY SELECT s.id, s.enrolment_id, x.mentor_id, b.base, x.lifts, coalesce(k.department, ''),
		x.choice
	FROM (SELECT matching.round_rules(round) AS rules) own
		JOIN matching.shortlist s ON s.round_id = round AND s.refresh_of IS NULL
		JOIN matching.shortlist_entry x ON x.shortlist_id = s.id
		JOIN matching.people_of(round) k ON k.person_id = x.mentor_id
		CROSS JOIN LATERAL (SELECT coalesce(sum(100 * c.points * coalesce((weights ->> c.name)::int, 0)),
				0)::bigint AS base
			FROM (SELECT e.key AS name, e.value::int AS points FROM json_each_text(x.criteria) e
				UNION ALL SELECT p.key, p.value::int / nullif((coalesce(own.rules -> 'points',
					own.rules -> 'weights') ->> p.key)::int, 0)
				FROM json_each_text(x.reasons -> 'parts') p WHERE x.choice IS NULL) c
			WHERE c.name <> 'need') b;
END $$;

-- How much of what each mentee wants is taught: each want in full by its best teacher, by the shares of a
-- policy for the next two.
CREATE OR REPLACE FUNCTION matching.round_taught(round uuid, shares json)
RETURNS TABLE (enrolment_id uuid, taught bigint, covered bigint)
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp SET enable_nestloop = on AS $$
#variable_conflict use_column
BEGIN
	RETURN QUERY SELECT w.enrolment_id, sum(100 * w.lifts[1]
			+ round(100 * coalesce((shares ->> 0)::numeric, 1)) * coalesce(w.lifts[2], 0)
			+ round(100 * coalesce((shares ->> 1)::numeric, 1)) * coalesce(w.lifts[3], 0))::bigint,
		count(*) FILTER (WHERE w.lifts[1] > 0)
	FROM (SELECT s.enrolment_id, array_agg(u.lift ORDER BY u.lift DESC) AS lifts
		FROM matching.shortlist s JOIN matching.shortlist_entry x ON x.shortlist_id = s.id,
			unnest(x.lifts) WITH ORDINALITY u (lift, want)
		WHERE s.round_id = round AND s.refresh_of IS NULL
		GROUP BY s.enrolment_id, u.want) w
	GROUP BY w.enrolment_id;
END $$;

-- What does not count of the backgrounds on each list, since several of its mentors are of the same: by the
-- weights and the shares of a policy, as for wants.
CREATE OR REPLACE FUNCTION matching.round_repeated(round uuid, weights json, shares json)
RETURNS TABLE (enrolment_id uuid, lost bigint)
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp SET enable_nestloop = on AS $$
#variable_conflict use_column
BEGIN
	RETURN QUERY SELECT a.enrolment_id, sum(a.points * coalesce((weights ->> 'difference')::int, 0)
			* (100 * (a.people - 1) - round(100 * coalesce((shares ->> 0)::numeric, 1))
				- CASE WHEN a.people > 2 THEN round(100 * coalesce((shares ->> 1)::numeric, 1))
					ELSE 0 END))::bigint
	FROM (SELECT e.enrolment_id, max(e.points) AS points, count(*) AS people
		FROM (SELECT s.id, s.enrolment_id, x.backgrounds, coalesce((x.criteria ->> 'difference')::int,
				(x.reasons -> 'parts' ->> 'difference')::int / nullif((coalesce(own.rules -> 'points',
					own.rules -> 'weights') ->> 'difference')::int, 0))
				/ cardinality(array_remove(x.backgrounds, 0::smallint)) AS points
			FROM (SELECT matching.round_rules(round) AS rules) own
				JOIN matching.shortlist s ON s.round_id = round AND s.refresh_of IS NULL
				JOIN matching.shortlist_entry x ON x.shortlist_id = s.id
			WHERE x.backgrounds <> '{}' AND x.backgrounds <> '{0,0,0}') e,
			unnest(e.backgrounds) WITH ORDINALITY u (background, kind)
		WHERE u.background > 0
		GROUP BY e.id, e.enrolment_id, u.kind, u.background HAVING count(*) > 1) a
	GROUP BY a.enrolment_id;
END $$;

-- What each mentee of a round got: the list's value by a policy, its mentors, and how much of what the mentee
-- wants they teach. A mentee without a list has no mentors and no value.
CREATE OR REPLACE FUNCTION matching.round_outcomes(round uuid, rules json)
RETURNS TABLE (enrolment_id uuid, mentee_id uuid, value bigint, mentors uuid[], wanted int, coverable int,
	covered int, choices int[], full_list boolean)
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp SET enable_nestloop = off AS $$
#variable_conflict use_column
BEGIN
	RETURN QUERY WITH list AS (SELECT e.enrolment_id, sum(e.base) AS base,
				count(DISTINCT e.department) AS departments,
				array_agg(e.mentor_id ORDER BY e.mentor_id) AS mentors, array_agg(e.choice) AS choices
			FROM matching.round_entries(round, coalesce(rules -> 'points', rules -> 'weights')) e
			GROUP BY e.enrolment_id),
		want AS (SELECT w.enrolment_id, count(*)::int AS wanted, count(*) FILTER (WHERE w.allowed > 0)::int
				AS coverable
			FROM matching.round_want w WHERE w.round_id = round GROUP BY w.enrolment_id),
		everyone AS (SELECT s.enrolment_id, s.mentee_id, s.reason IS NULL AS full_list
			FROM matching.shortlist s WHERE s.round_id = round AND s.refresh_of IS NULL
			UNION ALL SELECT u.enrolment_id, u.person_id, false FROM matching.round_unmatched u
			WHERE u.round_id = round AND u.found = 0)
	SELECT v.enrolment_id, v.mentee_id, coalesce(l.base + coalesce((coalesce(rules -> 'points',
			rules -> 'weights') ->> 'need')::int * t.taught, 0) - coalesce(d.lost, 0)
				+ CASE WHEN (rules ->> 'two_departments')::boolean
					THEN 200000 - 200000 / (1 << (l.departments::int - 1)) ELSE 0 END, 0)::bigint,
		coalesce(l.mentors, '{}'), coalesce(w.wanted, 0), coalesce(w.coverable, 0),
		coalesce(t.covered, 0)::int, coalesce(l.choices, '{}'), v.full_list
	FROM everyone v LEFT JOIN list l ON l.enrolment_id = v.enrolment_id
		LEFT JOIN want w ON w.enrolment_id = v.enrolment_id
		LEFT JOIN matching.round_taught(round, rules -> 'repeat_share') t ON t.enrolment_id = v.enrolment_id
		LEFT JOIN matching.round_repeated(round, coalesce(rules -> 'points', rules -> 'weights'),
			rules -> 'repeat_share') d ON d.enrolment_id = v.enrolment_id;
END $$;

-- The round of a programme that was published last.
CREATE OR REPLACE FUNCTION matching.last_published(programme uuid) RETURNS uuid
LANGUAGE sql STABLE
RETURN (SELECT r.id FROM matching.round r WHERE r.programme_id = programme
		AND r.status IN ('published', 'superseded') AND r.published_at IS NOT NULL
	ORDER BY r.published_at DESC, r.id DESC LIMIT 1);

-- Whether a round knew in which ways people like to meet. Rounds from before that was a criterion stored no
-- points for it, and their rules do not name it.
CREATE OR REPLACE FUNCTION matching.knows_channels(round uuid) RETURNS boolean
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
	RETURN matching.round_rules(round) -> 'weights' -> 'channels' IS NOT NULL OR EXISTS (
		SELECT FROM matching.shortlist s JOIN matching.shortlist_entry x ON x.shortlist_id = s.id
		WHERE s.round_id = round AND x.criteria -> 'channels' IS NOT NULL);
END $$;

-- The rules by which a round is compared with an earlier one (`base`): those of the earlier one, without the
-- criterion that the round did not know.
CREATE OR REPLACE FUNCTION matching.compared_rules(round uuid, base uuid) RETURNS json
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
RETURN (SELECT CASE WHEN matching.knows_channels(round) THEN b.rules
	ELSE (b.rules::jsonb #- '{points,channels}' #- '{weights,channels}')::json END
	FROM (SELECT matching.round_rules(base) AS rules) b);

-- The same as coordinators see it. Where what tests found counts in one of the two, need and exchange are
-- left out: what a list is worth would tell it.
CREATE OR REPLACE FUNCTION matching.compared_by(round uuid, base uuid) RETURNS json
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
	rules jsonb := matching.compared_rules(round, base)::jsonb;
	part text := CASE WHEN rules -> 'points' IS NULL THEN 'weights' ELSE 'points' END;
BEGIN
	RETURN CASE WHEN matching.counts_checks(round) OR matching.counts_checks(base)
		THEN jsonb_set(jsonb_set(rules, ARRAY[part, 'need'], '0'), ARRAY[part, 'exchange'], '0')
		ELSE rules END;
END $$;

-- How many of the wants that a mentee has said the mentors on the list of a round teach.
CREATE OR REPLACE FUNCTION matching.told_covered(round uuid, mentee uuid, covered int) RETURNS int
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
	IF NOT matching.counts_checks(round) THEN
		RETURN covered;
	END IF;
	RETURN (SELECT count(*) FROM matching.shortlist s
			JOIN matching.round_want w ON w.round_id = s.round_id AND w.enrolment_id = s.enrolment_id
			JOIN profiles.skill_view k ON k.skill_id = w.skill_id
		WHERE s.round_id = round AND s.mentee_id = mentee AND s.refresh_of IS NULL
			AND k.name = ANY (matching.told_wants(mentee, s.programme_id))
			AND EXISTS (SELECT FROM matching.shortlist_entry x
				WHERE x.shortlist_id = s.id AND x.lifts[w.place] > 0));
END $$;

-- Two rounds, mentee by mentee, by the rules of the earlier one (`base`).
CREATE OR REPLACE FUNCTION matching.compare_rounds(round uuid, base uuid)
RETURNS TABLE (enrolment_id uuid, mentee_id uuid, change text, changed boolean, before bigint, after bigint,
	mentors_before uuid[], mentors_after uuid[], covered_before int, covered_after int)
LANGUAGE sql STABLE
BEGIN ATOMIC
	SELECT coalesce(a.enrolment_id, b.enrolment_id), coalesce(a.mentee_id, b.mentee_id),
		CASE WHEN b.enrolment_id IS NULL THEN 'only_here' WHEN a.enrolment_id IS NULL THEN 'only_there'
			WHEN a.value > b.value THEN 'gains' WHEN a.value < b.value THEN 'loses' ELSE 'same' END,
		a.mentors IS DISTINCT FROM b.mentors, b.value, a.value, b.mentors, a.mentors, b.covered, a.covered
	FROM matching.round_outcomes(round, matching.compared_by(round, base)) a
		FULL JOIN matching.round_outcomes(base, matching.compared_by(round, base)) b
			ON b.enrolment_id = a.enrolment_id;
END;

-- A row of a comparison: a mentee, and what the two rounds gave them.
CREATE OR REPLACE FUNCTION matching.compared_json(mentee uuid, change text, changed boolean, before json,
	after json) RETURNS json
LANGUAGE sql STABLE
RETURN json_build_object('mentee', profiles.card_json(mentee), 'change', change, 'list_changed', changed,
	'before', before, 'after', after);

-- One side of such a row; null: the mentee was not in that round.
CREATE OR REPLACE FUNCTION matching.outcome_json(value bigint, mentors uuid[], covered int) RETURNS json
LANGUAGE sql STABLE
RETURN CASE WHEN value IS NOT NULL THEN json_build_object('value', matching.points(value),
	'covered', covered, 'mentors', (SELECT coalesce(json_agg(profiles.card_json(m) ORDER BY m), '[]')
		FROM unnest(mentors) m)) END;

-- How evenly a round shows its mentors. gini: 0, all on the same number of lists, to 1, one on all.
CREATE OR REPLACE FUNCTION matching.exposure_json(round uuid) RETURNS json
LANGUAGE sql STABLE
RETURN (SELECT json_build_object('mentors', count(*), 'shown', count(*) FILTER (WHERE m.lists > 0),
		'most', coalesce(max(m.lists), 0), 'mean', coalesce(round(avg(m.lists), 2), 0),
		'gini', coalesce(round(sum((2 * m.place - m.people - 1) * m.lists)
			/ nullif(max(m.people) * sum(m.lists), 0), 3), 0))
	FROM (SELECT x.lists, row_number() OVER (ORDER BY x.lists) AS place, count(*) OVER () AS people
		FROM matching.round_mentor x WHERE x.round_id = round
			AND x.refused ->> 'out_of_scope' IS NULL) m);

-- The sums of one side of a comparison, by the rules of `measure`.
CREATE OR REPLACE FUNCTION matching.compared_round(round uuid, measure json) RETURNS json
LANGUAGE sql STABLE
RETURN (SELECT json_build_object('round_id', r.id, 'status', r.status, 'what_if', r.what_if,
		'policy_version', r.policy_number, 'own_rules', r.rules IS NOT NULL,
		'mentees', o.mentees, 'listed', o.listed, 'complete', o.complete, 'wanted', o.wanted,
		'coverable', o.coverable, 'covered', o.covered, 'value', matching.points(o.value),
		'worth', CASE WHEN NOT matching.counts_checks(r.id) THEN matching.points(r.worth) END,
		'mean_choice', o.mean_choice,
		'exposure', matching.exposure_json(r.id))
	FROM matching.round r, LATERAL (SELECT count(*) AS mentees,
			count(*) FILTER (WHERE v.mentors <> '{}') AS listed,
			count(*) FILTER (WHERE v.full_list) AS complete, coalesce(sum(v.wanted), 0) AS wanted,
			coalesce(sum(v.coverable), 0) AS coverable, coalesce(sum(v.covered), 0) AS covered,
			coalesce(sum(v.value), 0)::bigint AS value,
			round(sum((SELECT sum(c) FROM unnest(v.choices) c))
				/ nullif(sum(cardinality(array_remove(v.choices, NULL))), 0), 2) AS mean_choice
		FROM matching.round_outcomes(round, measure) v) o
	WHERE r.id = round);

GRANT EXECUTE ON FUNCTION matching.compared_by(uuid, uuid), matching.told_covered(uuid, uuid, int),
	matching.round_entries(uuid, json), matching.round_taught(uuid, json),
	matching.round_repeated(uuid, json, json),
	matching.round_outcomes(uuid, json), matching.last_published(uuid),
	matching.compare_rounds(uuid, uuid), matching.knows_channels(uuid), matching.compared_rules(uuid, uuid),
	matching.compared_json(uuid, text, boolean, json, json), matching.outcome_json(bigint, uuid[], int),
	matching.exposure_json(uuid), matching.compared_round(uuid, json) TO upward_matching;
