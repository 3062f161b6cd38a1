#include "common.h"

/* Sets give their rows in an order of their own. */
#define SET_OF(one)                                                                                \
	"SELECT r.*, k.n FROM unnest($1::text[]) WITH ORDINALITY k(p1, n), LATERAL (" one          \
	") r ORDER BY md5(k.n::text)"

static const struct statement echo_set = { "echo_set", SET_OF("SELECT k.p1::text AS body"), 1 };
static const struct statement by_key_set = { "by_key_set",
	SET_OF("SELECT body, id AS version FROM item WHERE id = k.p1::int8"), 1 };
static const struct statement divide_set = { "divide_set", SET_OF("SELECT 1 / k.p1::int"), 1 };

const struct statement st_echo = { "echo", "SELECT $1::text AS body", 1, .set = &echo_set };
const struct statement st_by_key = { "by_key",
	"SELECT body, id AS version FROM item WHERE id = $1::int8", 1, .set = &by_key_set };
const struct statement st_insert = { "insert", "INSERT INTO item VALUES ($1::int8, $2::text)", 2,
	false };
const struct statement st_update = { "update",
	"UPDATE item SET body = $2::text WHERE id = $1::int8", 2, false };
const struct statement st_sleep = { "sleep", "SELECT 'slept' FROM pg_sleep($1::float8)", 1, false };
const struct statement st_divide = { "divide", "SELECT 1 / $1::int", 1, .set = &divide_set };
const struct statement st_context = { "context", "SELECT set_config('app.actor', $1::text, true)",
	1, false };
const struct statement st_actor = { "actor", "SELECT current_setting('app.actor', true)", 0,
	false };
const struct statement st_series = { "series", "SELECT generate_series(1, $1::int)", 1, true };
const struct statement st_refuse = { "refuse", "SELECT refuse($1::text, $2::json)", 2, false };
const struct statement st_once = { "once", "INSERT INTO once VALUES ($1::int8)", 1, false };
const struct statement st_lock = { "lock", "SELECT id FROM item WHERE id = $1::int8 FOR UPDATE", 1,
	false };
const struct statement st_falter = { "falter", "SELECT falter($1::text)", 1, false };
const struct statement st_prepared = { "prepared",
	"SELECT string_agg(name, ' ' ORDER BY name) FROM pg_prepared_statements", 0, true };
const struct statement *const all_statements[] = { &st_echo, &st_by_key, &st_insert, &st_update,
	&st_sleep, &st_divide, &st_context, &st_actor, &st_series, &st_refuse, &st_once, &st_lock,
	&st_falter };
const size_t all_statements_count = COUNT(all_statements);

void make_tables(const char *dsn)
{
	sql(dsn, "SET client_min_messages = warning; DROP TABLE IF EXISTS item, once; "
		 "DROP SEQUENCE IF EXISTS attempt; CREATE SEQUENCE attempt; "
		 "CREATE OR REPLACE FUNCTION falter(code text) RETURNS text LANGUAGE plpgsql "
		 "VOLATILE AS $$ BEGIN IF nextval('attempt') % 3 <> 0 THEN "
		 "RAISE EXCEPTION USING ERRCODE = code; END IF; RETURN 'at last'; END $$; "
		 "CREATE TABLE item (id int8 CONSTRAINT item_id PRIMARY KEY, body text NOT NULL, "
		 "	CONSTRAINT item_body CHECK (body <> '')); "
		 "INSERT INTO item SELECT i, 'body ' || i FROM generate_series(1, 100) i; "
		 "CREATE TABLE once (id int8 CONSTRAINT once_id UNIQUE DEFERRABLE INITIALLY "
		 "DEFERRED); "
		 "CREATE OR REPLACE FUNCTION refuse(code text, detail json) RETURNS void "
		 "LANGUAGE plpgsql VOLATILE AS $$ BEGIN RAISE EXCEPTION USING ERRCODE = 'UP001', "
		 "MESSAGE = code, DETAIL = coalesce(detail::text, ''); END $$");
}

struct db_settings settings_for(const char *dsn)
{
	return (struct db_settings){ .dsn = dsn,
		.pool_size = 4,
		.slow_size = 3,
		.slow_queue = 8,
		.statements = all_statements,
		.statement_count = COUNT(all_statements) };
}

static bool is_ready(void *context)
{
	return database_ready(context) && figures_of(context).pool_idle == 4;
}

void await_ready(struct database *db)
{
	await_true(is_ready, db, "the database is ready");
}

struct database *open_ready(const char *dsn)
{
	struct db_settings settings = settings_for(dsn);
	struct database *db = database_open(&settings);

	assert_non_null(db);
	await_ready(db);
	return db;
}

struct db_figures figures_of(struct database *db)
{
	struct db_figures figures;

	database_figures(db, &figures);
	return figures;
}
