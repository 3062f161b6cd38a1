/*
 * What must never happen, sentence by sentence: feedback, exclusions, calendars, reports and the
 * traces that all of them leave.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "masked.h"
#include "never.h"
#include "support/story.h"

/* ---- feedback ---------------------------------------------------------------------------------*/

static struct api_reply *give_feedback(const char *comment)
{
	return api_expect(api_post(never_as(CALLER_MENTOR), "/api/v1/feedback",
				  "{\"pair_id\": \"%s\", \"visibility\": \"partner\","
				  " \"rating\": 1, \"comment\": \"%s\"}",
				  never_world.pair, comment),
		201);
}

static void a_mentee_never_learns_that_feedback_exists(void **state)
{
	(void)state;
	struct api *mentee = never_as(CALLER_MENTEE);
	const char *pages[] = { api_path("/api/v1/pairs/%s", never_world.pair),
		api_path("/api/v1/sessions/%s", never_world.session),
		api_path("/api/v1/pairs/%s/why", never_world.pair), "/api/v1/pairs", "/api/v1/me",
		"/api/v1/enrolments" };
	struct api_reply *before[6];
	for (int i = 0; i < 6; i++)
		before[i] = api_expect(api_get(mentee, "%s", pages[i]), 200);
	give_feedback("he never listens");
	for (int i = 0; i < 6; i++)
		assert_true(masked_same(before[i], api_get(mentee, "%s", pages[i])));
	assert_int_equal(never_items(CALLER_MENTEE, "/api/v1/feedback"), 0);
	assert_int_equal(never_items(CALLER_MENTEE,
				 api_path("/api/v1/feedback?pair_id=%s", never_world.pair)),
		0);
	never_there(CALLER_MENTEE, "feedback", never_world.feedback);
}

static void nobody_but_its_author_reads_feedback(void **state)
{
	(void)state;
	never_there(CALLER_COORDINATOR, "feedback", never_world.feedback);
	never_there(CALLER_LINE, "feedback", never_world.feedback);
	never_there(CALLER_STRANGER, "feedback", never_world.feedback);
	static const enum caller roles[] = { CALLER_ADMIN, CALLER_HRIS, CALLER_AUDITOR };
	for (int i = 0; i < 3; i++)
		assert_int_equal(
			api_get(never_as(roles[i]), "/api/v1/feedback/%s", never_world.feedback)
				->status,
			403);
}

static void feedback_on_a_foreign_pair_tells_nothing_of_the_pair(void **state)
{
	(void)state;
	static const char *const body =
		"{\"pair_id\": \"%s\", \"visibility\": \"private\", \"rating\": 1}";
	struct api_reply *foreign = api_post(
		never_as(CALLER_STRANGER), "/api/v1/feedback", body, never_world.pair);
	struct api_reply *none = api_post(
		never_as(CALLER_STRANGER), "/api/v1/feedback", body, NEVER_ID);
	api_expect_problem(foreign, 422, "unknown_reference");
	assert_true(masked_same(foreign, none));
}

static void feedback_never_changes_its_visibility(void **state)
{
	(void)state;
	api_expect_problem(api_patch(never_as(CALLER_MENTOR),
				   api_path("/api/v1/feedback/%s", never_world.feedback),
				   "{\"visibility\": \"private\"}"),
		405, "method_not_allowed");
}

static void confidential_ids_are_v4_and_carry_no_time(void **state)
{
	(void)state;
	assert_int_equal(never_world.feedback[14], '4');
	assert_int_equal(never_world.exclusion[14], '4');
	assert_int_equal(never_world.pair[14], '7'); /* so that the place is the right one */
	assert_string_equal(
		api_sql("superuser",
			"SELECT count(*) FROM information_schema.columns WHERE (table_schema, "
			"table_name) IN (('evaluation', 'feedback'), ('matching', 'exclusion')) "
			"AND data_type ~ 'time|date'"),
		"0");
}

static void the_service_itself_reads_no_feedback_without_its_author(void **state)
{
	(void)state;
	assert_string_not_equal(
		api_sql("superuser", "SELECT count(*) FROM evaluation.feedback"), "0");
	assert_string_equal(api_sql("evaluation", "SELECT count(*) FROM evaluation.feedback"), "0");
	assert_string_equal(api_sql("evaluation",
				    "BEGIN; SELECT set_config('app.actor', '%s', true) <> ''; "
				    "SELECT count(*) FROM evaluation.feedback; ROLLBACK",
				    never_world.mentee),
		"t\n0");
}

