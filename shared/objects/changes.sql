-- What has changed since: every noun that a list shows has updated_at, the time of its transaction.

-- For a row that a statement changes without saying when.
CREATE OR REPLACE FUNCTION common.touch() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
	new.updated_at := common.now();
	RETURN new;
END $$;

-- The time before which nothing will change any more: what a transaction that is still open has changed, or
-- will, is later. Read before the list itself, in a statement of its own: whatever ends in between is either
-- in the list or later than this. A second more, since a transaction that has only just begun may not be
-- listed yet.
SET LOCAL ROLE guard;
CREATE OR REPLACE FUNCTION common.as_of() RETURNS timestamptz
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
RETURN least((SELECT min(a.xact_start) FROM pg_stat_activity a
		WHERE a.datname = current_database() AND a.backend_type = 'client backend'), pg_catalog.now())
	- interval '1 second' + (common.now() - pg_catalog.now());
GRANT EXECUTE ON FUNCTION common.as_of()
	TO upward_profiles, upward_matching, upward_scheduling, upward_evaluation;
