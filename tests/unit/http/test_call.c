/* LINK: -Wl,--wrap=authority_identify */
/* Operations that the table answers, against PostgreSQL: reads, lists, writes with context and
 * idempotency key, refusals. */
#include <pthread.h>
#include "base/str.h"
#include "gen/shared/statements.h"
#include "http/idempotency.h"
#include "support/unit/cluster.h"
#include "support/unit/unit.h"
#include "unit/http/table.h"

static struct service_state service;
static struct http_response response;
static _Thread_local const char *caller = PERSON_ID;

enum principal_outcome __wrap_authority_identify(struct authority *a, const char *header,
	struct principal *ret_principal, enum token_fault *ret_fault);
enum principal_outcome __wrap_authority_identify(struct authority *a, const char *header,
	struct principal *ret_principal, enum token_fault *ret_fault)
{
	(void)a, (void)header, (void)ret_fault;
	*ret_principal = (struct principal){ .roles = ROLE_PARTICIPANT,
		.roles_sql = "{participant}",
		.scopes = SCOPE_BIT(SCOPE_PEOPLE_READ) };
	snprintf(ret_principal->person_id, sizeof ret_principal->person_id, "%s", caller);
	snprintf(ret_principal->subject, sizeof ret_principal->subject, "issuer %s", caller);
	return PRINCIPAL_OK;
}

static int open_all(void **state)
{
	(void)state;
	table_open(&service);
	return 0;
}

static int close_all(void **state)
{
	(void)state;
	free(response.body);
	table_close(&service);
	return 0;
}

static int empty(void **state)
{
	(void)state;
	sql(test_dsn(), "TRUNCATE thing, common.idempotency");
	return 0;
}

#define BEARER                                                                                     \
	{                                                                                          \
		HTTP_AUTHORIZATION, "Bearer t"                                                     \
	}
#define JSON                                                                                       \
	{                                                                                          \
		HTTP_CONTENT_TYPE, "application/json"                                              \
	}
#define SENT(...) ((const struct header[]){ BEARER, __VA_ARGS__, { HTTP_HEADERS, NULL } })

static void expect(int status, const char *code, const char *method, const char *target,
	const struct header *headers, const char *body)
{
	free(response.body);
	ask(&service, method, target, headers, body, &response);
	if (response.status != status || !str_equal(code_of(&response), code))
		fail_msg("%s %s %s: %d %s", method, target, body ? body : "", response.status,
			response.body ? response.body : "");
}

/* Creates a thing; its path in static memory. */
static const char *create(const char *body)
{
	static char path[128];
	expect(201, "", "POST", "/api/v1/things", SENT(JSON), body);
	snprintf(path, sizeof path, "%s", header_of(&response, "Location"));
	return path;
}

static void call_creates_reads_and_agrees(void **state)
{
	(void)state;
	const char *path = create("{\"name\":\"a\"}");
	assert_int_equal(strncmp(path, "/api/v1/things/01", 17), 0);
	char body[256], etag[64];
	snprintf(body, sizeof body, "%.*s", (int)response.length, response.body);
	snprintf(etag, sizeof etag, "%s", header_of(&response, "ETag"));
	assert_int_equal(strncmp(etag, "\"1.", 3), 0);
	/* the write answered inside its own transaction, with the context set; a read has none: it
	 * is gone after the Sync */
	assert_non_null(strstr(body, "\"context\" : \"" PERSON_ID "\""));
	for (int i = 0; i < 20; i++) {
		expect(200, "", "GET", path, SENT(JSON), NULL);
		assert_null(strstr(response.body, "\"context\" : \"" PERSON_ID "\""));
	}
	caller = "019a0000-0000-7000-8000-0000000000ff";
	expect(404, "not_found", "GET", path, SENT(JSON), NULL);
	caller = PERSON_ID;
}

static void call_writes_bear_their_context(void **state)
{
	(void)state;
	expect(201, "", "POST", "/api/v1/things", SENT(JSON, { HTTP_REQUEST_ID, "req-7" }),
		"{\"name\":\"a\"}");
	assert_string_equal(sql_value(test_dsn(), "SELECT written FROM thing"),
		PERSON_ID " thing_create req-7");
}

