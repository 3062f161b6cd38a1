/*
 * Gatherings: who may attend them, places and the line for them, series, what calendars show of them,
 * mentor circles that do not exist for mentees, and an issue box that tells of nobody.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "support/company.h"
#include "support/story.h"

#define MENTORS  6
#define IN_FIVES 5 /* as which that is told */
static const char *const mentors[MENTORS] = { "ann", "bob", "cleo", "dev", "eve", "fay" };

static const char *programme;

static struct api *as(const char *user_name)
{
	return api_as("participant", user_name);
}

static struct api *coordinator(void)
{
	return api_as("programme_admin", "hr.lead");
}

static int build(void **state)
{
	(void)state;
	company_import();
	programme = company_programme("Gatherings", 2);
	return 0;
}

/* Plans a gathering; more: further members. */
static struct api_reply *planned(const char *kind, const char *more)
{
	return api_expect(
		api_post(coordinator(), "/api/v1/gatherings",
			"{\"programme_id\": \"%s\", \"kind\": \"%s\", \"title\": \"About %s\", "
			"\"starts_at\": \"2027-02-10T12:00\", \"time_zone\": \"Europe/Berlin\", "
			"\"duration_minutes\": 60%s}",
			programme, kind, kind, more),
		201);
}

static struct api_reply *sign_up(const char *user_name, const char *self, const char *body)
{
	return api_post(as(user_name), api_path("%s/registrations", self), "%s", body);
}

static void leave(const char *user_name, const struct api_reply *registration)
{
	api_if_match(as(user_name), registration);
	api_expect(api_delete(as(user_name), "%s", api_text(registration, "links.self")), 204);
}

static size_t seen_by(const char *user_name, const char *query)
{
	return api_count(api_expect(api_get(as(user_name), "/api/v1/gatherings?programme_id=%s%s",
					    programme, query),
				 200),
		"items");
}

/* The person's notifications of this kind. */
static size_t told(const char *user_name, const char *kind)
{
	size_t count = 0;
	struct api_reply *all = api_expect(
		api_get(as(user_name), "/api/v1/notifications?limit=200"), 200);
	for (size_t i = 0; i < api_count(all, "items"); i++)
		count += strcmp(api_text(all, api_path("items.%zu.kind", i)), kind) == 0;
	return count;
}

static struct api_reply *feed_of(const char *user_name, const char *kind)
{
	struct api_reply *feed = api_expect(
		api_post(as(user_name), "/api/v1/calendar-feeds", "{\"kind\": \"%s\"}", kind), 201);
	return api_expect(
		api_get(api_as(NULL, NULL), "%s", strstr(api_text(feed, "url"), "/calendar/")),
		200);
}

/* ---- places -----------------------------------------------------------------------------------*/

static void a_place_that_is_given_up_goes_to_the_first_in_line(void **state)
{
	(void)state;
	struct api_reply *one = planned("information_session", ", \"capacity\": 2");
	const char *self = api_text(one, "links.self");
	struct api_reply *first = api_expect(sign_up("ann", self, "{}"), 201);
	assert_true(api_truth(first, "has_place"));
	api_expect(sign_up("chief", self, "{}"), 201);
	struct api_reply *third = api_expect(sign_up("bob", self, "{}"), 201);
	assert_int_equal(api_integer(third, "in_line"), 1);
	assert_int_equal(api_integer(api_expect(sign_up("cleo", self, "{}"), 201), "in_line"), 2);
	api_expect_problem(sign_up("cleo", self, "{}"), 409, "already_registered");
	one = api_get(as("bob"), "%s", self);
	assert_int_equal(api_integer(one, "going"), 2);
	assert_int_equal(api_integer(one, "waiting"), 2);
	assert_int_equal(api_integer(one, "registration.in_line"), 1);
	leave("ann", first);
	api_wait_until(20, told("bob", "gathering_place") == 1);
	assert_true(api_truth(api_get(as("bob"), "%s", self), "registration.has_place"));
	assert_int_equal(told("cleo", "gathering_place"), 0);
	/* fewer places than are taken: no; one more goes to the next in line */
	api_if_match(coordinator(), api_get(coordinator(), "%s", self));
	api_expect_problem(
		api_patch(coordinator(), self, "{\"capacity\": 1}"), 409, "capacity_below_taken");
	api_if_match(coordinator(), api_get(coordinator(), "%s", self));
	api_expect(api_patch(coordinator(), self, "{\"capacity\": 3}"), 200);
	api_wait_until(20, told("cleo", "gathering_place") == 1);
	struct api_reply *all = api_expect(api_get(coordinator(), "%s/registrations", self), 200);
	assert_int_equal(api_count(all, "items"), 3);
	assert_string_equal(api_text(all, "items.0.person.display_name"),
		api_text(api_get(as("chief"), "/api/v1/me"), "person.display_name"));
	/* nobody else reads or gives up a registration */
	api_expect_problem(
		api_get(as("ann"), "%s", api_text(third, "links.self")), 404, "not_found");
	api_if_match(as("ann"), third);
	api_expect_problem(
		api_delete(as("ann"), "%s", api_text(third, "links.self")), 404, "not_found");
	api_expect_problem(api_get(as("bob"), "%s/registrations", self), 403, "forbidden");
}

