/* Batches of people, from an HR system that keeps them in step by REST: many rows in one request. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>
#include "base/cleanup.h"
#include "company.h"
#include "support/story.h"

#define BATCHES "/api/v1/people/batches"

static struct api *hris(void)
{
	return api_as("hris", NULL);
}

static const char *row(
	const char *external_id, const char *user_name, const char *given_name, const char *more)
{
	return api_path("{\"external_id\": \"%s\", \"user_name\": \"%s\", \"given_name\": "
			"\"%s\", %s}",
		external_id, user_name, given_name, more);
}

static void a_batch_judges_each_row(void **state)
{
	(void)state;
	const char *body = api_path(
		"{\"items\": [%s, %s, %s, %s, %s, %s, %s, "
		"{\"user_name\": \"nokey\", \"given_name\": \"N\", \"level\": 1}, %s]}",
		row("B-1", "b1", "B", "\"level\": 1, \"manager_external_id\": \"B-2\""),
		row("B-2", "b2", "B", "\"level\": 2, \"manager_external_id\": \"P-1\""),
		row("b-1", "b1x", "B", "\"level\": 1"),
		row("B-4", "b4", "B", "\"level\": 1, \"time_zone\": \"UTC+1\""),
		row("B-5", "b5", "B", "\"level\": 1, \"manager_external_id\": \"B-6\""),
		row("B-6", "b6", "B", "\"level\": 1, \"manager_external_id\": \"B-5\""),
		row("P-4", "dora", "Dora", "\"level\": 2"),
		row("P-3", "cem", "Cem", "\"level\": 1"));
	api_header(hris(), "Idempotency-Key: batch-1");
	struct api_reply *made = api_expect(api_post(hris(), BATCHES, "%s", body), 201);
	static const char *const status[] = { "created", "created", "refused", "refused", "refused",
		"refused", "updated", "refused", "unchanged" };
	for (size_t i = 0; i < sizeof status / sizeof *status; i++)
		assert_string_equal(api_text(made, api_path("items.%zu.status", i)), status[i]);
	assert_string_equal(api_text(made, "items.2.errors.0.pointer"), "/items/2/external_id");
	assert_string_equal(
		api_text(made, "items.2.errors.0.message"), "Item 0 has the same external_id.");
	assert_string_equal(api_text(made, "items.3.errors.0.code"), "not_a_time_zone");
	assert_string_equal(api_text(made, "items.4.errors.0.code"), "cycle");
	assert_string_equal(api_text(made, "items.7.errors.0.pointer"), "/items/7/external_id");
	assert_int_equal(api_integer(made, "counts.refused"), 5);
	assert_string_equal(column_of("B-1", "(SELECT m.external_id FROM profiles.person m WHERE "
					     "m.id = person.manager_id)"),
		"B-2");
	assert_string_equal(column_of("P-4", "level || title"), "2Data Analyst");
	api_header(hris(), "Idempotency-Key: batch-1");
	struct api_reply *again = api_expect(api_post(hris(), BATCHES, "%s", body), 201);
	assert_string_equal(api_header_of(again, "Idempotency-Replayed"), "true");
	assert_true(json_equal(again->body, made->body));
	assert_true(json_equal(
		api_expect(api_get(hris(), "%s", api_text(made, "links.self")), 200)->body,
		made->body));
	api_expect_problem(
		api_get(as("ada"), "%s", api_text(made, "links.self")), 403, "forbidden");
	api_expect_problem(api_post(as("ada"), BATCHES, "{\"items\": [{}]}"), 403, "forbidden");
}

static void many_leavers_are_confirmed(void **state)
{
	(void)state;
	const char *rows = "{\"items\": [{\"external_id\": \"B-1\", \"user_name\": \"b1\", "
			   "\"given_name\": \"B\", "
			   "\"level\": 1, \"active\": false}, {\"external_id\": \"B-2\", "
			   "\"user_name\": \"b2\", "
			   "\"given_name\": \"B\", \"level\": 2, \"active\": false}]%s}";
	struct api_reply *guarded = api_expect_problem(
		api_post(hris(), BATCHES, rows, ""), 409, "mass_deactivation");
	assert_int_equal(api_integer(guarded, "deactivations"), 2);
	assert_string_equal(column_of("B-1", "status"), "active");
	struct api_reply *done = api_expect(
		api_post(hris(), BATCHES, rows, ", \"confirm_deactivations\": 2"), 201);
	assert_int_equal(api_integer(done, "counts.deactivated"), 2);
}

/* A thousand rows, reports before their managers. Freed by the caller. */
static char *thousand(const char *title, int level)
{
	size_t used = 0;
	char *body = malloc(400000);
	assert_non_null(body);
	used += (size_t)sprintf(body, "{\"items\": [");
	for (int i = 0; i < 1000; i++)
		used += (size_t)sprintf(body + used,
			"%s{\"external_id\": \"T-%d\", \"user_name\": \"t%d@example.org\", "
			"\"email\": "
			"\"t%d@example.org\", \"given_name\": \"T\", \"family_name\": \"Thousand "
			"%d\", \"title\": "
			"\"%s\", \"department\": \"Sales\", \"location\": \"Berlin\", \"country\": "
			"\"DE\", "
			"\"time_zone\": \"Europe/Berlin\", \"level\": %d, \"manager_external_id\": "
			"\"%s%d\"}",
			i ? "," : "", i, i, i, i, title, i < 900 ? level : 3, i < 900 ? "T-" : "P-",
			i < 900 ? 900 + i % 100 : 1);
	strcpy(body + used, "]}");
	return body;
}

