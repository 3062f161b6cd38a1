-- What pairs write, and insights before they are published, have a second wall: whatever a statement says,
-- row security shows the words of a goal and of its progress to the two alone, and an improvement that is not
-- published to its pair, its owner and the coordinators. Views and functions of the owner read states and
-- dates for tasks and reports.

-- The pair whose progress it is; policies do not ask the rows of goals, which somebody else may see.
CREATE FUNCTION evaluation.goal_pair(goal uuid) RETURNS uuid
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
	RETURN (SELECT g.pair_id FROM evaluation.goal g WHERE g.id = goal_pair.goal);
END $$;

-- The pairs of whoever acts, and the programmes that they coordinate.
CREATE FUNCTION evaluation.acting_pairs() RETURNS TABLE (pair_id uuid)
LANGUAGE plpgsql STABLE ROWS 5 SET search_path = pg_catalog, pg_temp AS $$
BEGIN
	RETURN QUERY SELECT m.pair_id FROM matching.pair_member m
		WHERE m.person_id = nullif(current_setting('app.actor', true), '')::uuid;
END $$;
CREATE FUNCTION evaluation.acting_programmes() RETURNS TABLE (programme_id uuid)
LANGUAGE plpgsql STABLE ROWS 5 SET search_path = pg_catalog, pg_temp AS $$
BEGIN
	RETURN QUERY SELECT c.programme_id FROM matching.programme_coordinator c
		WHERE c.person_id = nullif(current_setting('app.actor', true), '')::uuid;
END $$;
GRANT EXECUTE ON FUNCTION evaluation.goal_pair(uuid), evaluation.acting_pairs(),
	evaluation.acting_programmes() TO upward_evaluation;

ALTER TABLE evaluation.goal ENABLE ROW LEVEL SECURITY;
ALTER TABLE evaluation.goal FORCE ROW LEVEL SECURITY;
ALTER TABLE evaluation.progress ENABLE ROW LEVEL SECURITY;
ALTER TABLE evaluation.progress FORCE ROW LEVEL SECURITY;
ALTER TABLE evaluation.improvement ENABLE ROW LEVEL SECURITY;
ALTER TABLE evaluation.improvement FORCE ROW LEVEL SECURITY;
CREATE POLICY goal_owner ON evaluation.goal TO owner USING (true);
CREATE POLICY progress_owner ON evaluation.progress TO owner USING (true);
CREATE POLICY improvement_owner ON evaluation.improvement TO owner USING (true);

CREATE POLICY goal_pair ON evaluation.goal TO upward_evaluation
	USING (pair_id IN (SELECT x.pair_id FROM evaluation.acting_pairs() x));
CREATE POLICY progress_pair ON evaluation.progress TO upward_evaluation
	USING (evaluation.goal_pair(goal_id) IN (SELECT x.pair_id FROM evaluation.acting_pairs() x));
CREATE POLICY improvement_published ON evaluation.improvement FOR SELECT TO upward_evaluation
	USING (status IN ('planned', 'underway', 'adopted'));
CREATE POLICY improvement_party ON evaluation.improvement TO upward_evaluation
	USING (owner_id = nullif(current_setting('app.actor', true), '')::uuid
		OR pair_id IN (SELECT x.pair_id FROM evaluation.acting_pairs() x)
		OR programme_id IN (SELECT x.programme_id FROM evaluation.acting_programmes() x));

-- A disclosure shows what its author wrote, and nothing of the partner's.
ALTER TABLE evaluation.disclosure DROP CONSTRAINT disclosure_what, ADD CONSTRAINT disclosure_what
	CHECK (what IN ('feedback', 'help_request', 'survey', 'goal')) NOT VALID;
CREATE POLICY goal_disclosed ON evaluation.goal FOR SELECT TO upward_evaluation
	USING (EXISTS (SELECT FROM evaluation.disclosure d
		WHERE d.requested_by = nullif(current_setting('app.actor', true), '')::uuid AND d.status = 'open'
			AND d.opened_at > common.now() - interval '1 hour' AND d.what = 'goal'
			AND d.pair_id = goal.pair_id AND d.author_id = goal.proposed_by));
CREATE POLICY progress_disclosed ON evaluation.progress FOR SELECT TO upward_evaluation
	USING (EXISTS (SELECT FROM evaluation.disclosure d
		WHERE d.requested_by = nullif(current_setting('app.actor', true), '')::uuid AND d.status = 'open'
			AND d.opened_at > common.now() - interval '1 hour' AND d.what = 'goal'
			AND d.pair_id = evaluation.goal_pair(progress.goal_id) AND d.author_id = progress.author_id));

-- The last release reads without saying for whom. A database that it serves lets it do so for an hour after
-- this file.
CREATE FUNCTION evaluation.last_release_reads() RETURNS boolean
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
	RETURN coalesce(current_setting('app.actor', true), '') = '' AND EXISTS (SELECT FROM common.migration m
		JOIN common.migration first ON first.module = m.module AND first.number = 1
		WHERE m.module = 'evaluation' AND m.name LIKE '%free\_text.sql'
			AND m.applied_at > common.now() - interval '1 hour'
			AND m.applied_at > first.applied_at + interval '1 hour');
END $$;
GRANT EXECUTE ON FUNCTION evaluation.last_release_reads() TO upward_evaluation;
CREATE POLICY goal_last_release ON evaluation.goal FOR SELECT TO upward_evaluation
	USING ((SELECT evaluation.last_release_reads()));
CREATE POLICY progress_last_release ON evaluation.progress FOR SELECT TO upward_evaluation
	USING ((SELECT evaluation.last_release_reads()));
CREATE POLICY improvement_last_release ON evaluation.improvement FOR SELECT TO upward_evaluation
	USING ((SELECT evaluation.last_release_reads()));
