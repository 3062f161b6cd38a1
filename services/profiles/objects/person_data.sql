-- The personal data in this schema. catalogue.yaml says what an export shows and an erasure removes.
CREATE OR REPLACE FUNCTION profiles.export_person(person uuid) RETURNS json
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
	RETURN common.export_rows('profiles', person);
END $$;

-- An erased person leaves, as if HR had said so: their pairs are suspended and their enrolments end. The
-- reporting-line lock is taken before any row lock.
CREATE OR REPLACE FUNCTION profiles.erase_person(person uuid) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
	PERFORM pg_advisory_xact_lock(7, 1);
	PERFORM common.erase_rows('profiles', person);
END $$;

GRANT EXECUTE ON FUNCTION profiles.export_person(uuid), profiles.erase_person(uuid)
	TO upward_profiles;
