-- What a pair agrees on, the plan that follows from it, and what waits for a person.

-- Versions per pair; their life is in the contract (x-lifecycle).
CREATE TABLE scheduling.agreement (
	id uuid CONSTRAINT agreement_id PRIMARY KEY,
	pair_id uuid NOT NULL,
	number int NOT NULL,
	status text NOT NULL,
	step text NOT NULL DEFAULT 'creation',
	came_from text,
	cadence text NOT NULL CONSTRAINT agreement_cadence CHECK (cadence IN
		('weekly_3_months', 'every_second_month', 'six_weeks', 'monthly')),
	duration_minutes int NOT NULL CONSTRAINT agreement_duration CHECK (duration_minutes BETWEEN 15 AND 240),
	channels text[] NOT NULL,  -- session modes, the preferred one first
	touchpoint_cadence text CONSTRAINT agreement_touchpoint_cadence
		CHECK (touchpoint_cadence IN ('weekly', 'fortnightly', 'monthly')), -- null: none between sessions
	touchpoint_channel text CONSTRAINT agreement_touchpoint_channel
		CHECK (touchpoint_channel IN ('chat', 'email', 'phone')),
	expectations text,
	confidentiality text,
	time_zone text NOT NULL,   -- IANA
	starts_on date NOT NULL,   -- of the first session
	proposed_by uuid,
	mentor_signed_at timestamptz,
	mentee_signed_at timestamptz,
	signed_at timestamptz,     -- by the second of them
	version bigint NOT NULL DEFAULT 1,
	created_at timestamptz NOT NULL DEFAULT common.now(),
	updated_at timestamptz NOT NULL DEFAULT common.now(),
	CONSTRAINT agreement_number UNIQUE (pair_id, number),
	CONSTRAINT agreement_touchpoint CHECK ((touchpoint_cadence IS NULL) = (touchpoint_channel IS NULL)),
	CONSTRAINT agreement_signatures CHECK (status = 'proposed'
		OR mentor_signed_at IS NOT NULL AND mentee_signed_at IS NOT NULL AND signed_at IS NOT NULL)
);
CREATE UNIQUE INDEX agreement_one_proposed ON scheduling.agreement (pair_id) WHERE status = 'proposed';
CREATE UNIQUE INDEX agreement_one_signed ON scheduling.agreement (pair_id) WHERE status = 'signed';

-- The sessions that a signed agreement expects. session_id: the meeting that takes the date; one that is cancelled
-- leaves it. What a date is (open, overdue, booked, held …) follows from both. result: of the last try to book it.
CREATE TABLE scheduling.plan (
	agreement_id uuid NOT NULL CONSTRAINT plan_agreement REFERENCES scheduling.agreement (id),
	number int NOT NULL,
	due_on date NOT NULL,
	session_id uuid CONSTRAINT plan_session REFERENCES scheduling.session (id),
	result text CONSTRAINT plan_result CHECK (result IN
		('booked', 'overlap', 'week_full', 'local_time_nonexistent', 'in_the_past')),
	CONSTRAINT plan_number PRIMARY KEY (agreement_id, number)
);
CREATE UNIQUE INDEX plan_session_once ON scheduling.plan (session_id) WHERE session_id IS NOT NULL;

-- The date of each expected session: thirteen weeks; months 0, 2 and 4 of six; six weeks; six months.
CREATE FUNCTION scheduling.cadence_dates(cadence text, starts_on date) RETURNS SETOF date
LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
	SELECT CASE WHEN cadence IN ('weekly_3_months', 'six_weeks') THEN starts_on + 7 * n
		ELSE (starts_on + make_interval(months => n * CASE cadence WHEN 'monthly' THEN 1 ELSE 2 END))::date END
	FROM generate_series(0, CASE cadence WHEN 'weekly_3_months' THEN 12 WHEN 'every_second_month' THEN 2 ELSE 5 END) n
	ORDER BY n
$$;

