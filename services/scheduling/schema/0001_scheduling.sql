-- Agreements and meetings of pairs. Nobody can have two meetings at once: participant_free.
CREATE SCHEMA scheduling;
GRANT USAGE ON SCHEMA scheduling TO upward_scheduling, upward_evaluation;

-- Sessions; their life cycle is in the contract (x-lifecycle). A rescheduled session keeps its id, gets a
-- higher sequence (RFC 5545), and counts as proposed by whoever moved it.
CREATE TABLE scheduling.session (
	id uuid CONSTRAINT session_id PRIMARY KEY,
	pair_id uuid NOT NULL,
	kind text NOT NULL DEFAULT 'regular' CONSTRAINT session_kind CHECK (kind IN ('regular', 'get_to_know')),
	status text NOT NULL,
	step text NOT NULL DEFAULT 'booking',
	came_from text,
	starts_at timestamptz NOT NULL,
	ends_at timestamptz NOT NULL,
	time_zone text NOT NULL,   -- IANA, of the person who booked
	mode text NOT NULL DEFAULT 'video'
		CONSTRAINT session_mode CHECK (mode IN ('in_person', 'phone', 'video', 'chat')),
	place text,
	link text,
	agenda text,
	reason text,               -- of the cancellation: a code
	sequence int NOT NULL DEFAULT 0,
	booked_by uuid,
	proposed_by uuid,          -- who chose the time; the other member confirms it
	planned int,               -- number of the plan date, if booked by a series
	reported_by uuid,
	reported_at timestamptz,
	version bigint NOT NULL DEFAULT 1,
	created_at timestamptz NOT NULL DEFAULT common.now(),
	updated_at timestamptz NOT NULL DEFAULT common.now(),
	CONSTRAINT session_order CHECK (starts_at < ends_at),
	CONSTRAINT session_length CHECK (ends_at <= starts_at + interval '8 hours'),
	CONSTRAINT session_years CHECK (common.years() @> starts_at AND common.years() @> ends_at)
);

-- Includes the columns that pages count, for index-only scans over a programme's sessions.
CREATE INDEX session_pair ON scheduling.session (pair_id, starts_at, id) INCLUDE (ends_at, status, kind,
	proposed_by);
CREATE INDEX session_start ON scheduling.session (starts_at, id);
CREATE INDEX session_open ON scheduling.session (ends_at) WHERE status IN ('proposed', 'confirmed');
CREATE INDEX session_asks ON scheduling.session (pair_id) WHERE status IN ('proposed', 'unreported');

-- Both members of the pair with the time of the session; live while the time is reserved. Written only by
-- session_follow(). Ranges are half-open: a meeting may begin when another ends. The constraint is not
-- deferrable, so that a conflict is reported at once.
CREATE TABLE scheduling.participant (
	session_id uuid NOT NULL CONSTRAINT participant_session REFERENCES scheduling.session (id),
	person_id uuid NOT NULL,
	during tstzrange NOT NULL,
	live boolean NOT NULL,
	CONSTRAINT participant_once PRIMARY KEY (session_id, person_id),
	CONSTRAINT participant_free EXCLUDE USING gist (person_id WITH =, during WITH &&) WHERE (live)
);
CREATE INDEX participant_person ON scheduling.participant (person_id, session_id);

-- A person's reserved times from some day on. participant_free is no help here: in its index, ids made at
-- the same moment are close together, so it is effectively sorted by time. A booking reads few of its pages,
-- a search over weeks thousands.
CREATE INDEX participant_until ON scheduling.participant (person_id, upper(during)) INCLUDE (during)
	WHERE live;

-- The number of a pair's meetings per kind and status, maintained by session_follow(), so that pages over ten
-- thousand pairs need not count meetings. open: proposed or confirmed. A pair with a signed agreement always
-- has a row for regular meetings, even if all zero, so that an index finds pairs with none ahead.
CREATE TABLE scheduling.session_count (
	pair_id uuid NOT NULL,
	kind text NOT NULL,
	programme_id uuid NOT NULL,
	open int NOT NULL DEFAULT 0,
	held int NOT NULL DEFAULT 0,
	missed int NOT NULL DEFAULT 0,
	unreported int NOT NULL DEFAULT 0,
	CONSTRAINT session_count_once PRIMARY KEY (pair_id, kind),
	CONSTRAINT session_count_some CHECK (least(open, held, missed, unreported) >= 0)
);
CREATE INDEX session_count_by_programme ON scheduling.session_count (programme_id);
CREATE INDEX session_count_idle ON scheduling.session_count (programme_id)
	WHERE kind = 'regular' AND open = 0;
CREATE INDEX session_count_missed ON scheduling.session_count (programme_id) WHERE missed > 0;
COMMENT ON TABLE scheduling.session_count IS 'unaudited: counts of sessions, which are audited';

-- Every booking, confirmation, move, cancellation and report, with the previous times.
CREATE TABLE scheduling.session_history (
	session_id uuid NOT NULL CONSTRAINT session_history_session REFERENCES scheduling.session (id),
	number int NOT NULL,
	change text NOT NULL CONSTRAINT session_history_change CHECK (change IN
		('booked', 'rescheduled', 'confirmed', 'cancelled', 'held', 'missed', 'unreported')),
	was_starts_at timestamptz,
	was_ends_at timestamptz,
	reason text,
	actor uuid,
	at timestamptz NOT NULL DEFAULT common.now(),
	CONSTRAINT session_history_number PRIMARY KEY (session_id, number)
);
COMMENT ON TABLE scheduling.session_history IS 'unaudited: a record of changes already';

