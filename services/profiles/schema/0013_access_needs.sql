-- How people like to meet.
CREATE TABLE profiles.person_channel (
	person_id uuid NOT NULL CONSTRAINT person_channel_person REFERENCES profiles.person (id),
	channel text NOT NULL CONSTRAINT person_channel_known
		CHECK (channel IN ('in_person', 'phone', 'video', 'chat')),
	CONSTRAINT person_channel_once PRIMARY KEY (person_id, channel)
);
GRANT SELECT, INSERT, DELETE ON profiles.person_channel TO upward_profiles;

-- What somebody needs to take part in a meeting. Only they see it; others meet it as an arrangement of a
-- session (profiles.arrangement). It tells of health, so row security holds it, and nothing else of the
-- person changes with it.
CREATE TABLE profiles.person_access_need (
	person_id uuid NOT NULL CONSTRAINT person_access_need_person REFERENCES profiles.person (id),
	need text NOT NULL CONSTRAINT person_access_need_known CHECK (need IN ('captions', 'sign_language',
		'step_free', 'hearing_loop', 'quiet_room', 'large_print', 'breaks', 'written_notes')),
	CONSTRAINT person_access_need_once PRIMARY KEY (person_id, need)
);
ALTER TABLE profiles.person_access_need ENABLE ROW LEVEL SECURITY;
ALTER TABLE profiles.person_access_need FORCE ROW LEVEL SECURITY;
CREATE POLICY person_access_need_own ON profiles.person_access_need TO upward_profiles
	USING (person_id = nullif(current_setting('app.actor', true), '')::uuid);
CREATE POLICY person_access_need_all ON profiles.person_access_need TO owner USING (true);
GRANT SELECT, INSERT, DELETE ON profiles.person_access_need TO upward_profiles;
COMMENT ON TABLE profiles.person_access_need
	IS 'unaudited: that somebody has needs is confidential; only they change them';
