/* Shortlists stay true: nobody is blamed for what is not theirs, and what is shown can be had. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>

#include "people.h"
#include "support/client.h"
#include "support/company.h"
#include "support/story.h"

static const char *const juniors[] = { "ann", "bob", "cleo", "dev", "eve", "fay" };

static int set_up(void **state)
{
	(void)state;
	company_import();
	api_sql("superuser",
		"UPDATE common.setting SET value = '{\"mentor\": 1000, \"mentee\": 1000}' "
		"WHERE name = 'person_limits'");
	return 0;
}

static void changes(
	const char *user_name, const char *programme, const char *word, const char *body)
{
	api_expect(api_post(as(user_name),
			   api_path("/api/v1/enrolments/%s/%s", enrolment_of(user_name, programme),
				   word),
			   body ? "%s" : NULL, body),
		200);
}

static void capacity(const char *user_name, const char *programme, int places)
{
	const char *path = api_path("/api/v1/enrolments/%s", enrolment_of(user_name, programme));
	api_if_match(as(user_name), api_expect(api_get(as(user_name), "%s", path), 200));
	api_expect(api_patch(as(user_name), path, "{\"capacity\": %d}", places), 200);
}

/* A round of the programme that is ready; its id. */
static const char *ready(const char *programme)
{
	struct api_reply *round = api_expect(
		api_post(admin(), "/api/v1/rounds", "{\"programme_id\": \"%s\"}", programme), 202);
	const char *self = api_text(round, "links.self");
	api_wait_until(40.0, (round = api_expect(api_get(admin(), "%s", self), 200),
				     strcmp(api_text(round, "status"), "ready") == 0));
	return api_text(round, "id");
}

static void publish(const char *round)
{
	api_expect(api_post(admin(), api_path("/api/v1/rounds/%s/publication", round), NULL), 200);
}

static const char *status_of(const char *path)
{
	return api_text(api_expect(api_get(admin(), "%s", path), 200), "status");
}

static int declined(const char *programme)
{
	int count;
	assert_int_equal(
		sscanf(api_sql("superuser",
			       "SELECT count(*) FROM matching.declined WHERE programme_id = "
			       "'%s'",
			       programme),
			"%d", &count),
		1);
	return count;
}

static struct api_reply *open_lists(const char *user_name, const char *programme)
{
	return api_expect(
		api_get(as(user_name), "/api/v1/shortlists?programme_id=%s&status=open", programme),
		200);
}

static struct api_reply *pick(
	const char *user_name, const struct api_reply *list, const char *mentor_id)
{
	return api_post(as(user_name), api_path("%s/pick", api_text(list, "links.self")),
		"{\"mentor_id\": \"%s\"}", mentor_id);
}

static void a_capacity_that_is_used_up_closes_the_list_and_blames_nobody(void **state)
{
	(void)state;
	const char *programme = company_programme("Capacity", 2), *mentor;
	capacity("chief", programme, 2);
	publish(ready(programme));
	story_pair("chief", programme, &mentor);
	publish(ready(programme));
	struct api_reply *list = story_shortlist("chief", programme);
	const char *wanted = api_text(list, "mentors.0.mentor.id");
	/* the pick and the smaller capacity at once: the pick finds the mentee full */
	api_sql("superuser", "UPDATE matching.enrolment SET taken = capacity WHERE id = '%s'",
		enrolment_of("chief", programme));
	struct api_reply *full = api_expect_problem(pick("chief", list, wanted), 409, "no_place");
	assert_string_equal(api_text(full, "side"), "mentee");
	api_sql("superuser", "UPDATE matching.enrolment SET taken = 1 WHERE id = '%s'",
		enrolment_of("chief", programme));
	struct api_reply *still = story_shortlist("chief", programme);
	assert_string_equal(api_text(still, "id"), api_text(list, "id"));
	assert_int_equal(api_integer(still, "version"), api_integer(list, "version"));
	/* one after the other: the list is gone before it promises anything */
	capacity("chief", programme, 1);
	assert_int_equal(api_count(open_lists("chief", programme), "items"), 0);
	api_expect_problem(pick("chief", list, wanted), 409, "shortlist_not_open");
	assert_int_equal(declined(programme), 0);
	/* and whoever stood there comes again */
	capacity("chief", programme, 2);
	const char *round = ready(programme);
	publish(round);
	assert_string_equal(
		api_sql("superuser",
			"SELECT count(*) FROM matching.round_candidate WHERE round_id = "
			"'%s' AND mentor_id = '%s'",
			round, wanted),
		"1");
}

