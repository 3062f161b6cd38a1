#include "schema.h"

#include "gen/shared/statements.h"

const struct statement st_effect = { "effect",
	"INSERT INTO effect SELECT $1::bigint, $2::text, $3::uuid, $4::json", 4, false };
const struct statement st_emit = { "emit",
	"INSERT INTO common.outbox (type, subject_id) SELECT $1::text, gen_random_uuid()", 1,
	false };

const struct statement st_refused = { "refused",
	"SELECT 1 / count(x) FROM (SELECT 1 LIMIT 0) o (x)", 0, false };

static const struct statement *const statements[] = { &stmt_consumer_look, &stmt_consumer_peek, &stmt_consumer_register,
	&stmt_consumer_batch, &stmt_consumer_move, &st_effect, &st_emit, &st_refused };

/* Reads the migration itself, so that the tests meet the real tables. */
static char *text_of(const char *path)
{
	static char text[65536];
	FILE *file = fopen(path, "re");
	size_t n;

	assert_non_null(file);
	n = fread(text, 1, sizeof text - 1, file);
	fclose(file);
	text[n] = '\0';
	return text;
}

/* Roles belong to the whole server: they may be there from another test. */
static void make_roles(const char *dsn)
{
	sql(dsn, "DO $$ DECLARE r text; BEGIN "
		 "PERFORM pg_advisory_xact_lock(42); "
		 "FOREACH r IN ARRAY ARRAY['owner', 'guard', 'upward_profiles', 'upward_matching', "
		 "'upward_scheduling', 'upward_evaluation'] LOOP "
		 "IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = r) THEN "
		 "EXECUTE format('CREATE ROLE %I', r); END IF; "
		 "EXECUTE format('GRANT CREATE ON DATABASE %I TO %I', current_database(), r); "
		 "END LOOP; END $$");
}

void make_schema(const char *dsn)
{
	make_roles(dsn);
	sql(dsn, text_of("shared/schema/0001_common.sql"));
	sql(dsn, text_of("shared/objects/refusal.sql"));
	sql(dsn, text_of("shared/objects/clock.sql"));
	sql(dsn, "CREATE TABLE effect (event_id bigint, type text, subject_id uuid, data json); "
		 "CREATE TABLE refused_type (type text)");
}

struct database *open_events(const char *dsn)
{
	struct db_settings settings = { .dsn = dsn,
		.pool_size = 4,
		.slow_size = 1,
		.slow_queue = 8,
		.statements = statements,
		.statement_count = COUNT(statements) };
	struct database *db = database_open(&settings);

	assert_non_null(db);
	return db;
}

long effects(void)
{
	return sql_number(test_dsn(), "SELECT count(*) FROM effect");
}

long effects_twice(void)
{
	return sql_number(test_dsn(), "SELECT count(*) - count(DISTINCT event_id) FROM effect");
}

long events(void)
{
	return sql_number(test_dsn(), "SELECT count(*) FROM common.outbox");
}

void clear(void)
{
	sql(test_dsn(), "DELETE FROM effect; DELETE FROM common.outbox; DELETE FROM common.cursor; "
			"DELETE FROM refused_type");
}
