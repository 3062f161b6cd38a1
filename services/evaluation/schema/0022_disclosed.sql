-- Whoever has come to stand above one of the two reads nothing more of a disclosure, whatever a statement
-- says: the policies ask, too. Once for each statement, not for each row.
CREATE FUNCTION evaluation.acting_disclosures(kind text)
	RETURNS TABLE (pair_id uuid, programme_id uuid, author_id uuid)
LANGUAGE plpgsql STABLE ROWS 1 SET search_path = pg_catalog, pg_temp AS $$
DECLARE
	actor uuid := nullif(current_setting('app.actor', true), '')::uuid;
BEGIN
	RETURN QUERY SELECT d.pair_id, d.programme_id, d.author_id FROM evaluation.disclosure d
	WHERE d.requested_by = actor AND d.status = 'open' AND d.opened_at > common.now() - interval '1 hour'
		AND d.what = kind AND evaluation.impartial(actor, d.author_id, d.partner_id);
END $$;
GRANT EXECUTE ON FUNCTION evaluation.acting_disclosures(text) TO upward_evaluation;

ALTER POLICY feedback_disclosed ON evaluation.feedback USING ((pair_id, author_id) IN (
	SELECT x.pair_id, x.author_id FROM evaluation.acting_disclosures('feedback') x));
ALTER POLICY help_request_disclosed ON evaluation.help_request USING ((pair_id, author_id) IN (
	SELECT x.pair_id, x.author_id FROM evaluation.acting_disclosures('help_request') x));
ALTER POLICY response_disclosed ON evaluation.response USING ((programme_id, person_id) IN (
	SELECT x.programme_id, x.author_id FROM evaluation.acting_disclosures('survey') x));
ALTER POLICY goal_disclosed ON evaluation.goal USING ((pair_id, coalesce(worded_by, proposed_by)) IN (
	SELECT x.pair_id, x.author_id FROM evaluation.acting_disclosures('goal') x));
ALTER POLICY progress_disclosed ON evaluation.progress USING ((evaluation.goal_pair(goal_id), author_id) IN (
	SELECT x.pair_id, x.author_id FROM evaluation.acting_disclosures('goal') x));
