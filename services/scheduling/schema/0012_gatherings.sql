-- Gatherings of more than two: mentor circles, information sessions, innovation days, advisory boards. Their
-- life cycle is in the contract (x-lifecycle). The gatherings of a series are rows of their own.
CREATE TABLE scheduling.gathering (
	id uuid CONSTRAINT gathering_id PRIMARY KEY,
	programme_id uuid NOT NULL,
	kind text NOT NULL CONSTRAINT gathering_kind CHECK (kind IN
		('mentor_circle', 'information_session', 'innovation_day', 'advisory_board')),
	status text NOT NULL,
	step text NOT NULL DEFAULT 'creation',
	came_from text,
	title text NOT NULL CONSTRAINT gathering_title_some CHECK (title <> ''),
	description text,
	agenda text,
	starts_at timestamptz NOT NULL,
	ends_at timestamptz NOT NULL,
	time_zone text NOT NULL,   -- IANA
	mode text NOT NULL DEFAULT 'video'
		CONSTRAINT gathering_mode CHECK (mode IN ('in_person', 'phone', 'video')),
	place text,
	link text,
	capacity int CONSTRAINT gathering_capacity CHECK (capacity > 0), -- null: no limit
	series_id uuid NOT NULL,   -- the id of its first gathering
	number int NOT NULL,       -- within the series
	teams_asked_at timestamptz, -- of an innovation day: when matching was asked for teams
	sequence int NOT NULL DEFAULT 0,
	created_by uuid,
	version bigint NOT NULL DEFAULT 1,
	created_at timestamptz NOT NULL DEFAULT common.now(),
	updated_at timestamptz NOT NULL DEFAULT common.now(),
	CONSTRAINT gathering_number UNIQUE (series_id, number),
	CONSTRAINT gathering_order CHECK (starts_at < ends_at),
	CONSTRAINT gathering_years CHECK (common.years() @> starts_at AND common.years() @> ends_at)
);
CREATE INDEX gathering_start ON scheduling.gathering (starts_at, id);
CREATE INDEX gathering_by_programme ON scheduling.gathering (programme_id, starts_at, id);
CREATE INDEX gathering_days ON scheduling.gathering (ends_at) WHERE kind = 'innovation_day';
CREATE INDEX gathering_open ON scheduling.gathering (ends_at) WHERE status = 'planned';
SELECT common.attach_lifecycle('scheduling.gathering', 'gathering');

-- Who is registered, in order: the first as many as there are places have one, the others wait in line.
-- Nothing else records who has a place, so it cannot be wrong.
CREATE TABLE scheduling.registration (
	id uuid CONSTRAINT registration_id PRIMARY KEY,
	gathering_id uuid NOT NULL CONSTRAINT registration_gathering REFERENCES scheduling.gathering (id),
	person_id uuid NOT NULL,
	number bigint NOT NULL,
	created_at timestamptz NOT NULL DEFAULT common.now(),
	CONSTRAINT registration_number UNIQUE (gathering_id, number),
	CONSTRAINT registration_once UNIQUE (gathering_id, person_id)
);
CREATE INDEX registration_person ON scheduling.registration (person_id, gathering_id);
GRANT SELECT, INSERT, UPDATE ON scheduling.gathering TO upward_scheduling;
GRANT SELECT, INSERT, DELETE ON scheduling.registration TO upward_scheduling;

-- What came of an innovation day: by a team, or of the whole day.
CREATE TABLE scheduling.outcome (
	id uuid CONSTRAINT outcome_id PRIMARY KEY,
	gathering_id uuid NOT NULL CONSTRAINT outcome_gathering REFERENCES scheduling.gathering (id),
	team int,
	title text NOT NULL CONSTRAINT outcome_title_some CHECK (title <> ''),
	description text,
	author_id uuid NOT NULL,
	created_at timestamptz NOT NULL DEFAULT common.now()
);
CREATE INDEX outcome_by_gathering ON scheduling.outcome (gathering_id, created_at, id);
CREATE INDEX outcome_author ON scheduling.outcome (author_id);
GRANT SELECT, INSERT ON scheduling.outcome TO upward_scheduling;

-- The issue box of a programme's mentor circles, by quarter of a year: how many mentors have named each
-- theme. Every row of a quarter is written anew with each, so that none tells what its last writer has named.
CREATE TABLE scheduling.issue_theme (
	programme_id uuid NOT NULL,
	quarter date NOT NULL,     -- its first day
	theme text NOT NULL,
	mentors int NOT NULL DEFAULT 0 CONSTRAINT issue_theme_mentors CHECK (mentors >= 0),
	CONSTRAINT issue_theme_once PRIMARY KEY (programme_id, quarter, theme)
);
COMMENT ON TABLE scheduling.issue_theme IS 'unaudited: who has named a theme is recorded nowhere';

-- Who has used the box in this quarter, so that everybody counts once; not what for. Deleted when it is over.
CREATE TABLE scheduling.issue_author (
	programme_id uuid NOT NULL,
	quarter date NOT NULL,
	person_id uuid NOT NULL,
	CONSTRAINT issue_author_once PRIMARY KEY (programme_id, quarter, person_id)
);
CREATE INDEX issue_author_person ON scheduling.issue_author (person_id);
COMMENT ON TABLE scheduling.issue_author IS 'unaudited: that somebody has used the box is theirs';
