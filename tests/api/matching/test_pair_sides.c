/*
 * What one of two does, and what stands on the other side: a pick that is taken back, a part that is
 * given up while another is held, a line that becomes too short.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

#include "people.h"
#include "support/client.h"
#include "support/company.h"
#include "support/story.h"

#define WAIT 60

static const char *programme, *pair, *mentor;

static int set_up(void **state)
{
	(void)state;
	company_import();
	programme = company_programme("Two sides", 1);
	story_round("hr.lead", programme);
	return 0;
}

static struct api_reply *part_of(const char *user_name, const char *role)
{
	return api_expect(api_get(as(user_name), "/api/v1/enrolments?programme_id=%s&role=%s",
				  programme, role),
		200);
}

static struct api_reply *withdraw(const char *user_name, const char *role)
{
	return api_post(as(user_name),
		api_path("%s/withdrawal", api_text(part_of(user_name, role), "items.0.links.self")),
		NULL);
}

static struct api_reply *pick(const char *mentee, const char **ret_mentor)
{
	struct api_reply *list = story_shortlist(mentee, programme);
	const char *id = api_text(list, "mentors.0.mentor.id");
	*ret_mentor = story_user_name(id);
	return api_expect(api_post(as(mentee), api_path("%s/pick", api_text(list, "links.self")),
				  "{\"mentor_id\": \"%s\"}", id),
		201);
}

static void a_pick_that_is_taken_back_is_nobodys(void **state)
{
	(void)state;
	const char *asked;
	struct api_reply *picked = pick("chief", &asked);
	const char *self = api_text(picked, "links.self");
	assert_int_equal(api_integer(part_of(asked, "mentor"), "items.0.taken"), 1);
	/* whose pick waits does not leave it behind */
	api_expect_problem(withdraw("chief", "mentee"), 409, "in_use");
	api_expect(api_post(as("chief"), api_path("%s/withdrawal", self), NULL), 200);
	static const char *const steps[] = { "acceptance", "decline" };
	for (int i = 0; i < 2; i++) {
		struct api_reply *late = api_post(as(asked), api_path("%s/%s", self, steps[i]),
			i ? "{\"reason\": \"no_time\"}" : NULL);
		api_expect_problem(late, 409, "wrong_state");
		assert_string_equal(api_text(late, "current_status"), "withdrawn");
	}
	assert_int_equal(api_count(api_expect(api_get(as(asked), "%s", self), 200), "can"), 0);
	assert_int_equal(api_integer(part_of(asked, "mentor"), "items.0.taken"), 0);
}

static void who_gives_up_one_part_keeps_the_other(void **state)
{
	(void)state;
	story_settle(); /* the replacement for what was taken back */
	pair = story_pair("chief", programme, &mentor);
	story_enrol(mentor, programme, "mentee", 1);
	api_expect(withdraw(mentor, "mentee"), 200);
	assert_string_equal(api_text(part_of(mentor, "mentee"), "items.0.status"), "withdrawn");
	assert_string_equal(api_text(part_of(mentor, "mentor"), "items.0.status"), "enrolled");
	struct api_reply *still = api_expect(api_get(as(mentor), "/api/v1/pairs/%s", pair), 200);
	assert_string_equal(api_text(still, "status"), "active");
}

static bool is(const char *path, const char *status)
{
	return strcmp(api_text(api_expect(api_get(as("chief"), "%s", path), 200), "status"),
		       status) == 0;
}

