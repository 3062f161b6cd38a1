/* An HR system that keeps people in step by REST alone: one row, many rows, keys that change hands. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include "company.h"

#define KEY     "/api/v1/people/by-external-id/"
#define BATCHES "/api/v1/people/batches"

static struct api *hris(void)
{
	return api_as("hris", NULL);
}

static void a_row_adds_a_person_and_updates_them(void **state)
{
	(void)state;
	struct api_reply *made = api_expect(
		api_put(hris(), KEY "H-1",
			"{\"user_name\": \"hana\", \"given_name\": \"Hana\", \"family_name\": \"Ito\", \"level\": 2, "
			"\"country\": \"jp\", \"manager_external_id\": \"p-1\", \"languages\": [\"ja\", \"en\"]}"),
		201);
	assert_string_equal(api_text(made, "country"), "JP");
	assert_string_equal(api_text(made, "manager_external_id"), "P-1");
	assert_true(api_truth(made, "active"));
	assert_true(list_has(made, "languages", "ja"));
	assert_non_null(strstr(api_header_of(made, "Location"), api_text(made, "id")));
	api_expect(api_get(as("hana"), "/api/v1/me"), 200);
	api_if_match(hris(), made);
	struct api_reply *now = api_expect(
		api_put(hris(), KEY "H-1",
			"{\"user_name\": \"hana\", \"given_name\": \"Hana\", \"level\": 3, \"title\": \"Lead\"}"),
		200);
	assert_string_equal(api_text(now, "id"), api_text(made, "id"));
	assert_string_equal(api_text(now, "family_name"), "Ito");
	assert_int_equal(api_integer(now, "level"), 3);
	api_if_match(hris(), made);
	api_expect_problem(api_put(hris(), KEY "H-1",
				   "{\"user_name\": \"hana\", \"given_name\": \"Hana\", \"level\": 4}"),
		412, "stale");
	struct api_reply *same = api_expect(
		api_put(hris(), KEY "H-1",
			"{\"user_name\": \"hana\", \"given_name\": \"Hana\", \"level\": 3, \"title\": \"Lead\"}"),
		200);
	assert_int_equal(api_integer(same, "version"), api_integer(now, "version"));
	struct api_reply *read = api_expect(api_get(hris(), KEY "H-1"), 200);
	assert_true(json_equal(read->body, same->body));
	read = api_expect_problem(api_put(hris(), KEY "h-1",
					  "{\"user_name\": \"hana\", \"given_name\": \"Hana\", \"level\": 3}"),
		422, "unprocessable");
	assert_string_equal(api_text(read, "errors.0.code"), "case_differs");
	api_expect_problem(api_get(as("ada"), KEY "H-1"), 403, "forbidden");
	api_expect_problem(api_get(hris(), KEY "H-99"), 404, "not_found");
}

static void only_new_is_only_new(void **state)
{
	(void)state;
	const char *row = "{\"user_name\": \"ivo\", \"given_name\": \"Ivo\", \"level\": 1}";
	api_header(hris(), "If-None-Match: *");
	api_expect(api_put(hris(), KEY "H-2", "%s", row), 201);
	api_header(hris(), "If-None-Match: *");
	api_expect_problem(api_put(hris(), KEY "H-2", "%s", row), 412, "already_exists");
	api_header(hris(), "If-Match: *");
	api_expect_problem(api_put(hris(), KEY "H-3", "%s", row), 412, "stale");
	assert_string_equal(column_of("H-3", "count(*)"), "0");
}

static void a_row_is_refused_with_every_fault(void **state)
{
	(void)state;
	struct api_reply *refused = api_expect_problem(
		api_put(hris(), KEY "H-4",
			"{\"user_name\": \"ben\", \"given_name\": \"B\\u0007\", \"level\": -1, \"country\": \"UK\", "
			"\"hired_on\": \"03.01.2016\", \"languages\": [\"klingon language\"]}"),
		422, "unprocessable");
	static const char *const pointers[] = { "/user_name", "/given_name", "/level", "/country",
		"/hired_on", "/languages" };
	for (size_t i = 0; i < sizeof pointers / sizeof *pointers; i++)
		api_expect_fault(refused, pointers[i]);
	assert_int_equal(api_count(refused, "errors"), 6);
	api_expect_fault(api_expect_problem(api_put(hris(), KEY "H-4", "{\"given_name\": \"B\", \"level\": 1}"),
				 422, "unprocessable"),
		"/user_name");
	api_expect_fault(api_expect_problem(
				 api_put(hris(), KEY "P-1",
					 "{\"user_name\": \"ada\", \"given_name\": \"Ada\", \"level\": 5, "
					 "\"manager_external_id\": \"P-3\"}"),
				 422, "unprocessable"),
		"/manager_external_id");
	api_expect_problem(api_put(hris(), KEY "H-4", "{\"level\": \"1\"}"), 400, "invalid_body");
	api_expect_problem(api_put(as("ada"), KEY "H-4", "{}"), 403, "forbidden");
	assert_string_equal(column_of("H-4", "count(*)"), "0");
	assert_string_equal(api_sql("superuser", "SELECT count(*) FROM profiles.import WHERE direct"), "0");
}

static void who_is_deleted_has_left(void **state)
{
	(void)state;
	api_expect(api_put(hris(), KEY "H-5", "{\"user_name\": \"jo\", \"given_name\": \"Jo\", \"level\": 1}"), 201);
	api_header(hris(), "If-Match: \"9.00000000\"");
	api_expect_problem(api_delete(hris(), KEY "H-5"), 412, "stale");
	api_expect(api_delete(hris(), KEY "H-5"), 204);
	api_expect(api_delete(hris(), KEY "h-5"), 204);
	assert_string_equal(column_of("H-5", "status || version"), "inactive2");
	assert_string_equal(api_sql("superuser",
				    "SELECT count(*) FROM common.outbox o JOIN profiles.person p ON p.id = o.subject_id "
				    "WHERE p.external_id = 'H-5' AND o.type = 'person.deactivated'"),
		"1");
	api_expect_problem(api_delete(hris(), KEY "H-99"), 404, "not_found");
	api_expect_problem(api_delete(as("ada"), KEY "H-5"), 403, "forbidden");
	api_wait_until(10, api_get(as("jo"), "/api/v1/me")->status == 403);
	/* the name is somebody else's only when nobody remembers whose it was */
	const char *next = "{\"user_name\": \"jo\", \"given_name\": \"Joan\", \"level\": 1}";
	struct api_reply *early = api_put(hris(), KEY "H-6", "%s", next);
	if (early->status != 201)
		api_expect_fault(api_expect_problem(early, 422, "unprocessable"), "/user_name");
	api_wait_until(60, api_put(hris(), KEY "H-6", "%s", next)->status < 300);
	assert_string_equal(
		api_text(api_expect(api_get(as("jo"), "/api/v1/me"), 200), "person.display_name"), "Joan");
	api_expect_problem(api_put(hris(), KEY "H-5",
				   "{\"user_name\": \"jo\", \"given_name\": \"Jo\", \"level\": 1, \"active\": true}"),
		422, "unprocessable");
}