static void two_never_get_the_same_last_place(void **state)
{
	(void)state;
	const char *self = api_text(
		planned("information_session", ", \"capacity\": 1"), "links.self");
	int with_place = 0;
	for (int i = 0; i < MENTORS; i++)
		with_place += api_truth(
			api_expect(sign_up(mentors[i], self, "{}"), 201), "has_place");
	assert_int_equal(with_place, 1);
}

/* ---- changes ----------------------------------------------------------------------------------*/

static void those_with_a_place_are_told_of_changes_and_see_them_in_their_calendars(void **state)
{
	(void)state;
	struct api_reply *day = planned("innovation_day", "");
	const char *self = api_text(day, "links.self");
	api_expect(sign_up("dev", self, "{}"), 201);
	assert_non_null(strstr(feed_of("dev", "full")->text, "SUMMARY:About innovation_day"));
	assert_null(strstr(feed_of("dev", "free_busy")->text, "innovation"));
	assert_non_null(strstr(feed_of("dev", "free_busy")->text, "20270210T110000Z"));
	assert_null(strstr(feed_of("eve", "full")->text, "innovation"));
	api_if_match(coordinator(), api_get(coordinator(), "%s", self));
	api_expect_fault(api_expect_problem(api_patch(coordinator(), self,
						    "{\"starts_at\": \"2027-02-11T12:00\"}"),
				 422, "unprocessable"),
		"/time_zone");
	api_if_match(coordinator(), api_get(coordinator(), "%s", self));
	struct api_reply *moved = api_expect(
		api_patch(coordinator(), self,
			"{\"starts_at\": \"2027-02-11T12:00\", \"time_zone\": \"UTC\"}"),
		200);
	assert_string_equal(api_text(moved, "starts_at"), "2027-02-11T12:00:00Z");
	assert_string_equal(api_text(moved, "ends_at"), "2027-02-11T13:00:00Z");
	api_wait_until(20, told("dev", "gathering_moved") == 1);
	api_expect(api_post(coordinator(), api_path("%s/cancellation", self), NULL), 200);
	api_wait_until(20, told("dev", "gathering_cancelled") == 1);
	assert_non_null(strstr(feed_of("dev", "full")->text, "STATUS:CANCELLED"));
	api_expect_problem(sign_up("eve", self, "{}"), 409, "registration_closed");
	api_expect_problem(
		api_post(as("dev"), api_path("%s/cancellation", self), NULL), 403, "forbidden");
}

static void a_place_counts_as_busy(void **state)
{
	(void)state;
	const char *window =
		"/api/v1/availability?from=2027-02-10T00:00:00Z&to=2027-02-11T00:00:00Z";
	const size_t before = api_count(
		api_expect(api_get(as("fay"), "%s", window), 200), "windows");
	struct api_reply *mine = api_expect(
		sign_up("fay", api_text(planned("innovation_day", ""), "links.self"), "{}"), 201);
	assert_int_equal(api_count(api_get(as("fay"), "%s", window), "windows"), before + 1);
	leave("fay", mine);
	assert_int_equal(api_count(api_get(as("fay"), "%s", window), "windows"), before);
}

/* ---- a time for many --------------------------------------------------------------------------*/

static struct api_reply *times(struct api *who, const char *self, const char *query)
{
	return api_get(who, "%s/slots?from=2027-02-08T00:00:00Z&minutes=60%s", self, query);
}