/* ---- exclusions -------------------------------------------------------------------------------*/

static void the_other_person_of_an_exclusion_never_learns_of_it(void **state)
{
	(void)state;
	struct api *other = world_as(never_world.excluded_user);
	struct api_reply *list = api_expect(api_get(other, "/api/v1/exclusions"), 200);
	assert_int_equal(api_count(list, "items"), 0);
	struct api_reply *own = api_get(other, "/api/v1/exclusions/%s", never_world.exclusion);
	api_expect_problem(own, 404, "not_found");
	assert_true(masked_same(own, api_get(other, "/api/v1/exclusions/" NEVER_ID)));
	never_there(CALLER_LINE, "exclusions", never_world.exclusion);
	never_there(CALLER_OTHER, "exclusions", never_world.exclusion);
	never_there(CALLER_MENTEE, "exclusions", never_world.exclusion);
}

static void a_pair_suspended_for_an_exclusion_shows_no_reason(void **state)
{
	(void)state;
	const char *mentor = api_text(
		api_expect(api_get(never_as(CALLER_MENTOR), "/api/v1/me"), 200), "person.id");
	api_expect(api_post(never_as(CALLER_MENTEE), "/api/v1/exclusions",
			   "{\"person_id\": \"%s\"}", mentor),
		201);
	static const enum caller readers[] = { CALLER_MENTOR, CALLER_MENTEE, CALLER_COORDINATOR };
	static const char *const words[] = { "exclu", "conflict", "reason", "administrative" };
	for (int i = 0; i < 3; i++) {
		struct api_reply *pair = api_expect(
			api_get(never_as(readers[i]), "/api/v1/pairs/%s", never_world.pair), 200);
		assert_string_equal(api_text(pair, "status"), "suspended");
		for (int word = 0; word < 4; word++)
			never_says(pair, words[word]);
	}
	assert_string_equal(
		api_sql("superuser",
			"SELECT data ->> 'reason' FROM common.outbox WHERE type = 'pair.suspended' "
			"AND subject_id = '%s'",
			never_world.pair),
		"too_close");
}

static void excluding_back_tells_nothing(void **state)
{
	(void)state;
	struct api *other = world_as(never_world.excluded_user);
	const char *mentor = world_person(never_world.mentor_user);
	/* that the mentor has excluded them does not show when they exclude the mentor */
	struct api_reply *made = api_expect(
		api_post(other, "/api/v1/exclusions", "{\"person_id\": \"%s\"}", mentor), 201);
	assert_int_equal(api_integer(made, "version"), 1);
	api_if_match(other, made);
	api_expect(api_delete(other, "/api/v1/exclusions/%s", api_text(made, "id")), 204);
}

/* ---- traces -----------------------------------------------------------------------------------*/

static void events_of_confidential_things_are_internal(void **state)
{
	(void)state;
	assert_string_equal(
		api_sql("superuser",
			"SELECT count(*) FROM common.outbox JOIN common.event USING (type) "
			"WHERE audience = 'public' AND type ~ "
			"'^(feedback|exclusion|response|help_request|disclosure|declaration|safe_exit)'"),
		"0");
	assert_string_equal(
		api_sql("superuser",
			"SELECT count(*) FROM common.outbox JOIN common.event USING (type) "
			"WHERE audience = 'public' AND "
			"(subject_id IN (SELECT id FROM evaluation.feedback UNION SELECT id FROM "
			"matching.exclusion) OR data::text ~ (SELECT string_agg(id::text, '|') "
			"FROM (SELECT id FROM evaluation.feedback UNION SELECT id FROM "
			"matching.exclusion) x))"),
		"0");
}

static void events_never_name_people_or_quote_them(void **state)
{
	(void)state;
	assert_string_not_equal(api_sql("superuser", "SELECT count(*) FROM common.outbox"), "0");
	assert_string_equal(
		api_sql("superuser",
			"SELECT count(*) FROM common.outbox o, profiles.person p WHERE "
			"o.data::text "
			"~* concat_ws('|', nullif(p.given_name, ''), nullif(p.family_name, ''), "
			"p.user_name, '@')"),
		"0");
}