static void a_batch_has_a_thousand_rows(void **state)
{
	(void)state;
	char *body = thousand("Analyst", 1);
	struct api_reply *made = api_expect(api_post(hris(), BATCHES, "%s", body), 201);
	assert_int_equal(api_integer(made, "counts.created"), 1000);
	assert_int_equal(api_integer(made, "items.999.index"), 999);
	print_message("1,000 new people: %.3f s\n", made->seconds);
	free(body);
	body = thousand("Lead", 2);
	made = api_expect(api_post(hris(), BATCHES, "%s", body), 201);
	assert_int_equal(api_integer(made, "counts.updated"), 1000);
	print_message("1,000 changes of standing: %.3f s\n", made->seconds);
	made = api_expect(api_post(hris(), BATCHES, "%s", body), 201);
	assert_int_equal(api_integer(made, "counts.unchanged"), 1000);
	strcpy(body + strlen(body) - 2, ",{}]}");
	api_expect_fault(
		api_expect_problem(api_post(hris(), BATCHES, "%s", body), 422, "unprocessable"),
		"/items");
	free(body);
	made = api_put(hris(), "/api/v1/people/by-external-id/T-1",
		"{\"user_name\": \"t1@example.org\", \"given_name\": \"T\", \"level\": 1}");
	print_message("one row: %.3f s\n", made->seconds);
}

static struct api_reply *repeated(const char *body)
{
	api_header(hris(), "Idempotency-Key: batch-in-chunks");
	return api_post(hris(), BATCHES, "%s", body);
}

/* A batch that could not be finished is not seen, and its repeat goes on with it to the same outcome. */
static void an_interrupted_batch_goes_on(void **state)
{
	(void)state;
	char *body = thousand("Chief", 1);
	(void)api_sql("superuser",
		"CREATE FUNCTION public.fails() RETURNS trigger LANGUAGE plpgsql AS "
		"'BEGIN RAISE ''no space left'' USING ERRCODE = ''53100''; END'; "
		"CREATE TRIGGER fails BEFORE UPDATE ON profiles.person FOR EACH ROW "
		"WHEN (new.external_id = 'T-450') EXECUTE FUNCTION public.fails()");
	api_expect_problem(repeated(body), 503, "unavailable");
	(void)api_sql("superuser", "DROP FUNCTION public.fails() CASCADE");
	const char *at_work = "SELECT id FROM profiles.person_batch WHERE worked_until IS NOT NULL";
	const char *id = api_sql("superuser", "%s", at_work);
	api_expect_problem(api_get(hris(), BATCHES "/%s", id), 404, "not_found");
	api_expect_problem(api_get(hris(), "/api/v1/imports/%s", id), 404, "not_found");
	assert_string_equal(column_of("T-950", "title"), "Chief");
	assert_string_equal(column_of("T-450", "title"), "Lead");
	(void)api_sql("superuser",
		"UPDATE profiles.person_batch SET worked_until = common.real_now() + interval '1 "
		"minute' WHERE id = '%s'",
		id);
	api_expect_problem(repeated(body), 409, "in_progress");
	(void)api_sql("superuser",
		"UPDATE profiles.person_batch SET worked_until = common.real_now() WHERE id = '%s'",
		id);
	struct api_reply *done = api_expect(repeated(body), 201);
	assert_string_equal(api_text(done, "id"), id);
	assert_int_equal(api_integer(done, "counts.updated"), 1000);
	assert_string_equal(
		api_header_of(api_expect(repeated(body), 201), "Idempotency-Replayed"), "true");
	assert_string_equal(
		api_sql("superuser", "SELECT count(*) FROM profiles.import WHERE direct"), "0");
	free(body);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_batch_judges_each_row),
		cmocka_unit_test(many_leavers_are_confirmed),
		cmocka_unit_test(a_batch_has_a_thousand_rows),
		cmocka_unit_test(an_interrupted_batch_goes_on),
	};
	return cmocka_run_group_tests(tests, company_arrives, api_release);
}
