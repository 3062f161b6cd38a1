-- A mapping as the API shows it.
CREATE OR REPLACE FUNCTION profiles.import_mapping_json(m profiles.import_mapping) RETURNS json
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
RETURN json_build_object('id', m.id, 'name', m.name, 'columns', coalesce(m.rules -> 'columns', '[]'),
	'ignore', coalesce(m.rules -> 'ignore', '[]'), 'fixed', coalesce(m.rules -> 'fixed', '[]'),
	'date_format', m.rules -> 'date_format', 'delimiter', m.rules -> 'delimiter',
	'charset', m.rules -> 'charset', 'level', m.rules -> 'level', 'out_of_scope', m.rules -> 'out_of_scope',
	'reports_of_leavers', coalesce(m.rules ->> 'reports_of_leavers', 'keep'),
	'updated_at', common.instant(m.updated_at), 'version', m.version,
	'can', json_build_array('patch', 'delete'),
	'links', json_build_object('self', '/api/v1/imports/mappings/' || m.id));

-- What rules may not say although each member is well formed: a column that is not ours, or one twice;
-- meanings of values that tell people apart, which a report would list; a value with two meanings; a title
-- table without titles; a rule of scope that leaves nobody out.
CREATE OR REPLACE FUNCTION profiles.import_rules_fault(rules jsonb) RETURNS TABLE (code text, pointer text)
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
	WITH mapped AS (SELECT c.value, c.place - 1 AS place, c.value ->> 'ours' AS ours
			FROM jsonb_array_elements(coalesce(rules -> 'columns', '[]')) WITH ORDINALITY c(value, place)),
		meaning AS (
			SELECT format('/columns/%s/values', m.place) AS pointer, lower(t COLLATE "C") AS theirs
			FROM mapped m, jsonb_array_elements(coalesce(m.value -> 'values', '[]')) v,
				jsonb_array_elements_text(v -> 'theirs') t
			UNION ALL
			SELECT '/level/values', lower(t COLLATE "C")
			FROM jsonb_array_elements(coalesce(nullif(rules -> 'level', 'null') -> 'values', '[]')) v,
				jsonb_array_elements_text(v -> 'theirs') t)
	SELECT 'unprocessable', format('/columns/%s/ours', m.place) FROM mapped m
	WHERE m.ours <> ALL (ARRAY['external_id', 'user_name', 'given_name', 'family_name', 'email', 'title',
		'department', 'location', 'country', 'time_zone', 'level', 'manager_external_id', 'hired_on',
		'active', 'languages', 'skills', 'interests', 'active_from', 'active_until',
		'on_leave_from', 'on_leave_until', 'executive', 'holiday_region'])
	UNION ALL
	SELECT 'duplicate_items', format('/columns/%s/ours', m.place) FROM mapped m
	WHERE EXISTS (SELECT FROM mapped o WHERE o.ours = m.ours AND o.place < m.place)
	UNION ALL
	SELECT 'unprocessable', format('/columns/%s/values', m.place) FROM mapped m
	WHERE jsonb_array_length(coalesce(m.value -> 'values', '[]')) > 0 AND m.ours IN ('external_id',
		'user_name', 'given_name', 'family_name', 'email', 'manager_external_id')
	UNION ALL
	SELECT 'duplicate_items', m.pointer FROM meaning m GROUP BY m.pointer, m.theirs HAVING count(*) > 1
	UNION ALL
	SELECT 'unprocessable', '/level/values'
	WHERE rules #>> '{level,from}' = 'title' AND NOT EXISTS (SELECT FROM meaning m
		WHERE m.pointer = '/level/values')
	UNION ALL
	SELECT 'unprocessable', format('/out_of_scope/rules/%s', r.place - 1)
	FROM jsonb_array_elements(coalesce(rules #> '{out_of_scope,rules}', '[]')) WITH ORDINALITY r(value, place)
	WHERE jsonb_array_length(coalesce(r.value -> 'values', '[]')) = 0
		AND NOT coalesce((r.value ->> 'empty')::boolean, false);
END;

GRANT EXECUTE ON FUNCTION profiles.import_mapping_json(profiles.import_mapping),
	profiles.import_rules_fault(jsonb) TO upward_profiles;