/* Once the mentor reports to the mentee, nothing goes on between them that a mentee could command. */
static void a_mentor_who_comes_under_the_mentee_rests_the_pair(void **state)
{
	(void)state;
	struct api_reply *made = api_expect(
		api_post(as("chief"), "/api/v1/sessions",
			"{\"pair_id\": \"%s\", \"starts_at\": \"2027-01-20T10:00\","
			" \"time_zone\": \"UTC\", \"duration_minutes\": 30, \"mode\": \"video\"}",
			pair),
		201);
	const char *self = api_text(made, "links.self");
	struct api_reply *done = api_import(
		api_path("external_id,user_name,given_name,level,manager_external_id\n"
			 "%s,%s,Ann,2,C-1\n",
			api_sql("superuser",
				"SELECT external_id FROM profiles.person WHERE user_name = '%s'",
				mentor),
			mentor),
		NULL);
	assert_string_equal(api_text(done, "status"), "done");
	api_wait_until(WAIT, is(api_path("/api/v1/pairs/%s", pair), "suspended"));
	api_wait_until(WAIT, is(self, "cancelled"));
}

static struct api_reply *asks(const char *mentee, const char *id, const char *user_name)
{
	return api_post(as(mentee), "/api/v1/pairs", "{\"programme_id\": \"%s\", \"mentor_id\": \"%s\"}", id,
		story_person_id(user_name));
}

static size_t open_lists(const char *mentee, const char *id)
{
	return api_count(api_expect(api_get(as(mentee), "/api/v1/shortlists?programme_id=%s&status=open", id),
				 200),
		"items");
}

/* Whoever asks a mentor instead of picking gives up the list, and has one again if it comes to nothing. */
static void who_asked_in_vain_has_a_list_again(void **state)
{
	(void)state;
	static const char *const mentors[] = { "ann", "bob", "cleo", "dev", "eve", "fay" };
	const char *id = story_programme("hr.lead", "Asked"), *self = api_path("/api/v1/programmes/%s", id);
	story_wants("sales.lead", "generative AI", NULL);
	story_enrol("sales.lead", id, "mentee", 1);
	for (size_t i = 0; i < sizeof mentors / sizeof *mentors; i++)
		story_enrol(mentors[i], id, "mentor", 1);
	api_if_match(admin(), api_expect(api_get(admin(), "%s", self), 200));
	api_expect(api_patch(admin(), self, "{\"self_search\": true, \"rules\": {\"line_distance\": \"2\"}}"),
		200);
	story_round("hr.lead", id);
	assert_int_equal(open_lists("sales.lead", id), 1);
	struct api_reply *asked = api_expect(asks("sales.lead", id, "dev"), 201);
	assert_int_equal(open_lists("sales.lead", id), 0);
	api_expect(api_post(as("dev"), api_path("%s/decline", api_text(asked, "links.self")),
			   "{\"reason\": \"no_time\"}"),
		200);
	struct api_reply *list = story_shortlist("sales.lead", id);
	assert_int_equal(api_count(list, "mentors"), 3);
	assert_null(strstr(list->text, story_person_id("dev")));
	asked = api_expect(asks("sales.lead", id, "eve"), 201);
	assert_int_equal(open_lists("sales.lead", id), 0);
	api_expect(api_post(as("sales.lead"), api_path("%s/withdrawal", api_text(asked, "links.self")), NULL),
		200);
	assert_int_equal(api_count(story_shortlist("sales.lead", id), "mentors"), 3);
	/* nobody is their own mentor */
	api_expect_fault(api_expect_problem(asks("sales.lead", id, "sales.lead"), 422, "self_reference"),
		"/mentor_id");
	const char *teaches = enrolment_of("fay", id);
	api_expect_fault(api_expect_problem(api_post(admin(), "/api/v1/pairs",
						    "{\"mentee_enrolment_id\": \"%s\", "
						    "\"mentor_enrolment_id\": \"%s\", \"note\": \"n\"}",
						    story_enrol("fay", id, "mentee", 1), teaches),
				 422, "self_reference"),
		"/mentor_enrolment_id");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(who_asked_in_vain_has_a_list_again),
		cmocka_unit_test(a_pick_that_is_taken_back_is_nobodys),
		cmocka_unit_test(who_gives_up_one_part_keeps_the_other),
		cmocka_unit_test(a_mentor_who_comes_under_the_mentee_rests_the_pair),
	};
	return cmocka_run_group_tests_name("sides of a pair", tests, set_up, api_release);
}