-- Private subscription URLs of calendars. Only a hash of the token is stored.
CREATE TABLE scheduling.calendar_feed (
	id uuid CONSTRAINT calendar_feed_id PRIMARY KEY,
	person_id uuid NOT NULL,
	kind text NOT NULL DEFAULT 'full' CONSTRAINT calendar_feed_kind CHECK (kind IN ('full', 'free_busy')),
	token_hash text NOT NULL CONSTRAINT calendar_feed_token UNIQUE,
	name text,
	version bigint NOT NULL DEFAULT 1,
	created_at timestamptz NOT NULL DEFAULT common.now(),
	updated_at timestamptz NOT NULL DEFAULT common.now(),
	-- Shows the owner whether the feed is in use. The day only: more would reveal the owner's habits.
	last_fetched_on date
);
CREATE INDEX calendar_feed_person ON scheduling.calendar_feed (person_id, id);
GRANT SELECT, INSERT, UPDATE ON scheduling.session TO upward_scheduling;
GRANT SELECT ON scheduling.participant, scheduling.session_history TO upward_scheduling;
GRANT SELECT, INSERT, UPDATE, DELETE ON scheduling.calendar_feed TO upward_scheduling;

-- Agreements, numbered per pair; their life cycle is in the contract (x-lifecycle).
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
	channels text[] NOT NULL,  -- session modes, in order of preference
	touchpoint_cadence text CONSTRAINT agreement_touchpoint_cadence
		CHECK (touchpoint_cadence IN ('weekly', 'fortnightly', 'monthly')), -- null: none between sessions
	touchpoint_channel text CONSTRAINT agreement_touchpoint_channel
		CHECK (touchpoint_channel IN ('chat', 'email', 'phone')),
	expectations text,
	confidentiality text,
	time_zone text NOT NULL,   -- IANA
	starts_on date NOT NULL,   -- date of the first session
	proposed_by uuid,
	mentor_signed_at timestamptz,
	mentee_signed_at timestamptz,
	signed_at timestamptz,     -- when both had signed
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

-- The dates that follow from a signed agreement. session_id: the session for that date; removed when it is
-- cancelled. The state of a date (open, overdue, booked, held …) is derived from both. result: of the last
-- attempt to book it.
CREATE TABLE scheduling.plan (
	agreement_id uuid NOT NULL CONSTRAINT plan_agreement REFERENCES scheduling.agreement (id),
	number int NOT NULL,
	due_on date NOT NULL,
	session_id uuid CONSTRAINT plan_session REFERENCES scheduling.session (id),
	result text CONSTRAINT plan_result CHECK (result IN
		('booked', 'overlap', 'week_full', 'local_time_nonexistent', 'in_the_past')),
	CONSTRAINT plan_number PRIMARY KEY (agreement_id, number)
);
CREATE INDEX plan_free ON scheduling.plan (due_on) INCLUDE (agreement_id) WHERE session_id IS NULL;
CREATE INDEX plan_open ON scheduling.plan (agreement_id, due_on) WHERE session_id IS NULL;
CREATE UNIQUE INDEX plan_session_once ON scheduling.plan (session_id) WHERE session_id IS NOT NULL;

-- At most one get-to-know meeting.
CREATE UNIQUE INDEX session_get_to_know_once ON scheduling.session (pair_id)
	WHERE kind = 'get_to_know' AND status NOT IN ('cancelled', 'missed');

-- Public holidays by country (DE) or region (DE-BY). Those of the country apply in its regions too.
CREATE TABLE scheduling.holiday (
	place text NOT NULL CONSTRAINT holiday_place CHECK (place ~ '^[A-Z]{2}(-[A-Z0-9]{1,3})?$'),
	day date NOT NULL,
	name text NOT NULL,
	CONSTRAINT holiday_day PRIMARY KEY (place, day)
);
COMMENT ON TABLE scheduling.holiday IS 'unaudited: public data, replaced as a whole';

-- Notifications of tasks and events. data: ids and codes, never free text. cause: the event or reminder that
-- created it; prevents duplicates.
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
CREATE INDEX notification_person ON scheduling.notification (person_id, (read_at IS NOT NULL),
	created_at DESC, id DESC);
GRANT SELECT, INSERT, UPDATE ON scheduling.agreement, scheduling.plan,
	scheduling.notification TO upward_scheduling;
GRANT SELECT, INSERT, DELETE ON scheduling.holiday TO upward_scheduling;

-- Replacing the holidays of a place updates the names of the days that stay.
GRANT UPDATE (name) ON scheduling.holiday TO upward_scheduling;

-- Reminders sent by a coordinator, without free text. about: the kind of task, for one pair, one shortlist or
-- the whole programme. found: people with such a task. reminded: people notified, since nobody is reminded of
-- the same task twice a day.
CREATE TABLE scheduling.message (
	id uuid CONSTRAINT message_id PRIMARY KEY,
	programme_id uuid NOT NULL,
	about text NOT NULL CONSTRAINT message_about
		CHECK (about IN ('pick', 'answer', 'agreement', 'sessions', 'report')),
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

SELECT common.attach_lifecycle('scheduling.agreement', 'agreement'),
	common.attach_lifecycle('scheduling.session', 'session');
