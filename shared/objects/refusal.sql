-- Ends the statement, and with it the transaction, with a code from api/problems.yaml. VOLATILE: an
-- immutable function would be evaluated, and would raise, when the statement is planned.
CREATE OR REPLACE FUNCTION common.refuse(code text, detail json DEFAULT NULL) RETURNS void
LANGUAGE plpgsql VOLATILE AS $$
BEGIN
	RAISE EXCEPTION USING ERRCODE = 'UP001', MESSAGE = code, DETAIL = coalesce(detail::text, '');
END $$;

-- The end of a statement that acts on the caller's object: it was there, or else it does not exist for the
-- caller.
CREATE OR REPLACE FUNCTION common.found(rows bigint) RETURNS void LANGUAGE plpgsql VOLATILE AS $$
BEGIN
	IF rows = 0 THEN
		PERFORM common.refuse('not_found');
	END IF;
END $$;

GRANT EXECUTE ON FUNCTION common.refuse(text, json), common.found(bigint)
	TO guard, upward_profiles, upward_matching, upward_scheduling, upward_evaluation;
