-- How a user_name or an email address changes hands, by whatever means: an import, a PATCH, a direct write.
-- A service caches for a while which person a key identifies. So the holder first gives the key up (by
-- leaving, or because an import puts their keys on hold), and nobody else gets it before every service has
-- forgotten the previous holder.

-- How long a service caches it: PRINCIPAL_LIFE_MS in C.
CREATE OR REPLACE FUNCTION profiles.keys_rest() RETURNS interval LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN interval '4 seconds';

-- Keys that a service may still associate with somebody who has given them up, by the time of that.
CREATE OR REPLACE VIEW profiles.key_at_rest AS
SELECT 'user_name' AS name, lower(p.user_name COLLATE "C") AS value, p.id AS person_id,
	p.keys_left_at AS left_at
FROM profiles.person p
UNION ALL
SELECT 'email', lower(p.email COLLATE "C"), p.id, p.keys_left_at FROM profiles.person p
UNION ALL
SELECT l.name, l.value, l.person_id, l.left_at FROM profiles.key_left l;

-- Whether one of these keys of a person is at rest; those of a record merged into theirs are their own. (The
-- same as the view says, by the keys of one person.)
CREATE OR REPLACE FUNCTION profiles.keys_at_rest(person uuid, user_name text, email text,
	external_id text DEFAULT NULL) RETURNS boolean
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
RETURN EXISTS (SELECT FROM profiles.person o
	WHERE lower(o.user_name COLLATE "C") = lower(keys_at_rest.user_name COLLATE "C")
		AND o.id <> person AND o.merged_into IS DISTINCT FROM person
		AND o.keys_left_at > common.real_now() - profiles.keys_rest())
	OR EXISTS (SELECT FROM profiles.person o
	WHERE lower(o.email COLLATE "C") = lower(keys_at_rest.email COLLATE "C")
		AND o.id <> person AND o.merged_into IS DISTINCT FROM person
		AND o.keys_left_at > common.real_now() - profiles.keys_rest())
	OR EXISTS (SELECT FROM profiles.key_left l
	WHERE (l.name = 'user_name' AND l.value = lower(keys_at_rest.user_name COLLATE "C")
			OR l.name = 'email' AND l.value = lower(keys_at_rest.email COLLATE "C")
			OR l.name = 'external_id' AND l.value = lower(keys_at_rest.external_id COLLATE "C"))
		AND l.person_id <> person AND l.left_at > common.real_now() - profiles.keys_rest()
		AND NOT EXISTS (SELECT FROM profiles.person o WHERE o.id = l.person_id AND o.merged_into = person));

-- Whoever goes by a key until the end of this transaction may be found by it until then: at the latest when
-- the statement is cancelled, or five seconds later if the transaction continues.
CREATE OR REPLACE FUNCTION profiles.keys_left() RETURNS timestamptz
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
RETURN common.real_now() + interval '5 seconds' + current_setting('statement_timeout')::interval;

-- An import need not allow for this: it waits after its hold has been committed.
CREATE OR REPLACE FUNCTION profiles.person_keys() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
	IF new.status <> 'inactive' AND new.rekeyed_by IS NULL THEN
		IF profiles.keys_at_rest(new.id, new.user_name, new.email, new.external_id) THEN
			PERFORM common.refuse('name_not_free_yet');
		END IF;
		new.keys_left_at := NULL;
	ELSIF tg_op = 'INSERT' THEN
		new.keys_left_at := '-infinity';
	ELSIF new.rekeyed_by IS NOT NULL THEN
		new.keys_left_at := common.real_now();
	ELSIF old.status <> 'inactive' AND old.rekeyed_by IS NULL THEN
		new.keys_left_at := profiles.keys_left();
	END IF;
	RETURN new;
END $$;

-- After people were added: none of their keys is at rest. The few keys that are at rest are found by time,
-- then compared with all new people at once. The plan is kept, and suits one person and thousands.
CREATE OR REPLACE FUNCTION profiles.person_keys_came() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
	SET enable_seqscan = off SET enable_nestloop = off AS $$
DECLARE
	since timestamptz := common.real_now() - profiles.keys_rest();
BEGIN
	IF EXISTS (SELECT FROM new_rows n
			CROSS JOIN LATERAL (VALUES ('user_name', lower(n.user_name COLLATE "C")),
				('email', lower(n.email COLLATE "C")),
				('external_id', lower(n.external_id COLLATE "C"))) k(name, value)
			JOIN profiles.key_at_rest l ON l.name = k.name AND l.value = k.value
		WHERE n.status <> 'inactive' AND n.rekeyed_by IS NULL AND l.left_at > since) THEN
		PERFORM common.refuse('name_not_free_yet');
	END IF;
	RETURN NULL;
END $$;

-- A key that a person gives up while they keep going by others. (Of an erased person nothing is kept.)
CREATE OR REPLACE FUNCTION profiles.person_key_left() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
	INSERT INTO profiles.key_left (name, value, person_id, left_at)
	SELECT k.name, k.was, new.id, profiles.keys_left()
	FROM (VALUES ('user_name', lower(old.user_name COLLATE "C"), lower(new.user_name COLLATE "C")),
		('email', lower(old.email COLLATE "C"), lower(new.email COLLATE "C")),
		('external_id', lower(old.external_id COLLATE "C"), lower(new.external_id COLLATE "C")))
		k(name, was, becomes)
	WHERE k.was IS NOT NULL AND k.was IS DISTINCT FROM k.becomes
	ON CONFLICT (name, value, person_id) DO UPDATE SET left_at = excluded.left_at;
	RETURN NULL;
END $$;

CREATE OR REPLACE TRIGGER person_keys_come BEFORE INSERT ON profiles.person FOR EACH ROW
	WHEN (new.status = 'inactive' OR new.rekeyed_by IS NOT NULL OR new.keys_left_at IS NOT NULL)
	EXECUTE FUNCTION profiles.person_keys();
CREATE OR REPLACE TRIGGER person_keys_came AFTER INSERT ON profiles.person REFERENCING NEW TABLE AS new_rows
	FOR EACH STATEMENT EXECUTE FUNCTION profiles.person_keys_came();
CREATE OR REPLACE TRIGGER person_keys_change BEFORE UPDATE ON profiles.person FOR EACH ROW
	WHEN ((old.user_name, old.email, old.external_id, old.status = 'inactive', old.rekeyed_by)
		IS DISTINCT FROM
			(new.user_name, new.email, new.external_id, new.status = 'inactive', new.rekeyed_by))
	EXECUTE FUNCTION profiles.person_keys();
CREATE OR REPLACE TRIGGER person_key_left AFTER UPDATE ON profiles.person FOR EACH ROW
	WHEN (old.status <> 'inactive' AND old.rekeyed_by IS NULL AND new.user_name NOT LIKE 'erased:%'
		AND (old.user_name, old.email, old.external_id)
			IS DISTINCT FROM (new.user_name, new.email, new.external_id))
	EXECUTE FUNCTION profiles.person_key_left();

GRANT EXECUTE ON FUNCTION profiles.keys_rest(), profiles.keys_at_rest(uuid, text, text, text),
	profiles.keys_left(), profiles.person_keys(),
	profiles.person_key_left() TO upward_profiles;
GRANT SELECT ON profiles.key_at_rest TO upward_profiles;
