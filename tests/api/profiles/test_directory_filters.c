/* Filters of the directory by what people show or hide: a field that the caller does not see of somebody
 * cannot be asked for. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>
#include "company.h"

/* The given names of a page, in order, each followed by a blank. */
static const char *found_by(struct api *caller, const char *query)
{
	static char joined[1000];
	size_t at, used = 0;
	json_t *item;
	struct api_reply *page = api_expect(api_get(caller, "/api/v1/people?%s", query), 200);
	joined[0] = '\0';
	json_array_foreach(api_member(page, "items"), at, item)
	{
		const char *name = json_string_value(json_object_get(item, "display_name"));
		used += (size_t)snprintf(joined + used, sizeof joined - used, "%.*s ",
			(int)strcspn(name, " "), name);
		assert_true(used < sizeof joined);
	}
	return joined;
}

static const char *found(const char *query)
{
	return found_by(as("cem"), query);
}

static struct api *hris(void)
{
	return api_as("hris", NULL);
}

static void show(const char *user_name, const char *field, const char *audience)
{
	api_expect(api_put(as(user_name), "/api/v1/people/me/visibility",
			   "{\"fields\": [{\"field\": \"%s\", \"audience\": \"%s\"}]}", field, audience),
		200);
}

static void show_as_before(const char *user_name)
{
	api_expect(api_put(as(user_name), "/api/v1/people/me/visibility", "{\"fields\": []}"), 200);
}

static void who_has_an_interest_is_found(void **state)
{
	(void)state;
	api_expect(api_put(as("dora"), "/api/v1/people/me/interests",
			   "{\"interests\": [\"Chess\", \"night walks\"]}"),
		200);
	api_expect(api_put(as("eve"), "/api/v1/people/me/interests", "{\"interests\": [\"chess\"]}"), 200);
	assert_string_equal(found("interest=chess"), "Dora Eve ");
	assert_string_equal(found("interest=CHESS&location=Paris"), "Eve ");
	assert_string_equal(found("interest=night%20walks"), "Dora ");
	assert_string_equal(found("interest=night"), "");
	assert_string_equal(found("interest=chess%27%20OR%20%27a%27=%27a"), "");
	show("dora", "interests", "nobody");
	assert_string_equal(found("interest=chess"), "Eve ");
	assert_string_equal(found_by(hris(), "interest=chess"), "Eve ");
	assert_string_equal(found_by(as("dora"), "interest=chess"), "Dora Eve "); /* herself */
	show_as_before("dora");
}

static void who_offers_to_teach_is_open_to_mentor(void **state)
{
	(void)state;
	const char *skill = api_text(api_expect(api_post(api_as("admin", NULL), "/api/v1/skills",
							"{\"name\": \"Juggling\"}"),
					     201),
		"id");
	assert_string_equal(found("open_to=mentor"), "");
	api_expect(api_put(as("dora"), "/api/v1/people/me/skills",
			   "{\"skills\": [{\"skill_id\": \"%s\", \"current\": 4, \"offered\": true}]}", skill),
		200);
	api_expect(api_put(as("ben"), "/api/v1/people/me/skills",
			   "{\"skills\": [{\"skill_id\": \"%s\", \"current\": 4}]}", skill),
		200);
	assert_string_equal(found("open_to=mentor"), "Dora ");
	assert_string_equal(found("open_to=mentor&q=dia&level_max=2"), "Dora ");
	show("dora", "skills_offered", "partners");
	assert_string_equal(found("open_to=mentor"), "");
	show_as_before("dora");
	api_expect(api_get(as("cem"), "/api/v1/people?open_to=mentee"), 400);
}

/* To whom somebody reports is for HR, and for whoever they show it to. */
static void who_reports_to_somebody_is_found_by_whoever_may_know(void **state)
{
	(void)state;
	const char *query = api_path("manager_id=%s", id_of("ben"));
	assert_string_equal(found_by(hris(), query), "Cem Dora ");
	assert_string_equal(found_by(as("ben"), query), "");
	assert_string_equal(found_by(as("ben"), "manager_id=me"), "");
	assert_string_equal(found_by(api_as("programme_admin", "eve"), query), "");
	assert_string_equal(found(query), "Cem "); /* himself */
	show("dora", "manager", "colleagues");
	assert_string_equal(found(query), "Cem Dora ");
	assert_string_equal(found_by(as("ben"), "manager_id=me"), "Dora ");
	show("dora", "manager", "partners");
	assert_string_equal(found_by(as("ben"), "manager_id=me"), "");
	show_as_before("dora");
}

static void when_somebody_was_hired_is_asked_by_whoever_may_know(void **state)
{
	(void)state;
	assert_string_equal(found_by(hris(), "hired_after=2019-02-01"), "Cem Dora Eve ");
	assert_string_equal(found_by(hris(), "hired_after=2019-02-02"), "Cem Dora ");
	assert_string_equal(found_by(hris(), "hired_before=2017-05-02"), "Ada ");
	assert_string_equal(found_by(hris(), "hired_after=2017-01-01&hired_before=2020-01-01"), "Ben Eve ");
	assert_string_equal(found("hired_before=2030-01-01"), "Cem ");
	show("eve", "hired_on", "colleagues");
	assert_string_equal(found("hired_before=2030-01-01"), "Cem Eve ");
	assert_string_equal(found("hired_before=2019-02-01"), "");
	show_as_before("eve");
	api_expect(api_get(as("cem"), "/api/v1/people?hired_after=yesterday"), 400);
}

static void people_on_leave_are_found_and_leavers_by_hr_alone(void **state)
{
	(void)state;
	const char *dora = api_path("/api/v1/people/%s", id_of("dora"));
	api_if_match(hris(), api_expect(api_get(hris(), "%s", dora), 200));
	api_expect(api_patch(hris(), dora, "{\"status\": \"on_leave\"}"), 200);
	assert_string_equal(found("status=on_leave"), "Dora ");
	assert_string_equal(found("status=active&department=Finance"), "Ben Cem ");
	assert_string_equal(found("status=inactive"), "");
	assert_string_equal(found_by(api_as("programme_admin", "eve"), "status=inactive"), "");
	assert_string_equal(found_by(hris(), "status=inactive"), "Finn ");
	assert_string_equal(found_by(api_as("admin", NULL), "status=inactive"), "Finn ");
	assert_string_equal(found_by(hris(), "status=active&external_id=P-6"), "");
	api_expect(api_get(as("cem"), "/api/v1/people?status=left"), 400);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(who_has_an_interest_is_found),
		cmocka_unit_test(who_offers_to_teach_is_open_to_mentor),
		cmocka_unit_test(who_reports_to_somebody_is_found_by_whoever_may_know),
		cmocka_unit_test(when_somebody_was_hired_is_asked_by_whoever_may_know),
		cmocka_unit_test(people_on_leave_are_found_and_leavers_by_hr_alone),
	};
	return cmocka_run_group_tests(tests, company_arrives, api_release);
}
