-- Rounds that start by themselves. A coordinator still publishes them.

-- auto_round_start(): one that is due. If somebody starts one at the same moment, theirs runs
-- (round_one_at_a_time).
INSERT INTO round (id, programme_id, policy_number, seed, automatic)
SELECT common.new_id(), d.programme_id, d.policy_number, 1, true
FROM auto_round_due d ORDER BY d.programme_id LIMIT 1
ON CONFLICT DO NOTHING RETURNING id;