-- Before the agreement: one meeting to get to know each other.
CREATE UNIQUE INDEX session_get_to_know_once ON scheduling.session (pair_id)
	WHERE kind = 'get_to_know' AND status NOT IN ('cancelled', 'missed');

-- Public holidays by country (DE) or region (DE-BY). A region's people keep the country's too.
CREATE TABLE scheduling.holiday (
	place text NOT NULL CONSTRAINT holiday_place CHECK (place ~ '^[A-Z]{2}(-[A-Z0-9]{1,3})?$'),
	day date NOT NULL,
	name text NOT NULL,
	CONSTRAINT holiday_day PRIMARY KEY (place, day)
);
COMMENT ON TABLE scheduling.holiday IS 'unaudited: public calendars, replaced as a whole';

-- Something that waits for a person or that they should know. data: ids and codes, never free text.
-- cause: the event or the reminder that made it, so that none is made twice.
CREATE TABLE scheduling.notification (
	id uuid CONSTRAINT notification_id PRIMARY KEY,
	person_id uuid NOT NULL,
	kind text NOT NULL CONSTRAINT notification_kind CHECK (kind ~ '^[a-z_]+$'),
	subject text NOT NULL CONSTRAINT notification_subject CHECK (subject IN
		('enrolment', 'shortlist', 'pair', 'session', 'agreement', 'goal', 'assessment', 'round')),
	subject_id uuid NOT NULL,
	data json NOT NULL DEFAULT '{}',
	due_at timestamptz,
	cause text NOT NULL,
	read_at timestamptz,
	version bigint NOT NULL DEFAULT 1,
	created_at timestamptz NOT NULL DEFAULT common.now(),
	CONSTRAINT notification_once UNIQUE (person_id, kind, subject_id, cause)
);
CREATE INDEX notification_person ON scheduling.notification (person_id, (read_at IS NOT NULL), created_at DESC, id DESC);

-- Whether the caller runs the programme.
CREATE FUNCTION scheduling.coordinates(programme uuid, actor uuid, roles text[]) RETURNS boolean
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
RETURN 'programme_admin' = ANY (roles) AND EXISTS (SELECT FROM matching.programme_coordinator c
	WHERE c.programme_id = programme AND c.person_id = actor);
GRANT EXECUTE ON FUNCTION scheduling.coordinates(uuid, uuid, text[]) TO upward_scheduling;

-- What scheduling publishes.
CREATE VIEW scheduling.agreement_view AS
SELECT a.id AS agreement_id, a.pair_id, a.status, a.mentor_signed_at IS NOT NULL AS mentor_signed,
	a.mentee_signed_at IS NOT NULL AS mentee_signed, a.signed_at, a.cadence, a.duration_minutes, a.starts_on,
	(SELECT count(*) FROM scheduling.cadence_dates(a.cadence, a.starts_on))::int AS expected_sessions
FROM scheduling.agreement a;

-- The plan in force: of the signed version.
CREATE VIEW scheduling.plan_view AS
SELECT a.pair_id, p.number, p.due_on, s.id AS session_id,
	CASE WHEN s.status IN ('held', 'missed', 'unreported') THEN s.status WHEN s.id IS NOT NULL THEN 'booked'
		WHEN p.due_on < common.today() THEN 'overdue' ELSE 'open' END AS status
FROM scheduling.plan p JOIN scheduling.agreement a ON a.id = p.agreement_id AND a.status = 'signed'
	LEFT JOIN scheduling.session s ON s.id = p.session_id;

CREATE VIEW scheduling.notification_view AS
SELECT n.id AS notification_id, n.person_id, n.kind, n.subject_id, n.due_at, n.created_at,
	n.read_at IS NOT NULL AS read
FROM scheduling.notification n;

GRANT SELECT, INSERT, UPDATE ON scheduling.agreement, scheduling.plan, scheduling.notification TO upward_scheduling;
GRANT SELECT, INSERT, DELETE ON scheduling.holiday TO upward_scheduling;
GRANT SELECT ON scheduling.agreement_view, scheduling.plan_view, scheduling.notification_view
	TO upward_scheduling, upward_evaluation;
