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
	display_name text COLLATE "und-x-icu" NOT NULL GENERATED ALWAYS AS (btrim(given_name || ' '
		|| family_name)) STORED,
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
	on_leave_until date CONSTRAINT person_on_leave_until
		CHECK (on_leave_until IS NULL OR status = 'on_leave'),
	bio text,
	pronouns text,
	photo_url text,
	rekeyed_by uuid,                             -- the import that is changing who signs in by these keys
	-- since when nobody finds this person by them; null: they hold them
	keys_left_at timestamptz,
	find text NOT NULL GENERATED ALWAYS AS (common.words(given_name || ' ' || family_name || ' '
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
CREATE INDEX person_manager_awaited ON profiles.person (manager_external_id)
	WHERE manager_external_id IS NOT NULL;
CREATE INDEX person_name ON profiles.person (display_name, id);

-- Filters of the directory. Without the name behind them: a third of what a new person costs.
CREATE INDEX person_department ON profiles.person (department);
CREATE INDEX person_location ON profiles.person (location);
CREATE INDEX person_by_level ON profiles.person (level);
CREATE INDEX person_updated ON profiles.person (updated_at, id);
CREATE INDEX person_find ON profiles.person USING gin (find extensions.gin_trgm_ops);

-- What a search for a skill looks through: the words of its name and of its aliases.
CREATE FUNCTION profiles.skill_words(name text, aliases text[]) RETURNS text
	LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN common.words(name || ' ' || array_to_string(aliases, ' '));
GRANT EXECUTE ON FUNCTION profiles.skill_words(text, text[]) TO upward_profiles;

-- The skill taxonomy. Names and codes are keys, compared like those above. Aliases are other names of
-- the same skill, kept with ASCII letters in lower case.
CREATE TABLE profiles.skill (
	id uuid CONSTRAINT skill_id PRIMARY KEY,
	name text COLLATE "und-x-icu" NOT NULL CONSTRAINT skill_name_some CHECK (name <> ''),
	code text,
	aliases text[] NOT NULL DEFAULT '{}',
	find text NOT NULL GENERATED ALWAYS AS (profiles.skill_words(name, aliases)) STORED,
	retired boolean NOT NULL DEFAULT false,
	version bigint NOT NULL DEFAULT 1,
	created_at timestamptz NOT NULL DEFAULT common.now(),
	updated_at timestamptz NOT NULL DEFAULT common.now()
);
CREATE UNIQUE INDEX skill_name ON profiles.skill (lower(name COLLATE "C")) WHERE NOT retired;
CREATE UNIQUE INDEX skill_code ON profiles.skill (lower(code COLLATE "C"));
CREATE INDEX skill_name_id ON profiles.skill (name, id);
CREATE INDEX skill_find ON profiles.skill USING gin (find extensions.gin_trgm_ops);

CREATE TABLE profiles.person_skill (
	person_id uuid NOT NULL CONSTRAINT person_skill_person REFERENCES profiles.person (id),
	skill_id uuid NOT NULL CONSTRAINT person_skill_skill REFERENCES profiles.skill (id),
	current smallint NOT NULL DEFAULT 0 CONSTRAINT person_skill_current CHECK (current BETWEEN 0 AND 5),
	target smallint NOT NULL DEFAULT 0 CONSTRAINT person_skill_target CHECK (target BETWEEN 0 AND 5),
	offered boolean NOT NULL DEFAULT false,
	CONSTRAINT person_skill_once PRIMARY KEY (person_id, skill_id)
);
CREATE INDEX person_skill_by_skill ON profiles.person_skill (skill_id, person_id);

-- Personal interests, with ASCII letters in lower case: rapport, never relevance.
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

-- Imports of the employee file: a row a file, staged by COPY, validated whole, planned,
-- applied in chunks.
CREATE TABLE profiles.import (
	id uuid CONSTRAINT import_id PRIMARY KEY,
	status text NOT NULL,
	step text NOT NULL DEFAULT 'creation',
	came_from text,
	mode text NOT NULL DEFAULT 'delta' CONSTRAINT import_mode CHECK (mode IN ('delta', 'full')),
	dry_run boolean NOT NULL DEFAULT false,
	skip_errors boolean NOT NULL DEFAULT false,
	confirm_deactivations int CONSTRAINT import_confirm CHECK (confirm_deactivations >= 0),
	requested_by uuid,
	reason text,               -- of checked, faulty, failed: a code
	columns text[] NOT NULL DEFAULT '{}', -- of the file; a delta leaves the others alone
	rows_total int NOT NULL DEFAULT 0,
	created int NOT NULL DEFAULT 0,       -- planned, and once it has ended, done
	updated int NOT NULL DEFAULT 0,
	unchanged int NOT NULL DEFAULT 0,
	deactivated int NOT NULL DEFAULT 0,
	skipped int NOT NULL DEFAULT 0,
	faults int NOT NULL DEFAULT 0,
	pairs_suspended int,                  -- while it waits: how many its changes would suspend
	steps_total int,                      -- changes to make; null until planned
	steps_done int NOT NULL DEFAULT 0,    -- the place of the last step that was applied
	leased_until timestamptz,             -- the worker's lease
	attempts smallint NOT NULL DEFAULT 0,
	started_at timestamptz,
	ended_at timestamptz,
	version bigint NOT NULL DEFAULT 1,
	created_at timestamptz NOT NULL DEFAULT common.now(),
	updated_at timestamptz NOT NULL DEFAULT common.now()
);
CREATE INDEX import_newest ON profiles.import (created_at DESC, id DESC);
CREATE INDEX import_waiting ON profiles.import (created_at)
	WHERE status IN ('queued', 'checking', 'applying');

-- Imports run one after the other: a check is good for the people it has seen.
CREATE UNIQUE INDEX import_one_at_work ON profiles.import ((true)) WHERE status IN ('checking', 'applying');

-- The file as received, in parts; removed when the import ends.
CREATE TABLE profiles.import_file (
	import_id uuid NOT NULL CONSTRAINT import_file_import REFERENCES profiles.import (id) ON DELETE CASCADE,
	part smallint NOT NULL,
	content bytea NOT NULL,
	CONSTRAINT import_file_part PRIMARY KEY (import_id, part)
);
ALTER TABLE profiles.import_file ALTER content SET STORAGE EXTERNAL; -- short-lived: not worth packing
COMMENT ON TABLE profiles.import_file IS 'unaudited: staging of an import, which is audited itself';

-- One line of the file, values as sent. Of a faulty row what is well formed: whom it names counts.
CREATE TABLE profiles.import_row (
	import_id uuid NOT NULL CONSTRAINT import_row_import REFERENCES profiles.import (id) ON DELETE CASCADE,
	line int NOT NULL,
	external_id text NOT NULL,
	user_name text,
	given_name text,
	family_name text,
	email text,
	title text,
	department text,
	location text,
	country text,
	time_zone text,
	level smallint,
	manager_external_id text,
	hired_on date,
	status text,               -- null: the file does not say
	languages text[],
	skip boolean NOT NULL,     -- has a fault
	CONSTRAINT import_row_line PRIMARY KEY (import_id, line)
);
COMMENT ON TABLE profiles.import_row IS 'unaudited: staging of an import, which is audited itself';

-- The plan: what to do, in this order. Who is missing from a full file comes first, then the rows
-- from the top of the tree as it will be down, so that a manager is there before the first report
-- and no circle stands for a moment. place 1, 2, 3 …; line null: a person who is not in the file.
CREATE TABLE profiles.import_step (
	import_id uuid NOT NULL CONSTRAINT import_step_import REFERENCES profiles.import (id) ON DELETE CASCADE,
	place int NOT NULL,
	line int,
	person_id uuid NOT NULL,
	manager_id uuid,
	action text NOT NULL CONSTRAINT import_step_action
		CHECK (action IN ('create', 'update', 'reactivate', 'deactivate')),
	rekeys boolean NOT NULL DEFAULT false, -- changes whom a key of sign-in opens
	CONSTRAINT import_step_place PRIMARY KEY (import_id, place)
);
COMMENT ON TABLE profiles.import_step IS 'unaudited: staging of an import, which is audited itself';

-- What is wrong, by line and column.
CREATE TABLE profiles.import_fault (
	import_id uuid NOT NULL CONSTRAINT import_fault_import REFERENCES profiles.import (id) ON DELETE CASCADE,
	line int NOT NULL,
	number bigint GENERATED ALWAYS AS IDENTITY,
	column_name text,
	code text NOT NULL,
	message text NOT NULL,
	warning boolean NOT NULL DEFAULT false, -- harmless: the row is applied
	CONSTRAINT import_fault_line PRIMARY KEY (import_id, line, number)
);
COMMENT ON TABLE profiles.import_fault IS 'unaudited: report of an import, which is audited itself';
GRANT SELECT, INSERT, UPDATE ON profiles.import TO upward_profiles;
GRANT SELECT, INSERT, DELETE ON profiles.import_file, profiles.import_step, profiles.import_fault
	TO upward_profiles;
GRANT SELECT, INSERT, DELETE, UPDATE (skip) ON profiles.import_row TO upward_profiles;
GRANT UPDATE (rekeys) ON profiles.import_step TO upward_profiles;
SELECT common.attach_lifecycle('profiles.import', 'import', true);

-- Revocations of tokens: what was issued before, for a person or a subject, is refused everywhere. Kept
-- as long as a token may live. Their time is the real one, which the times in a token are too.
CREATE TABLE profiles.token_revocation (
	id uuid CONSTRAINT token_revocation_id PRIMARY KEY,
	person_id uuid CONSTRAINT token_revocation_person REFERENCES profiles.person (id),
	subject text CONSTRAINT token_revocation_subject CHECK (subject <> ''),
	revoked_at timestamptz NOT NULL DEFAULT common.real_now(),
	CONSTRAINT token_revocation_one CHECK ((person_id IS NULL) <> (subject IS NULL))
);
CREATE INDEX token_revocation_of_person ON profiles.token_revocation (person_id) WHERE person_id IS NOT NULL;
CREATE INDEX token_revocation_of_subject ON profiles.token_revocation (subject) WHERE subject IS NOT NULL;
GRANT SELECT, INSERT, DELETE ON profiles.token_revocation TO upward_profiles;