static void call_refusals_become_problems(void **state)
{
	(void)state;
	expect(409, "wrong_state", "POST", "/api/v1/things", SENT(JSON), "{\"name\":\"closed\"}");
	assert_non_null(strstr(response.body, "\"current_status\":\"closed\""));
	expect(500, "internal", "POST", "/api/v1/things", SENT(JSON), "{\"name\":\"odd\"}");
	expect(500, "internal", "POST", "/api/v1/things", SENT(JSON), "{\"name\":\"unlisted\"}");
	assert_null(strstr(response.body, "thing_unlisted"));
	assert_int_equal(sql_number(test_dsn(), "SELECT count(*) FROM thing"), 0);
}

/* The ETag of what GET answers now. */
static const char *etag_at(const char *path)
{
	static char etag[64];
	expect(200, "", "GET", path, SENT(JSON), NULL);
	snprintf(etag, sizeof etag, "%s", header_of(&response, "ETag"));
	return etag;
}

static void call_patch_compares_the_whole_tag(void **state)
{
	(void)state;
	char path[128];
	snprintf(path, sizeof path, "%s", create("{\"name\":\"a\"}"));
	expect(412, "stale", "PATCH", path, SENT(JSON, { HTTP_IF_MATCH, "\"2.00000000\"" }),
		"{\"name\":\"b\"}");
	expect(412, "stale", "PATCH", path, SENT(JSON, { HTTP_IF_MATCH, "\"1.00000000\"" }),
		"{\"name\":\"b\"}");
	const char *etag = etag_at(path);
	assert_int_equal(strncmp(etag, "\"1.", 3), 0);
	expect(200, "", "PATCH", path, SENT(JSON, { HTTP_IF_MATCH, etag }), "{\"name\":\"b\"}");
	assert_int_equal(strncmp(header_of(&response, "ETag"), "\"2.", 3), 0);
	expect(412, "stale", "PATCH", path, SENT(JSON, { HTTP_IF_MATCH, etag }),
		"{\"name\":\"c\"}");
	expect(200, "", "PATCH", path, SENT(JSON, { HTTP_IF_MATCH, "*" }), "{\"name\":\"c\"}");
	expect(404, "not_found", "PATCH", "/api/v1/things/" THING_ID,
		SENT(JSON, { HTTP_IF_MATCH, "*" }), "{}");
	etag = etag_at(path);
	expect(204, "", "DELETE", path, SENT({ HTTP_IF_MATCH, etag }), NULL);
	assert_null(response.body);
	expect(404, "not_found", "DELETE", path, SENT({ HTTP_IF_MATCH, etag }), NULL);
}

/* Its own effect moved the version that it names. */
static void call_repeated_under_a_condition_happens_once(void **state)
{
	(void)state;
	const struct header *keyed = SENT(
		JSON, { HTTP_IDEMPOTENCY_KEY, "k6" }, { HTTP_IF_MATCH, "*" });
	expect(201, "", "POST", "/api/v1/things", keyed, "{\"name\":\"a\"}");
	/* a second one is refused by its condition, but the key answers first */
	keyed = SENT(JSON, { HTTP_IDEMPOTENCY_KEY, "k6" }, { HTTP_IF_MATCH, "\"x\"" });
	expect(201, "", "POST", "/api/v1/things", keyed, "{\"name\":\"a\"}");
	assert_string_equal(header_of(&response, "Idempotency-Replayed"), "true");
	keyed = SENT(JSON, { HTTP_IDEMPOTENCY_KEY, "k7" }, { HTTP_IF_MATCH, "\"x\"" });
	expect(412, "stale", "POST", "/api/v1/things", keyed, "{\"name\":\"a\"}");
	assert_int_equal(sql_number(test_dsn(), "SELECT count(*) FROM thing"), 1);
}

static void call_repeated_with_a_key_happens_once(void **state)
{
	(void)state;
	const struct header *keyed = SENT(JSON, { HTTP_IDEMPOTENCY_KEY, "k1" });
	expect(201, "", "POST", "/api/v1/things", keyed, "{\"name\":\"a\",\"amount\":1}");
	assert_null(header_of(&response, "Idempotency-Replayed"));
	char location[128];
	snprintf(location, sizeof location, "%s", header_of(&response, "Location"));
	/* the same in another spelling */
	expect(201, "", "POST", "/api/v1/things", keyed, " {\"amount\":1, \"name\":\"a\"}");
	assert_string_equal(header_of(&response, "Idempotency-Replayed"), "true");
	assert_string_equal(header_of(&response, "Location"), location);
	assert_non_null(strstr(response.body, location + strlen("/api/v1/things/")));
	expect(422, "key_reused", "POST", "/api/v1/things", keyed, "{\"name\":\"b\"}");
	/* another caller's key is another key */
	caller = "019a0000-0000-7000-8000-0000000000ff";
	expect(201, "", "POST", "/api/v1/things", keyed, "{\"name\":\"a\",\"amount\":1}");
	assert_null(header_of(&response, "Idempotency-Replayed"));
	caller = PERSON_ID;
	assert_int_equal(sql_number(test_dsn(), "SELECT count(*) FROM thing"), 2);
	assert_int_equal(sql_number(test_dsn(), "SELECT count(*) FROM common.idempotency"), 2);
	/* authorization runs again: what is no longer the caller's is not shown */
	sql(test_dsn(), "UPDATE thing SET owner = NULL");
	expect(404, "not_found", "POST", "/api/v1/things", keyed, "{\"name\":\"a\",\"amount\":1}");
}

