/* People: the start-up call, what who may see of whom, whose fields are whose, what HR gets back.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>
#include "company.h"

#define NOBODY "019a0000-0000-7000-8000-00000000dead"

static void me_is_the_caller(void **state)
{
	(void)state;
	struct api_reply *me = api_expect(api_get(as("eve"), "/api/v1/me"), 200);
	assert_string_equal(api_text(me, "person.display_name"), "Eve Arslan");
	assert_string_equal(api_text(me, "time_zone"), "Europe/Paris");
	assert_true(list_has(me, "roles", "participant"));
	struct api_reply *hris = api_expect(api_get(api_as("hris", NULL), "/api/v1/me"), 200);
	assert_true(json_is_null(api_member(hris, "person")));
	api_expect_problem(api_get(as("finn"), "/api/v1/me"), 403, "person_inactive");
}

static void a_colleague_sees_the_profile_but_not_the_hr_record(void **state)
{
	(void)state;
	struct api_reply *seen = api_expect(
		api_get(as("cem"), "/api/v1/people/%s", id_of("ben")), 200);
	assert_string_equal(api_text(seen, "display_name"), "Ben Brook");
	assert_true(json_is_null(api_member(seen, "hr")));
	assert_int_equal(api_count(seen, "can"), 0);
	assert_null(strstr(seen->text, "ben@example.org"));
	struct api_reply *own = api_expect(api_get(as("ben"), "/api/v1/people/me"), 200);
	assert_string_equal(api_text(own, "hr.external_id"), "P-2");
	assert_string_equal(api_text(own, "hr.manager.display_name"), "Ada Osei");
	assert_true(list_has(own, "can", "patch"));
	struct api_reply *hris = api_expect(
		api_get(api_as("hris", NULL), "/api/v1/people/%s", id_of("ben")), 200);
	assert_string_equal(api_text(hris, "hr.email"), "ben@example.org");
	assert_true(list_has(hris, "can", "export"));
}

static void who_has_left_looks_like_nobody(void **state)
{
	(void)state;
	const char *finn = api_sql(
		"superuser", "SELECT id FROM profiles.person WHERE user_name = 'finn'");
	struct api_reply *left = api_get(as("cem"), "/api/v1/people/%s", finn);
	struct api_reply *missing = api_get(as("cem"), "/api/v1/people/" NOBODY);
	api_expect_problem(left, 404, "not_found");
	expect_same_refusal(left, missing);
	assert_null(api_member(left, "instance"));
	struct api_reply *hris = api_expect(
		api_get(api_as("hris", NULL), "/api/v1/people/%s", finn), 200);
	assert_string_equal(api_text(hris, "status"), "inactive");
	api_expect_fault(api_expect_problem(
				 api_get(as("cem"), "/api/v1/people/x"), 400, "invalid_parameter"),
		"person_id");
}

static void people_change_their_own_profile(void **state)
{
	(void)state;
	struct api *cem = as("cem");
	struct api_reply *was = api_expect(api_get(cem, "/api/v1/people/me"), 200);
	api_if_match(cem, was);
	struct api_reply *now = api_expect(
		api_patch(cem, "/api/v1/people/me",
			"{\"bio\": \"I teach.\", \"pronouns\": \"he/him\", \"time_zone_override\": "
			"\"Europe/Istanbul\"}"),
		200);
	assert_string_equal(api_text(now, "bio"), "I teach.");
	assert_string_equal(api_text(now, "time_zone"), "Europe/Istanbul");
	assert_int_equal(api_integer(now, "version"), api_integer(was, "version") + 1);
	assert_string_equal(api_text(now, "department"), "Finance");
	api_if_match(cem, now);
	now = api_expect(api_patch(cem, "/api/v1/people/me",
				 "{\"bio\": null, \"time_zone_override\": null}"),
		200);
	assert_true(json_is_null(api_member(now, "bio")));
	assert_string_equal(api_text(now, "pronouns"), "he/him");
	assert_string_equal(api_text(now, "time_zone"), "Europe/Berlin");
}

static void a_member_has_one_owner(void **state)
{
	(void)state;
	struct api *cem = as("cem"), *hris = api_as("hris", NULL);
	struct api_reply *mine = api_expect(api_get(cem, "/api/v1/people/me"), 200);
	static const char *const not_mine[] = { "{\"level\": 9}", "{\"status\": \"inactive\"}",
		"{\"bio\": \"x\", \"title\": \"Chief\"}", "{\"manager_id\": null}" };
	for (size_t i = 0; i < sizeof not_mine / sizeof *not_mine; i++) {
		api_if_match(cem, mine);
		api_expect_problem(api_patch(cem, "/api/v1/people/me", "%s", not_mine[i]), 403,
			"field_not_yours");
	}
	const char *path = api_path("/api/v1/people/%s", api_text(mine, "id"));
	api_if_match(hris, api_expect(api_get(hris, "%s", path), 200));
	api_expect_problem(api_patch(hris, path, "{\"bio\": \"x\"}"), 403, "field_not_yours");
	api_if_match(hris, api_expect(api_get(hris, "%s", path), 200));
	struct api_reply *moved = api_expect(
		api_patch(hris, path, "{\"title\": \"Senior Analyst\", \"level\": 2}"), 200);
	assert_int_equal(api_integer(moved, "level"), 2);
	assert_string_equal(api_text(moved, "pronouns"), "he/him");
}

static void another_person_is_not_mine_to_change(void **state)
{
	(void)state;
	struct api *cem = as("cem");
	const char *ben = id_of("ben");
	api_header(cem, "If-Match: *");
	struct api_reply *other = api_patch(
		cem, api_path("/api/v1/people/%s", ben), "{\"bio\": \"x\"}");
	api_header(cem, "If-Match: *");
	struct api_reply *missing = api_patch(cem, "/api/v1/people/" NOBODY, "{\"bio\": \"x\"}");
	api_expect_problem(other, 404, "not_found");
	expect_same_refusal(other, missing);
	assert_string_equal(
		api_sql("superuser", "SELECT count(*) FROM profiles.person WHERE bio = 'x'"), "0");
}

static void versions_keep_two_writers_apart(void **state)
{
	(void)state;
	struct api *dora = as("dora");
	struct api_reply *was = api_expect(api_get(dora, "/api/v1/people/me"), 200);
	const char *tag = api_header_of(was, "ETag");
	assert_non_null(tag);
	api_header(dora, "If-None-Match: %s", tag);
	struct api_reply *same = api_expect(api_get(dora, "/api/v1/people/me"), 304);
	assert_int_equal(same->length, 0);
	assert_string_equal(api_header_of(same, "ETag"), tag);
	api_expect_problem(api_patch(dora, "/api/v1/people/me", "{\"bio\": \"a\"}"), 428,
		"precondition_required");
	api_header(dora, "If-Match: nonsense");
	api_expect_problem(
		api_patch(dora, "/api/v1/people/me", "{\"bio\": \"a\"}"), 400, "invalid_etag");
	/* the version alone is not the tag */
	api_header(dora, "If-Match: \"%lld.00000000\"", api_integer(was, "version"));
	api_expect_problem(api_patch(dora, "/api/v1/people/me", "{\"bio\": \"a\"}"), 412, "stale");
	api_if_match(dora, was);
	api_expect(api_patch(dora, "/api/v1/people/me", "{\"bio\": \"a\"}"), 200);
	api_if_match(dora, was);
	api_expect_problem(api_patch(dora, "/api/v1/people/me", "{\"bio\": \"b\"}"), 412, "stale");
	api_header(dora, "If-None-Match: %s", tag);
	api_expect(api_get(dora, "/api/v1/people/me"), 200);
}

