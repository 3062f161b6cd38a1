-- Statements of preferences: how people want to be told.

-- preference_read: the actor's; the defaults are version 1.
SELECT preference_json(:actor, p) AS body, coalesce(p.version, 1) AS version
FROM (SELECT) one LEFT JOIN preference p ON p.person_id = :actor
WHERE :actor IS NOT NULL;

-- preference_store(actor uuid, if_match bigint, mail text, chat text, invitations bool, kinds json,
-- quiet_hours json, working_hours bool, locale text, session_reminder_minutes int): all of them.
WITH fit AS MATERIALIZED (SELECT refuse_preference(:kinds, :quiet_hours)),
	mine AS (SELECT coalesce(max(p.version), 1) AS version FROM preference p WHERE p.person_id = :actor),
	fresh AS (SELECT m.version + 1 AS version FROM mine m
		WHERE :if_match IS NULL OR m.version = :if_match),
	kept AS (INSERT INTO preference AS p (person_id, locale, mail, chat, invitations, kinds,
			quiet_starts, quiet_ends, working_hours, session_reminder_minutes, version)
		SELECT :actor, :locale, coalesce(:mail, 'at_once'), coalesce(:chat, 'at_once'),
			coalesce(:invitations, true),
			coalesce(:kinds, '[]'), (:quiet_hours ->> 'starts')::time,
			(:quiet_hours ->> 'ends')::time, coalesce(:working_hours, false),
			coalesce(:session_reminder_minutes, 1440), f.version
		FROM fresh f
		ON CONFLICT (person_id) DO UPDATE SET locale = excluded.locale, mail = excluded.mail,
			chat = excluded.chat, invitations = excluded.invitations, kinds = excluded.kinds,
			quiet_starts = excluded.quiet_starts, quiet_ends = excluded.quiet_ends,
			working_hours = excluded.working_hours,
			session_reminder_minutes = excluded.session_reminder_minutes, version = p.version + 1
			WHERE p.version = excluded.version - 1 OR :if_match IS NULL
		RETURNING p.version)
SELECT CASE WHEN NOT EXISTS (SELECT FROM kept) THEN common.refuse('stale') END FROM fit;

-- unsubscription_take(person uuid, kind text): no more mails of a kind; `all`: none but invitations.
SELECT unsubscribe(:person, :kind);

-- unsubscription_language(person uuid): of the page.
SELECT coalesce((SELECT p.locale FROM preference p WHERE p.person_id = :person),
	common.setting_value('locale') #>> '{}') AS language;
