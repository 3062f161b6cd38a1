-- People, as mastered by the HR system, with their own profiles. Reporting lines are manager_id alone;
-- nothing is derived from them, so that moving a manager changes one row.
CREATE SCHEMA profiles;
GRANT USAGE ON SCHEMA profiles
	TO guard, upward_profiles, upward_matching, upward_scheduling, upward_evaluation;

-- The standing of a person is manager_id, level, age_band and status: what the rules for pairs depend on. A
-- statement that changes it must take pg_advisory_xact_lock(7, 1), the reporting-line lock, before any row
-- lock (the trigger lock_reporting_lines takes it in any case).
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
	country text,                                -- from HR; ISO 3166-1 alpha-2 where holidays matter
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
	rekeyed_by uuid,                             -- the import that is moving this person's keys
	keys_left_at timestamptz,                    -- when the keys stopped identifying the person
	find text NOT NULL GENERATED ALWAYS AS (common.words(given_name || ' ' || family_name || ' '
		|| coalesce(title, '') || ' ' || coalesce(department, '') || ' ' || coalesce(location, ''))) STORED,
	version bigint NOT NULL DEFAULT 1,
	created_at timestamptz NOT NULL DEFAULT common.now(),
	updated_at timestamptz NOT NULL DEFAULT common.now()
);

-- Sign-in identifies a person by any of the three keys. Keys are always compared with ASCII letters folded
-- and nothing else: lower(key COLLATE "C"). user_name and email are unique among people who have not left;
-- leavers keep theirs as history only. People whose keys an import is changing (rekeyed_by) are exempt
-- too, so that two people can exchange keys, one after the other.
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

-- Filters of the directory. The name is left out: it would cost a third of each insert.
CREATE INDEX person_department ON profiles.person (department);
CREATE INDEX person_location ON profiles.person (location);
CREATE INDEX person_by_level ON profiles.person (level);
CREATE INDEX person_updated ON profiles.person (updated_at, id);
CREATE INDEX person_find ON profiles.person USING gin (find extensions.gin_trgm_ops);

-- The searchable text of a skill: the words of its name and aliases.
CREATE FUNCTION profiles.skill_words(name text, aliases text[]) RETURNS text
	LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN common.words(name || ' ' || array_to_string(aliases, ' '));
GRANT EXECUTE ON FUNCTION profiles.skill_words(text, text[]) TO upward_profiles;

-- The skill taxonomy. Names and codes are keys, compared like those of people. Aliases are other names of
-- the same skill, stored with ASCII letters in lower case.
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

-- Personal interests, with ASCII letters in lower case. They add to rapport, never to relevance.
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

-- Weekly working hours, in the person's own time zone; weekday 1 is Monday.
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

-- Imports of the employee file, one row per file. A file is staged by COPY, validated as a whole, planned,
-- and applied in chunks.
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
	columns text[] NOT NULL DEFAULT '{}', -- of the file; a delta leaves others unchanged
	rows_total int NOT NULL DEFAULT 0,
	created int NOT NULL DEFAULT 0,       -- planned; after the end, done
	updated int NOT NULL DEFAULT 0,
	unchanged int NOT NULL DEFAULT 0,
	deactivated int NOT NULL DEFAULT 0,
	skipped int NOT NULL DEFAULT 0,
	faults int NOT NULL DEFAULT 0,
	pairs_suspended int,                  -- while waiting: pairs that it would suspend
	steps_total int,                      -- changes to make; null until planned
	steps_done int NOT NULL DEFAULT 0,    -- place of the last applied step
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

-- One import at a time: a check is valid only while nobody else changes the people it has seen.
CREATE UNIQUE INDEX import_one_at_work ON profiles.import ((true)) WHERE status IN ('checking', 'applying');

-- The file as received, in parts; removed when the import ends.
CREATE TABLE profiles.import_file (
	import_id uuid NOT NULL CONSTRAINT import_file_import REFERENCES profiles.import (id) ON DELETE CASCADE,
	part smallint NOT NULL,
	content bytea NOT NULL,
	CONSTRAINT import_file_part PRIMARY KEY (import_id, part)
);
ALTER TABLE profiles.import_file ALTER content SET STORAGE EXTERNAL; -- short-lived: not worth compressing
COMMENT ON TABLE profiles.import_file IS 'unaudited: staging area of an import; the import is audited';

-- One line of the file, values as sent. A faulty row keeps its valid values, since people named in the file
-- do not count as missing.
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
COMMENT ON TABLE profiles.import_row IS 'unaudited: staging area of an import; the import is audited';

-- The plan: the changes, in order of place (1, 2, 3 …). First the people missing from a full file (line is
-- null), then the rows from the top of the new tree down, so that managers exist before their reports and
-- there is never a cycle in between.
CREATE TABLE profiles.import_step (
	import_id uuid NOT NULL CONSTRAINT import_step_import REFERENCES profiles.import (id) ON DELETE CASCADE,
	place int NOT NULL,
	line int,
	person_id uuid NOT NULL,
	manager_id uuid,
	action text NOT NULL CONSTRAINT import_step_action
		CHECK (action IN ('create', 'update', 'reactivate', 'deactivate')),
	rekeys boolean NOT NULL DEFAULT false, -- changes who a sign-in key identifies
	CONSTRAINT import_step_place PRIMARY KEY (import_id, place)
);
COMMENT ON TABLE profiles.import_step IS 'unaudited: staging area of an import; the import is audited';

-- Faults, by line and column.
CREATE TABLE profiles.import_fault (
	import_id uuid NOT NULL CONSTRAINT import_fault_import REFERENCES profiles.import (id) ON DELETE CASCADE,
	line int NOT NULL,
	number bigint GENERATED ALWAYS AS IDENTITY,
	column_name text,
	code text NOT NULL,
	message text NOT NULL,
	warning boolean NOT NULL DEFAULT false, -- the row is applied nevertheless
	CONSTRAINT import_fault_line PRIMARY KEY (import_id, line, number)
);
COMMENT ON TABLE profiles.import_fault IS 'unaudited: report of an import; the import is audited';
GRANT SELECT, INSERT, UPDATE ON profiles.import TO upward_profiles;
GRANT SELECT, INSERT, DELETE ON profiles.import_file, profiles.import_step, profiles.import_fault
	TO upward_profiles;
GRANT SELECT, INSERT, DELETE, UPDATE (skip) ON profiles.import_row TO upward_profiles;
GRANT UPDATE (rekeys) ON profiles.import_step TO upward_profiles;
SELECT common.attach_lifecycle('profiles.import', 'import', true);

-- Revocations of tokens: tokens of a person or subject issued before revoked_at are refused by all services.
-- Kept as long as a token may live. revoked_at is real time, like the times in a token.
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
