-- Statements of rounds. The run itself is round_job.c over the engine.

-- round_list: those of the programmes that the actor coordinates, newest first; what-if rounds apart.
-- unprepared
-- updated_since: r.updated_at
SELECT round_json(r) AS body, r.created_at, r.id
FROM round r
WHERE coordinates(r.programme_id, :actor, :roles)
	AND (:programme_id IS NULL OR r.programme_id = :programme_id) AND r.what_if = coalesce(:what_if, false)
	AND (:after_id IS NULL OR (r.created_at, r.id) < (:after_created_at, :after_id))
ORDER BY r.created_at DESC, r.id DESC
LIMIT :limit + 1;

-- round_read: one round.
SELECT round_json(r) AS body, r.version FROM round r
WHERE r.id = :round_id AND coordinates(r.programme_id, :actor, :roles);

-- round_create: queues a round (round_one_at_a_time) of a running programme (round_follow), or one that only
-- shows what would be (round_one_what_if), under any version of the policy and with changes of its own.
WITH target AS (SELECT p.id, p.policy_number FROM programme p
		WHERE p.id = :programme_id AND coordinates(p.id, :actor, :roles) FOR SHARE OF p),
	used AS (SELECT o.programme_id, o.number, w.rules, f.code, f.pointer
		FROM target t JOIN policy o ON o.programme_id = t.id
				AND o.number = coalesce(:policy_version, t.policy_number)
			CROSS JOIN LATERAL (SELECT CASE WHEN :policy::json IS NOT NULL
				THEN merged_rules(o.rules, :policy::json) END AS rules) w
			LEFT JOIN LATERAL asked_fault(:policy::json, o.rules, w.rules) f ON w.rules IS NOT NULL),
	new AS (INSERT INTO round (id, programme_id, cohort_id, policy_number, seed, requested_by, what_if, rules)
		SELECT :id, u.programme_id, :cohort_id, u.number, coalesce(:seed, 1), :actor,
			coalesce(:what_if, false), u.rules
		FROM used u WHERE u.code IS NULL
			AND (coalesce(:what_if, false) OR :policy::json IS NULL AND :policy_version IS NULL))
SELECT CASE WHEN NOT EXISTS (SELECT FROM target)
		THEN common.refuse('unknown_reference', '{"pointer": "/programme_id"}')
	WHEN :cohort_id IS NOT NULL AND NOT EXISTS (SELECT FROM cohort c
		WHERE c.id = :cohort_id AND c.programme_id = :programme_id)
		THEN common.refuse('unknown_reference', '{"pointer": "/cohort_id"}')
	WHEN NOT coalesce(:what_if, false) AND (:policy::json IS NOT NULL OR :policy_version IS NOT NULL)
		THEN common.refuse('unprocessable', '{"pointer": "/what_if"}')
	WHEN NOT EXISTS (SELECT FROM used)
		THEN common.refuse('unknown_reference', '{"pointer": "/policy_version"}')
	WHEN (SELECT u.code FROM used u) IS NOT NULL THEN (SELECT common.refuse(u.code,
		json_build_object('pointer', '/policy' || u.pointer)) FROM used u) END;

-- round_shortlists: every shortlist with rank, score and parts. (The inner limit keeps the planner from
-- looking for shortlists before it knows that the round exists.)
-- unprepared
-- updated_since: s.updated_at
SELECT l.body, l.id
FROM (SELECT CASE WHEN NOT EXISTS (SELECT FROM round r
			WHERE r.id = :round_id AND coordinates(r.programme_id, :actor, :roles))
		THEN common.refuse('not_found') END AS missing) t,
	LATERAL (SELECT json_build_object('id', s.id, 'mentee', profiles.card_json(s.mentee_id),
		'line_rule', s.line_rule, 'reason', s.reason, 'worth', shown_worth(s, :actor),
			'parts_most', points_most(round_rules(s.round_id)), 'entries', entries_json(s, :actor),
			'wants', (SELECT coalesce(json_agg(json_build_object('skill', w.name, 'state', w.state,
				'mentor_id', w.mentor_id, 'mentors', w.mentors, 'share', w.lift, 'most', w.share,
				'allowed', w.allowed, 'refused', w.refused, 'text', w.text, 'relax', m.relax,
				'rules', CASE WHEN w.state = 'refused' THEN refused_json(w.refused, 'mentors', false)
					ELSE '[]' END,
				'relaxation', relaxation_json(o.relaxation, false),
				'actions', helping_actions(s.programme_id, o.relaxation)) ORDER BY w.place), '[]')
				FROM seen_wants(s.id, :actor) w
					LEFT JOIN round_want o ON w.state <> 'covered' AND o.round_id = s.round_id
						AND o.enrolment_id = s.enrolment_id AND o.place = w.place
					LEFT JOIN common.message m ON m.key = 'want.' || w.state)) AS body, s.id
		FROM shortlist s
		WHERE t.missing IS NULL AND s.round_id = :round_id AND s.refresh_of IS NULL
			AND (:after_id IS NULL OR s.id > :after_id)
		ORDER BY s.id
		LIMIT :limit + 1) l
