CREATE OR REPLACE TRIGGER lock_reporting_lines BEFORE INSERT ON matching.exclusion
	FOR EACH STATEMENT EXECUTE FUNCTION profiles.lock_reporting_lines();
