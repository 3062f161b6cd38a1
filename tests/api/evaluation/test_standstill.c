/*
 * What stands still is somebody's task: before the first round, after a pause, for who joins late,
 * while a pair rests and once it may go on, when a plan is done, and at the end of a programme.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "support/client.h"
#include "support/company.h"
#include "support/story.h"

#define WAIT 30.0
#define DAY  86400LL

static const char *programme, *pair, *mentor;

static int set_up(void **state)
{
	(void)state;
	company_import();
	programme = company_programme("Still", 1);
	return 0;
}

static struct api *as(const char *user_name)
{
	return api_as("participant", user_name);
}

static struct api *admin(void)
{
	return api_as("programme_admin", "hr.lead");
}

static const char *text_of(json_t *one, const char *member)
{
	const char *text = json_string_value(json_object_get(one, member));
	return text ? text : "";
}

/* Whether the caller has one; `can` of its object may know earlier that it is over. */
static bool has_task(struct api *who, const char *kind)
{
	return strstr(api_expect(api_get(who, "/api/v1/dashboards/me"), 200)->text,
		       api_path("\"%s\"", kind)) != NULL;
}

/* The caller's task of a kind, or NULL; its link leads to what allows its action. */
static json_t *task(struct api *who, const char *kind)
{
	size_t i;
	json_t *one;
	struct api_reply *page = api_expect(api_get(who, "/api/v1/dashboards/me"), 200);
	json_array_foreach(api_member(page, "tasks"), i, one)
	{
		if (strcmp(text_of(one, "kind"), kind) != 0)
			continue;
		struct api_reply *object = api_expect(
			api_get(who, "%s", text_of(one, "link")), 200);
		assert_non_null(strstr(object->text, text_of(one, "action")));
		assert_true(strlen(text_of(one, "text")) > 10);
		return one;
	}
	return NULL;
}

/* The row of the work list of a kind about that mentee, or about nobody; or NULL. */
static json_t *row_of(const char *kind, const char *mentee)
{
	size_t i;
	json_t *row;
	const char *who = mentee ? story_person_id(mentee) : "";
	struct api_reply *list = api_expect(
		api_get(admin(), "/api/v1/dashboards/programmes/%s/work-list?kind=%s", programme,
			kind),
		200);
	json_array_foreach(api_member(list, "items"), i, row)
	{
		if (strcmp(text_of(json_object_get(row, "mentee"), "id"), who) == 0)
			return row;
	}
	return NULL;
}

static bool can(json_t *row, const char *action)
{
	size_t i;
	json_t *one;
	json_array_foreach(json_object_get(row, "can"), i, one)
	{
		if (strcmp(json_string_value(one), action) == 0)
			return true;
	}
	return false;
}

/* Nothing is in the way but that there has been no round: the row has the request that starts one. */
static void expect_a_round_is_offered(json_t *row)
{
	json_t *action = json_array_get(json_object_get(row, "actions"), 0);
	assert_int_equal(json_array_size(json_object_get(row, "actions")), 1);
	assert_true(json_is_null(json_object_get(row, "relax")));
	assert_string_equal(text_of(action, "operation"), "round_create");
	assert_string_equal(text_of(action, "href"), "/api/v1/rounds");
	assert_string_equal(
		text_of(json_object_get(action, "body"), "programme_id"), programme);
}

static void people_wait_for_the_first_round(void **state)
{
	(void)state;
	assert_non_null(task(admin(), "first_round"));
	assert_null(row_of("first_round", NULL));
	api_clock(15 * DAY);
	json_t *row = row_of("first_round", NULL);
	assert_non_null(row);
	assert_int_equal(
		json_integer_value(json_object_get(json_object_get(row, "numbers"), "mentees")), 2);
	story_round("hr.lead", programme);
	assert_null(task(admin(), "first_round"));
	assert_null(row_of("first_round", NULL));
}

static void who_comes_back_from_a_pause_or_joins_late_needs_a_round(void **state)
{
	(void)state;
	struct api_reply *mine = api_expect(
		api_get(as("it.lead"), "/api/v1/enrolments?programme_id=%s", programme), 200);
	const char *part = api_text(mine, "items.0.links.self");
	assert_null(row_of("no_list", "it.lead"));
	api_expect(
		api_post(as("it.lead"), api_path("%s/pause", part), "{\"until\": \"2027-06-01\"}"),
		200);
	assert_non_null(task(as("it.lead"), "resume_enrolment"));
	assert_null(row_of("no_list", "it.lead"));
	api_expect(api_post(as("it.lead"), api_path("%s/resumption", part), NULL), 200);
	assert_null(task(as("it.lead"), "resume_enrolment"));
	json_t *row = row_of("no_list", "it.lead");
	assert_non_null(row);
	assert_string_equal(text_of(row, "action"), "round_create");
	assert_string_equal(text_of(row, "waits_for"), "programme");
	expect_a_round_is_offered(row);
	story_wants("sales.lead", "generative AI", NULL);
	story_enrol("sales.lead", programme, "mentee", 1);
	row = row_of("late_joiner", "sales.lead");
	assert_non_null(row);
	expect_a_round_is_offered(row);
	assert_null(row_of("no_list", "sales.lead"));
	story_round("hr.lead", programme);
	assert_null(row_of("no_list", "it.lead"));
	assert_null(row_of("late_joiner", "sales.lead"));
}

