/* Who runs a programme: named, removed, never the last; and taken over where the last one has left.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

#include "support/client.h"
#include "support/company.h"
#include "support/story.h"

#define WAIT 20.0

static const char *programme;

static int set_up(void **state)
{
	(void)state;
	company_import();
	programme = company_programme("Led", 1);
	return 0;
}

static struct api *admin(const char *user_name)
{
	return api_as("programme_admin", user_name);
}

static const char *list(void)
{
	return api_path("/api/v1/programmes/%s/coordinators", programme);
}

static struct api_reply *name(const char *by, const char *user_name)
{
	return api_post(admin(by), list(), "{\"person_id\": \"%s\"}", story_person_id(user_name));
}

/* The row of a coordinator as that admin reads it. */
static struct api_reply *row_of(const char *by, const char *user_name)
{
	size_t i;
	json_t *one;
	struct api_reply *all = api_expect(api_get(admin(by), "%s", list()), 200);
	const char *id = story_person_id(user_name);
	json_array_foreach(api_member(all, "items"), i, one)
	{
		const char *who = json_string_value(
			json_object_get(json_object_get(one, "person"), "id"));
		if (strcmp(who, id) == 0)
			return api_expect(api_get(admin(by), "%s/%s", list(),
						  json_string_value(json_object_get(one, "id"))),
				200);
	}
	fail_msg("%s is no coordinator", user_name);
	return NULL;
}

static struct api_reply *removal(const char *by, const char *user_name)
{
	struct api_reply *row = row_of(by, user_name);
	struct api *caller = admin(by);
	api_if_match(caller, row);
	return api_delete(caller, "%s", api_text(row, "links.self"));
}

static bool waits_for(const char *user_name, const char *kind)
{
	return strstr(api_expect(api_get(admin(user_name), "/api/v1/dashboards/me"), 200)->text,
		       api_path("\"%s\"", kind)) != NULL;
}

static void others_neither_see_nor_name_them(void **state)
{
	(void)state;
	api_expect_problem(api_get(admin("other.admin"), "%s", list()), 404, "not_found");
	api_expect_problem(name("other.admin", "other.admin"), 404, "not_found");
	api_expect_problem(
		api_get(api_as("participant", "hr.lead"), "%s", list()), 403, "forbidden");
	struct api_reply *row = row_of("hr.lead", "hr.lead");
	struct api *other = admin("other.admin");
	api_if_match(other, row);
	api_expect(api_delete(other, "%s", api_text(row, "links.self")), 404);
	assert_false(waits_for("other.admin", "take_over"));
}

static void a_coordinator_names_another(void **state)
{
	(void)state;
	struct api_reply *made = api_expect(name("hr.lead", "hr.team"), 201);
	assert_string_equal(api_text(made, "person.id"), story_person_id("hr.team"));
	api_expect(api_get(admin("hr.team"), "/api/v1/dashboards/programmes/%s", programme), 200);
	api_expect_fault(
		api_expect_problem(name("hr.lead", "hr.team"), 409, "name_taken"), "/person_id");
	api_expect_fault(
		api_expect(api_post(admin("hr.lead"), list(),
				   "{\"person_id\": \"019a0000-0000-7000-8000-00000000dead\"}"),
			422),
		"/person_id");
}

static void the_last_one_stays(void **state)
{
	(void)state;
	api_expect(removal("hr.lead", "hr.team"), 204);
	api_expect(api_get(admin("hr.team"), "/api/v1/dashboards/programmes/%s", programme), 404);
	assert_int_equal(api_count(row_of("hr.lead", "hr.lead"), "can"), 0);
	api_expect_problem(removal("hr.lead", "hr.lead"), 409, "last_coordinator");
	api_expect(name("hr.lead", "hr.team"), 201);
	api_expect(removal("hr.lead", "hr.lead"), 204);
	api_expect_problem(removal("hr.team", "hr.team"), 409, "last_coordinator");
}

static void where_the_last_one_has_left_somebody_takes_over(void **state)
{
	(void)state;
	api_sql("superuser",
		"UPDATE profiles.person SET status = 'inactive' WHERE user_name = 'hr.team'");
	api_wait_until(WAIT, waits_for("other.admin", "take_over"));
	struct api_reply *shown = api_expect(
		api_get(admin("other.admin"), "/api/v1/programmes/%s", programme), 200);
	assert_non_null(strstr(shown->text, "coordinator_create"));
	/* nobody gives away what is not theirs yet */
	api_expect_fault(api_expect(name("other.admin", "hr.lead"), 422), "/person_id");
	struct api_reply *made = api_expect(api_post(admin("other.admin"), list(), "{}"), 201);
	assert_string_equal(api_text(made, "person.id"), story_person_id("other.admin"));
	assert_false(waits_for("hr.lead", "take_over"));
	assert_false(waits_for("other.admin", "take_over"));
	assert_true(waits_for("other.admin", "first_round"));
	api_expect_problem(name("hr.lead", "hr.lead"), 404, "not_found");
	/* who has gone may be removed, by the one who is there */
	api_expect(removal("other.admin", "hr.team"), 204);
	api_expect_problem(removal("other.admin", "other.admin"), 409, "last_coordinator");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(others_neither_see_nor_name_them),
		cmocka_unit_test(a_coordinator_names_another),
		cmocka_unit_test(the_last_one_stays),
		cmocka_unit_test(where_the_last_one_has_left_somebody_takes_over),
	};
	return cmocka_run_group_tests_name("coordinators", tests, set_up, api_release);
}
