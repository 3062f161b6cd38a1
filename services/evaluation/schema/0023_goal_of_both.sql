-- Whether both partners have had a hand in the words of a goal. What one alone has worded is disclosed with
-- that person's words; what both have, only to whom both are disclosed, so that each is told. Of goals from
-- before, nobody knows: they count as worded by both.
ALTER TABLE evaluation.goal ADD of_both boolean NOT NULL DEFAULT true;
ALTER TABLE evaluation.goal ALTER of_both SET DEFAULT false;
ALTER POLICY goal_disclosed ON evaluation.goal USING ((pair_id, coalesce(worded_by, proposed_by)) IN (
		SELECT x.pair_id, x.author_id FROM evaluation.acting_disclosures('goal') x)
	AND (NOT of_both OR pair_id IN (SELECT x.pair_id FROM evaluation.acting_disclosures('goal') x
		GROUP BY x.pair_id HAVING count(DISTINCT x.author_id) = 2)));
