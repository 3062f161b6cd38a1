-- The personal data in this schema. catalogue.yaml says what an export shows and an erasure removes.
CREATE OR REPLACE FUNCTION evaluation.export_person(person uuid) RETURNS json
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
	found_ json;
BEGIN
	PERFORM set_config('app.person', person::text, true);
	found_ := common.export_rows('evaluation', person);
	PERFORM set_config('app.person', '', true);
	RETURN found_;
END $$;

CREATE OR REPLACE FUNCTION evaluation.erase_person(person uuid) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
	PERFORM set_config('app.person', person::text, true);
	PERFORM common.erase_rows('evaluation', person);
	PERFORM set_config('app.person', '', true);
END $$;

GRANT EXECUTE ON FUNCTION evaluation.export_person(uuid), evaluation.erase_person(uuid)
	TO upward_evaluation;
