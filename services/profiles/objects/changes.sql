-- Rows that a statement changes without saying when, for those who ask what has changed since.
CREATE OR REPLACE TRIGGER touched BEFORE UPDATE ON profiles.skill FOR EACH ROW
	WHEN (new.updated_at = old.updated_at) EXECUTE FUNCTION common.touch();