static void a_mentor_on_holiday_is_shown_again_afterwards(void **state)
{
	(void)state;
	const char *programme = company_programme("Holiday", 2);
	publish(ready(programme));
	struct api_reply *list = story_shortlist("chief", programme);
	const char *mentor_id = api_text(list, "mentors.0.mentor.id");
	const char *mentor = story_user_name(mentor_id);
	changes(mentor, programme, "pause", "{\"until\": \"2027-03-01\"}");
	struct api_reply *stale = api_expect_problem(
		pick("chief", list, mentor_id), 409, "shortlist_changed");
	list = story_shortlist("chief", programme); /* shows another one at once */
	assert_true(json_equal(list->body, api_member(stale, "replacement_shortlist")));
	api_expect_problem(
		pick("chief", list, story_person_id("hr.team")), 422, "not_on_shortlist");
	assert_int_equal(declined(programme), 0);
	changes(mentor, programme, "resumption", NULL);
	/* the one who is asked instead says no, and nobody else is there */
	const char *next_id = api_text(list, "mentors.0.mentor.id");
	struct api_reply *pair = api_expect(pick("chief", list, next_id), 201);
	for (int i = 0; i < 6; i++)
		if (strcmp(juniors[i], mentor) != 0 &&
			strcmp(juniors[i], story_user_name(next_id)) != 0)
			changes(juniors[i], programme, "pause", "{\"until\": \"2027-03-01\"}");
	api_expect(api_post(as(story_user_name(next_id)),
			   api_path("%s/decline", api_text(pair, "links.self")),
			   "{\"reason\": \"no_time\"}"),
		200);
	struct api_reply *fresh = story_shortlist("chief", programme);
	assert_int_equal(api_count(fresh, "mentors"), 1);
	assert_string_equal(api_text(fresh, "mentors.0.mentor.id"), mentor_id);
	assert_int_equal(declined(programme), 1);
}

static bool shows(struct api_reply *list, const char *mentor_id)
{
	for (size_t i = 0; i < api_count(list, "mentors"); i++)
		if (strcmp(api_text(list, api_path("mentors.%zu.mentor.id", i)), mentor_id) == 0)
			return true;
	return false;
}

/* A pick may still be declined: other lists change when the mentor has accepted their last mentee. */
static void who_accepts_their_last_mentee_is_replaced_on_other_lists(void **state)
{
	(void)state;
	const char *programme = company_programme("Filled", 1), *mentor = NULL;
	publish(ready(programme));
	struct api_reply *was = story_shortlist("chief", programme),
			 *other = story_shortlist("it.lead", programme);
	for (size_t i = 0; i < api_count(other, "mentors"); i++)
		if (shows(was, api_text(other, api_path("mentors.%zu.mentor.id", i))))
			mentor = api_text(other, api_path("mentors.%zu.mentor.id", i));
	assert_non_null(mentor);
	struct api_reply *pair = api_expect(pick("it.lead", other, mentor), 201);
	assert_true(shows(story_shortlist("chief", programme), mentor));
	api_expect(api_post(as(story_user_name(mentor)),
			   api_path("%s/acceptance", api_text(pair, "links.self")), NULL),
		200);
	struct api_reply *now = story_shortlist("chief", programme);
	assert_string_equal(api_text(now, "id"), api_text(was, "id"));
	assert_int_equal(api_count(now, "mentors"), 3);
	assert_false(shows(now, mentor));
	struct api_reply *stale = api_expect_problem(
		pick("chief", was, mentor), 409, "shortlist_changed");
	assert_true(json_equal(now->body, api_member(stale, "replacement_shortlist")));
}

