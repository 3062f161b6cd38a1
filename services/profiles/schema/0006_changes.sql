-- What of the taxonomy has changed since.
CREATE INDEX skill_changed ON profiles.skill (updated_at);