ORDER BY l.id;

-- round_unmatched: mentees with fewer mentors than a shortlist has places, and why.
-- unprepared
SELECT l.body, l.id
FROM (SELECT CASE WHEN NOT EXISTS (SELECT FROM round r
			WHERE r.id = :round_id AND coordinates(r.programme_id, :actor, :roles))
		THEN common.refuse('not_found') END AS missing) t,
	LATERAL (SELECT unmatched_json(u, r.programme_id) AS body, u.enrolment_id AS id
		FROM round_unmatched u JOIN round r ON r.id = u.round_id
		WHERE t.missing IS NULL AND u.round_id = :round_id
			AND (:after_id IS NULL OR u.enrolment_id > :after_id)
		ORDER BY u.enrolment_id
		LIMIT :limit + 1) l
ORDER BY l.id;

-- round_publication: opens the drafts, adapted to the present; a mentee who already has an open shortlist
-- keeps that one. Of a large round it opens the first batch, and round_publish_more does the rest.
WITH target AS (SELECT r.id FROM round r
	WHERE r.id = :round_id AND coordinates(r.programme_id, :actor, :roles))
SELECT CASE WHEN NOT EXISTS (SELECT FROM target) THEN common.refuse('not_found')
	ELSE publish_round(:round_id) END;

-- round_rollback: while none of its picks has been accepted. Of a large round it takes back the first batch,
-- and round_take_back_more does the rest.
WITH target AS (SELECT r.id FROM round r
	WHERE r.id = :round_id AND coordinates(r.programme_id, :actor, :roles))
SELECT CASE WHEN NOT EXISTS (SELECT FROM target) THEN common.refuse('not_found')
	ELSE take_back_round(:round_id) END;

-- round_cancellation: of a queued or running round; the job notices within a second.
WITH new AS (UPDATE round r SET step = 'cancellation', finished_at = common.now(), leased_until = NULL
		WHERE r.id = :round_id AND coordinates(r.programme_id, :actor, :roles) RETURNING r.id)
SELECT common.found(count(*)) FROM new;

-- round_discard: a ready round that will never be shown.
WITH new AS (UPDATE round r SET step = 'discard'
		WHERE r.id = :round_id AND coordinates(r.programme_id, :actor, :roles) RETURNING r.id),
	lists AS (UPDATE shortlist s SET step = 'withdrawal' FROM new n
		WHERE s.round_id = n.id AND s.status = 'draft')
SELECT common.found(count(*)) FROM new;

-- round_claim(): the next round to run, with the policy that it names.
WITH next AS (SELECT r.id FROM round r
		WHERE r.status IN ('queued', 'running')
			AND (r.leased_until IS NULL OR r.leased_until < common.real_now())
		ORDER BY r.what_if, r.created_at LIMIT 1 FOR NO KEY UPDATE SKIP LOCKED),
	taken AS (UPDATE round r SET step = 'claim', attempts = r.attempts + 1, leased_by = gen_random_uuid(),
			leased_until = common.real_now() + interval '60 seconds',
			started_at = coalesce(r.started_at, common.now())
		FROM next WHERE r.id = next.id RETURNING r.*)
SELECT t.id, t.seed, t.attempts, t.leased_by, p.starts_on,
	current_rules(coalesce(t.rules, o.rules)) AS rules
