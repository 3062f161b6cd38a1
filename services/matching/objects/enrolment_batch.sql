-- One row of a batch as the API shows it: what became of it, or why it was refused. Without SET, so that the
-- planner inlines it.
CREATE OR REPLACE FUNCTION matching.row_outcome(place int, status text, person uuid, enrolment uuid,
	code text) RETURNS jsonb
LANGUAGE sql STABLE
RETURN jsonb_build_object('index', place, 'status', status, 'person_id', person, 'id', enrolment,
	'errors', CASE WHEN code IS NULL THEN '[]' ELSE jsonb_build_array(jsonb_build_object(
		'pointer', concat_ws('/', '/items', place, CASE code WHEN 'unprocessable' THEN 'answers' END),
		'code', code,
		'message', (SELECT m.text FROM common.message m WHERE m.key = 'enrolment_row.' || code))) END);

-- The rows of a batch: whom each names, by exactly one of id, user_name and email, and what that person has
-- in the role already. again: an earlier row names the same.
CREATE OR REPLACE FUNCTION matching.batch_rows(programme uuid, items json)
	RETURNS TABLE (place int, item json, who uuid, part text, enrolment_id uuid, status text, again boolean)
LANGUAGE sql STABLE
BEGIN ATOMIC
	SELECT n.place, n.item, n.who, n.part, e.id, e.status,
		row_number() OVER (PARTITION BY n.who, n.part ORDER BY n.place) > 1
	FROM (SELECT i.place::int - 1 AS place, i.item, i.item ->> 'role' AS part,
				CASE num_nonnulls(i.item ->> 'person_id', i.item ->> 'user_name', i.item ->> 'email') WHEN 1
					THEN coalesce(p.person_id, u.person_id, m.person_id) END AS who
			FROM json_array_elements(items) WITH ORDINALITY i (item, place)
				LEFT JOIN profiles.identity p ON p.person_id = (i.item ->> 'person_id')::uuid
					AND p.status <> 'inactive'
				LEFT JOIN profiles.identity u ON u.user_name = lower(i.item ->> 'user_name' COLLATE "C")
					AND u.status <> 'inactive'
				LEFT JOIN profiles.identity m ON m.email = lower(i.item ->> 'email' COLLATE "C")
					AND m.status <> 'inactive') n
		LEFT JOIN matching.enrolment e ON e.programme_id = batch_rows.programme AND e.person_id = n.who
			AND e.role = n.part;
END;

-- The same, judged: code is why a row is refused; acts: it enrols or registers somebody. Whoever takes part
-- already stays as they are; who was invited or interested is enrolled; who declined or withdrew is refused.
CREATE OR REPLACE FUNCTION matching.judged_rows(g matching.programme, items json, interest boolean)
	RETURNS TABLE (place int, item json, who uuid, part text, enrolment_id uuid, code text, acts boolean,
		answers json, intake json, form_id uuid)
LANGUAGE sql STABLE
BEGIN ATOMIC
	WITH known AS (SELECT r.*, f.id AS form_id, r.again OR coalesce(r.status IN ('enrolled', 'paused')
				OR interest AND r.status IN ('invited', 'interested'), false) AS stays,
			CASE WHEN r.who IS NULL THEN 'unknown_reference'
				WHEN r.status IN ('declined', 'withdrawn', 'completed', 'left_company') THEN 'wrong_state'
				WHEN NOT g.enrolment_open AND NOT interest THEN 'programme_not_open'
				WHEN NOT interest AND (f.id IS NOT NULL OR r.item -> 'answers' IS NOT NULL)
					AND EXISTS (SELECT FROM matching.intake_faults(coalesce(f.questions, '[]'),
						coalesce(r.item -> 'answers', '[]'))) THEN 'unprocessable' END AS code
		FROM matching.batch_rows(g.id, items) r LEFT JOIN LATERAL (SELECT x.id, x.questions
			FROM matching.form x WHERE x.programme_id = g.id AND x.role = r.part
			ORDER BY x.number DESC LIMIT 1) f ON true)
	SELECT k.place, k.item, k.who, k.part, k.enrolment_id,
		CASE WHEN NOT k.stays OR k.who IS NULL THEN k.code END, NOT k.stays AND k.code IS NULL,
		coalesce(s.answers, '{}'), coalesce(s.intake, '[]'), s.form
	FROM known k LEFT JOIN LATERAL (SELECT x.answers, x.intake, x.form
		FROM matching.read_intake(g.id, k.part, k.item -> 'answers') x
		WHERE NOT k.stays AND k.code IS NULL AND NOT interest AND k.form_id IS NOT NULL OFFSET 0) s ON true;
END;

-- Carries a batch out: each row by itself, and what became of it.
CREATE OR REPLACE FUNCTION matching.carry_out(new_id uuid, g matching.programme, asked json,
	interest boolean, actor uuid) RETURNS void
