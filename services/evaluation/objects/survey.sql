-- Surveys: who is asked what, and when.

-- When a survey is open. A pulse is open from one wave to the next; a closing survey in the last fourteen
-- days of the programme; attitudes in its first and last four weeks, at most half of the time each. What is
-- asked after a session is gathered by month, so that no figure belongs to one session.
CREATE OR REPLACE VIEW evaluation.survey_wave AS
SELECT s.id AS survey_id, s.programme_id, s.kind, s.side, w.wave, w.opens_on, w.closes_on
FROM evaluation.survey s JOIN matching.programme_view p ON p.programme_id = s.programme_id,
	LATERAL (
		SELECT to_char(d, 'YYYY-MM-DD') AS wave, d::date AS opens_on,
			least(d::date + 7 * s.every_weeks - 1, s.closes_on) AS closes_on
		FROM generate_series(s.opens_on::timestamp, s.closes_on::timestamp,
			make_interval(days => 7 * s.every_weeks)) d
		WHERE s.kind = 'pulse'
		UNION ALL
		SELECT to_char(d, 'YYYY-MM'), d::date, (d + interval '1 month')::date + 13
		FROM generate_series(date_trunc('month', s.opens_on::timestamp), s.closes_on::timestamp,
			interval '1 month') d
		WHERE s.kind = 'post_session'
		UNION ALL
		SELECT 'closing', greatest(p.ends_on - 14, s.opens_on), least(p.ends_on, s.closes_on)
		WHERE s.kind = 'closing'
		UNION ALL
		SELECT 'before', s.opens_on, least(p.starts_on + 28, p.starts_on + (p.ends_on - p.starts_on) / 2,
			s.closes_on)
		WHERE s.kind = 'attitude'
		UNION ALL
		SELECT 'after', greatest(p.ends_on - 28, p.starts_on + (p.ends_on - p.starts_on) / 2 + 1, s.opens_on),
			least(p.ends_on, s.closes_on)
		WHERE s.kind = 'attitude') w
WHERE w.opens_on <= w.closes_on AND p.status NOT IN ('draft', 'cancelled');

-- Who is asked in a wave, apart from surveys after a session. It does not depend on who has answered.
CREATE OR REPLACE VIEW evaluation.survey_asked AS
SELECT w.survey_id, w.programme_id, w.wave, w.opens_on, w.closes_on, a.person_id
FROM evaluation.survey_wave w, LATERAL (
	SELECT m.person_id FROM matching.pair_member m
	WHERE w.kind IN ('pulse', 'closing') AND m.programme_id = w.programme_id AND m.side = w.side
		AND (m.status = 'active' OR w.kind = 'closing' AND m.status = 'completed')
	UNION
	SELECT e.person_id FROM matching.enrolment_view e
	WHERE w.kind = 'attitude' AND e.programme_id = w.programme_id AND e.role = w.side
		AND e.status IN ('enrolled', 'paused', 'completed')) a;

-- The sessions that a survey asks about: held while it was open, for two weeks.
CREATE OR REPLACE VIEW evaluation.survey_session AS
SELECT s.id AS survey_id, s.programme_id, x.session_id, to_char(x.ends_at AT TIME ZONE 'UTC',
	'YYYY-MM') AS batch,
	(x.ends_at AT TIME ZONE 'UTC')::date + 13 AS closes_on, m.person_id
FROM evaluation.survey s JOIN matching.programme_view p ON p.programme_id = s.programme_id
	JOIN matching.pair_member m ON m.programme_id = s.programme_id AND m.side = s.side
		AND m.status IN ('active', 'completed')
	JOIN scheduling.session_view x ON x.pair_id = m.pair_id AND x.status = 'held'
		AND (x.ends_at AT TIME ZONE 'UTC')::date BETWEEN s.opens_on AND s.closes_on
WHERE s.kind = 'post_session' AND p.status NOT IN ('draft', 'cancelled');

-- What people may answer today.
CREATE OR REPLACE VIEW evaluation.survey_due AS
SELECT d.survey_id, d.programme_id, d.wave, d.batch, d.closes_on, d.person_id
FROM (SELECT a.survey_id, a.programme_id, a.wave, a.wave AS batch, a.opens_on, a.closes_on, a.person_id
		FROM evaluation.survey_asked a
	UNION ALL
	SELECT x.survey_id, x.programme_id, x.session_id::text, x.batch, x.closes_on - 13, x.closes_on,
		x.person_id
		FROM evaluation.survey_session x) d
WHERE common.today() BETWEEN d.opens_on AND d.closes_on AND NOT EXISTS (SELECT
	FROM evaluation.survey_release r
	WHERE r.survey_id = d.survey_id AND r.batch = d.batch);

-- What is told to somebody whom a survey asks until that day.
CREATE OR REPLACE FUNCTION evaluation.survey_asks(person uuid, closes_on date) RETURNS json
LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp
RETURN json_build_object('person_id', person, 'due_at', (closes_on + 1)::timestamp AT TIME ZONE 'UTC');
GRANT EXECUTE ON FUNCTION evaluation.survey_asks(uuid, date) TO upward_evaluation;