static void hr_marks_executives_and_everybody_finds_them(void **state)
{
	(void)state;
	struct api *hris = api_as("hris", NULL);
	const char *ada = api_path("/api/v1/people/%s", id_of("ada"));
	api_if_match(hris, api_expect(api_get(hris, "%s", ada), 200));
	assert_true(api_truth(api_expect(api_patch(hris, ada, "{\"executive\": true}"), 200), "executive"));
	struct api_reply *found = api_expect(api_get(as("cem"), "/api/v1/people?executive=true"), 200);
	assert_int_equal(api_count(found, "items"), 1);
	assert_string_equal(api_text(found, "items.0.id"), id_of("ada"));
	api_if_match(as("ada"), api_expect(api_get(as("ada"), "%s", ada), 200));
	api_expect_problem(
		api_patch(as("ada"), ada, "{\"executive\": false}"), 403, "field_not_yours");
}

static void a_circle_in_the_line_is_refused(void **state)
{
	(void)state;
	struct api *hris = api_as("hris", NULL);
	const char *ada = api_path("/api/v1/people/%s", id_of("ada"));
	const char *cem = id_of("cem");
	api_if_match(hris, api_expect(api_get(hris, "%s", ada), 200));
	api_expect_fault(api_expect_problem(api_patch(hris, ada, "{\"manager_id\": \"%s\"}", cem),
				 422, "line_cycle"),
		"/manager_id");
	api_if_match(hris, api_expect(api_get(hris, "%s", ada), 200));
	api_expect(api_patch(hris, ada, "{\"manager_id\": \"" NOBODY "\"}"), 422);
}

