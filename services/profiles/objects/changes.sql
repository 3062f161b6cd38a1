-- Rows that a statement changes without saying when, for those who ask what has changed since.
CREATE OR REPLACE TRIGGER touched BEFORE UPDATE ON profiles.skill FOR EACH ROW
	WHEN (new.updated_at = old.updated_at) EXECUTE FUNCTION common.touch();
CREATE OR REPLACE TRIGGER touched BEFORE UPDATE ON profiles.person FOR EACH ROW
	WHEN (new.updated_at = old.updated_at) EXECUTE FUNCTION common.touch();
CREATE OR REPLACE TRIGGER touched BEFORE UPDATE ON profiles.listing FOR EACH ROW
	WHEN (new.updated_at = old.updated_at) EXECUTE FUNCTION common.touch();
CREATE OR REPLACE TRIGGER touched BEFORE UPDATE ON profiles.listing_reply FOR EACH ROW
	WHEN (new.updated_at = old.updated_at) EXECUTE FUNCTION common.touch();
CREATE OR REPLACE TRIGGER touched BEFORE UPDATE ON profiles.import_mapping FOR EACH ROW
	WHEN (new.updated_at = old.updated_at) EXECUTE FUNCTION common.touch();
CREATE OR REPLACE TRIGGER touched BEFORE UPDATE ON profiles.delegate FOR EACH ROW
	WHEN (new.updated_at = old.updated_at) EXECUTE FUNCTION common.touch();
CREATE OR REPLACE TRIGGER touched BEFORE UPDATE ON profiles.training_record FOR EACH ROW
	WHEN (new.updated_at = old.updated_at) EXECUTE FUNCTION common.touch();
CREATE OR REPLACE TRIGGER touched BEFORE UPDATE ON profiles.skill_check FOR EACH ROW
	WHEN (new.updated_at = old.updated_at) EXECUTE FUNCTION common.touch();
CREATE OR REPLACE TRIGGER touched BEFORE UPDATE ON profiles.import FOR EACH ROW
	WHEN (new.updated_at = old.updated_at) EXECUTE FUNCTION common.touch();