static void book_all(void)
{
	api_expect(
		api_post(as("chief"), "/api/v1/sessions/series",
			"{\"pair_id\": \"%s\", \"local_time\": \"10:00\", \"time_zone\": \"UTC\"}",
			pair),
		200);
}

static void level(int to)
{
	api_sql("superuser", "UPDATE profiles.person SET level = %d WHERE user_name = '%s'", to,
		mentor);
}

static void a_pair_that_rests_is_told_when_it_may_go_on(void **state)
{
	(void)state;
	pair = story_pair("chief", programme, &mentor);
	story_agreement(pair, "chief", mentor, "2027-03-01");
	book_all();
	assert_null(task(as("chief"), "book_sessions"));
	level(8);
	api_wait_until(WAIT, row_of("suspended", "chief") != NULL);
	json_t *row = row_of("suspended", "chief");
	assert_string_equal(text_of(row, "reason"), "not_junior");
	assert_true(strlen(text_of(row, "due_at")) > 0);
	assert_false(can(row, "resumption"));
	story_settle();
	assert_null(task(as("chief"), "resume_pair"));
	level(1);
	api_wait_until(WAIT, task(as("chief"), "resume_pair") != NULL);
	assert_non_null(task(as(mentor), "resume_pair"));
	assert_true(can(row_of("suspended", "chief"), "resumption"));
	story_settle();
	assert_non_null(strstr(api_expect(api_get(as(mentor), "/api/v1/notifications"), 200)->text,
		"pair_resumable"));
	/* it may no longer: nobody is asked for it */
	level(8);
	api_wait_until(WAIT, !has_task(as("chief"), "resume_pair"));
	level(1);
	api_wait_until(WAIT, task(as("chief"), "resume_pair") != NULL);
	api_expect_problem(api_post(as("chief"), "/api/v1/sessions/restoration",
				   "{\"pair_id\": \"%s\"}", pair),
		409, "pair_not_active");
	api_expect(api_post(as("chief"), api_path("/api/v1/pairs/%s/resumption", pair), NULL), 200);
	assert_null(row_of("suspended", "chief"));
	assert_null(task(as("chief"), "resume_pair"));
}

static struct api_reply *restore(const char *user_name)
{
	return api_post(as(user_name), "/api/v1/sessions/restoration", "{\"pair_id\": \"%s\"}", pair);
}

static bool may_restore(const char *user_name)
{
	struct api_reply *list = api_expect(
		api_get(as(user_name), "/api/v1/agreements?pair_id=%s", pair), 200);
	return strstr(list->text, "\"session_restoration\"") != NULL;
}

static long long ahead(void)
{
	return atoll(api_sql("superuser",
		"SELECT count(*) FROM scheduling.session WHERE pair_id = '%s' AND status IN "
		"('proposed', 'confirmed') AND starts_at > common.now()",
		pair));
}

/* All at once, at the times that they had; one at which somebody is busy meanwhile comes with the next request. */
static void meetings_that_a_rest_cancelled_are_booked_again(void **state)
{
	(void)state;
	assert_non_null(task(as("chief"), "restore_sessions"));
	assert_non_null(task(as(mentor), "restore_sessions"));
	assert_null(row_of("no_session", "chief"));
	assert_true(may_restore("chief"));
	const char *lost = api_sql("superuser",
		"SELECT string_agg(starts_at || ' ' || mode, ',' ORDER BY starts_at) FROM "
		"scheduling.lost_session WHERE pair_id = '%s'",
		pair);
	/* the chief is busy at one of the times */
	const char *busy = api_sql("superuser",
		"INSERT INTO scheduling.participant (session_id, person_id, part, during, live) "
		"SELECT min(id::text)::uuid, '%s', 1, tstzrange(min(starts_at), min(ends_at)), true "
		"FROM scheduling.lost_session WHERE pair_id = '%s' RETURNING session_id",
		story_person_id("chief"), pair);
	api_expect_fault(api_expect_problem(restore("it.lead"), 422, "unknown_reference"), "/pair_id");
	struct api_reply *done = api_expect(restore(mentor), 200);
	long long all = (long long)api_count(done, "sessions");
	assert_true(all > 2);
	assert_int_equal(api_integer(done, "booked"), all - 1);
	assert_string_equal(api_text(done, "sessions.0.result"), "overlap");
	assert_true(json_is_null(api_member(done, "sessions.0.restored_as")));
	struct api_reply *one = api_expect(api_get(as("chief"), "/api/v1/sessions/%s",
						   api_text(done, "sessions.1.restored_as")),
		200);
	assert_string_equal(api_text(one, "starts_at"), api_text(done, "sessions.1.starts_at"));
	assert_int_equal(ahead(), all - 1);
	assert_false(may_restore("chief"));
	assert_null(task(as("chief"), "restore_sessions"));
	api_sql("superuser", "DELETE FROM scheduling.participant WHERE session_id = '%s' AND part = 1",
		busy);
	assert_true(may_restore("chief"));
	done = api_expect(restore("chief"), 200);
	assert_int_equal(api_integer(done, "booked"), all);
	/* nothing is booked twice */
	assert_int_equal(api_integer(api_expect(restore("chief"), 200), "booked"), all);
	assert_int_equal(ahead(), all);
	assert_string_equal(lost,
		api_sql("superuser",
			"SELECT string_agg(starts_at || ' ' || mode, ',' ORDER BY starts_at) FROM "
			"scheduling.session WHERE pair_id = '%s' AND status IN ('proposed', "
			"'confirmed') AND starts_at > common.now()",
			pair));
	assert_string_equal("0|1",
		api_sql("superuser",
			"SELECT count(*) FILTER (WHERE result IS DISTINCT FROM 'booked'), "
			"count(DISTINCT agreement_id) FROM scheduling.plan p JOIN scheduling.session s "
			"ON s.id = p.session_id WHERE s.pair_id = '%s' AND s.starts_at > common.now()",
			pair));
}

