-- Objects that services of the last release still call.

-- kept until 2: dashboards of the last release read their tasks with it, without the pair
CREATE OR REPLACE FUNCTION evaluation.my_tasks(actor uuid, roles text[])
	RETURNS TABLE (programme_id uuid, kind text,
	due_at timestamptz, partner_id uuid, noun text, object_id uuid, text text, action text, link text)
LANGUAGE plpgsql VOLATILE SET search_path = evaluation, pg_catalog, pg_temp AS $$
BEGIN
	RETURN QUERY SELECT t.programme_id, t.kind, t.due_at, t.partner_id, t.noun, t.object_id, t.text, t.action,
		t.link
	FROM open_tasks(actor, roles) t;
END $$;
GRANT EXECUTE ON FUNCTION evaluation.my_tasks(uuid, text[]) TO upward_evaluation;
