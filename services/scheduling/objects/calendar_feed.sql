CREATE OR REPLACE FUNCTION scheduling.calendar_feed_json(f scheduling.calendar_feed) RETURNS json
LANGUAGE sql STABLE SET search_path = scheduling, pg_catalog, pg_temp
RETURN json_build_object('id', f.id, 'kind', f.kind, 'url', NULL, 'created_at', common.instant(f.created_at),
	'last_fetched_on', f.last_fetched_on, 'version', f.version, 'can', json_build_array('delete'),
	'links', json_build_object('self', '/api/v1/calendar-feeds/' || f.id));

GRANT EXECUTE ON FUNCTION scheduling.calendar_feed_json(scheduling.calendar_feed) TO upward_scheduling;
