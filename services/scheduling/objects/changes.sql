-- Rows that a statement changes without saying when, for those who ask what has changed since.
CREATE OR REPLACE TRIGGER touched BEFORE UPDATE ON scheduling.agreement FOR EACH ROW
	WHEN (new.updated_at = old.updated_at) EXECUTE FUNCTION common.touch();
CREATE OR REPLACE TRIGGER touched BEFORE UPDATE ON scheduling.session FOR EACH ROW
	WHEN (new.updated_at = old.updated_at) EXECUTE FUNCTION common.touch();
CREATE OR REPLACE TRIGGER touched BEFORE UPDATE ON scheduling.calendar_feed FOR EACH ROW
	WHEN (new.updated_at = old.updated_at) EXECUTE FUNCTION common.touch();
CREATE OR REPLACE TRIGGER touched BEFORE UPDATE ON scheduling.busy_calendar FOR EACH ROW
	WHEN (new.updated_at = old.updated_at) EXECUTE FUNCTION common.touch();
CREATE OR REPLACE TRIGGER touched BEFORE UPDATE ON scheduling.gathering FOR EACH ROW
	WHEN (new.updated_at = old.updated_at) EXECUTE FUNCTION common.touch();
CREATE OR REPLACE TRIGGER touched BEFORE UPDATE ON scheduling.touchpoint FOR EACH ROW
	WHEN (new.updated_at = old.updated_at) EXECUTE FUNCTION common.touch();
CREATE OR REPLACE TRIGGER touched BEFORE UPDATE ON scheduling.notification FOR EACH ROW
	WHEN (new.updated_at = old.updated_at) EXECUTE FUNCTION common.touch();
CREATE OR REPLACE TRIGGER touched BEFORE UPDATE ON scheduling.held_mailbox FOR EACH ROW
	WHEN (new.updated_at = old.updated_at) EXECUTE FUNCTION common.touch();
CREATE OR REPLACE TRIGGER touched BEFORE UPDATE ON scheduling.preference FOR EACH ROW
	WHEN (new.updated_at = old.updated_at) EXECUTE FUNCTION common.touch();
CREATE OR REPLACE TRIGGER touched BEFORE UPDATE ON scheduling.takeaway FOR EACH ROW
	WHEN (new.updated_at = old.updated_at) EXECUTE FUNCTION common.touch();
CREATE OR REPLACE TRIGGER touched BEFORE UPDATE ON scheduling.chat FOR EACH ROW
	WHEN (new.updated_at = old.updated_at) EXECUTE FUNCTION common.touch();
CREATE OR REPLACE TRIGGER touched BEFORE UPDATE ON scheduling.delivery FOR EACH ROW
	WHEN (new.updated_at = old.updated_at) EXECUTE FUNCTION common.touch();
