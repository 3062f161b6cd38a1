-- Calendars that a person keeps elsewhere, from which only busy times are read: a file that they uploaded, or
-- an address that is fetched again and again.
CREATE TABLE scheduling.busy_calendar (
	id uuid CONSTRAINT busy_calendar_id PRIMARY KEY,
	person_id uuid NOT NULL,
	kind text NOT NULL CONSTRAINT busy_calendar_kind CHECK (kind IN ('upload', 'url')),
	name text NOT NULL,
	url text,                  -- often a secret; shown to nobody
	etag text,                 -- validators of the last answer
	modified text,
	last_fetched_at timestamptz,   -- the last time that the calendar was read
	last_error text CONSTRAINT busy_calendar_error CHECK (last_error IN ('forbidden_address', 'unreachable',
		'bad_status', 'too_large', 'too_slow', 'not_a_calendar', 'too_many_events', 'unknown_recurrence')),
	failures int NOT NULL DEFAULT 0,   -- since the last success
	next_fetch_at timestamptz, -- null: never; also the end of the lease of whoever fetches it now
	version bigint NOT NULL DEFAULT 1,
	created_at timestamptz NOT NULL DEFAULT common.now(),
	updated_at timestamptz NOT NULL DEFAULT common.now(),
	CONSTRAINT busy_calendar_source CHECK ((kind = 'url') = (url IS NOT NULL)
		AND (kind = 'url' OR next_fetch_at IS NULL))
);
CREATE INDEX busy_calendar_person ON scheduling.busy_calendar (person_id, created_at, id);
CREATE INDEX busy_calendar_due ON scheduling.busy_calendar (next_fetch_at) WHERE next_fetch_at IS NOT NULL;

-- When somebody is busy according to one of these calendars, without titles.
CREATE TABLE scheduling.busy_window (
	calendar_id uuid NOT NULL CONSTRAINT busy_window_calendar REFERENCES scheduling.busy_calendar (id)
		ON DELETE CASCADE,
	person_id uuid NOT NULL,
	during tstzrange NOT NULL,
	CONSTRAINT busy_window_once PRIMARY KEY (calendar_id, during)
);
CREATE INDEX busy_window_person ON scheduling.busy_window (person_id, upper(during)) INCLUDE (during);
COMMENT ON TABLE scheduling.busy_window IS 'unaudited: read from a calendar, which is audited';

GRANT SELECT, INSERT, UPDATE, DELETE ON scheduling.busy_calendar TO upward_scheduling;
GRANT SELECT, INSERT, DELETE ON scheduling.busy_window TO upward_scheduling;