/* A name that somebody gives up while they stay is not the next one's at once. */
static void a_name_given_up_waits(void **state)
{
	(void)state;
	api_expect(api_put(hris(), KEY "H-7", "{\"user_name\": \"kit\", \"given_name\": \"Kit\", \"level\": 1}"), 201);
	struct api_reply *batch = api_expect(
		api_post(hris(), BATCHES,
			"{\"items\": [{\"external_id\": \"H-8\", \"user_name\": \"kit\", \"given_name\": \"Kitty\", "
			"\"level\": 1}, {\"external_id\": \"H-7\", \"user_name\": \"kit.one\", \"given_name\": "
			"\"Kit\", \"level\": 1}]}"),
		201);
	assert_string_equal(api_text(batch, "items.0.status"), "refused");
	assert_string_equal(api_text(batch, "items.0.errors.0.code"), "name_not_free_yet");
	assert_string_equal(api_text(batch, "items.0.errors.0.pointer"), "/items/0/user_name");
	assert_string_equal(api_text(batch, "items.1.status"), "updated");
	api_expect(api_get(as("kit.one"), "/api/v1/me"), 200);
	const char *next = "{\"user_name\": \"kit\", \"given_name\": \"Kitty\", \"level\": 1}";
	struct api_reply *early = api_put(hris(), KEY "H-8", "%s", next);
	if (early->status != 201)
		assert_string_equal(api_text(early, "errors.0.code"), "name_not_free_yet");
	api_wait_until(60, api_put(hris(), KEY "H-8", "%s", next)->status < 300);
	assert_string_equal(
		api_text(api_expect(api_get(as("kit"), "/api/v1/me"), 200), "person.display_name"), "Kitty");
}