FROM taken t JOIN programme p ON p.id = t.programme_id
	JOIN policy o ON o.programme_id = t.programme_id AND o.number = t.policy_number;

-- round_people(round_id uuid): those who take part, and mentees whom the policy leaves out, with skills,
-- interests and free hours, and everyone above them, for the reporting line. The statistics do not know a new
-- programme yet. So each fact is looked up for each person, and what is not is in one value (shown) or joined
-- in full, which no plan does by loops. Few have answered a form, and only for these it is looked at what
-- counts instead of the profile.
WITH r AS (SELECT * FROM round WHERE id = :round_id),
	shown AS MATERIALIZED (SELECT coalesce(jsonb_object_agg(l.mentor_id, l.lists), '{}') AS lists
		FROM (SELECT x.mentor_id, count(*) AS lists FROM r
				JOIN shortlist s ON s.programme_id = r.programme_id AND s.status = 'open'
				JOIN shortlist_entry x ON x.shortlist_id = s.id GROUP BY x.mentor_id) l),
	part AS MATERIALIZED (SELECT p.person_id, json_build_object(
		'mentor_enrolment', p.mentor_enrolment, 'mentor_places', p.mentor_places,
		'mentee_enrolment', p.mentee_enrolment, 'mentee_places', p.mentee_places, 'outside', p.outside,
		'shown', coalesce((u.lists ->> p.person_id::text)::int, 0),
		'languages', array_to_json(c.languages), 'country', c.country, 'location', c.location,
		'tenure', extract(year FROM age(g.starts_on, c.hired_on)),
		'channels', array_to_json(ARRAY(SELECT h.channel FROM profiles.candidate_channel h
			WHERE h.person_id = c.person_id ORDER BY h.channel)),
		'offers', CASE WHEN p.answered THEN offers_in(g.id, c.person_id) ELSE
			(SELECT coalesce(json_agg(json_build_array(f.skill_id, f.level) ORDER BY f.skill_id), '[]')
			FROM profile_offers(c.person_id) f) END,
		'wants', CASE WHEN p.answered THEN wants_in(g.id, c.person_id, p.checks) ELSE
			(SELECT coalesce(json_agg(json_build_array(w.skill_id, w.current, w.target) ORDER BY w.skill_id),
				'[]') FROM profile_wants(c.person_id, p.checks) w) END,
		'interests', CASE WHEN p.answered THEN interests_in(g.id, c.person_id) ELSE
			(SELECT coalesce(json_agg(i.interest ORDER BY i.interest), '[]')
			FROM profiles.candidate_interest i WHERE i.person_id = c.person_id) END,
		'hours', CASE WHEN p.answered THEN hours_in(g.id, c.person_id) ELSE
			(SELECT coalesce(json_agg(window_json(h.weekday, h.starts, h.ends)
				ORDER BY h.weekday, h.starts), '[]')
			FROM profiles.candidate_hours h WHERE h.person_id = c.person_id) END) AS body
		FROM r JOIN programme g ON g.id = r.programme_id CROSS JOIN shown u
			CROSS JOIN LATERAL round_sides(r.id) p
			JOIN profiles.candidate c ON c.person_id = p.person_id)
SELECT n.person_id, n.manager_id, coalesce(c.level, 32767) AS level, c.department,
	coalesce(c.status <> 'inactive', false) AS active, c.time_zone, p.body AS part
FROM profiles.lines_above(ARRAY(SELECT p.person_id FROM part p)) n
	FULL JOIN part p ON p.person_id = n.person_id
	LEFT JOIN profiles.candidate c ON c.person_id = n.person_id
ORDER BY n.person_id;

-- round_blocks(round_id uuid): pairs of people of the programme that are not allowed: conflicts of interest,
-- exclusions of the programme, former and current partners, and mentors who declined, or were declined by, a
-- mentee in it.
WITH one AS (SELECT e.person_id FROM round r JOIN enrolment e ON e.programme_id = r.programme_id
	WHERE r.id = :round_id)
