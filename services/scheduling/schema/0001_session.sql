-- Meetings of pairs, and who is bound by them when. Nobody is in two places: participant_free.
CREATE SCHEMA scheduling;
GRANT USAGE ON SCHEMA scheduling TO upward_scheduling, upward_evaluation;

-- Its life is in the contract (x-lifecycle). A reschedule is the same session with a higher sequence (RFC 5545),
-- proposed again by whoever moved it.
CREATE TABLE scheduling.session (
	id uuid CONSTRAINT session_id PRIMARY KEY,
	pair_id uuid NOT NULL,
	kind text NOT NULL DEFAULT 'regular' CONSTRAINT session_kind CHECK (kind IN ('regular', 'get_to_know')),
	status text NOT NULL,
	step text NOT NULL DEFAULT 'booking',
	came_from text,
	starts_at timestamptz NOT NULL,
	ends_at timestamptz NOT NULL,
	time_zone text NOT NULL,   -- IANA, of the one who booked
	mode text NOT NULL DEFAULT 'video'
		CONSTRAINT session_mode CHECK (mode IN ('in_person', 'phone', 'video', 'chat')),
	place text,
	link text,
	agenda text,
	reason text,               -- code: of the cancellation
	sequence int NOT NULL DEFAULT 0,
	booked_by uuid,
	proposed_by uuid,          -- who named its time; while it is proposed the other one confirms
	planned int,               -- booked in a series for this date of the plan
	reported_by uuid,
	reported_at timestamptz,
	version bigint NOT NULL DEFAULT 1,
	created_at timestamptz NOT NULL DEFAULT common.now(),
	updated_at timestamptz NOT NULL DEFAULT common.now(),
	CONSTRAINT session_order CHECK (starts_at < ends_at),
	CONSTRAINT session_length CHECK (ends_at <= starts_at + interval '8 hours')
);
-- With what pages count, so that a programme's sessions are read from the index alone.
CREATE INDEX session_pair ON scheduling.session (pair_id, starts_at, id) INCLUDE (ends_at, status, kind, proposed_by);
CREATE INDEX session_start ON scheduling.session (starts_at, id);
CREATE INDEX session_open ON scheduling.session (ends_at) WHERE status IN ('proposed', 'confirmed');

-- Written by session_follow() alone: both members of the pair, its time, live while it binds.
-- Half-open: a meeting may begin when another ends. Not deferrable, so that a loser knows at once.
CREATE TABLE scheduling.participant (
	session_id uuid NOT NULL CONSTRAINT participant_session REFERENCES scheduling.session (id),
	person_id uuid NOT NULL,
	during tstzrange NOT NULL,
	live boolean NOT NULL,
	CONSTRAINT participant_once PRIMARY KEY (session_id, person_id),
	CONSTRAINT participant_free EXCLUDE USING gist (person_id WITH =, during WITH &&) WHERE (live)
);
CREATE INDEX participant_person ON scheduling.participant (person_id, session_id);
-- What binds somebody from some day on. participant_free sorts by time rather than by person, since ids made
-- at the same moment are alike to it: a booking needs few of its pages, a search over weeks thousands.
CREATE INDEX participant_until ON scheduling.participant (person_id, upper(during)) INCLUDE (during) WHERE live;

-- Every booking, confirmation, move, cancellation and report, with what it was before.
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
COMMENT ON TABLE scheduling.session_history IS 'unaudited: a record of changes itself';

-- A person's private subscription URL: the token is kept as a hash only.
CREATE TABLE scheduling.calendar_feed (
	id uuid CONSTRAINT calendar_feed_id PRIMARY KEY,
	person_id uuid NOT NULL,
	kind text NOT NULL DEFAULT 'full' CONSTRAINT calendar_feed_kind CHECK (kind IN ('full', 'free_busy')),
	token_hash text NOT NULL CONSTRAINT calendar_feed_token UNIQUE,
	name text,
	version bigint NOT NULL DEFAULT 1,
	created_at timestamptz NOT NULL DEFAULT common.now(),
	updated_at timestamptz NOT NULL DEFAULT common.now()
);
CREATE INDEX calendar_feed_person ON scheduling.calendar_feed (person_id, id);

-- What scheduling publishes.
CREATE VIEW scheduling.session_view AS
SELECT s.id AS session_id, s.pair_id, s.kind, s.starts_at, s.ends_at, s.status, s.proposed_by, s.created_at
FROM scheduling.session s;

GRANT SELECT, INSERT, UPDATE ON scheduling.session TO upward_scheduling;
GRANT SELECT ON scheduling.participant, scheduling.session_history TO upward_scheduling;
GRANT SELECT, INSERT, UPDATE, DELETE ON scheduling.calendar_feed TO upward_scheduling;
GRANT SELECT ON scheduling.session_view TO upward_scheduling, upward_evaluation;
