-- Statements of wishes.

-- enrolment_wishes_read: one's own, or of somebody in a programme that the actor coordinates.
SELECT enrolment_wishes_json(e, :actor) AS body, e.version FROM enrolment e
WHERE e.id = :enrolment_id AND acts_for(e, :actor, :roles);

-- enrolment_wishes_put: the whole set, in the order of preference.
SELECT put_wishes(:enrolment_id, :actor, :person_ids::uuid[], :if_match);

-- wish_confirmation: the named person would like it too.
SELECT answer_wish(:wish_id, :enrolment_id, :actor, 'confirmed');

-- wish_refusal: the named person would rather not; the author does not learn of it.
SELECT answer_wish(:wish_id, :enrolment_id, :actor, 'declined');

-- wish_reply_effect(event_id bigint, type text, subject_id uuid, data json): who replies to a listing names
-- its author, in each programme in which the two take part on different sides.
WITH new AS (INSERT INTO wish (id, programme_id, enrolment_id, author_id, role, named_id, place)
		SELECT gen_random_uuid(), e.programme_id, e.id, e.person_id, e.role, n.person_id, w.wishes + 1
		FROM enrolment e JOIN programme p ON p.id = e.programme_id
				AND p.status IN ('recruiting', 'matching', 'active')
			JOIN enrolment n ON n.programme_id = e.programme_id AND n.role <> e.role
				AND n.person_id = (:data ->> 'person_id')::uuid AND n.status IN ('enrolled', 'paused')
			CROSS JOIN LATERAL (SELECT count(*) AS wishes FROM wish o WHERE o.enrolment_id = e.id) w
		WHERE e.person_id = (:data ->> 'by')::uuid AND e.status IN ('enrolled', 'paused') AND w.wishes < 5
			AND :type = 'listing.replied' AND :subject_id IS NOT NULL AND :event_id > 0
		ON CONFLICT (enrolment_id, named_id) DO NOTHING RETURNING wish),
	told AS (INSERT INTO common.outbox (type, subject_id) SELECT 'wish.named', x.id FROM new n
			JOIN enrolment x ON x.programme_id = (n.wish).programme_id AND x.person_id = (n.wish).named_id
				AND x.role <> (n.wish).role
		WHERE wish_stands(n.wish))
UPDATE enrolment e SET version = e.version + 1, updated_at = common.now() FROM new n
WHERE e.id = (n.wish).enrolment_id;

-- round_wishes(round_id uuid): wishes of both among those from whom the round takes people, the first choices
-- first.
SELECT m.mentee_id, m.mentor_id
FROM round r JOIN met_wish m ON m.programme_id = r.programme_id
WHERE r.id = :round_id
ORDER BY m.place, m.mentee_id, m.mentor_id;
