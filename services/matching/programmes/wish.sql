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

-- round_wishes(round_id uuid): wishes of both among those from whom the round takes people, the first choices
-- first.
SELECT m.mentee_id, m.mentor_id
FROM round r JOIN met_wish m ON m.programme_id = r.programme_id
WHERE r.id = :round_id
ORDER BY m.place, m.mentee_id, m.mentor_id;
