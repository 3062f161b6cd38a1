-- Persons as the HR system masters them, their reporting lines and what they say of themselves.
-- A reporting line is manager_id and a climb; nothing is derived from it (a move is one row).
CREATE SCHEMA profiles;
GRANT USAGE ON SCHEMA profiles
	TO guard, upward_profiles, upward_matching, upward_scheduling, upward_evaluation;

-- standing = manager_id, level, age_band, status: what decides on pairs. A statement that changes it
-- takes pg_advisory_xact_lock(7, 1) before any row lock (standing_wall takes it anyway).
CREATE TABLE profiles.person (
	id uuid CONSTRAINT person_id PRIMARY KEY,
	external_id text CONSTRAINT person_external_id_some CHECK (external_id <> ''),
	user_name text NOT NULL CONSTRAINT person_user_name_some CHECK (user_name <> ''),
	given_name text NOT NULL,
	family_name text NOT NULL DEFAULT '',
	display_name text NOT NULL GENERATED ALWAYS AS (btrim(given_name || ' ' || family_name)) STORED,
	email text,
	title text,
	department text,
	location text,
	country text,                                -- as HR writes it; ISO 3166-1 alpha-2 where holidays matter
	time_zone text NOT NULL DEFAULT 'UTC',       -- IANA, from HR
	time_zone_override text,                     -- IANA, the person's own
	level smallint NOT NULL CONSTRAINT person_level CHECK (level >= 0), -- higher = more senior
	age_band smallint CONSTRAINT person_age_band CHECK (age_band BETWEEN 0 AND 120), -- lower bound, years
	manager_id uuid CONSTRAINT person_manager REFERENCES profiles.person (id)
		CONSTRAINT person_line_no_cycle CHECK (manager_id <> id),
	manager_external_id text,                    -- as sent, while that person is unknown
	hired_on date,
	status text NOT NULL DEFAULT 'active'
		CONSTRAINT person_status CHECK (status IN ('active', 'on_leave', 'inactive')),
	on_leave_until date CONSTRAINT person_on_leave_until CHECK (on_leave_until IS NULL OR status = 'on_leave'),
	bio text,
	pronouns text,
	photo_url text,
	rekeyed_by uuid,                             -- the import that is changing who signs in by these keys
	find text NOT NULL GENERATED ALWAYS AS (lower(given_name || ' ' || family_name || ' '
		|| coalesce(title, '') || ' ' || coalesce(department, '') || ' ' || coalesce(location, ''))) STORED,
	version bigint NOT NULL DEFAULT 1,
	created_at timestamptz NOT NULL DEFAULT common.now(),
	updated_at timestamptz NOT NULL DEFAULT common.now()
);
-- Sign-in finds a person by any of the three keys. They are compared with ASCII letters folded and
-- nothing else, here and wherever a key is looked for: lower(key COLLATE "C"). A user_name and an
-- address are held by people who have not left; who has left keeps them as history and holds nothing
-- against the next. Neither does a person whose keys an import is changing (rekeyed_by): two people
-- can exchange theirs, one after the other.
CREATE UNIQUE INDEX person_external_id ON profiles.person (lower(external_id COLLATE "C"));
CREATE UNIQUE INDEX person_user_name ON profiles.person (lower(user_name COLLATE "C"))
	WHERE status <> 'inactive' AND rekeyed_by IS NULL;
CREATE UNIQUE INDEX person_email ON profiles.person (lower(email COLLATE "C"))
	WHERE status <> 'inactive' AND rekeyed_by IS NULL;
CREATE INDEX person_user_name_all ON profiles.person (lower(user_name COLLATE "C"));
CREATE INDEX person_email_all ON profiles.person (lower(email COLLATE "C"));
CREATE INDEX person_rekeyed ON profiles.person (id) WHERE rekeyed_by IS NOT NULL;
CREATE INDEX person_manager ON profiles.person (manager_id);
CREATE INDEX person_manager_awaited ON profiles.person (manager_external_id) WHERE manager_external_id IS NOT NULL;
CREATE INDEX person_name ON profiles.person (display_name, id);
-- Filters of the directory. Without the name behind them: a third of what a new person costs.
CREATE INDEX person_department ON profiles.person (department);
CREATE INDEX person_location ON profiles.person (location);
CREATE INDEX person_by_level ON profiles.person (level);
CREATE INDEX person_updated ON profiles.person (updated_at, id);
CREATE INDEX person_find ON profiles.person USING gin (find extensions.gin_trgm_ops);

