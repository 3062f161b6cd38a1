/* The test client against the whole stack: if this holds, the other API tests can be believed. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>
#include "support/client.h"

static const char people[] =
	"external_id,user_name,given_name,family_name,email,title,department,location,country,"
	"time_zone,level,manager_external_id,hired_on,active\n"
	"C-1,client.chief,Chris,Chief,chief@example.org,Chief,Board,Berlin,DE,Europe/"
	"Berlin,5,,2015-01-"
	"01,true\n"
	"C-2,client.junior,Jo,Junior,junior@example.org,Analyst,Data,Berlin,DE,Europe/Berlin,1,C-1,"
	"2024-01-01,true\n";

static int import_people(void **state)
{
	(void)state;
	struct api_reply *done = api_import(people, "mode=delta");
	assert_string_equal(api_text(done, "status"), "done");
	assert_int_equal(api_integer(done, "counts.created"), 2);
	return 0;
}

static void callers_are_who_they_say(void **state)
{
	(void)state;
	struct api_reply *me = api_expect(
		api_get(api_as("participant", "client.junior"), "/api/v1/me"), 200);
	assert_string_equal(api_text(me, "person.display_name"), "Jo Junior");
	api_expect_problem(api_get(api_as(NULL, NULL), "/api/v1/me"), 401, "unauthenticated");
	api_expect_problem(
		api_get(api_as("participant", "nobody.here"), "/api/v1/me"), 403, "person_unknown");
}

static void writes_carry_bodies_and_conditions(void **state)
{
	(void)state;
	struct api *admin = api_as("admin", NULL);
	struct api_reply *skill = api_expect(
		api_post(admin, "/api/v1/skills", "{\"name\": \"%s\"}", "Client craft"), 201);
	const char *path = api_header_of(skill, "Location");
	assert_non_null(path);
	api_expect_problem(
		api_patch(admin, path, "{\"name\": \"Client art\"}"), 428, "precondition_required");
	api_if_match(admin, skill);
	struct api_reply *changed = api_expect(
		api_patch(admin, path, "{\"name\": \"Client art\"}"), 200);
	assert_string_equal(api_text(changed, "name"), "Client art");
	api_if_match(admin, skill);
	api_expect_problem(api_patch(admin, path, "{\"name\": \"Client act\"}"), 412, "stale");
	assert_int_equal(
		api_count(api_expect(api_get(admin, "/api/v1/skills?q=client"), 200), "items"), 1);
	api_expect_fault(api_expect(api_post(admin, "/api/v1/skills", "{\"x\": 1}"), 400), "/x");
}

static void bytes_go_out_as_they_are(void **state)
{
	(void)state;
	static const char nonsense[] = "nonsense\r\n\r\n";
	api_expect_problem(api_raw(NULL, nonsense, sizeof nonsense - 1), 400, "bad_request");
}

static void the_stack_is_at_hand(void **state)
{
	(void)state;
	assert_string_equal(api_sql("superuser", "SELECT count(*) FROM profiles.person"), "2");
	assert_int_equal(api_admin("profiles", "/readyz")->status, 200);
	api_clock(3 * 86400);
	assert_string_equal(
		api_sql("superuser", "SELECT common.now() > pg_catalog.now() + interval '2 days'"),
		"t");
	api_clock(0);
	assert_true(api_pid("postgres") > 1);
}

static void a_service_goes_down_and_comes_back(void **state)
{
	(void)state;
	struct api *chief = api_as("participant", "client.chief");
	int before = api_pid("profiles");
	api_stop("profiles");
	struct api_reply *away = api_expect_problem(
		api_get(chief, "/api/v1/me"), 502, "bad_gateway");
	assert_string_equal(api_header_of(away, "Retry-After"), "1");
	api_start("profiles");
	api_expect(api_get(chief, "/api/v1/me"), 200);
	assert_int_not_equal(api_pid("profiles"), before);
}

static void a_service_is_reached_directly(void **state)
{
	(void)state;
	struct api *chief = api_new("participant", "client.chief");
	api_expect(api_get(api_direct(chief, "profiles"), "/api/v1/me"), 200);
	api_expect_problem(api_get(api_direct(chief, "matching"), "/api/v1/me"), 404, "not_found");
	api_free(chief);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(callers_are_who_they_say),
		cmocka_unit_test(writes_carry_bodies_and_conditions),
		cmocka_unit_test(bytes_go_out_as_they_are),
		cmocka_unit_test(the_stack_is_at_hand),
		cmocka_unit_test(a_service_is_reached_directly),
		cmocka_unit_test(a_service_goes_down_and_comes_back),
	};
	return cmocka_run_group_tests(tests, import_people, api_release);
}
