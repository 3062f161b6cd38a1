#include "unit/http/table.h"

#include "gen/shared/statements.h"
#include "support/unit/cluster.h"
#include "support/unit/unit.h"

static const char schema[] =
	"CREATE SCHEMA common;"
	"CREATE FUNCTION common.now() RETURNS timestamptz LANGUAGE sql RETURN pg_catalog.now();"
	"CREATE FUNCTION common.refuse(code text, detail json DEFAULT NULL) RETURNS void "
	"LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION USING ERRCODE = 'UP001', MESSAGE = code, "
	"DETAIL = coalesce(detail::text, ''); END $$;"
	"CREATE TABLE common.idempotency (subject text, route text, key text, hash text, "
	"object_id uuid, status smallint, created_at timestamptz DEFAULT common.now(), "
	"CONSTRAINT idempotency_once PRIMARY KEY (subject, route, key));"
	"CREATE TABLE thing (id uuid PRIMARY KEY, name text, owner uuid, version bigint DEFAULT 1, "
	"written text, CONSTRAINT thing_unlisted CHECK (name <> 'unlisted'));";

static const struct statement create_sql = { .name = "thing_create",
	.param_count = 3,
	.sql = "WITH new AS (INSERT INTO thing (id, name, owner, written) SELECT $1::uuid, "
	       "$2::text, "
	       "$3::uuid, current_setting('app.actor') || ' ' || current_setting('app.operation') "
	       "|| "
	       "' ' || current_setting('app.request_id') WHERE $2::text <> 'closed' RETURNING id) "
	       "SELECT CASE WHEN $2::text = 'closed' THEN common.refuse('wrong_state', "
	       "'{\"current_status\":\"closed\"}') WHEN $2::text = 'odd' THEN "
	       "common.refuse('no_such_code') WHEN NOT EXISTS (SELECT FROM new) THEN "
	       "common.refuse('not_found') END" };
static const struct statement read_sql = { .name = "thing_read",
	.param_count = 2,
	.sql = "SELECT json_build_object('id', id, 'name', name, 'context', "
	       "current_setting('app.actor', true))::text AS body, version FROM thing "
	       "WHERE id = $1::uuid AND owner = $2::uuid" };
static const struct statement patch_sql = { .name = "thing_patch",
	.param_count = 3,
	.sql = "WITH target AS (SELECT id, version FROM thing WHERE id = $1::uuid FOR NO KEY "
	       "UPDATE), "
	       "new AS (UPDATE thing SET name = $2::json->>'name', version = thing.version + 1 "
	       "FROM "
	       "target WHERE thing.id = target.id AND target.version = $3::int8 RETURNING 1) "
	       "SELECT "
	       "CASE WHEN NOT EXISTS (SELECT FROM target) THEN common.refuse('not_found') WHEN NOT "
	       "EXISTS (SELECT FROM new) THEN common.refuse('stale') END" };
static const struct statement list_sql = { .name = "thing_list",
	.param_count = 4,
	.unprepared = true,
	.sql = "SELECT json_build_object('name', name)::text AS body, name, id FROM thing "
	       "WHERE owner = $1::uuid AND ($3::text IS NULL OR (name, id) > ($3::text, $4::uuid)) "
	       "ORDER BY name, id LIMIT $2::int8 + 1" };
static const struct statement delete_sql = { .name = "thing_delete",
	.param_count = 2,
	.sql = "WITH gone AS (DELETE FROM thing WHERE id = $1::uuid AND version = $2::int8 "
	       "RETURNING 1) SELECT CASE WHEN NOT EXISTS (SELECT FROM gone) THEN "
	       "common.refuse('not_found') END" };

static const struct statement *const statements[] = { &create_sql, &read_sql, &patch_sql, &list_sql,
	&delete_sql, &stmt_call_context, &stmt_idempotency_take, &stmt_idempotency_find,
	&stmt_idempotency_forget };

static const struct source create_from[] = { { SOURCE_NEW_ID, 0 }, { SOURCE_MEMBER, 0 },
	{ SOURCE_ACTOR, 0 } };
static const struct source read_from[] = { { SOURCE_PATH, 0 }, { SOURCE_ACTOR, 0 } };
static const struct source reread_from[] = { { SOURCE_NEW_ID, 0 }, { SOURCE_ACTOR, 0 } };
static const struct source patch_from[] = { { SOURCE_PATH, 0 }, { SOURCE_BODY, 0 },
	{ SOURCE_IF_MATCH, 0 } };
static const struct source delete_from[] = { { SOURCE_PATH, 0 }, { SOURCE_IF_MATCH, 0 } };
static const struct source list_from[] = { { SOURCE_ACTOR, 0 }, { SOURCE_LIMIT, 0 },
	{ SOURCE_AFTER, 0 }, { SOURCE_AFTER, 1 } };

static struct operation table[THING_COUNT];
static const size_t table_count = THING_COUNT;
static const struct service table_service = {
	.name = "things", .operations = table, .operation_count = &table_count
};

static void answer_from(int place, const struct statement *run, const struct source *from)
{
	table[place].run = (struct binding){ run, from };
}

static bool is_ready(void *db)
{
	return database_ready(db);
}

struct database *table_database(void)
{
	struct db_settings settings = { .dsn = test_dsn(),
		.pool_size = 4,
		.slow_size = 3,
		.slow_queue = 8,
		.statements = statements,
		.statement_count = COUNT(statements) };
	struct database *db = database_open(&settings);
	assert_non_null(db);
	await_true(is_ready, db, "database ready");
	return db;
}

void table_open(struct service_state *service)
{
	char reason[128];
	fixture_open(service);
	sql(test_dsn(), schema);
	memcpy(table, things, sizeof table);
	for (int i = 0; i < THING_COUNT; i++) {
		table[i].scope = SCOPE_PEOPLE_READ;
		table[i].handler = NULL;
	}
	answer_from(THING_CREATE, &create_sql, create_from);
	answer_from(THING_READ, &read_sql, read_from);
	answer_from(THING_PATCH, &patch_sql, patch_from);
	answer_from(THING_LIST, &list_sql, list_from);
	answer_from(THING_DELETE, &delete_sql, delete_from);
	table[THING_CREATE].read = (struct binding){ &read_sql, reread_from };
	table[THING_CREATE].location = "/api/v1/things/{thing_id}";
	table[THING_PATCH].read = (struct binding){ &read_sql, read_from };
	table[THING_READ].lane = DB_BATCH;
	table[THING_PATCH].tagged = table[THING_DELETE].tagged = &table[THING_READ];
	router_free(service->router);
	service->router = router_new(table, THING_COUNT, reason, sizeof reason);
	service->service = &table_service;
	service->idempotency_keys = 1000;
	service->db = table_database();
}

void table_close(struct service_state *service)
{
	database_close(service->db);
	fixture_close(service);
}
