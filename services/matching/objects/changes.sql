-- Rows that a statement changes without saying when, for those who ask what has changed since.
CREATE OR REPLACE TRIGGER touched BEFORE UPDATE ON matching.programme FOR EACH ROW
	WHEN (new.updated_at = old.updated_at) EXECUTE FUNCTION common.touch();
CREATE OR REPLACE TRIGGER touched BEFORE UPDATE ON matching.enrolment FOR EACH ROW
	WHEN (new.updated_at = old.updated_at) EXECUTE FUNCTION common.touch();
CREATE OR REPLACE TRIGGER touched BEFORE UPDATE ON matching.round FOR EACH ROW
	WHEN (new.updated_at = old.updated_at) EXECUTE FUNCTION common.touch();
CREATE OR REPLACE TRIGGER touched BEFORE UPDATE ON matching.shortlist FOR EACH ROW
	WHEN (new.updated_at = old.updated_at) EXECUTE FUNCTION common.touch();
CREATE OR REPLACE TRIGGER touched BEFORE UPDATE ON matching.pair FOR EACH ROW
	WHEN (new.updated_at = old.updated_at) EXECUTE FUNCTION common.touch();
CREATE OR REPLACE TRIGGER touched BEFORE UPDATE ON matching.cohort FOR EACH ROW
	WHEN (new.updated_at = old.updated_at) EXECUTE FUNCTION common.touch();
CREATE OR REPLACE TRIGGER touched BEFORE UPDATE ON matching.resource FOR EACH ROW
	WHEN (new.updated_at = old.updated_at) EXECUTE FUNCTION common.touch();
CREATE OR REPLACE TRIGGER touched BEFORE UPDATE ON matching.sponsor FOR EACH ROW
	WHEN (new.updated_at = old.updated_at) EXECUTE FUNCTION common.touch();
CREATE OR REPLACE TRIGGER touched BEFORE UPDATE ON matching.objection FOR EACH ROW
	WHEN (new.updated_at = old.updated_at) EXECUTE FUNCTION common.touch();
