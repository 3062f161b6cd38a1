-- How a user_name or an email address changes hands, by whatever means: an import, a PATCH, a direct write.
-- A service caches for a while which person a key identifies. So the holder first gives the key up (by
-- leaving, or because an import puts their keys on hold), and nobody else gets it before every service has
-- forgotten the previous holder.

-- How long a service caches it: PRINCIPAL_LIFE_MS in C.
CREATE OR REPLACE FUNCTION profiles.keys_rest() RETURNS interval LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN interval '4 seconds';

-- Whether a service may still associate another person with one of these two keys.
CREATE OR REPLACE FUNCTION profiles.keys_at_rest(person uuid, user_name text, email text) RETURNS boolean
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
RETURN EXISTS (SELECT FROM profiles.person o
	WHERE lower(o.user_name COLLATE "C") = lower(keys_at_rest.user_name COLLATE "C")
		AND o.id <> person AND o.keys_left_at > common.real_now() - profiles.keys_rest())
	OR EXISTS (SELECT FROM profiles.person o
		WHERE lower(o.email COLLATE "C") = lower(keys_at_rest.email COLLATE "C")
		AND o.id <> person AND o.keys_left_at > common.real_now() - profiles.keys_rest());

-- A person who leaves can be found by their keys until that is committed: at the latest when the statement
-- is cancelled, or five seconds later if the transaction continues. An import need not allow for this: it
-- waits after its hold has been committed.
CREATE OR REPLACE FUNCTION profiles.person_keys() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
	IF new.status <> 'inactive' AND new.rekeyed_by IS NULL THEN
		IF profiles.keys_at_rest(new.id, new.user_name, new.email) THEN
			PERFORM common.refuse('name_not_free_yet');
		END IF;
		new.keys_left_at := NULL;
	ELSIF tg_op = 'INSERT' THEN
		new.keys_left_at := '-infinity';
	ELSIF new.rekeyed_by IS NOT NULL THEN
		new.keys_left_at := common.real_now();
	ELSIF old.status <> 'inactive' AND old.rekeyed_by IS NULL THEN
		new.keys_left_at := common.real_now() + interval '5 seconds'
			+ current_setting('statement_timeout')::interval;
	END IF;
	RETURN new;
END $$;

CREATE OR REPLACE TRIGGER person_keys_come BEFORE INSERT ON profiles.person
	FOR EACH ROW EXECUTE FUNCTION profiles.person_keys();
CREATE OR REPLACE TRIGGER person_keys_change BEFORE UPDATE ON profiles.person FOR EACH ROW
	WHEN ((old.user_name, old.email, old.status = 'inactive', old.rekeyed_by)
		IS DISTINCT FROM (new.user_name, new.email, new.status = 'inactive', new.rekeyed_by))
	EXECUTE FUNCTION profiles.person_keys();

GRANT EXECUTE ON FUNCTION profiles.keys_rest(), profiles.keys_at_rest(uuid, text, text),
	profiles.person_keys()
	TO upward_profiles;