static void a_time_is_found_at_which_most_can_come(void **state)
{
	(void)state;
	const char *self = api_text(planned("mentor_circle", ""), "links.self");
	struct api_reply *all = api_expect(times(coordinator(), self, "&days=5"), 200);
	assert_int_equal(api_integer(all, "people"), MENTORS);
	assert_int_equal(api_integer(all, "slots.0.can_come"), IN_FIVES);
	/* Ann is there on Thursday only: on the other days there are five, which is said of all */
	for (int i = 0; i < 2; i++)
		api_expect(api_post(as("ann"), "/api/v1/availability/exceptions",
				   "{\"kind\": \"away\", \"starts_on\": \"2027-02-%s\", "
				   "\"ends_on\": \"2027-02-%s\"}",
				   i ? "12" : "08", i ? "21" : "10"),
			201);
	all = api_expect(times(coordinator(), self, "&count=50"), 200);
	size_t without_ann = 0;
	for (size_t i = 0; i < api_count(all, "slots"); i++) {
		assert_int_equal(api_integer(all, api_path("slots.%zu.can_come", i)), IN_FIVES);
		without_ann += strncmp(api_text(all, api_path("slots.%zu.local", i)), "2027-02-11T",
				       11) != 0;
	}
	assert_true(without_ann > 0);
	/* in fives too, or it would tell what the figure does not */
	struct api_reply *six = api_expect(times(coordinator(), self, "&count=50&at_least=6"), 200);
	assert_true(json_equal(api_member(six, "slots"), api_member(all, "slots")));
	assert_int_equal(
		api_count(api_expect(times(coordinator(), self, "&at_least=10"), 200), "slots"), 0);
	api_expect_problem(times(as("ann"), self, ""), 403, "forbidden");
	api_expect_problem(
		times(api_as("programme_admin", "other.admin"), self, ""), 404, "not_found");
	api_expect_problem(times(coordinator(), self, "&at_least=4"), 400, "invalid_parameter");
}

/* Whoever is registered is asked, from five on. Its own time is free for it; once it is off, there is none. */
static void a_time_is_found_for_those_who_are_registered(void **state)
{
	(void)state;
	bool own = false;
	struct api_reply *all;
	const char *self = api_text(planned("mentor_circle", ""), "links.self");
	api_if_match(coordinator(), api_expect(api_get(coordinator(), "%s", self), 200));
	api_expect(api_patch(coordinator(), self,
			   "{\"starts_at\": \"2027-02-09T12:00\", \"time_zone\": "
			   "\"Europe/Berlin\"}"),
		200);
	for (int i = 0; i < MENTORS; i++) {
		api_expect(sign_up(mentors[i], self, "{}"), 201);
		if (i < 4)
			api_expect_problem(times(coordinator(), self, ""), 409, "too_few_people");
	}
	all = api_expect(times(coordinator(), self, "&days=3&count=50"), 200);
	for (size_t i = 0; i < api_count(all, "slots"); i++)
		own |= strcmp(api_text(all, api_path("slots.%zu.starts_at", i)),
			       "2027-02-09T11:00:00Z") == 0;
	assert_true(own);
	api_if_match(coordinator(), api_expect(api_get(coordinator(), "%s", self), 200));
	api_expect_fault(
		api_expect(api_patch(coordinator(), self, "{\"fold\": 1}"), 422), "/starts_at");
	api_expect(api_post(coordinator(), api_path("%s/cancellation", self), NULL), 200);
	api_expect_problem(times(coordinator(), self, ""), 409, "closed_record");
}

static void what_cannot_be_planned_is_refused(void **state)
{
	(void)state;
	const char *start = api_path("{\"programme_id\": \"%s\", \"kind\": \"advisory_board\", "
				     "\"title\": \"Board\", \"duration_minutes\": 60, ",
		programme);
	api_expect_problem(api_post(coordinator(), "/api/v1/gatherings",
				   "%s\"starts_at\": \"2027-03-28T02:30\", \"time_zone\": "
				   "\"Europe/Berlin\"}",
				   start),
		422, "local_time_nonexistent");
	api_expect_problem(
		api_post(coordinator(), "/api/v1/gatherings",
			"%s\"starts_at\": \"2026-03-28T02:30\", \"time_zone\": \"UTC\"}", start),
		422, "in_the_past");
	api_expect_fault(api_post(coordinator(), "/api/v1/gatherings",
				 "%s\"starts_at\": \"2027-03-29T02:30\", \"time_zone\": \"UTC\", "
				 "\"repeat_count\": 3}",
				 start),
		"/repeat_unit");
	api_expect_problem(
		api_post(as("ann"), "/api/v1/gatherings",
			"%s\"starts_at\": \"2027-03-29T02:30\", \"time_zone\": \"UTC\"}", start),
		403, "forbidden");
	api_expect_fault(
		api_post(api_as("programme_admin", "it.team"), "/api/v1/gatherings",
			"%s\"starts_at\": \"2027-03-29T02:30\", \"time_zone\": \"UTC\"}", start),
		"/programme_id");
}

/* ---- series -----------------------------------------------------------------------------------*/