static void a_batch_judges_each_row(void **state)
{
	(void)state;
	const char *body =
		"{\"items\": ["
		"{\"external_id\": \"B-1\", \"user_name\": \"b1\", \"given_name\": \"B\", \"level\": 1, "
		"\"manager_external_id\": \"B-2\"},"
		"{\"external_id\": \"B-2\", \"user_name\": \"b2\", \"given_name\": \"B\", \"level\": 2, "
		"\"manager_external_id\": \"P-1\"},"
		"{\"external_id\": \"b-1\", \"user_name\": \"b1x\", \"given_name\": \"B\", \"level\": 1},"
		"{\"external_id\": \"B-4\", \"user_name\": \"b4\", \"given_name\": \"B\", \"level\": 1, "
		"\"time_zone\": \"UTC+1\"},"
		"{\"external_id\": \"B-5\", \"user_name\": \"b5\", \"given_name\": \"B\", \"level\": 1, "
		"\"manager_external_id\": \"B-6\"},"
		"{\"external_id\": \"B-6\", \"user_name\": \"b6\", \"given_name\": \"B\", \"level\": 1, "
		"\"manager_external_id\": \"B-5\"},"
		"{\"external_id\": \"P-4\", \"user_name\": \"dora\", \"given_name\": \"Dora\", \"level\": 2},"
		"{\"user_name\": \"nokey\", \"given_name\": \"N\", \"level\": 1},"
		"{\"external_id\": \"P-3\", \"user_name\": \"cem\", \"given_name\": \"Cem\", \"level\": 1}]}";
	api_header(hris(), "Idempotency-Key: batch-1");
	struct api_reply *made = api_expect(api_post(hris(), BATCHES, "%s", body), 201);
	static const char *const status[] = { "created", "created", "refused", "refused", "refused",
		"refused", "updated", "refused", "unchanged" };
	for (size_t i = 0; i < sizeof status / sizeof *status; i++)
		assert_string_equal(api_text(made, api_path("items.%zu.status", i)), status[i]);
	assert_string_equal(api_text(made, "items.2.errors.0.pointer"), "/items/2/external_id");
	assert_string_equal(api_text(made, "items.2.errors.0.message"), "Item 0 has the same external_id.");
	assert_string_equal(api_text(made, "items.3.errors.0.code"), "not_a_time_zone");
	assert_string_equal(api_text(made, "items.4.errors.0.code"), "cycle");
	assert_string_equal(api_text(made, "items.7.errors.0.pointer"), "/items/7/external_id");
	assert_int_equal(api_integer(made, "counts.refused"), 5);
	assert_string_equal(column_of("B-1", "(SELECT m.external_id FROM profiles.person m WHERE m.id = person.manager_id)"),
		"B-2");
	assert_string_equal(column_of("P-4", "level || title"), "2Data Analyst");
	api_header(hris(), "Idempotency-Key: batch-1");
	struct api_reply *again = api_expect(api_post(hris(), BATCHES, "%s", body), 201);
	assert_string_equal(api_header_of(again, "Idempotency-Replayed"), "true");
	assert_true(json_equal(again->body, made->body));
	assert_true(json_equal(
		api_expect(api_get(hris(), "%s", api_text(made, "links.self")), 200)->body, made->body));
	api_expect_problem(api_get(as("ada"), "%s", api_text(made, "links.self")), 403, "forbidden");
	api_expect_problem(api_post(as("ada"), BATCHES, "{\"items\": [{}]}"), 403, "forbidden");
}