static void the_idempotency_key_of_another_opens_nothing(void **state)
{
	(void)state;
	struct api_reply *made[2];
	static const enum caller two[] = { CALLER_STRANGER, CALLER_LINE };
	for (int i = 0; i < 2; i++) {
		api_header(never_as(two[i]), "Idempotency-Key: the-same-key");
		made[i] = api_expect(
			api_post(never_as(two[i]), "/api/v1/calendar-feeds", "{}"), 201);
		assert_null(api_header_of(made[i], "Idempotency-Replayed"));
	}
	assert_string_not_equal(api_text(made[0], "id"), api_text(made[1], "id"));
}

static void a_cursor_is_good_for_its_caller_alone(void **state)
{
	(void)state;
	struct api_reply *page = api_expect(
		api_get(never_as(CALLER_MENTEE), "/api/v1/people?limit=1"), 200);
	const char *cursor = api_text(page, "next_cursor");
	api_expect(
		api_get(never_as(CALLER_MENTEE), "/api/v1/people?limit=1&cursor=%s", cursor), 200);
	api_expect_problem(
		api_get(never_as(CALLER_STRANGER), "/api/v1/people?limit=1&cursor=%s", cursor), 400,
		"invalid_cursor");
	api_expect_problem(api_get(never_as(CALLER_MENTEE), "/api/v1/skills?cursor=%s", cursor),
		400, "invalid_cursor");
	api_expect_problem(
		api_get(never_as(CALLER_MENTEE), "/api/v1/people?q=max&limit=1&cursor=%s", cursor),
		400, "invalid_cursor");
}

/* ---- calendars --------------------------------------------------------------------------------*/

static void an_overlap_names_the_time_and_nothing_else(void **state)
{
	(void)state;
	const char *sign = api_path("/api/v1/agreements/%s/signature", never_world.agreement);
	api_expect(api_change(never_as(CALLER_MENTOR), sign), 200);
	api_expect(api_change(never_as(CALLER_MENTEE), sign), 200);
	struct api_reply *no = api_expect_problem(
		api_post(never_as(CALLER_MENTEE), "/api/v1/sessions",
			"{\"pair_id\": \"%s\", \"starts_at\": \"2027-01-20T10:15\", \"time_zone\":"
			" \"Europe/Berlin\", \"duration_minutes\": 30, \"mode\": \"phone\"}",
			never_world.pair),
		409, "overlap");
	never_says(no, never_world.pair);
	never_says(no, never_world.session);
	never_says(no, "Mentor");
	never_says(no, never_world.mentor);
}

static void a_busy_calendar_shows_nobody_and_no_agenda(void **state)
{
	(void)state;
	struct api *mentor = never_as(CALLER_MENTOR);
	struct api_reply *session = api_get(mentor, "/api/v1/sessions/%s", never_world.session);
	api_if_match(mentor, session);
	api_expect(api_patch(mentor, api_path("/api/v1/sessions/%s", never_world.session),
			   "{\"agenda\": \"hush hush\", \"place\": \"the attic\"}"),
		200);
	struct api_reply *full = api_expect(
		api_get(never_as(CALLER_NOBODY), "%s", never_world.feed_path), 200);
	/* the agenda is the two's own, and so is a full feed */
	assert_non_null(strstr(full->text, "DESCRIPTION:hush hush"));
	struct api_reply *made = api_expect(
		api_post(mentor, "/api/v1/calendar-feeds", "{\"kind\": \"free_busy\"}"), 201);
	struct api_reply *busy = api_expect(
		api_get(never_as(CALLER_NOBODY), "%s", strstr(api_text(made, "url"), "/calendar/")),
		200);
	assert_non_null(strstr(busy->text, "SUMMARY:Busy"));
	never_says(busy, "Mia");
	never_says(busy, "attic");
	never_says(busy, "hush");
}

static void a_feed_url_is_shown_once_and_kept_nowhere(void **state)
{
	(void)state;
	char token[44];
	assert_int_equal(sscanf(never_world.feed_path, "/calendar/%43[^.]", token), 1);
	struct api *mentor = never_as(CALLER_MENTOR);
	never_says(api_expect(api_get(mentor, "/api/v1/calendar-feeds/%s", never_world.feed), 200),
		token);
	never_says(api_expect(api_get(mentor, "/api/v1/calendar-feeds"), 200), token);
	never_there(CALLER_MENTEE, "calendar-feeds", never_world.feed);
	static const char *const tables[] = { "scheduling.calendar_feed", "common.idempotency",
		"common.outbox", "common.audit" };
	for (int i = 0; i < 4; i++)
		assert_string_equal(
			api_sql("superuser",
				"SELECT count(*) FROM %s t WHERE strpos(t::text, '%s') > 0",
				tables[i], token),
			"0");
}

