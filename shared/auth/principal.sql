-- identity_by_user_name(key text, subject text): the person whom a token names. People who have left keep
-- their name, and for a moment so does who is giving it up in an import: the one who holds it comes first.
SELECT i.person_id, i.status, i.on_hold, (SELECT max(r.valid_from) FROM profiles.revoked r
	WHERE r.person_id = i.person_id OR r.subject = :subject) AS valid_from
FROM profiles.identity i
WHERE i.user_name = lower(:key COLLATE "C")
ORDER BY i.status = 'inactive', i.on_hold, i.updated_at DESC LIMIT 1;

-- identity_by_external_id(key text, subject text): the same by the HR system's number, which one person
-- bears.
SELECT i.person_id, i.status, i.on_hold, (SELECT max(r.valid_from) FROM profiles.revoked r
	WHERE r.person_id = i.person_id OR r.subject = :subject) AS valid_from
FROM profiles.identity i
WHERE i.external_id = lower(:key COLLATE "C") LIMIT 2;

-- identity_by_email(key text, subject text): the same by mail address.
SELECT i.person_id, i.status, i.on_hold, (SELECT max(r.valid_from) FROM profiles.revoked r
	WHERE r.person_id = i.person_id OR r.subject = :subject) AS valid_from
FROM profiles.identity i WHERE i.email = lower(:key COLLATE "C")
ORDER BY i.status = 'inactive', i.on_hold, i.updated_at DESC LIMIT 1;

-- identity_revoked(subject text): since when tokens are valid of a subject without a person.
SELECT max(r.valid_from) AS valid_from FROM profiles.revoked r WHERE r.subject = :subject;

-- identity_delegate(person uuid, delegate uuid): the person, if the other one may act for them.
SELECT d.person_id FROM profiles.live_delegate d
WHERE d.person_id = :person AND d.assistant_id = :delegate;
