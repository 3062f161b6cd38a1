-- A UUIDv7 (RFC 9562) for rows that one statement makes many of; C makes all others.
CREATE FUNCTION common.new_id() RETURNS uuid LANGUAGE sql VOLATILE PARALLEL SAFE
RETURN encode(set_bit(set_bit(overlay(uuid_send(gen_random_uuid())
	PLACING substring(int8send((extract(epoch FROM pg_catalog.now()) * 1000)::bigint) FROM 3) FROM 1 FOR 6), 52, 1), 53, 1), 'hex')::uuid;
GRANT EXECUTE ON FUNCTION common.new_id()
	TO guard, upward_profiles, upward_matching, upward_scheduling, upward_evaluation;