static void many_leavers_are_confirmed(void **state)
{
	(void)state;
	const char *rows = "{\"items\": [{\"external_id\": \"B-1\", \"user_name\": \"b1\", \"given_name\": \"B\", "
			   "\"level\": 1, \"active\": false}, {\"external_id\": \"B-2\", \"user_name\": \"b2\", "
			   "\"given_name\": \"B\", \"level\": 2, \"active\": false}]%s}";
	struct api_reply *guarded = api_expect_problem(
		api_post(hris(), BATCHES, rows, ""), 409, "mass_deactivation");
	assert_int_equal(api_integer(guarded, "deactivations"), 2);
	assert_string_equal(column_of("B-1", "status"), "active");
	struct api_reply *done = api_expect(
		api_post(hris(), BATCHES, rows, ", \"confirm_deactivations\": 2"), 201);
	assert_int_equal(api_integer(done, "counts.deactivated"), 2);
}

static void a_batch_has_a_thousand_rows(void **state)
{
	(void)state;
	char *body = malloc(400000);
	size_t used = 0;
	assert_non_null(body);
	used += (size_t)sprintf(body, "{\"items\": [");
	for (int i = 0; i < 1000; i++)
		used += (size_t)sprintf(body + used,
			"%s{\"external_id\": \"T-%d\", \"user_name\": \"t%d@example.org\", \"email\": "
			"\"t%d@example.org\", \"given_name\": \"T\", \"family_name\": \"Thousand %d\", \"title\": "
			"\"Analyst\", \"department\": \"Sales\", \"location\": \"Berlin\", \"country\": \"DE\", "
			"\"time_zone\": \"Europe/Berlin\", \"level\": %d, \"manager_external_id\": \"%s%d\"}",
			i ? "," : "", i, i, i, i, i < 900 ? 1 : 3, i < 900 ? "T-" : "P-",
			i < 900 ? 900 + i % 100 : 1);
	strcpy(body + used, "]}");
	struct api_reply *made = api_expect(api_post(hris(), BATCHES, "%s", body), 201);
	assert_int_equal(api_integer(made, "counts.created"), 1000);
	print_message("1,000 new people: %.3f s\n", made->seconds);
	for (char *at = body; (at = strstr(at, "Analyst")); at++)
		*at = 'Q';
	for (char *at = body; (at = strstr(at, "\"level\": 1")); at++)
		at[9] = '2';
	made = api_expect(api_post(hris(), BATCHES, "%s", body), 201);
	assert_int_equal(api_integer(made, "counts.updated"), 1000);
	print_message("1,000 changes of standing: %.3f s\n", made->seconds);
	made = api_expect(api_post(hris(), BATCHES, "%s", body), 201);
	assert_int_equal(api_integer(made, "counts.unchanged"), 1000);
	strcpy(body + used, ",{}]}");
	api_expect_fault(api_expect_problem(api_post(hris(), BATCHES, "%s", body), 422, "unprocessable"), "/items");
	free(body);
	made = api_put(hris(), KEY "T-1", "{\"user_name\": \"t1@example.org\", \"given_name\": \"T\", \"level\": 1}");
	print_message("one row: %.3f s\n", made->seconds);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_row_adds_a_person_and_updates_them),
		cmocka_unit_test(only_new_is_only_new),
		cmocka_unit_test(a_row_is_refused_with_every_fault),
		cmocka_unit_test(who_is_deleted_has_left),
		cmocka_unit_test(a_name_given_up_waits),
		cmocka_unit_test(a_batch_judges_each_row),
		cmocka_unit_test(many_leavers_are_confirmed),
		cmocka_unit_test(a_batch_has_a_thousand_rows),
	};
	return cmocka_run_group_tests(tests, company_arrives, api_release);
}
