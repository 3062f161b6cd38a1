-- clock_set(ahead_seconds int8): moves business time for all services at once. The database refuses
-- it in production.
SELECT common.set_clock(:ahead_seconds);