static void a_board_meets_in_a_series_with_its_members(void **state)
{
	(void)state;
	struct api_reply *board = planned("advisory_board",
		", \"repeat_count\": 4, \"repeat_unit\": \"month\", \"repeat_every\": 3, "
		"\"repeat_on\": \"weekday\"");
	const char *self = api_text(board, "links.self");
	const char *series = api_path("&series_id=%s", api_text(board, "series.id"));
	struct api_reply *all = api_expect(api_get(coordinator(), "/api/v1/gatherings?series_id=%s",
						   api_text(board, "series.id")),
		200);
	assert_int_equal(api_count(all, "items"), 4);
	/* the second Wednesday at noon in Berlin, in summer too */
	assert_string_equal(api_text(all, "items.1.starts_at"), "2027-05-12T10:00:00Z");
	assert_int_equal(seen_by("cleo", series), 0);
	api_expect_fault(sign_up("cleo", self, "{}")->status == 404
				 ? api_post(coordinator(), api_path("%s/registrations", self), "{}")
				 : NULL,
		"/person_id");
	struct api_reply *member = api_expect(
		api_post(coordinator(), api_path("%s/registrations", self),
			"{\"person_id\": \"%s\", \"series\": true}", story_person_id("cleo")),
		201);
	api_wait_until(20, told("cleo", "gathering_invited") == 1);
	assert_int_equal(seen_by("cleo", series), 4);
	assert_int_equal(seen_by("cleo", api_path("%s&registered=true", series)), 4);
	assert_int_equal(seen_by("ann", series), 0);
	/* the agenda of one and of all later ones; the others are cancelled together */
	const char *second = api_text(all, "items.1.links.self");
	api_if_match(coordinator(), api_get(coordinator(), "%s", second));
	api_expect(api_patch(coordinator(), second, "{\"agenda\": \"The plan\", \"series\": true}"),
		200);
	all = api_get(as("cleo"), "/api/v1/gatherings?series_id=%s", api_text(board, "series.id"));
	assert_true(json_is_null(api_member(all, "items.0.agenda")));
	assert_string_equal(api_text(all, "items.3.agenda"), "The plan");
	api_expect(api_post(coordinator(),
			   api_path("%s/cancellation", api_text(all, "items.2.links.self")),
			   "{\"series\": true}"),
		200);
	assert_int_equal(seen_by("cleo", api_path("%s&status=planned", series)), 2);
	/* who leaves the board does not see it any more */
	api_if_match(as("cleo"), member);
	api_expect(api_delete(as("cleo"), "%s?series=true", api_text(member, "links.self")), 204);
	assert_int_equal(seen_by("cleo", api_path("%s&status=planned", series)), 0);
}

/* ---- mentor circles ---------------------------------------------------------------------------*/

/* What everybody else gets is what they get of a circle that is not there. */
static void a_circle_does_not_exist_for(const char *role, const char *user_name, const char *self)
{
	struct api *who = api_as(role, user_name);
	const char *ghost = "/api/v1/gatherings/019a0000-0000-7000-8000-00000000dead";
	static const char *const paths[] = { "",
		"/registrations/019a0000-0000-7000-8000-00000000dead" };
	for (int i = 0; i < 2; i++) {
		api_expect_problem(api_get(who, "%s%s", self, paths[i]), 404, "not_found");
		api_expect_problem(api_get(who, "%s%s", ghost, paths[i]), 404, "not_found");
	}
	api_expect_problem(
		api_post(who, api_path("%s/registrations", self), "{}"), 404, "not_found");
	struct api_reply *all = api_expect(api_get(who, "/api/v1/gatherings?limit=200"), 200);
	assert_null(strstr(all->text, "circle"));
	assert_int_equal(
		api_count(api_expect(api_get(who, "/api/v1/gatherings?kind=mentor_circle"), 200),
			"items"),
		0);
}

