-- Statements of mails that came back, and of the mailboxes that are held because of them.

-- bounce_take(message uuid, final boolean, status text): what a mail server said about a mail of ours.
SELECT take_bounce(:message, :final, :status);

-- held_mailbox_list: people to whom no mail is sent; whose mailbox is held longest comes first.
-- unprepared
-- updated_since: h.updated_at
SELECT held_mailbox_json(h) AS body, h.held_at, h.person_id
FROM held_mailbox h JOIN profiles.identity i ON i.person_id = h.person_id AND i.email = h.address
WHERE h.held_at IS NOT NULL
	AND (:after_person_id IS NULL OR (h.held_at, h.person_id) > (:after_held_at, :after_person_id))
ORDER BY h.held_at, h.person_id
LIMIT :limit + 1;

-- held_mailbox_release: mail is sent again, by the person's own word or that of HR; where it is, nothing
-- happens.
WITH target AS (SELECT c.person_id FROM profiles.card c
		WHERE c.person_id = :person_id AND (c.person_id = :actor OR :roles && ARRAY['hris', 'admin'])),
	freed AS (UPDATE held_mailbox h SET held_at = NULL, released_at = common.now(), version = h.version + 1
		FROM target t WHERE h.person_id = t.person_id AND h.held_at IS NOT NULL)
SELECT common.found(count(*)) FROM target;
