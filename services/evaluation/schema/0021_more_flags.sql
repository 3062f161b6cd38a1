-- Two more rules of flags: days since anything happened to the goals of a pair, and missed sessions of the
-- last four. The index is for the first: only goals that nothing has happened to for long are read.
ALTER TABLE evaluation.flag_threshold
	ADD stale_goals int CONSTRAINT flag_threshold_stale CHECK (stale_goals BETWEEN 7 AND 180),
	ADD declining int CONSTRAINT flag_threshold_declining CHECK (declining BETWEEN 2 AND 4);
CREATE INDEX goal_untouched ON evaluation.goal (updated_at) WHERE status = 'agreed';
