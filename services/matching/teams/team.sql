-- Statements of teams. The job runs the engine on what a request names.

-- team_request_effect(event_id bigint, type text, subject_id uuid, data json): a request replaces the one
-- before.
INSERT INTO team_request (gathering_id, programme_id, people, team_size, asked_at)
SELECT :subject_id, (:data ->> 'programme_id')::uuid,
	ARRAY(SELECT p.id::uuid FROM json_array_elements_text(:data -> 'people') p (id)),
	(:data ->> 'team_size')::int, (:data ->> 'asked_at')::timestamptz
WHERE :event_id > 0 AND :type = 'gathering.teams_asked'
ON CONFLICT (gathering_id) DO UPDATE SET people = excluded.people, team_size = excluded.team_size,
	asked_at = excluded.asked_at, made_at = NULL;

-- team_claim(): the oldest request without teams; locked until its teams are stored.
SELECT r.gathering_id, r.team_size FROM team_request r WHERE r.made_at IS NULL
ORDER BY r.asked_at LIMIT 1 FOR NO KEY UPDATE SKIP LOCKED;

-- team_people(gathering_id uuid): who is to be in a team: seniors (mentees of the programme) first; the
-- department and the manager of each.
SELECT c.person_id, c.department, l.manager_id, EXISTS (SELECT FROM enrolment e
		WHERE e.programme_id = r.programme_id AND e.person_id = c.person_id AND e.role = 'mentee') AS senior
FROM team_request r JOIN profiles.candidate c ON c.person_id = ANY (r.people)
	JOIN profiles.candidate_line l ON l.person_id = c.person_id
WHERE r.gathering_id = :gathering_id AND c.status <> 'inactive'
ORDER BY senior DESC, c.person_id;

-- team_store(gathering_id uuid, people uuid[], teams int[]): the teams, in the place of earlier ones.
WITH gone AS (DELETE FROM team_member m WHERE m.gathering_id = :gathering_id
			AND NOT m.person_id = ANY (:people) RETURNING 1),
	new AS (INSERT INTO team_member (gathering_id, person_id, team)
		SELECT :gathering_id, n.person_id, n.team FROM unnest(:people, :teams) n (person_id, team)
		ON CONFLICT (gathering_id, person_id) DO UPDATE SET team = excluded.team RETURNING 1),
	told AS (INSERT INTO common.outbox (type, subject_id) VALUES ('gathering.teams_made', :gathering_id))
UPDATE team_request r SET made_at = common.now()
WHERE r.gathering_id = :gathering_id AND (SELECT count(*) FROM gone) >= 0 AND (SELECT count(*) FROM new) >= 0;
