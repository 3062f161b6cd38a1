CREATE OR REPLACE TRIGGER exclusion_wall BEFORE INSERT ON matching.exclusion
	FOR EACH STATEMENT EXECUTE FUNCTION profiles.standing_wall();