static void a_revoked_feed_is_as_if_it_had_never_been(void **state)
{
	(void)state;
	struct api *mentor = never_as(CALLER_MENTOR);
	struct api_reply *made = api_expect(
		api_post(mentor, "/api/v1/calendar-feeds", "{\"kind\": \"full\"}"), 201);
	const char *path = strstr(api_text(made, "url"), "/calendar/");
	api_expect(api_get(never_as(CALLER_NOBODY), "%s", path), 200);
	const char *self = api_path("/api/v1/calendar-feeds/%s", api_text(made, "id"));
	api_if_match(mentor, api_expect(api_get(mentor, "%s", self), 200));
	api_expect(api_delete(mentor, "%s", self), 204);
	struct api_reply *gone = api_get(never_as(CALLER_NOBODY), "%s", path);
	api_expect_problem(gone, 404, "not_found");
	assert_true(masked_same(
		gone, api_get(never_as(CALLER_NOBODY),
			      "/calendar/AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA.ics")));
}

/* ---- reports and the outside ------------------------------------------------------------------*/

static void no_small_cells(json_t *value)
{
	const char *name;
	json_t *member;
	size_t i;
	json_array_foreach(value, i, member) no_small_cells(member);
	json_object_foreach(value, name, member)
	{
		bool small = json_is_integer(member) && json_integer_value(member) < 5;
		if (small && strncmp(name, "sessions", 8) != 0)
			fail_msg("%s is %lld", name, (long long)json_integer_value(member));
		no_small_cells(member);
	}
}

static void a_report_never_shows_a_cell_of_fewer_than_five(void **state)
{
	(void)state;
	static const enum caller readers[] = { CALLER_COORDINATOR, CALLER_AUDITOR };
	story_snapshot(never_world.programme);
	for (int i = 0; i < 2; i++) {
		struct api_reply *report = api_expect(
			api_get(never_as(readers[i]), "/api/v1/reports/programmes/%s/participation",
				never_world.programme),
			200);
		assert_int_equal(api_integer(report, "totals.mentors"), 5); /* of six */
		assert_true(json_is_null(api_member(report, "totals.sessions_held")));
		no_small_cells(api_member(report, "totals"));
		no_small_cells(api_member(report, "departments"));
		never_says(report, "Mentor,");
		never_says(report, "Mia");
	}
}

static void what_is_for_operators_is_not_on_the_public_door(void **state)
{
	(void)state;
	static const char *const paths[] = { "/metrics", "/livez", "/readyz", "/clock",
		"/api/v1/metrics", "/api/v1/clock" };
	for (int i = 0; i < 6; i++)
		api_expect(api_get(never_as(CALLER_ADMIN), "%s", paths[i]), 404);
	assert_true(api_put(never_as(CALLER_ADMIN), "/clock", "{\"offset_seconds\": 9}")->status >=
		    404);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_mentee_never_learns_that_feedback_exists),
		cmocka_unit_test(nobody_but_its_author_reads_feedback),
		cmocka_unit_test(feedback_on_a_foreign_pair_tells_nothing_of_the_pair),
		cmocka_unit_test(feedback_never_changes_its_visibility),
		cmocka_unit_test(confidential_ids_are_v4_and_carry_no_time),
		cmocka_unit_test(the_service_itself_reads_no_feedback_without_its_author),
		cmocka_unit_test(the_other_person_of_an_exclusion_never_learns_of_it),
		cmocka_unit_test(an_overlap_names_the_time_and_nothing_else),
		cmocka_unit_test(a_busy_calendar_shows_nobody_and_no_agenda),
		cmocka_unit_test(a_feed_url_is_shown_once_and_kept_nowhere),
		cmocka_unit_test(a_revoked_feed_is_as_if_it_had_never_been),
		cmocka_unit_test(a_report_never_shows_a_cell_of_fewer_than_five),
		cmocka_unit_test(what_is_for_operators_is_not_on_the_public_door),
		cmocka_unit_test(a_cursor_is_good_for_its_caller_alone),
		cmocka_unit_test(the_idempotency_key_of_another_opens_nothing),
		cmocka_unit_test(a_pair_suspended_for_an_exclusion_shows_no_reason),
		cmocka_unit_test(excluding_back_tells_nothing),
		cmocka_unit_test(events_of_confidential_things_are_internal),
		cmocka_unit_test(events_never_name_people_or_quote_them),
	};
	return cmocka_run_group_tests(tests, never_build, api_release);
}
