-- Until when a message is its sender's alone, in real time: the business clock may be moved while it is being
-- sent. next_attempt_at moves with it, for senders of the release before.
ALTER TABLE scheduling.delivery ADD claimed_until timestamptz;
GRANT EXECUTE ON FUNCTION common.real_now() TO upward_scheduling;