static void a_circle_does_not_exist_for_mentees(void **state)
{
	(void)state;
	struct api_reply *circle = planned(
		"mentor_circle", ", \"repeat_count\": 12, \"repeat_unit\": \"month\"");
	const char *self = api_text(circle, "links.self");
	api_expect(sign_up("ann", self, "{\"series\": true}"), 201);
	assert_non_null(strstr(feed_of("ann", "full")->text, "About mentor_circle"));
	assert_null(strstr(feed_of("ann", "free_busy")->text, "circle"));
	a_circle_does_not_exist_for("participant", "chief", self);
	a_circle_does_not_exist_for("participant", "sales.team", self);
	api_expect_problem(
		api_put(as("chief"), api_path("%s/issues", self), "{\"themes\": [\"time\"]}"), 404,
		"not_found");
	/* a coordinator who learns in the programme, and a mentor who begins to */
	api_expect(
		api_post(coordinator(), api_path("/api/v1/programmes/%s/coordinators", programme),
			"{\"person_id\": \"%s\"}", story_person_id("it.lead")),
		201);
	a_circle_does_not_exist_for("programme_admin", "it.lead", self);
	api_expect_fault(
		api_post(api_as("programme_admin", "it.lead"), "/api/v1/gatherings",
			"{\"programme_id\": \"%s\", \"kind\": \"mentor_circle\", \"title\": \"x\", "
			"\"starts_at\": \"2027-02-10T12:00\", \"time_zone\": \"UTC\", "
			"\"duration_minutes\": 60}",
			programme),
		"/kind");
	api_sql("superuser",
		"INSERT INTO matching.enrolment (id, programme_id, person_id, role, step, "
		"capacity) "
		"VALUES (gen_random_uuid(), '%s', '%s', 'mentee', 'creation', 1)",
		programme, story_person_id("ann"));
	a_circle_does_not_exist_for("participant", "ann", self);
	assert_null(strstr(feed_of("ann", "full")->text, "circle"));
	assert_int_equal(api_integer(api_get(coordinator(), "%s", self), "going"), 0);
}

static void the_issue_box_tells_of_nobody(void **state)
{
	(void)state;
	struct api_reply *circle = planned("mentor_circle", "");
	const char *issues = api_path("%s/issues", api_text(circle, "links.self"));
	for (int i = 1; i < MENTORS; i++) { /* ann is a mentee now */
		struct api_reply *put = api_expect(
			api_put(as(mentors[i]), issues, "{\"themes\": [\"time\"%s]}",
				i > 1 ? ", \"no_goals\"" : ""),
			200);
		assert_string_equal(api_text(put, "quarter"), "2026-10-01");
		assert_string_equal(api_text(put, "shown_on"), "2027-01-01");
	}
	api_expect(
		api_put(as("bob"), issues, "{\"themes\": [\"no_goals\"]}"), 200); /* counts once */
	assert_int_equal(
		api_count(api_expect(api_get(coordinator(), "%s", issues), 200), "items"), 0);
	api_expect_problem(api_get(as("bob"), "%s", issues), 403, "forbidden");
	/* no service reads who it was; nothing links them to what */
	assert_string_equal(api_sql("superuser", "SELECT has_table_privilege('upward_scheduling', "
						 "'scheduling.issue_author', 'SELECT') OR "
						 "has_table_privilege('upward_scheduling', "
						 "'scheduling.issue_theme', 'SELECT')"),
		"f");
	assert_string_equal(api_sql("superuser", "SELECT count(DISTINCT xmin::text) FROM "
						 "scheduling.issue_theme"),
		"1");
	api_clock_to("2027-01-01 00:00Z");
	struct api_reply *themes = api_expect(api_get(coordinator(), "%s", issues), 200);
	assert_int_equal(api_count(themes, "items"), 1); /* no_goals has four */
	assert_string_equal(api_text(themes, "items.0.theme"), "time");
	assert_int_equal(api_integer(themes, "items.0.mentors"), 5);
	api_clock(0);
}

static void what_is_over_was_held(void **state)
{
	(void)state;
	const char *self = api_text(planned("information_session", ""), "links.self");
	api_clock_to("2027-02-10 12:00Z");
	api_wait_until(
		20, strcmp(api_text(api_get(coordinator(), "%s", self), "status"), "held") == 0);
	api_expect_problem(sign_up("ann", self, "{}"), 409, "registration_closed");
	api_clock(0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_place_that_is_given_up_goes_to_the_first_in_line),
		cmocka_unit_test(two_never_get_the_same_last_place),
		cmocka_unit_test(
			those_with_a_place_are_told_of_changes_and_see_them_in_their_calendars),
		cmocka_unit_test(a_place_counts_as_busy),
		cmocka_unit_test(a_time_is_found_at_which_most_can_come),
		cmocka_unit_test(a_time_is_found_for_those_who_are_registered),
		cmocka_unit_test(what_cannot_be_planned_is_refused),
		cmocka_unit_test(a_board_meets_in_a_series_with_its_members),
		cmocka_unit_test(a_circle_does_not_exist_for_mentees),
		cmocka_unit_test(the_issue_box_tells_of_nobody),
		cmocka_unit_test(what_is_over_was_held),
	};
	return cmocka_run_group_tests(tests, build, api_release);
}