static const char *picks_due(const char *mentee_limit, const char *programme)
{
	(void)api_sql("superuser",
		"UPDATE common.setting SET value = '{\"mentor\": 1000, \"mentee\": %s}' WHERE name "
		"= 'person_limits'",
		mentee_limit);
	return api_sql("superuser",
		"SELECT count(*) FROM matching.person_task WHERE kind = 'pick' AND person_id = "
		"'%s' AND programme_id = '%s'",
		story_person_id("chief"), programme);
}

/* Who may have no further pair is not asked to pick, as `can` says. */
static void who_is_full_has_nothing_to_pick(void **state)
{
	(void)state;
	const char *programme = company_programme("Full", 1);
	publish(ready(programme));
	const char *list = api_path(
		"/api/v1/shortlists/%s", api_text(open_lists("chief", programme), "items.0.id"));
	assert_string_equal(picks_due("1000", programme), "1");
	assert_non_null(
		strstr(api_expect(api_get(as("chief"), "%s", list), 200)->text, "\"pick\""));
	assert_string_equal(picks_due("0", programme), "0");
	assert_null(strstr(api_expect(api_get(as("chief"), "%s", list), 200)->text, "\"pick\""));
	assert_string_equal(picks_due("1000", programme), "1");
}

static void a_second_ready_round_supersedes_the_first(void **state)
{
	(void)state;
	const char *programme = company_programme("Two rounds", 1);
	const char *first = ready(programme), *second = ready(programme);
	assert_string_equal(status_of(api_path("/api/v1/rounds/%s", first)), "superseded");
	struct api_reply *no = api_expect_problem(
		api_post(admin(), api_path("/api/v1/rounds/%s/publication", first), NULL), 409,
		"round_not_ready");
	assert_string_equal(api_text(no, "current_status"), "superseded");
	publish(second);
	assert_int_equal(api_count(open_lists("chief", programme), "items"), 1);
	assert_string_equal(
		api_sql("superuser",
			"SELECT count(*) FROM matching.shortlist WHERE round_id = '%s' AND "
			"status <> 'withdrawn'",
			first),
		"0");
}

static void leaves(const char *user_name, const char *external_id, const char *manager, bool active)
{
	struct api_reply *done = api_import(
		api_path("external_id,user_name,given_name,family_name,department,level,"
			 "manager_external_id,languages,active\n%s,%s,Ann,Ames,%s,1,%s,en,%s\n",
			external_id, user_name, strcmp(manager, "C-8") == 0 ? "Sales" : "IT",
			manager, active ? "true" : "false"),
		NULL);
	assert_string_equal(api_text(done, "status"), "done");
}

static void publication_shows_only_whom_one_can_have(void **state)
{
	(void)state;
	const char *programme = company_programme("Late", 1);
	capacity("it.lead", programme, 2);
	const char *round = ready(programme);
	const char *theirs = api_sql("superuser",
		"SELECT string_agg(p.user_name, ' ' ORDER BY x.rank) FROM matching.shortlist_entry "
		"x JOIN "
		"matching.shortlist s ON s.id = x.shortlist_id JOIN profiles.person p ON p.id = "
		"x.mentor_id "
		"JOIN profiles.person c ON c.id = s.mentee_id WHERE s.round_id = '%s' AND "
		"c.user_name = "
		"'chief'",
		round);
	/* of the three one pauses, and another has been taken */
	char one[20], two[20];
	assert_int_equal(sscanf(theirs, "%19s %19s", one, two), 2);
	changes(one, programme, "pause", "{\"until\": \"2027-03-01\"}");
	api_sql("superuser", "UPDATE matching.enrolment SET taken = capacity WHERE id = '%s'",
		enrolment_of(two, programme));
	publish(round);
	struct api_reply *list = story_shortlist("chief", programme);
	size_t shown = api_count(list, "mentors");
	assert_int_equal(shown, 3);
	for (size_t i = 0; i < shown; i++) {
		const char *name = story_user_name(
			api_text(list, api_path("mentors.%zu.mentor.id", i)));
		assert_string_not_equal(name, one);
		assert_string_not_equal(name, two);
	}
	api_expect(pick("chief", list, api_text(list, "mentors.1.mentor.id")), 201);
	assert_int_equal(declined(programme), 0);
}