static void call_refused_gives_its_key_back(void **state)
{
	(void)state;
	const struct header *keyed = SENT(JSON, { HTTP_IDEMPOTENCY_KEY, "k2" });
	expect(409, "wrong_state", "POST", "/api/v1/things", keyed, "{\"name\":\"closed\"}");
	assert_int_equal(sql_number(test_dsn(), "SELECT count(*) FROM common.idempotency"), 0);
	expect(201, "", "POST", "/api/v1/things", keyed, "{\"name\":\"open\"}");
}

static void call_bounds_the_keys_of_a_caller(void **state)
{
	(void)state;
	char key[32];
	service.idempotency_keys = 5;
	for (int i = 0; i < 8; i++) {
		snprintf(key, sizeof key, "bound-%d", i);
		expect(i < 5 ? 201 : 429, i < 5 ? "" : "rate_limited", "POST", "/api/v1/things",
			SENT(JSON, { HTTP_IDEMPOTENCY_KEY, key }), "{\"name\":\"a\"}");
	}
	assert_string_equal(header_of(&response, "Retry-After"), "60");
	/* what was done is still told; without a key it goes on; others have their own */
	expect(201, "", "POST", "/api/v1/things", SENT(JSON, { HTTP_IDEMPOTENCY_KEY, "bound-0" }),
		"{\"name\":\"a\"}");
	assert_string_equal(header_of(&response, "Idempotency-Replayed"), "true");
	expect(201, "", "POST", "/api/v1/things", SENT(JSON), "{\"name\":\"a\"}");
	caller = "019a0000-0000-7000-8000-0000000000ff";
	expect(201, "", "POST", "/api/v1/things", SENT(JSON, { HTTP_IDEMPOTENCY_KEY, key }),
		"{\"name\":\"a\"}");
	caller = PERSON_ID;
	assert_int_equal(sql_number(test_dsn(), "SELECT count(*) FROM common.idempotency"), 6);
	sql(test_dsn(),
		"UPDATE common.idempotency SET created_at = created_at - interval '1 hour'");
	expect(201, "", "POST", "/api/v1/things", SENT(JSON, { HTTP_IDEMPOTENCY_KEY, key }),
		"{\"name\":\"a\"}");
	service.idempotency_keys = 1000;
}

static void call_forgets_old_keys(void **state)
{
	(void)state;
	sql(test_dsn(), "INSERT INTO common.idempotency SELECT 'x', 'y', n::text, 'h', NULL, 201, "
			"now() - interval '47 hours' - n * interval '1 minute' "
			"FROM generate_series(1, 12000) n");
	struct db_session *worker = db_session_open(service.db);
	int rounds = 0;
	while (idempotency_tidy(&service, worker))
		rounds++;
	db_session_close(worker);
	assert_int_equal(rounds, 3);
	assert_in_range(sql_number(test_dsn(), "SELECT count(*) FROM common.idempotency"), 58, 60);
}

struct racer {
	pthread_t thread;
	int status;
	bool replayed;
};

static void *race(void *context)
{
	struct racer *racer = context;
	struct http_response mine;
	ask(&service, "POST", "/api/v1/things", SENT(JSON, { HTTP_IDEMPOTENCY_KEY, "k3" }),
		"{\"name\":\"a\"}", &mine);
	racer->status = mine.status;
	racer->replayed = header_of(&mine, "Idempotency-Replayed") != NULL;
	free(mine.body);
	return NULL;
}