-- How many people a batch has asked.
CREATE OR REPLACE FUNCTION evaluation.survey_asked_count(survey uuid, batch text) RETURNS int
LANGUAGE sql STABLE SET search_path = evaluation, pg_catalog, pg_temp
RETURN (SELECT count(*) FROM (
	SELECT a.person_id FROM evaluation.survey_asked a WHERE a.survey_id = survey
		AND a.wave = survey_asked_count.batch
	UNION SELECT x.person_id FROM evaluation.survey_session x WHERE x.survey_id = survey
		AND x.batch = survey_asked_count.batch) p);

-- What is wrong with the days of a survey; null: nothing. Each wave is looked at whenever somebody asks what
-- waits for them, so there are no surveys of decades.
CREATE OR REPLACE FUNCTION evaluation.survey_day_faults(opens_on date, closes_on date) RETURNS json
LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp
RETURN CASE WHEN closes_on - opens_on > 1096 THEN '{"errors": [{"pointer": "/closes_on", "code": "too_late",
	"message": "is at most three years after opens_on"}]}'::json END;
GRANT EXECUTE ON FUNCTION evaluation.survey_day_faults(date, date) TO upward_evaluation;

-- A survey whose answers have begun: its schedule is fixed, since a change would move waves.
CREATE OR REPLACE FUNCTION evaluation.survey_begun(s evaluation.survey) RETURNS boolean
LANGUAGE sql STABLE SET search_path = evaluation, pg_catalog, pg_temp
RETURN s.opens_on <= common.today();

-- As coordinators see it; people who are asked see no more than what they answer.
CREATE OR REPLACE FUNCTION evaluation.survey_json(s evaluation.survey, full_view boolean) RETURNS json
LANGUAGE sql STABLE SET search_path = evaluation, pg_catalog, pg_temp
RETURN (SELECT json_build_object('id', s.id,
		'programme', (SELECT json_build_object('id', p.programme_id, 'title', p.title)
			FROM matching.programme_view p WHERE p.programme_id = s.programme_id),
		'kind', s.kind, 'side', s.side, 'title', s.title, 'shipped_set', s.shipped_set,
		'revision', s.revision, 'questions', r.questions, 'translations', r.translations,
		'opens_on', s.opens_on, 'closes_on', s.closes_on, 'every_weeks', s.every_weeks,
		'created_at', common.instant(s.created_at), 'updated_at', common.instant(s.updated_at),
		'version', s.version, 'can', CASE WHEN full_view THEN '["patch"]' ELSE '[]' END::json,
		'links', json_strip_nulls(json_build_object('self', '/api/v1/surveys/' || s.id,
			'programme', '/api/v1/programmes/' || s.programme_id, 'due', '/api/v1/surveys/due',
			'question_set', CASE WHEN full_view THEN '/api/v1/surveys/' || s.id || '/question-set' END,
			'results', CASE WHEN full_view THEN '/api/v1/surveys/' || s.id || '/results' END)))
	FROM evaluation.survey_revision r WHERE r.survey_id = s.id AND r.number = s.revision);

-- Whether somebody coordinates the programme.
CREATE OR REPLACE FUNCTION evaluation.coordinates(programme uuid, actor uuid, roles text[]) RETURNS boolean
LANGUAGE sql STABLE SET search_path = evaluation, pg_catalog, pg_temp
RETURN 'programme_admin' = ANY (roles) AND EXISTS (SELECT FROM matching.programme_coordinator c
	WHERE c.programme_id = programme AND c.person_id = actor);

GRANT SELECT ON evaluation.survey_wave, evaluation.survey_asked, evaluation.survey_session,
	evaluation.survey_due TO upward_evaluation;
GRANT EXECUTE ON FUNCTION evaluation.survey_asked_count(uuid, text),
	evaluation.survey_begun(evaluation.survey),
	evaluation.survey_json(evaluation.survey, boolean), evaluation.coordinates(uuid, uuid, text[])
	TO upward_evaluation;

CREATE OR REPLACE TRIGGER touched BEFORE UPDATE ON evaluation.survey FOR EACH ROW
	WHEN (new.updated_at = old.updated_at) EXECUTE FUNCTION common.touch();

-- Whoever makes or changes a survey has the job `asking` look at it at once.
CREATE OR REPLACE FUNCTION evaluation.survey_look_now() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
	INSERT INTO evaluation.survey_look AS k (survey_id, look_at) VALUES (new.id, common.now())
	ON CONFLICT (survey_id) DO UPDATE SET look_at = excluded.look_at;
	RETURN NULL;
END $$;
CREATE OR REPLACE TRIGGER survey_look AFTER INSERT OR UPDATE ON evaluation.survey
	FOR EACH ROW EXECUTE FUNCTION evaluation.survey_look_now();
