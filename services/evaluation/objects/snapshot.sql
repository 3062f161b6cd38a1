-- Snapshots: what the reports of a programme, or of the company, were at one moment. Reports are read from
-- nowhere else: between two snapshots nothing moves, and from one to the next only in fives.

-- Programmes with a snapshot to take: on the first of each month, until a year after their last day, and when
-- they are closed; and the company, null, on the first of each month.
CREATE OR REPLACE VIEW evaluation.snapshot_due AS
SELECT g.programme_id, coalesce(last.number, 0) + 1 AS number, g.status
FROM (SELECT p.programme_id, p.status FROM matching.programme_view p
		WHERE p.status NOT IN ('draft', 'cancelled') AND p.ends_on > common.today() - 365
		UNION ALL SELECT NULL, NULL) g
	LEFT JOIN LATERAL (SELECT s.number, s.taken_at, s.programme_status FROM evaluation.snapshot s
		WHERE coalesce(s.programme_id, '00000000-0000-0000-0000-000000000000')
			= coalesce(g.programme_id, '00000000-0000-0000-0000-000000000000')
		ORDER BY s.number DESC LIMIT 1) last ON true
WHERE last.number IS NULL OR last.taken_at < date_trunc('month', common.now(), 'UTC')
	OR g.status = 'closed' AND last.programme_status <> 'closed';

-- Two JSON objects as one.
CREATE OR REPLACE FUNCTION evaluation.joined(one json, other json) RETURNS json
LANGUAGE sql IMMUTABLE STRICT SET search_path = pg_catalog, pg_temp
RETURN (left(rtrim(one::text), -1) || ', ' || substr(ltrim(other::text), 2))::json;

-- A chart of the rows (Vega-Lite): for each value of the label a bar for each measure. The rows are the table
-- of the report, so a chart shows nothing that the report hides.
CREATE OR REPLACE FUNCTION evaluation.chart(report text, rows json) RETURNS json
LANGUAGE plpgsql STABLE SET search_path = evaluation, pg_catalog, pg_temp AS $$
BEGIN
	RETURN (SELECT json_build_object('$schema', 'https://vega.github.io/schema/vega-lite/v5.json',
			'title', m.title, 'data', json_build_object('values', rows),
			'transform', json_build_array(json_build_object('fold', m.measures,
				'as', '["measure", "value"]'::json)),
			'mark', 'bar', 'encoding', json_build_object(
				'x', json_build_object('field', m.label, 'type', 'nominal', 'sort', NULL),
				'y', json_build_object('field', 'value', 'type', 'quantitative', 'title', m.unit,
					'stack', NULL),
				'xOffset', json_build_object('field', 'measure', 'type', 'nominal'),
				'color', json_build_object('field', 'measure', 'type', 'nominal', 'title', NULL)))
		FROM (SELECT r.name, r.title, r.label, r.measures, r.unit FROM evaluation.report_method r
			UNION ALL SELECT 'comparison', 'Programmes compared', 'title',
				'["mentors", "mentees", "pairs"]'::json, 'People and pairs') m
		WHERE m.name = report);
END $$;

-- A report as the API answers: what all have in common, its own figures, and its chart.
CREATE OR REPLACE FUNCTION evaluation.report_body(s evaluation.snapshot, report text, n bigint, sentence text,
	figures json, rows json) RETURNS json
LANGUAGE plpgsql STABLE SET search_path = evaluation, pg_catalog, pg_temp AS $$
BEGIN
	RETURN (SELECT evaluation.joined(evaluation.joined(CASE WHEN s.programme_id IS NULL THEN common_part
				ELSE evaluation.joined(json_build_object('programme', json_build_object('id', s.programme_id,
					'title', (SELECT p.title FROM matching.programme_view p
						WHERE p.programme_id = s.programme_id))), common_part) END, figures),
			json_build_object('chart', evaluation.chart(report, rows)))
		FROM (SELECT json_build_object('snapshot', s.number, 'as_of', common.instant(s.taken_at),
				'method', m.method, 'minimum_cell', 5,
				'suppression', 'Counts of people are rounded down to a multiple of five. A figure with '
					'fewer than five people behind it is null, and so is any other from which one could be '
					'worked out.',
				'n', n, 'sentence', sentence) AS common_part
			FROM evaluation.report_method m WHERE m.name = report) c);
END $$;

-- One report as it is now: how many people stand behind it, its sentence, its figures, its table. Each is a
-- function evaluation.made_<name>.
CREATE OR REPLACE FUNCTION evaluation.made(report text, programme uuid)
RETURNS TABLE (n bigint, sentence text, figures json, rows json)
LANGUAGE plpgsql STABLE SET search_path = evaluation, pg_catalog, pg_temp AS $$
BEGIN
	RETURN QUERY EXECUTE format('SELECT m.n, m.sentence, m.figures, m.rows FROM %I($1) m',
		'made_' || replace(report, '-', '_')) USING programme;
END $$;

-- The programme, if the caller may read its reports; otherwise nothing.
CREATE OR REPLACE FUNCTION evaluation.readable(programme uuid, actor uuid, roles text[]) RETURNS SETOF uuid
LANGUAGE sql STABLE SET search_path = evaluation, pg_catalog, pg_temp
BEGIN ATOMIC
	SELECT p.programme_id FROM matching.programme_view p
	WHERE p.programme_id = programme AND evaluation.reported(p.programme_id, actor, roles);
END;

-- A report from a snapshot: the given one, or the last. The caller has been found to be allowed to read it.
CREATE OR REPLACE FUNCTION evaluation.frozen(report text, programme uuid, of_number bigint)
RETURNS TABLE (body json, rows json)
LANGUAGE plpgsql STABLE SET search_path = evaluation, pg_catalog, pg_temp AS $$
BEGIN
	RETURN QUERY SELECT r.body, r.rows FROM snapshot s JOIN snapshot_report r ON r.snapshot_id = s.id
	WHERE coalesce(s.programme_id, '00000000-0000-0000-0000-000000000000')
			= coalesce(programme, '00000000-0000-0000-0000-000000000000')
		AND s.ready AND r.name = report AND (of_number IS NULL OR s.number = of_number)
	ORDER BY s.number DESC LIMIT 1;
	IF NOT FOUND THEN
		PERFORM common.refuse('no_snapshot');
	END IF;
END $$;

CREATE OR REPLACE FUNCTION evaluation.snapshot_json(s evaluation.snapshot) RETURNS json
LANGUAGE sql STABLE SET search_path = evaluation, pg_catalog, pg_temp
RETURN json_build_object('id', s.id, 'programme_id', s.programme_id, 'number', s.number,
	'taken_at', common.instant(s.taken_at), 'ready', s.ready, 'version', s.version, 'can', '[]'::json,
	'links', json_build_object(
		'self', '/api/v1/reports/programmes/' || s.programme_id || '/snapshots/' || s.id,
		'programme', '/api/v1/programmes/' || s.programme_id));

GRANT SELECT ON evaluation.snapshot_due TO upward_evaluation;
GRANT EXECUTE ON FUNCTION evaluation.joined(json, json), evaluation.chart(text, json),
	evaluation.report_body(evaluation.snapshot, text, bigint, text, json, json), evaluation.made(text, uuid),
	evaluation.readable(uuid, uuid, text[]),
	evaluation.frozen(text, uuid, bigint), evaluation.snapshot_json(evaluation.snapshot) TO upward_evaluation;
