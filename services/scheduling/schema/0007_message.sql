-- Reminders that a coordinator sends. They hold no words of anybody: what waits says itself.

-- about: what is waited for. Of one pair or shortlist, or of all of the programme. found: whom it waits for;
-- reminded: who was told, for nobody is told of the same thing twice a day.
CREATE TABLE scheduling.message (
	id uuid CONSTRAINT message_id PRIMARY KEY,
	programme_id uuid NOT NULL,
	about text NOT NULL CONSTRAINT message_about CHECK (about IN ('pick', 'answer', 'agreement', 'sessions', 'report')),
	pair_id uuid,
	shortlist_id uuid CONSTRAINT message_one_subject CHECK (num_nonnulls(pair_id, shortlist_id) <= 1),
	preview boolean NOT NULL DEFAULT false,
	found int NOT NULL,
	reminded int NOT NULL CONSTRAINT message_reminded CHECK (reminded <= found),
	created_by uuid,
	version bigint NOT NULL DEFAULT 1,
	created_at timestamptz NOT NULL DEFAULT common.now()
);
CREATE INDEX message_newest ON scheduling.message (programme_id, created_at DESC, id DESC);
GRANT SELECT, INSERT ON scheduling.message TO upward_scheduling;

CREATE FUNCTION scheduling.message_json(m scheduling.message) RETURNS json
LANGUAGE sql STABLE SET search_path = scheduling, pg_catalog, pg_temp
RETURN json_build_object('id', m.id,
	'programme', (SELECT json_build_object('id', p.programme_id, 'title', p.title) FROM matching.programme_view p
		WHERE p.programme_id = m.programme_id),
	'about', m.about, 'pair_id', m.pair_id, 'shortlist_id', m.shortlist_id, 'preview', m.preview, 'found', m.found,
	'reminded', m.reminded, 'passed_over', m.found - m.reminded, 'created_at', common.instant(m.created_at),
	'version', m.version, 'can', '[]'::json,
	'links', json_strip_nulls(json_build_object('self', '/api/v1/messages/' || m.id,
		'programme', '/api/v1/programmes/' || m.programme_id, 'pair', '/api/v1/pairs/' || m.pair_id,
		'shortlist', '/api/v1/shortlists/' || m.shortlist_id)));

GRANT EXECUTE ON FUNCTION scheduling.message_json(scheduling.message) TO upward_scheduling;
