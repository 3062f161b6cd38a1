-- The time that both had agreed on stays theirs while a move of it waits for an answer.
ALTER TABLE scheduling.session ADD kept_starts_at timestamptz, ADD kept_ends_at timestamptz,
	ADD kept_time_zone text, ADD kept_utc_offset int,
	ADD CONSTRAINT session_kept CHECK (num_nulls(kept_starts_at, kept_ends_at, kept_time_zone) IN (0, 3)
		AND (kept_starts_at IS NULL OR kept_starts_at < kept_ends_at AND status = 'proposed')) NOT VALID;

CREATE INDEX session_kept_until ON scheduling.session (kept_starts_at) WHERE kept_starts_at IS NOT NULL;

-- Such a time is reserved by rows of its own: part 0 is the time of the session, 1 and 2 what the proposed
-- time does not cover of the agreed one.
ALTER TABLE scheduling.participant ADD part smallint NOT NULL DEFAULT 0;
ALTER TABLE scheduling.participant DROP CONSTRAINT participant_once,
	ADD CONSTRAINT participant_once PRIMARY KEY (session_id, person_id, part),
	ADD CONSTRAINT participant_part CHECK (part = 0 OR part IN (1, 2) AND live) NOT VALID;

ALTER TABLE scheduling.session_history DROP CONSTRAINT session_history_change,
	ADD CONSTRAINT session_history_change CHECK (change IN ('booked', 'rescheduled', 'reverted', 'confirmed',
		'cancelled', 'held', 'missed', 'unreported')) NOT VALID;
