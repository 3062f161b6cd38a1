-- Statements of invitations to sessions, and of the replies to them.

-- session_invite(session_id uuid, actor uuid): the session as the actor's calendar shows it, then address,
-- name and whether they have accepted, of the actor and of the partner. Who has named the time accepts it.
-- Last, the minutes from the alarm to the session.
SELECT c.*, calendar_address(:actor, :actor) AS own_address, k.display_name AS own_name,
	s.status <> 'proposed' OR s.proposed_by IS NOT DISTINCT FROM :actor AS own_answer,
	calendar_address(:actor, m.partner_id) AS other_address, c.partner AS other_name,
	s.status <> 'proposed' OR s.proposed_by IS DISTINCT FROM :actor AS other_answer,
	alarm_minutes(:actor) AS alarm
FROM session s JOIN matching.pair_member m ON m.pair_id = s.pair_id AND m.person_id = :actor
	LEFT JOIN profiles.card k ON k.person_id = m.person_id, LATERAL calendar_session(s, :actor) c
WHERE s.id = :session_id;

-- calendar_reply_take(actor uuid, session_id uuid, address text, sequence int, answer text): what somebody
-- answered in their calendar program.
SELECT take_reply(:actor, :session_id, :address, :sequence, :answer);
