-- The personal data in this schema. catalogue.yaml says what an export shows and an erasure removes.
CREATE OR REPLACE FUNCTION matching.export_person(person uuid) RETURNS json
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
	RETURN common.export_rows('matching', person);
END $$;

CREATE OR REPLACE FUNCTION matching.erase_person(person uuid) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
	PERFORM common.erase_rows('matching', person);
END $$;

GRANT EXECUTE ON FUNCTION matching.export_person(uuid), matching.erase_person(uuid)
	TO upward_matching;
