#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

#include "people.h"
#include "support/company.h"
#include "support/story.h"

int people_set_up(void **state)
{
	(void)state;
	company_import();
	return 0;
}

int people_without_limits(void **state)
{
	people_set_up(state);
	api_sql("superuser",
		"UPDATE common.setting SET value = '{\"mentor\": 1000, \"mentee\": 1000}' "
		"WHERE name = 'person_limits'");
	return 0;
}

int people_begin_anew(void **state)
{
	(void)state;
	/* in a deadlock the services give way */
	api_sql("superuser", "SET deadlock_timeout = '1min'; TRUNCATE matching.programme CASCADE; "
			     "DELETE FROM profiles.partner; DELETE FROM matching.exclusion");
	return 0;
}

struct api *admin(void)
{
	return api_as("programme_admin", "hr.lead");
}

struct api *other(void)
{
	return api_as("programme_admin", "other.admin");
}

struct api *as(const char *user_name)
{
	return api_as("participant", user_name);
}

const char *enrolment_of(const char *user_name, const char *programme)
{
	return api_text(
		api_expect(api_get(as(user_name), "/api/v1/enrolments?programme_id=%s", programme),
			200),
		"items.0.id");
}

struct api_reply *enrolment(const char *user_name, const char *programme)
{
	return api_expect(
		api_get(as(user_name), "/api/v1/enrolments/%s", enrolment_of(user_name, programme)),
		200);
}

struct api_reply *ready_round(const char *id)
{
	struct api_reply *round;
	api_wait_until(20, (round = api_get(admin(), "/api/v1/rounds/%s", id),
				   strcmp(api_text(round, "status"), "ready") == 0));
	return round;
}

bool has_task(struct api *who, const char *kind)
{
	struct api_reply *page = api_expect(api_get(who, "/api/v1/dashboards/me"), 200);
	for (size_t i = 0; i < api_count(page, "tasks"); i++)
		if (strcmp(api_text(page, api_path("tasks.%zu.kind", i)), kind) == 0)
			return true;
	return false;
}

void is_told(const char *user_name, const char *kind)
{
	story_settle();
	api_wait_until(
		20, strstr(api_expect(api_get(as(user_name), "/api/v1/notifications"), 200)->text,
			    api_path("\"%s\"", kind)) != NULL);
}

struct api_reply *pair_by_hand(
	const char *programme, const char *mentee, const char *mentor, const char *more)
{
	return api_post(admin(), "/api/v1/pairs",
		"{\"mentee_enrolment_id\": \"%s\", \"mentor_enrolment_id\": \"%s\"%s}",
		enrolment_of(mentee, programme), enrolment_of(mentor, programme), more);
}

long long policy_number(const char *programme)
{
	return api_integer(api_get(admin(), "/api/v1/programmes/%s", programme), "policy_version");
}

struct api_reply *policy_write(const char *programme, const char *members)
{
	return api_post(admin(), api_path("/api/v1/programmes/%s/policies", programme),
		"{\"based_on\": %lld%s%s}", policy_number(programme), *members ? ", " : "", members);
}