static void call_races_with_one_key_win_once(void **state)
{
	(void)state;
	struct racer racers[12];
	for (size_t i = 0; i < COUNT(racers); i++)
		assert_int_equal(pthread_create(&racers[i].thread, NULL, race, &racers[i]), 0);
	int first = 0, others = 0;
	for (size_t i = 0; i < COUNT(racers); i++) {
		pthread_join(racers[i].thread, NULL);
		first += racers[i].status == 201 && !racers[i].replayed;
		others += (racers[i].status == 201 && racers[i].replayed) ||
			  racers[i].status == 409 || racers[i].status == 503;
	}
	assert_int_equal(first, 1);
	assert_int_equal(others, (int)COUNT(racers) - 1);
	assert_int_equal(sql_number(test_dsn(), "SELECT count(*) FROM thing"), 1);
}

static void call_key_held_by_another_is_in_progress(void **state)
{
	(void)state;
	sql(test_dsn(), "INSERT INTO common.idempotency VALUES "
			"('issuer " PERSON_ID "', 'thing_create', 'k4', 'x', NULL, 201)");
	expect(422, "key_reused", "POST", "/api/v1/things",
		SENT(JSON, { HTTP_IDEMPOTENCY_KEY, "k4" }), "{\"name\":\"a\"}");
	struct database *other = table_database();
	struct db_session *worker = db_session_open(other);
	struct db_error error;
	struct db_rows *rows;
	struct step step = STEP(&stmt_idempotency_take, "issuer " PERSON_ID, "thing_create", "k5",
		"x", "201", NULL, "1000");
	assert_int_equal(db_session_begin(worker, &error), DB_DONE);
	assert_int_equal(db_session_run(worker, &step, &rows, &error), DB_DONE);
	db_rows_free(rows);
	expect(409, "in_progress", "POST", "/api/v1/things",
		SENT(JSON, { HTTP_IDEMPOTENCY_KEY, "k5" }), "{\"name\":\"a\"}");
	db_session_rollback(worker);
	expect(201, "", "POST", "/api/v1/things", SENT(JSON, { HTTP_IDEMPOTENCY_KEY, "k5" }),
		"{\"name\":\"a\"}");
	db_session_close(worker);
	database_close(other);
}

static void call_lists_by_pages(void **state)
{
	(void)state;
	sql(test_dsn(), "INSERT INTO thing (id, name, owner) SELECT gen_random_uuid(), "
			"'n' || lpad((i / 3)::text, 3, '0'), '" PERSON_ID "' FROM "
			"generate_series(0, 102) i");
	char target[2048] = "/api/v1/things?limit=10";
	size_t seen_rows = 0;
	char last[8] = "";
	for (int pages = 1;; pages++) {
		expect(200, "", "GET", target, SENT(JSON), NULL);
		json_t *page = json_loadb(response.body, response.length, 0, NULL);
		const json_t *items = json_object_get(page, "items");
		for (size_t i = 0; i < json_array_size(items); i++, seen_rows++) {
			const char *name = json_string_value(
				json_object_get(json_array_get(items, i), "name"));
			assert_true(strcmp(name, last) >= 0);
			snprintf(last, sizeof last, "%s", name);
		}
		const char *cursor = json_string_value(json_object_get(page, "next_cursor"));
		if (!cursor) {
			json_decref(page);
			assert_int_equal(pages, 11);
			break;
		}
		assert_non_null(strstr(header_of(&response, "Link"), cursor));
		snprintf(target, sizeof target, "/api/v1/things?limit=10&cursor=%s", cursor);
		json_decref(page);
	}
	assert_int_equal(seen_rows, 103);
	caller = "019a0000-0000-7000-8000-0000000000ff";
	expect(400, "invalid_cursor", "GET", target, SENT(JSON), NULL);
	caller = PERSON_ID;
}

#define CASE(name) cmocka_unit_test_setup(name, empty)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(call_creates_reads_and_agrees),
		CASE(call_writes_bear_their_context),
		CASE(call_refusals_become_problems),
		CASE(call_patch_compares_the_whole_tag),
		CASE(call_repeated_under_a_condition_happens_once),
		CASE(call_repeated_with_a_key_happens_once),
		CASE(call_refused_gives_its_key_back),
		CASE(call_bounds_the_keys_of_a_caller),
		CASE(call_forgets_old_keys),
		CASE(call_races_with_one_key_win_once),
		CASE(call_key_held_by_another_is_in_progress),
		CASE(call_lists_by_pages),
	};
	return cmocka_run_group_tests(tests, open_all, close_all);
}