static void publication_passes_over_whoever_is_full(void **state)
{
	(void)state;
	const char *programme = company_programme("Full", 2), *mentor;
	capacity("chief", programme, 2);
	publish(ready(programme));
	story_pair("chief", programme, &mentor);
	const char *round = ready(programme); /* the chief has one place left */
	capacity("chief", programme, 1);
	publish(round);
	assert_int_equal(api_count(open_lists("chief", programme), "items"), 0);
	assert_string_equal(
		api_sql("superuser",
			"SELECT count(*) FROM matching.shortlist WHERE round_id = '%s' AND "
			"status = 'draft'",
			round),
		"0");
}

/* The same pick again, with its key and without: the answer of the first. */
/* Somebody else has picked the mentor. */
static void is_taken(const char *mentor, const char *programme)
{
	(void)api_sql("superuser",
		"UPDATE matching.enrolment SET taken = capacity WHERE role = 'mentor' AND "
		"person_id = "
		"'%s' AND programme_id = '%s'",
		mentor, programme);
}

static void a_lost_pick_is_answered_the_same_again(void **state)
{
	(void)state;
	const char *programme = company_programme("Lost", 2);
	publish(ready(programme));
	struct api_reply *list = story_shortlist("chief", programme);
	const char *mentor_id = api_text(list, "mentors.0.mentor.id");
	is_taken(mentor_id, programme);
	struct api_reply *answers[3];
	for (int i = 0; i < 3; i++) {
		if (i < 2)
			api_header(as("chief"), "Idempotency-Key: the-same-%s", programme);
		answers[i] = api_expect_problem(
			pick("chief", list, mentor_id), 409, "shortlist_changed");
		assert_true(json_equal(api_member(answers[i], "replacement_shortlist"),
			api_member(answers[0], "replacement_shortlist")));
	}
	assert_string_equal(api_text(story_shortlist("chief", programme), "id"),
		api_text(answers[0], "replacement_shortlist.id"));
	/* nobody else's key or list is answered so */
	api_expect(pick("it.lead", list, mentor_id), 404);
}

/* A pick in a thread of its own. */
struct twin {
	struct api *caller;
	char path[128], body[80];
	struct api_reply *answer;
	pthread_t thread;
};

static void *send_twin(void *argument)
{
	struct twin *twin = argument;
	twin->answer = api_send(twin->caller, "POST", twin->path, "application/json", twin->body,
		strlen(twin->body));
	return NULL;
}

