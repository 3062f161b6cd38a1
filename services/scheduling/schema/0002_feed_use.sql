-- The day a feed was last fetched, so that its owner sees whether it is in use. No finer: a calendar
-- program's habits are nobody's business.
ALTER TABLE scheduling.calendar_feed ADD last_fetched_on date;

CREATE FUNCTION scheduling.session_json(s scheduling.session, actor uuid) RETURNS json
LANGUAGE sql STABLE SET search_path = scheduling, pg_catalog, pg_temp
RETURN (SELECT json_build_object('id', s.id, 'pair_id', s.pair_id, 'partner', profiles.card_json(m.partner_id),
		'kind', s.kind, 'status', s.status,
		'starts_at', common.instant(s.starts_at), 'ends_at', common.instant(s.ends_at), 'time_zone', s.time_zone,
		'duration_minutes', (extract(epoch FROM s.ends_at - s.starts_at) / 60)::int,
		'mode', s.mode, 'place', s.place, 'agenda', s.agenda, 'sequence', s.sequence,
		'cancel_reason', CASE WHEN s.status = 'cancelled' THEN s.reason END,
		'created_at', common.instant(s.created_at), 'updated_at', common.instant(s.updated_at),
		'version', s.version,
		'can', array_to_json(array_remove(ARRAY[
			CASE WHEN s.status IN ('proposed', 'confirmed') AND s.starts_at > common.now() THEN 'patch' END,
			CASE WHEN s.status IN ('proposed', 'confirmed') AND s.starts_at > common.now() THEN 'cancellation' END,
			CASE WHEN s.status IN ('confirmed', 'unreported', 'missed') AND s.starts_at <= common.now() THEN 'report' END], NULL)),
		'links', json_build_object('self', '/api/v1/sessions/' || s.id, 'pair', '/api/v1/pairs/' || s.pair_id))
	FROM matching.pair_member m WHERE m.pair_id = s.pair_id AND m.person_id = actor);

CREATE FUNCTION scheduling.calendar_feed_json(f scheduling.calendar_feed) RETURNS json
LANGUAGE sql STABLE SET search_path = scheduling, pg_catalog, pg_temp
RETURN json_build_object('id', f.id, 'kind', f.kind, 'url', NULL, 'created_at', common.instant(f.created_at),
	'last_fetched_on', f.last_fetched_on, 'version', f.version, 'can', json_build_array('delete'),
	'links', json_build_object('self', '/api/v1/calendar-feeds/' || f.id));

GRANT EXECUTE ON FUNCTION scheduling.session_json(scheduling.session, uuid),
	scheduling.calendar_feed_json(scheduling.calendar_feed) TO upward_scheduling;