SELECT x.author_id, x.other_id FROM one e JOIN exclusion x ON x.author_id = e.person_id
UNION SELECT q.mentor_id, q.mentee_id FROM one e JOIN pair q ON q.mentor_id = e.person_id
	WHERE q.status IN ('proposed', 'active', 'suspended', 'ended') OR q.status = 'completed'
		AND NOT coalesce((round_rules(:round_id) ->> 'earlier_partners')::boolean, false)
UNION SELECT d.mentor_id, d.mentee_id FROM declined d JOIN round r ON r.programme_id = d.programme_id
	WHERE r.id = :round_id
UNION SELECT x.person_id, x.other_id FROM programme_exclusion x
		JOIN round r ON r.programme_id = x.programme_id
	WHERE r.id = :round_id AND x.other_id IS NOT NULL
ORDER BY 1, 2;

-- round_declarations(round_id uuid): what those who take part have declared and let matching use, in the
-- kinds that the policy names. A kind that fewer than five of them have declared is left out.
SELECT l.person_id, l.kind, l.value
FROM (SELECT d.person_id, d.kind, lower(d.value COLLATE "und-x-icu") AS value,
			count(*) OVER (PARTITION BY d.kind) AS people
		FROM round r JOIN policy o ON o.programme_id = r.programme_id AND o.number = r.policy_number
			CROSS JOIN LATERAL (SELECT current_rules(coalesce(r.rules, o.rules))::jsonb) u (rules)
			JOIN profiles.candidate_declaration d ON u.rules -> 'difference_of' ? d.kind
		WHERE r.id = :round_id AND EXISTS (SELECT FROM enrolment e WHERE e.programme_id = r.programme_id
			AND e.person_id = d.person_id AND e.status = 'enrolled')) l
WHERE common.enough(l.people)
ORDER BY l.person_id, l.kind;

-- round_skill_names(): the names of the skills.
SELECT s.skill_id, s.name FROM profiles.skill_view s;

-- round_progress(round_id uuid, lease uuid, done int, total int): stores the progress; no row if the round
-- was cancelled.
UPDATE round SET done = :done, mentees = :total, version = version + 1
WHERE id = :round_id AND status = 'running' AND leased_by = :lease RETURNING id;

-- round_renew(round_id uuid, lease uuid): extends the lease, unless another transaction has the row locked
-- at the moment; no row if the lease is lost or the round cancelled.
WITH mine AS (SELECT r.id FROM round r
		WHERE r.id = :round_id AND r.status = 'running' AND r.leased_by = :lease
			AND r.leased_until < common.real_now() + interval '45 seconds' FOR NO KEY UPDATE SKIP LOCKED),
	kept AS (UPDATE round r SET leased_until = common.real_now() + interval '60 seconds' FROM mine m
		WHERE r.id = m.id)
SELECT r.id FROM round r WHERE r.id = :round_id AND r.status = 'running' AND r.leased_by = :lease;

-- round_release(round_id uuid, lease uuid): gives the round back unfinished; the attempt does not count.
UPDATE round SET leased_until = NULL, leased_by = NULL, attempts = attempts - 1, version = version + 1
WHERE id = :round_id AND status = 'running' AND leased_by = :lease;

-- round_store(round_id uuid, lease uuid, result json): stores the engine's result, in one transaction.
SELECT store_round(:round_id, :lease, :result);

-- round_publish_more(): continues where a large round is being published, and nobody else has it in hand.
SELECT continue_publication(r.id) FROM round r
WHERE r.status = 'publishing' AND (r.leased_until IS NULL OR r.leased_until < common.real_now())
ORDER BY r.id LIMIT 1;

-- round_take_back_more(): continues where a large round is being taken back, and nobody else has it in hand.
SELECT continue_rollback(r.id) FROM round r
WHERE r.status = 'taking_back' AND (r.leased_until IS NULL OR r.leased_until < common.real_now())
ORDER BY r.id LIMIT 1;

-- round_forget(): a row if there was a what-if round to delete, or a part of one.
SELECT f.found FROM forget_what_if() f (found) WHERE f.found;

-- round_fail(round_id uuid, lease uuid, reason text): with a code for what went wrong.
UPDATE round SET step = 'failure', reason = :reason, finished_at = common.now(), leased_until = NULL
WHERE id = :round_id AND status = 'running' AND leased_by = :lease;

