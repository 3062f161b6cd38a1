-- Whose words a goal is in: a partner who moves its date alone proposes it, and has not worded it. Null, in
-- rows of earlier releases: whoever proposed it.
ALTER TABLE evaluation.goal ADD worded_by uuid;
ALTER POLICY goal_disclosed ON evaluation.goal
	USING (EXISTS (SELECT FROM evaluation.disclosure d
		WHERE d.requested_by = nullif(current_setting('app.actor', true), '')::uuid AND d.status = 'open'
			AND d.opened_at > common.now() - interval '1 hour' AND d.what = 'goal'
			AND d.pair_id = goal.pair_id AND d.author_id = coalesce(goal.worded_by, goal.proposed_by)));
