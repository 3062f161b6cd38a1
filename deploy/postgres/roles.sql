-- The cluster's set-up: roles, their time-outs, the database. Run once by a superuser, again at will:
--
--	UPWARD_DATABASE=upward MIGRATOR_PASSWORD=… PROFILES_PASSWORD=… psql -X -d postgres -f roles.sql
--
-- The name of the database and the passwords come from the environment, so that no process list
-- shows them; without a password a role keeps the one it has (none at first: socket or certificate
-- authentication). Everything inside the schemas is the business of upward-migrate.
--
--	owner      owns schemas and tables; nobody logs in as owner
--	guard      owns the functions that may look across services (SECURITY DEFINER)
--	migrator   logs in to migrate: a member of both, no superuser
--	upward_*   one for each service: its own schema, published views of the others
\set ON_ERROR_STOP on
\set database upward
\getenv database UPWARD_DATABASE
\getenv migrator_password MIGRATOR_PASSWORD
\getenv profiles_password PROFILES_PASSWORD
\getenv matching_password MATCHING_PASSWORD
\getenv scheduling_password SCHEDULING_PASSWORD
\getenv evaluation_password EVALUATION_PASSWORD
SET log_min_error_statement = panic;
SET log_statement = none;
SET client_min_messages = warning;

SELECT format('CREATE ROLE %I %s', name, kind)
FROM (VALUES ('owner', 'NOLOGIN'), ('guard', 'NOLOGIN'), ('migrator', 'LOGIN'),
	('upward_profiles', 'LOGIN'), ('upward_matching', 'LOGIN'),
	('upward_scheduling', 'LOGIN'), ('upward_evaluation', 'LOGIN')) AS wanted (name, kind)
WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = name)
\gexec
GRANT owner, guard TO migrator;
GRANT SET ON PARAMETER deadlock_timeout TO migrator; -- to say who gives way in a deadlock
GRANT pg_read_all_stats TO guard; -- when the oldest open transaction began: common.as_of()

\if :{?migrator_password}
ALTER ROLE migrator PASSWORD :'migrator_password';
\endif
\if :{?profiles_password}
ALTER ROLE upward_profiles PASSWORD :'profiles_password';
\endif
\if :{?matching_password}
ALTER ROLE upward_matching PASSWORD :'matching_password';
\endif
\if :{?scheduling_password}
ALTER ROLE upward_scheduling PASSWORD :'scheduling_password';
\endif
\if :{?evaluation_password}
ALTER ROLE upward_evaluation PASSWORD :'evaluation_password';
\endif

-- Statements carry free text: a failed one is logged without its text and without row values.
-- deadlock_timeout stands below lock_timeout, so that a deadlock ends as 40P01, which is retried.
SELECT format('ALTER ROLE %I SET %s', name, setting)
FROM (VALUES ('upward_profiles', 'profiles'), ('upward_matching', 'matching'),
	('upward_scheduling', 'scheduling'), ('upward_evaluation', 'evaluation')) AS service (name, schema),
	LATERAL (VALUES (format('search_path = %I, pg_catalog, pg_temp', schema)),
		('statement_timeout = ''2s'''), ('lock_timeout = ''500ms'''),
		('idle_in_transaction_session_timeout = ''5s'''), ('deadlock_timeout = ''100ms'''),
		('log_min_error_statement = ''panic'''), ('log_error_verbosity = ''terse'''),
		('default_transaction_isolation = ''read committed'''), ('timezone = ''UTC'''),
		('jit = ''off'''), ('datestyle = ''ISO, YMD'''), ('intervalstyle = ''iso_8601''')) AS one (setting)
\gexec
SELECT format('ALTER ROLE migrator SET %s', setting)
FROM (VALUES ('statement_timeout = ''10min'''), ('lock_timeout = ''2s'''), ('timezone = ''UTC'''),
	('log_min_error_statement = ''panic'''),
	('search_path = pg_catalog, pg_temp')) AS one (setting)
\gexec

SELECT format('CREATE DATABASE %I OWNER owner ENCODING ''UTF8'' TEMPLATE template0
	LC_COLLATE ''C.UTF-8'' LC_CTYPE ''C.UTF-8''', :'database')
WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = :'database')
\gexec
REVOKE ALL ON DATABASE :"database" FROM PUBLIC;
GRANT CONNECT ON DATABASE :"database"
	TO migrator, upward_profiles, upward_matching, upward_scheduling, upward_evaluation;
ALTER DATABASE :"database" SET timezone = 'UTC';

\connect :"database"
REVOKE ALL ON SCHEMA public FROM PUBLIC;
CREATE SCHEMA IF NOT EXISTS extensions;
GRANT USAGE ON SCHEMA extensions
	TO owner, guard, upward_profiles, upward_matching, upward_scheduling, upward_evaluation;
CREATE EXTENSION IF NOT EXISTS btree_gist SCHEMA extensions; -- no overlap: (person, time range)
CREATE EXTENSION IF NOT EXISTS pg_trgm SCHEMA extensions;    -- search as you type
