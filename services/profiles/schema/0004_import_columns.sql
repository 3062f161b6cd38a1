-- A delta import changes the columns it has and leaves the others alone.
ALTER TABLE profiles.import ADD columns text[] NOT NULL DEFAULT '{}';

-- Rows that deactivate people who are missing from a full file have negative line numbers.
-- The key of a person's name within one file.
CREATE INDEX import_row_user ON profiles.import_row (import_id, lower(user_name));
CREATE INDEX import_row_person ON profiles.import_row (import_id, person_id);

-- An import as the API shows it.
CREATE FUNCTION profiles.import_json(i profiles.import) RETURNS json
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
RETURN json_build_object('id', i.id, 'status', i.status, 'mode', i.mode, 'dry_run', i.dry_run,
	'progress', json_build_object('done', i.rows_done, 'total', nullif(i.rows_total, 0)),
	'counts', json_build_object('rows', i.rows_total, 'created', i.created, 'updated', i.updated,
		'unchanged', i.unchanged, 'deactivated', i.deactivated, 'skipped', i.skipped, 'faults', i.faults),
	'problem', i.reason,
	'created_at', common.instant(i.created_at), 'finished_at', common.instant(i.finished_at),
	'version', i.version,
	'can', CASE i.status WHEN 'checked' THEN json_build_array('confirmation', 'cancellation')
		WHEN 'queued' THEN json_build_array('cancellation')
		WHEN 'checking' THEN json_build_array('cancellation')
		WHEN 'applying' THEN json_build_array('cancellation') ELSE '[]' END,
	'links', json_build_object('self', '/api/v1/imports/' || i.id,
		'rows', '/api/v1/imports/' || i.id || '/rows'));
GRANT EXECUTE ON FUNCTION profiles.import_json(profiles.import) TO upward_profiles;
