-- The personal data in this schema. catalogue.yaml says what an export shows and an erasure removes.
CREATE OR REPLACE FUNCTION scheduling.export_person(person uuid) RETURNS json
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
	RETURN common.export_rows('scheduling', person);
END $$;

CREATE OR REPLACE FUNCTION scheduling.erase_person(person uuid) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
	PERFORM common.erase_rows('scheduling', person);
END $$;

GRANT EXECUTE ON FUNCTION scheduling.export_person(uuid), scheduling.erase_person(uuid)
	TO upward_scheduling;