-- The skill taxonomy. Aliases are other names of the same skill, kept with ASCII letters in lower case.
CREATE TABLE profiles.skill (
	id uuid CONSTRAINT skill_id PRIMARY KEY,
	name text NOT NULL CONSTRAINT skill_name_some CHECK (name <> ''),
	code text,
	aliases text[] NOT NULL DEFAULT '{}',
	retired boolean NOT NULL DEFAULT false,
	version bigint NOT NULL DEFAULT 1,
	created_at timestamptz NOT NULL DEFAULT common.now(),
	updated_at timestamptz NOT NULL DEFAULT common.now()
);
CREATE UNIQUE INDEX skill_name ON profiles.skill (lower(name)) WHERE NOT retired;
CREATE UNIQUE INDEX skill_code ON profiles.skill (lower(code COLLATE "C"));
CREATE INDEX skill_name_id ON profiles.skill (name, id);
CREATE INDEX skill_find ON profiles.skill USING gin (lower(name) extensions.gin_trgm_ops);
CREATE INDEX skill_aliases ON profiles.skill USING gin (aliases);

CREATE TABLE profiles.person_skill (
	person_id uuid NOT NULL CONSTRAINT person_skill_person REFERENCES profiles.person (id),
	skill_id uuid NOT NULL CONSTRAINT person_skill_skill REFERENCES profiles.skill (id),
	current smallint NOT NULL DEFAULT 0 CONSTRAINT person_skill_current CHECK (current BETWEEN 0 AND 5),
	target smallint NOT NULL DEFAULT 0 CONSTRAINT person_skill_target CHECK (target BETWEEN 0 AND 5),
	offered boolean NOT NULL DEFAULT false,
	CONSTRAINT person_skill_once PRIMARY KEY (person_id, skill_id)
);
CREATE INDEX person_skill_by_skill ON profiles.person_skill (skill_id, person_id);

-- Personal interests, in lower case: rapport, never relevance.
CREATE TABLE profiles.person_interest (
	person_id uuid NOT NULL CONSTRAINT person_interest_person REFERENCES profiles.person (id),
	interest text NOT NULL CONSTRAINT person_interest_some CHECK (interest <> ''),
	CONSTRAINT person_interest_once PRIMARY KEY (person_id, interest)
);
CREATE INDEX person_interest_by_interest ON profiles.person_interest (interest, person_id);

-- BCP 47 tags.
CREATE TABLE profiles.person_language (
	person_id uuid NOT NULL CONSTRAINT person_language_person REFERENCES profiles.person (id),
	language text NOT NULL CONSTRAINT person_language_some CHECK (language <> ''),
	CONSTRAINT person_language_once PRIMARY KEY (person_id, language)
);

-- Weekly working hours, wall-clock time in the person's own zone; weekday 1 = Monday.
CREATE TABLE profiles.person_hours (
	person_id uuid NOT NULL CONSTRAINT person_hours_person REFERENCES profiles.person (id),
	weekday smallint NOT NULL CONSTRAINT person_hours_weekday CHECK (weekday BETWEEN 1 AND 7),
	starts time NOT NULL,
	ends time NOT NULL CONSTRAINT person_hours_order CHECK (starts < ends),
	CONSTRAINT person_hours_once PRIMARY KEY (person_id, weekday, starts),
	CONSTRAINT person_hours_free EXCLUDE USING gist (person_id WITH =, weekday WITH =,
		int4range(extract(epoch FROM starts)::int, extract(epoch FROM ends)::int) WITH &&)
);

GRANT SELECT, INSERT, UPDATE ON profiles.person, profiles.skill TO upward_profiles;
GRANT SELECT, INSERT, UPDATE, DELETE ON profiles.person_skill, profiles.person_interest,
	profiles.person_language, profiles.person_hours TO upward_profiles;
