-- One row of a batch as the API shows it: what became of it, or why it was refused.
CREATE OR REPLACE FUNCTION matching.row_outcome(place int, status text, person uuid, enrolment uuid,
	code text DEFAULT NULL, member text DEFAULT NULL) RETURNS jsonb
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
RETURN jsonb_build_object('index', place, 'status', status, 'person_id', person, 'id', enrolment,
	'errors', CASE WHEN code IS NULL THEN '[]' ELSE jsonb_build_array(jsonb_build_object(
		'pointer', concat_ws('/', '/items', place, member), 'code', code,
		'message', (SELECT m.text FROM common.message m WHERE m.key = 'enrolment_row.' || code))) END);

-- Whom a row names, by exactly one of id, user_name and email; null: nobody, or someone who has left.
CREATE OR REPLACE FUNCTION matching.row_person(item json) RETURNS uuid
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
	IF num_nonnulls(item ->> 'person_id', item ->> 'user_name', item ->> 'email') <> 1 THEN
		RETURN NULL;
	END IF;
	RETURN (SELECT i.person_id FROM profiles.identity i WHERE i.status <> 'inactive'
		AND (i.person_id = (item ->> 'person_id')::uuid
			OR i.user_name = lower(item ->> 'user_name' COLLATE "C")
			OR i.email = lower(item ->> 'email' COLLATE "C")));
END $$;

-- Enrols somebody, or registers an interest, for a coordinator; `was` is what the person has in this role.
-- The enrolment as it then is.
CREATE OR REPLACE FUNCTION matching.enrol_for(was matching.enrolment, programme uuid, who uuid, item json,
	interest boolean, actor uuid, note text) RETURNS matching.enrolment
LANGUAGE plpgsql VOLATILE SET search_path = matching, pg_catalog, pg_temp AS $$
DECLARE
	e enrolment;
	said record;
	part text := item ->> 'role';
BEGIN
	SELECT x.answers, x.intake, x.form INTO said
	FROM read_intake(programme, part, CASE WHEN NOT interest THEN item -> 'answers' END) x WHERE NOT interest;
	IF was.id IS NOT NULL THEN
		UPDATE enrolment x SET step = 'acceptance', answers = said.answers, intake = said.intake,
			form_id = said.form, capacity = coalesce((item ->> 'capacity')::int, x.capacity)
		WHERE x.id = was.id RETURNING * INTO e;
	ELSE
		INSERT INTO enrolment (id, programme_id, person_id, role, step, capacity, answers, intake, form_id,
			enrolled_by)
		VALUES (common.new_id(), programme, who, part, CASE WHEN interest THEN 'interest' ELSE 'creation' END,
			coalesce((item ->> 'capacity')::int, 1), coalesce(said.answers, '{}'),
			coalesce(said.intake, '[]'), said.form, actor) RETURNING * INTO e;
	END IF;
	IF who <> actor THEN
		PERFORM keep_act(e, actor, CASE WHEN interest THEN 'interest' ELSE 'enrolment' END, note, NULL);
	END IF;
	RETURN e;
END $$;

-- One row of a batch. Whoever takes part already stays as they are; whoever was invited or interested is
-- enrolled; who has declined or withdrawn is refused.
CREATE OR REPLACE FUNCTION matching.enrol_row(g matching.programme, place int, item json, interest boolean,
	actor uuid, note text) RETURNS jsonb
LANGUAGE plpgsql VOLATILE SET search_path = matching, pg_catalog, pg_temp AS $$
DECLARE
	who uuid := row_person(item);
	was enrolment;
	e enrolment;
BEGIN
	SELECT * INTO was FROM enrolment x WHERE x.programme_id = g.id AND x.person_id = who
		AND x.role = item ->> 'role' FOR NO KEY UPDATE;
	IF who IS NULL THEN
		RETURN row_outcome(place, 'refused', NULL, NULL, 'unknown_reference', 'person_id');
	ELSIF was.status IN ('enrolled', 'paused') OR interest AND was.status IN ('invited', 'interested') THEN
		RETURN row_outcome(place, 'unchanged', who, was.id);
	ELSIF was.status NOT IN ('invited', 'interested') THEN
		RETURN row_outcome(place, 'refused', who, was.id, 'wrong_state');
	ELSIF NOT g.enrolment_open AND NOT interest THEN
		RETURN row_outcome(place, 'refused', who, was.id, 'programme_not_open');
	END IF;
	e := enrol_for(was, g.id, who, item, interest, actor, note);
	RETURN row_outcome(place, CASE WHEN was.id IS NULL THEN 'created' ELSE 'updated' END, who, e.id);
EXCEPTION
	WHEN SQLSTATE 'UP001' THEN -- answers that do not match the form
		RETURN row_outcome(place, 'refused', who, was.id, 'unprocessable', 'answers');
	WHEN unique_violation THEN -- the person was faster
		RETURN row_outcome(place, 'unchanged', who, NULL);
END $$;

-- A batch: each row by itself, and what became of them.
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
	INSERT INTO enrolment_batch (id, programme_id, items)
	SELECT new_id, g.id, jsonb_agg(enrol_row(g, i.place::int - 1, i.item,
		coalesce((asked ->> 'interest')::boolean, false), actor, asked ->> 'note') ORDER BY i.place)
	FROM (SELECT x.* FROM json_array_elements(asked -> 'items') WITH ORDINALITY x (item, place)
		ORDER BY x.place) i;
END $$;

CREATE OR REPLACE FUNCTION matching.enrolment_batch_json(b matching.enrolment_batch) RETURNS json
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
RETURN json_build_object('id', b.id, 'programme', matching.programme_reference(b.programme_id),
	'counts', (SELECT json_object_agg(s.status, (SELECT count(*) FROM jsonb_array_elements(b.items) i
			WHERE i ->> 'status' = s.status))
		FROM unnest('{created,updated,unchanged,refused}'::text[]) s (status)),
	'items', b.items, 'created_at', common.instant(b.created_at), 'version', 1,
	'links', json_build_object('self', '/api/v1/enrolments/batches/' || b.id));

GRANT EXECUTE ON FUNCTION matching.row_outcome(int, text, uuid, uuid, text, text), matching.row_person(json),
	matching.enrol_for(matching.enrolment, uuid, uuid, json, boolean, uuid, text),
	matching.enrol_row(matching.programme, int, json, boolean, uuid, text),
	matching.enrol_batch(uuid, uuid, uuid, text[], json),
	matching.enrolment_batch_json(matching.enrolment_batch) TO upward_matching;
