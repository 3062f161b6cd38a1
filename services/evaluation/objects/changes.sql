-- Rows that a statement changes without saying when, for those who ask what has changed since.
CREATE OR REPLACE TRIGGER touched BEFORE UPDATE ON evaluation.goal FOR EACH ROW
	WHEN (new.updated_at = old.updated_at) EXECUTE FUNCTION common.touch();
CREATE OR REPLACE TRIGGER touched BEFORE UPDATE ON evaluation.assessment FOR EACH ROW
	WHEN (new.updated_at = old.updated_at) EXECUTE FUNCTION common.touch();
CREATE OR REPLACE TRIGGER touched BEFORE UPDATE ON evaluation.attempt FOR EACH ROW
	WHEN (new.updated_at = old.updated_at) EXECUTE FUNCTION common.touch();
CREATE OR REPLACE TRIGGER touched BEFORE UPDATE ON evaluation.snapshot FOR EACH ROW
	WHEN (new.updated_at = old.updated_at) EXECUTE FUNCTION common.touch();
CREATE OR REPLACE TRIGGER touched BEFORE UPDATE ON evaluation.certificate FOR EACH ROW
	WHEN (new.updated_at = old.updated_at) EXECUTE FUNCTION common.touch();
CREATE OR REPLACE TRIGGER touched BEFORE UPDATE ON evaluation.disclosure FOR EACH ROW
	WHEN (new.updated_at = old.updated_at) EXECUTE FUNCTION common.touch();
CREATE OR REPLACE TRIGGER touched BEFORE UPDATE ON evaluation.help_request FOR EACH ROW
	WHEN (new.updated_at = old.updated_at) EXECUTE FUNCTION common.touch();
CREATE OR REPLACE TRIGGER touched BEFORE UPDATE ON evaluation.improvement FOR EACH ROW
	WHEN (new.updated_at = old.updated_at) EXECUTE FUNCTION common.touch();
CREATE OR REPLACE TRIGGER touched BEFORE UPDATE ON evaluation.story FOR EACH ROW
	WHEN (new.updated_at = old.updated_at) EXECUTE FUNCTION common.touch();
