-- identity_by_user_name(key text): the person whom a token names.
SELECT i.person_id, i.status FROM profiles.identity i WHERE i.user_name = lower(:key) LIMIT 2;

-- identity_by_external_id(key text): the same by the HR system's number.
SELECT i.person_id, i.status FROM profiles.identity i WHERE i.external_id = lower(:key) LIMIT 2;

-- identity_by_email(key text): the same by mail address; a person who left may have had it before.
SELECT i.person_id, i.status FROM profiles.identity i WHERE i.email = lower(:key)
ORDER BY i.status = 'inactive' LIMIT 1;
