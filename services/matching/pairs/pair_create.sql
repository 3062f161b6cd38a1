-- Pairs that come from no shortlist: the steps of pair_create.c.

-- pair_policy(asked json): the programme's current policy, with the columns of round_claim.
SELECT p.id, 1 AS seed, 0 AS attempts, NULL AS leased_by, p.starts_on, current_rules(o.rules) AS rules
FROM programme p JOIN policy o ON o.programme_id = p.id AND o.number = p.policy_number
WHERE p.id = coalesce((:asked ->> 'programme_id')::uuid, (SELECT e.programme_id FROM enrolment e
	WHERE e.id = (:asked ->> 'mentee_enrolment_id')::uuid));

-- pair_people(actor uuid, asked json): the mentee, then the mentor, with the columns of round_people; the
-- reporting line is for the triggers to judge. What a test found counts if the learner asks: a coordinator
-- who pairs two would learn of it by the rules that they do not meet.
WITH two AS (SELECT e.person_id, e.role = 'mentor' AS teaches FROM enrolment e
		WHERE e.id IN ((:asked ->> 'mentor_enrolment_id')::uuid, (:asked ->> 'mentee_enrolment_id')::uuid)
	UNION ALL SELECT (:asked ->> 'mentor_id')::uuid, true WHERE :asked -> 'mentor_id' IS NOT NULL
	UNION ALL SELECT :actor, false WHERE :asked -> 'mentor_id' IS NOT NULL),
	g AS (SELECT p.id, p.starts_on,
			(o.rules ->> 'skill_checks')::boolean AND :asked -> 'mentor_id' IS NOT NULL AS checks
		FROM programme p JOIN policy o ON o.programme_id = p.id AND o.number = p.policy_number
		WHERE p.id = coalesce((:asked ->> 'programme_id')::uuid, (SELECT e.programme_id FROM enrolment e
			WHERE e.id = (:asked ->> 'mentee_enrolment_id')::uuid)))
SELECT c.person_id, NULL::uuid AS manager_id, coalesce(c.level, 32767) AS level, c.department, true AS active,
	c.time_zone, json_build_object('languages', array_to_json(c.languages), 'country', c.country,
		'location', c.location, 'tenure', extract(year FROM age(g.starts_on, c.hired_on)),
		'offers', offers_in(g.id, c.person_id), 'wants', wants_in(g.id, c.person_id, g.checks),
		'channels', array_to_json(ARRAY(SELECT h.channel FROM profiles.candidate_channel h
			WHERE h.person_id = c.person_id)),
		'interests', interests_in(g.id, c.person_id), 'hours', hours_in(g.id, c.person_id)) AS part
FROM g CROSS JOIN two t JOIN profiles.candidate c ON c.person_id = t.person_id
ORDER BY t.teaches;

-- pair_make(new_id uuid, actor uuid, roles text[], asked json, judged json): by a coordinator who names two
-- enrolments, or by a mentee who names a mentor.
SELECT CASE WHEN (:asked -> 'mentee_enrolment_id' IS NULL) <> (:asked -> 'mentor_enrolment_id' IS NULL)
		OR (:asked -> 'programme_id' IS NULL) <> (:asked -> 'mentor_id' IS NULL)
		OR (:asked -> 'mentor_id' IS NULL) = (:asked -> 'mentor_enrolment_id' IS NULL)
	THEN common.refuse('unprocessable', '{"pointer": ""}')
	WHEN :asked -> 'mentor_id' IS NULL THEN manual_pair(:new_id, :actor, :roles, :asked, :judged)
	ELSE requested_pair(:new_id, :actor, :asked, :judged) END;
