-- Statements of the settings.

-- settings_read: values, defaults, and the last change.
SELECT json_build_object('values', s.body -> 'values', 'defaults', s.body -> 'defaults',
		'updated_at', common.instant(c.at),
		'updated_by', CASE WHEN c.actor IS NOT NULL THEN profiles.card_json(c.actor) END,
		'version', settings_version(), 'can', json_build_array('put'),
		'links', json_build_object('self', '/api/v1/settings',
			'history', '/api/v1/settings/history')) AS body,
	settings_version() AS version
FROM (SELECT settings_json() AS body) s
	LEFT JOIN LATERAL (SELECT * FROM common.setting_change c ORDER BY c.number DESC LIMIT 1) c ON true;

-- settings_write(body json, if_match bigint): all of them.
SELECT put_settings(:body, :if_match);

-- settings_history: newest first.
-- unprepared
-- updated_since: c.at
SELECT setting_change_json(c) AS body, c.number
FROM common.setting_change c
WHERE :after_number IS NULL OR c.number < :after_number
ORDER BY c.number DESC LIMIT :limit + 1;
