-- The objects of scheduling on the pages of others: by id and with the owner's rights, for
-- upward_evaluation reads no table here. A session is shown to one of its pair alone; whether the actor may
-- see an agreement or a plan is for the page to ask. In plpgsql, whose plans are kept.
CREATE FUNCTION scheduling.session_json(session_id uuid, actor uuid) RETURNS json
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
	RETURN (SELECT scheduling.session_json(s, $2) FROM scheduling.session s WHERE s.id = $1);
END $$;

CREATE FUNCTION scheduling.agreement_json(agreement_id uuid, actor uuid) RETURNS json
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
	RETURN (SELECT scheduling.agreement_json(a, $2) FROM scheduling.agreement a WHERE a.id = $1);
END $$;

CREATE FUNCTION scheduling.plan_json(agreement_id uuid) RETURNS json
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
	RETURN (SELECT scheduling.plan_json(a) FROM scheduling.agreement a WHERE a.id = $1);
END $$;

GRANT EXECUTE ON FUNCTION scheduling.session_json(uuid, uuid), scheduling.agreement_json(uuid, uuid),
	scheduling.plan_json(uuid) TO upward_evaluation;