static void cancel_all(void)
{
	size_t i;
	json_t *one;
	struct api_reply *list = api_expect(
		api_get(as("chief"), "/api/v1/sessions?pair_id=%s&status=confirmed&limit=50", pair),
		200);
	json_array_foreach(api_member(list, "items"), i, one)
		api_expect(api_post(as("chief"),
				   api_path("/api/v1/sessions/%s/cancellation", text_of(one, "id")),
				   "{\"reason\": \"ill\"}"),
			200);
}

static void report(const char *starts_at)
{
	const char *id = api_sql("superuser",
		"SELECT id FROM scheduling.session WHERE pair_id = '%s' AND starts_at = '%s'"
		" AND status <> 'cancelled'",
		pair, starts_at);
	api_expect(api_post(as(mentor), api_path("/api/v1/sessions/%s/report", id),
			   "{\"outcome\": \"held\"}"),
		200);
}

static void a_plan_goes_on_until_it_is_done(void **state)
{
	(void)state;
	api_clock_to("2027-03-01 12:00Z");
	report("2027-03-01 10:00Z");
	assert_null(task(as("chief"), "book_more_sessions"));
	cancel_all();
	assert_non_null(task(as("chief"), "book_more_sessions"));
	struct api_reply *next = api_expect(
		api_post(as("chief"), "/api/v1/agreements",
			"{\"pair_id\": \"%s\", \"cadence\": "
			"\"every_second_month\", \"duration_minutes\": 45,"
			" \"channels\": [\"video\"], \"time_zone\": "
			"\"UTC\", \"starts_on\": \"2027-03-12\"}",
			pair),
		201);
	assert_non_null(task(as(mentor), "sign_new_version"));
	const char *sign = api_path("%s/signature", api_text(next, "links.self"));
	api_expect(api_change(as("chief"), sign), 200);
	assert_null(task(as("chief"), "sign_new_version"));
	api_expect(api_change(as(mentor), sign), 200);
	book_all();
	static const char *const days[] = { "2027-03-12", "2027-05-12", "2027-07-12" };
	for (size_t i = 0; i < 3; i++) {
		assert_null(task(as("chief"), "plan_done"));
		api_clock_to(api_path("%s 12:00Z", days[i]));
		report(api_path("%s 10:00Z", days[i]));
	}
	assert_non_null(task(as("chief"), "plan_done"));
	assert_non_null(task(as(mentor), "plan_done"));
}

static void a_programme_is_closed_after_its_last_day(void **state)
{
	(void)state;
	api_expect(api_post(admin(), api_path("/api/v1/programmes/%s/activation", programme), NULL),
		200);
	api_expect(
		api_post(admin(), api_path("/api/v1/programmes/%s/closing", programme), NULL), 200);
	const char *ends_on = api_text(
		api_expect(api_get(admin(), "/api/v1/programmes/%s", programme), 200), "ends_on");
	if (strcmp(ends_on, "2027-07-12") >= 0)
		assert_null(task(admin(), "close_programme"));
	api_clock_to("2028-01-02 12:00Z");
	assert_non_null(task(admin(), "close_programme"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(people_wait_for_the_first_round),
		cmocka_unit_test(who_comes_back_from_a_pause_or_joins_late_needs_a_round),
		cmocka_unit_test(a_pair_that_rests_is_told_when_it_may_go_on),
		cmocka_unit_test(meetings_that_a_rest_cancelled_are_booked_again),
		cmocka_unit_test(a_plan_goes_on_until_it_is_done),
		cmocka_unit_test(a_programme_is_closed_after_its_last_day),
	};
	return cmocka_run_group_tests_name("standstill", tests, set_up, api_release);
}
