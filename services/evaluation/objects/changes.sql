-- Rows that a statement changes without saying when, for those who ask what has changed since.
CREATE OR REPLACE TRIGGER touched BEFORE UPDATE ON evaluation.goal FOR EACH ROW
	WHEN (new.updated_at = old.updated_at) EXECUTE FUNCTION common.touch();
CREATE OR REPLACE TRIGGER touched BEFORE UPDATE ON evaluation.assessment FOR EACH ROW
	WHEN (new.updated_at = old.updated_at) EXECUTE FUNCTION common.touch();
CREATE OR REPLACE TRIGGER touched BEFORE UPDATE ON evaluation.attempt FOR EACH ROW
	WHEN (new.updated_at = old.updated_at) EXECUTE FUNCTION common.touch();