static void a_deactivated_person_is_signed_out(void **state)
{
	(void)state;
	struct api *hris = api_as("hris", NULL);
	api_expect(api_get(as("eve"), "/api/v1/me"), 200);
	const char *eve = api_path("/api/v1/people/%s", id_of("eve"));
	api_if_match(hris, api_expect(api_get(hris, "%s", eve), 200));
	api_expect(api_patch(hris, eve, "{\"status\": \"inactive\"}"), 200);
	api_wait_until(20, api_get(as("eve"), "/api/v1/me")->status == 403);
	api_expect_problem(api_get(as("eve"), "/api/v1/me"), 403, "person_inactive");
	assert_string_equal(api_sql("superuser", "SELECT count(*) FROM common.outbox WHERE type = "
						 "'person.deactivated'"),
		"1");
	api_if_match(hris, api_expect(api_get(hris, "%s", eve), 200));
	api_expect(api_patch(hris, eve,
			   "{\"status\": \"on_leave\", \"on_leave_until\": "
			   "\"2031-01-01\"}"),
		200);
	api_wait_until(20, api_get(as("eve"), "/api/v1/me")->status == 200);
}

static void hr_reads_back_what_it_sent(void **state)
{
	(void)state;
	struct api *hris = api_as("hris", NULL);
	const char *ben = id_of("ben");
	struct api_reply *out = api_expect(api_get(hris, "/api/v1/people/%s/export", ben), 200);
	json_t *wanted = json_pack("{s:s,s:s,s:s,s:s,s:s,s:s,s:s,s:s,s:s,s:s,s:i,s:s,s:s,s:b}",
		"external_id", "P-2", "user_name", "ben", "given_name", "Ben", "family_name",
		"Brook", "email", "ben@example.org", "title", "Controller", "department", "Finance",
		"location", "Berlin", "country", "DE", "time_zone", "Europe/Berlin", "level", 3,
		"manager_external_id", "P-1", "hired_on", "2017-05-02", "active", 1);
	assert_true(json_equal(out->body, wanted));
	json_decref(wanted);
	assert_string_equal(api_header_of(out, "Cache-Control"), "no-store");
	api_expect_problem(api_get(as("ben"), "/api/v1/people/me/export"), 403, "forbidden");
	api_expect_problem(api_get(hris, "/api/v1/people/" NOBODY "/export"), 404, "not_found");
}

static void methods_are_told(void **state)
{
	(void)state;
	struct api *cem = as("cem");
	struct api_reply *head = api_expect(
		api_send(cem, "HEAD", "/api/v1/people/me", NULL, NULL, 0), 200);
	assert_int_equal(head->length, 0);
	assert_non_null(api_header_of(head, "ETag"));
	struct api_reply *options = api_send(cem, "OPTIONS", "/api/v1/people/me", NULL, NULL, 0);
	assert_int_equal(options->status, 204);
	assert_non_null(strstr(api_header_of(options, "Allow"), "PATCH"));
	struct api_reply *gone = api_expect_problem(
		api_delete(cem, "/api/v1/people/me"), 405, "method_not_allowed");
	assert_non_null(strstr(api_header_of(gone, "Allow"), "GET"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(me_is_the_caller),
		cmocka_unit_test(a_colleague_sees_the_profile_but_not_the_hr_record),
		cmocka_unit_test(who_has_left_looks_like_nobody),
		cmocka_unit_test(people_change_their_own_profile),
		cmocka_unit_test(a_member_has_one_owner),
		cmocka_unit_test(another_person_is_not_mine_to_change),
		cmocka_unit_test(versions_keep_two_writers_apart),
		cmocka_unit_test(a_circle_in_the_line_is_refused),
		cmocka_unit_test(hr_marks_executives_and_everybody_finds_them),
		cmocka_unit_test(a_deactivated_person_is_signed_out),
		cmocka_unit_test(hr_reads_back_what_it_sent),
		cmocka_unit_test(methods_are_told),
	};
	return cmocka_run_group_tests(tests, company_arrives, api_release);
}