/* Both wait for the list, and one of them closes it under the other. */
static void a_lost_pick_sent_twice_at_once_is_answered_the_same(void **state)
{
	(void)state;
	const char *programme = company_programme("Twice", 2);
	publish(ready(programme));
	struct api_reply *list = story_shortlist("chief", programme);
	const char *mentor_id = api_text(list, "mentors.0.mentor.id");
	is_taken(mentor_id, programme);
	struct api_hold *hold = api_hold(api_path(
		"SELECT FROM matching.shortlist WHERE id = '%s' FOR UPDATE", api_text(list, "id")));
	struct twin twins[2];
	for (int i = 0; i < 2; i++) {
		twins[i].caller = api_new("participant", "chief");
		snprintf(twins[i].path, sizeof twins[i].path, "%s/pick",
			api_text(list, "links.self"));
		snprintf(twins[i].body, sizeof twins[i].body, "{\"mentor_id\": \"%s\"}", mentor_id);
		assert_int_equal(pthread_create(&twins[i].thread, NULL, send_twin, &twins[i]), 0);
	}
	api_wait_until(
		30, strcmp(api_sql("superuser",
				   "SELECT count(*) >= 1 FROM pg_stat_activity WHERE "
				   "usename = 'upward_matching' AND wait_event_type = 'Lock'"),
			    "t") == 0);
	api_let_go(hold);
	for (int i = 0; i < 2; i++) {
		pthread_join(twins[i].thread, NULL);
		api_expect_problem(twins[i].answer, 409, "shortlist_changed");
	}
	assert_string_equal(api_text(twins[0].answer, "replacement_shortlist.id"),
		api_text(twins[1].answer, "replacement_shortlist.id"));
	for (int i = 0; i < 2; i++)
		api_free(twins[i].caller);
}

static int enrolled(const char *programme, const char *member)
{
	struct api_reply *funnel = api_expect(
		api_get(admin(), "/api/v1/programmes/%s/funnel", programme), 200);
	return (int)(api_integer(funnel, api_path("roles.0.%s", member)));
}

static void who_leaves_the_company_is_counted_no_longer_and_may_come_back(void **state)
{
	(void)state;
	const char *programme = company_programme("Leavers", 2), *mentor = NULL;
	publish(ready(programme));
	const char *pair = NULL;
	pair = story_pair("chief", programme, &mentor);
	int before = enrolled(programme, "enrolled"), at = 0;
	for (int i = 0; i < 6; i++)
		if (strcmp(juniors[i], mentor) == 0)
			at = i;
	const char *id = api_path("C-%d", 10 + at), *manager = at < 3 ? "C-8" : "C-9";
	const char *enrolment = enrolment_of(mentor, programme);
	const char *path = api_path("/api/v1/enrolments/%s", enrolment);
	leaves(mentor, id, manager, false);
	assert_string_equal(status_of(path), "left_company");
	assert_int_equal(enrolled(programme, "enrolled"), before - 1);
	assert_string_equal(status_of(api_path("/api/v1/pairs/%s", pair)), "suspended");
	leaves(mentor, id, manager, true);
	/* first the part in the programme, then the pair */
	api_expect(api_post(as("chief"), api_path("/api/v1/pairs/%s/resumption", pair), NULL), 409);
	api_expect(api_post(as(mentor), api_path("%s/resumption", path), NULL), 200);
	assert_int_equal(enrolled(programme, "enrolled"), before);
	struct api_reply *again = api_expect(
		api_post(as("chief"), api_path("/api/v1/pairs/%s/resumption", pair), NULL), 200);
	assert_string_equal(api_text(again, "status"), "active");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_capacity_that_is_used_up_closes_the_list_and_blames_nobody),
		cmocka_unit_test(a_mentor_on_holiday_is_shown_again_afterwards),
		cmocka_unit_test(who_accepts_their_last_mentee_is_replaced_on_other_lists),
		cmocka_unit_test(who_is_full_has_nothing_to_pick),
		cmocka_unit_test(a_second_ready_round_supersedes_the_first),
		cmocka_unit_test(publication_shows_only_whom_one_can_have),
		cmocka_unit_test(publication_passes_over_whoever_is_full),
		cmocka_unit_test(a_lost_pick_is_answered_the_same_again),
		cmocka_unit_test(a_lost_pick_sent_twice_at_once_is_answered_the_same),
		cmocka_unit_test(who_leaves_the_company_is_counted_no_longer_and_may_come_back),
	};
	return cmocka_run_group_tests_name("shortlists", tests, set_up, api_release);
}