LANGUAGE sql VOLATILE SET search_path = matching, pg_catalog, pg_temp
BEGIN ATOMIC
	WITH r AS MATERIALIZED (SELECT * FROM matching.judged_rows(g, asked -> 'items', interest)),
		fresh AS (INSERT INTO matching.enrolment (id, programme_id, person_id, role, step, capacity, answers,
				intake, form_id, enrolled_by)
			SELECT common.new_id(), g.id, r.who, r.part,
				CASE WHEN interest THEN 'interest' ELSE 'creation' END,
				coalesce((r.item ->> 'capacity')::int, 1), r.answers, r.intake, r.form_id, actor
			FROM r WHERE r.acts AND r.enrolment_id IS NULL
			ON CONFLICT (programme_id, person_id, role) DO NOTHING RETURNING id, person_id, role),
		joined AS (UPDATE matching.enrolment e SET step = 'acceptance', answers = r.answers,
				intake = r.intake, form_id = r.form_id,
				capacity = coalesce((r.item ->> 'capacity')::int, e.capacity)
			FROM r WHERE e.id = r.enrolment_id AND r.acts RETURNING e.id, e.person_id, e.role),
		done AS (SELECT f.id, f.person_id, f.role, 'created' AS status FROM fresh f
			UNION ALL SELECT j.id, j.person_id, j.role, 'updated' FROM joined j),
		kept AS (INSERT INTO matching.coordinator_act (programme_id, enrolment_id, person_id, act,
				coordinator_id, note)
			SELECT g.id, d.id, d.person_id, CASE WHEN interest THEN 'interest' ELSE 'enrolment' END, actor,
				asked ->> 'note'
			FROM done d WHERE d.person_id <> actor RETURNING enrolment_id),
		told AS (INSERT INTO common.outbox (type, subject_id) SELECT 'enrolment.acted_for', k.enrolment_id
			FROM kept k)
	INSERT INTO matching.enrolment_batch (id, programme_id, items)
	SELECT new_id, g.id, jsonb_agg(matching.row_outcome(r.place, CASE WHEN r.code IS NOT NULL THEN 'refused'
			WHEN r.acts THEN coalesce(d.status, 'unchanged') ELSE 'unchanged' END, r.who,
		coalesce(d.id, r.enrolment_id), r.code) ORDER BY r.place)
	FROM r LEFT JOIN done d ON d.person_id = r.who AND d.role = r.part;
END;

-- A batch of a coordinator. The enrolments that are there are locked before they are judged.
CREATE OR REPLACE FUNCTION matching.enrol_batch(new_id uuid, programme uuid, actor uuid, roles text[],
	asked json) RETURNS void
LANGUAGE plpgsql VOLATILE SET search_path = matching, pg_catalog, pg_temp AS $$
DECLARE
	g programme;
BEGIN
	PERFORM lock_reporting_lines_shared();
	SELECT * INTO g FROM programme p WHERE p.id = programme AND coordinates(p.id, actor, roles) FOR SHARE;
	IF NOT FOUND THEN
		PERFORM common.refuse('unknown_reference', '{"pointer": "/programme_id"}');
	ELSIF g.winding_down IS NOT NULL OR g.status NOT IN ('recruiting', 'matching', 'active') THEN
		PERFORM common.refuse('programme_not_open');
	END IF;
	PERFORM FROM enrolment e WHERE e.id IN (SELECT r.enrolment_id FROM batch_rows(g.id, asked -> 'items') r)
	ORDER BY e.id FOR NO KEY UPDATE;
	PERFORM carry_out(new_id, g, asked, coalesce((asked ->> 'interest')::boolean, false), actor);
END $$;

CREATE OR REPLACE FUNCTION matching.enrolment_batch_json(b matching.enrolment_batch) RETURNS json
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
RETURN json_build_object('id', b.id, 'programme', matching.programme_reference(b.programme_id),
	'counts', (SELECT json_object_agg(s.status, (SELECT count(*) FROM jsonb_array_elements(b.items) i
			WHERE i ->> 'status' = s.status))
		FROM unnest('{created,updated,unchanged,refused}'::text[]) s (status)),
	'items', b.items, 'created_at', common.instant(b.created_at), 'version', 1,
	'links', json_build_object('self', '/api/v1/enrolments/batches/' || b.id));

GRANT EXECUTE ON FUNCTION matching.row_outcome(int, text, uuid, uuid, text), matching.batch_rows(uuid, json),
	matching.judged_rows(matching.programme, json, boolean),
	matching.carry_out(uuid, matching.programme, json, boolean, uuid),
	matching.enrol_batch(uuid, uuid, uuid, text[], json),
	matching.enrolment_batch_json(matching.enrolment_batch) TO upward_matching;
