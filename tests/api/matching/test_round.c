/* Rounds, shortlists and pairs, over the API. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "people.h"
#include "support/client.h"
#include "support/company.h"
#include "support/story.h"

static const char *programme;

static int set_up(void **state)
{
	(void)state;
	company_import();
	programme = company_programme("Rounds", 1);
	return 0;
}

static struct api *chief(void)
{
	return api_as("participant", "chief");
}

static void a_ready_round_can_be_discarded_and_shows_nobody_anything(void **state)
{
	(void)state;
	struct api_reply *started = api_expect(
		api_post(admin(), "/api/v1/rounds", "{\"programme_id\": \"%s\", \"seed\": 7}",
			programme),
		202);
	const char *self = api_text(started, "links.self");
	assert_string_equal(api_header_of(started, "Location"), self);
	struct api_reply *now;
	api_wait_until(40.0, (now = api_expect(api_get(admin(), "%s", self), 200),
				     strcmp(api_text(now, "status"), "ready") == 0));
	assert_int_equal(api_integer(now, "totals.mentees"), 2);
	assert_int_equal(api_integer(now, "totals.complete"), 2);
	assert_int_equal(strlen(api_text(now, "input_hash")), 16);
	assert_int_equal(
		api_count(api_expect(api_get(chief(), "/api/v1/shortlists"), 200), "items"), 0);
	api_expect_problem(
		api_post(admin(), api_path("%s/cancellation", self), NULL), 409, "wrong_state");
	struct api_reply *gone = api_expect(
		api_post(admin(), api_path("%s/discard", self), NULL), 200);
	assert_string_equal(api_text(gone, "status"), "discarded");
	api_expect_problem(
		api_post(admin(), api_path("%s/publication", self), NULL), 409, "round_not_ready");
}

static void a_queued_round_can_be_cancelled_and_only_one_runs_at_a_time(void **state)
{
	(void)state;
	api_stop("matching");
	api_start("matching");
	struct api_reply *first = api_post(
		admin(), "/api/v1/rounds", "{\"programme_id\": \"%s\"}", programme);
	api_expect(first, 202);
	struct api_reply *second = api_post(
		admin(), "/api/v1/rounds", "{\"programme_id\": \"%s\"}", programme);
	if (second->status != 202) /* unless the first was ready already */
		api_expect_problem(second, 409, "round_running");
	struct api_reply *list = api_expect(
		api_get(admin(), "/api/v1/rounds?programme_id=%s", programme), 200);
	assert_true(api_count(list, "items") >= 1);
	/* what the job has not taken yet can be cancelled: queue one that it cannot see, when no
	 * other one is on its way */
	api_wait_until(
		40.0, (list = api_expect(
			       api_get(admin(), "/api/v1/rounds?programme_id=%s", programme), 200),
			      strcmp(api_text(list, "items.0.status"), "ready") == 0));
	const char *queued = api_sql("superuser",
		"INSERT INTO matching.round (id, programme_id, policy_number, leased_until)"
		" SELECT gen_random_uuid(), id, policy_number, common.now() + interval '1 hour'"
		" FROM matching.programme WHERE id = '%s' RETURNING id",
		programme);
	const char *stop = api_path("/api/v1/rounds/%s/cancellation", queued);
	api_expect(api_post(chief(), stop, NULL), 403);
	assert_string_equal(
		api_text(api_expect(api_post(admin(), stop, NULL), 200), "status"), "cancelled");
	api_expect_problem(api_post(admin(), stop, NULL), 409, "wrong_state");
}

static void a_round_says_who_got_fewer_than_three_and_why(void **state)
{
	(void)state;
	const char *id = story_programme("hr.lead", "Nobody teaches");
	story_enrol("chief", id, "mentee", 1);
	story_enrol("sales.lead", id, "mentor", 1);
	const char *round = story_round("hr.lead", id);
	struct api_reply *alone = api_expect(
		api_get(admin(), "/api/v1/rounds/%s/unmatched", round), 200);
	assert_int_equal(api_count(alone, "items"), 1);
	assert_string_equal(api_text(alone, "items.0.mentee.display_name"), "Carla Chief");
	assert_string_equal(api_text(alone, "items.0.reason"), "too_close");
	assert_int_equal(api_integer(alone, "items.0.found"), 0);
	/* in words, with what would help */
	assert_non_null(strstr(api_text(alone, "items.0.text"), "reporting line"));
	assert_non_null(strstr(api_text(alone, "items.0.relax"), "line distance"));
	assert_string_equal(api_text(alone, "items.0.refused.0.rule"), "line_distance");
	assert_int_equal(api_integer(alone, "items.0.refused.0.mentors"), 1);
	assert_non_null(strstr(api_text(alone, "items.0.refused.0.relax"), "two steps"));
	assert_int_equal(
		api_count(
			api_expect(api_get(chief(), "/api/v1/shortlists?programme_id=%s", id), 200),
			"items"),
		0);
}

static void three_of_two_departments_and_none_of_these_once(void **state)
{
	(void)state;
	story_round("hr.lead", programme);
	struct api_reply *list = story_shortlist("chief", programme);
	assert_int_equal(api_count(list, "mentors"), 3);
	bool sales = strstr(list->text, "\"Sales\"") != NULL,
	     it = strstr(list->text, "\"IT\"") != NULL;
	assert_true(sales && it);
	const char *refresh = api_path("%s/refresh", api_text(list, "links.self"));
	struct api_reply *fresh = api_expect(
		api_post(chief(), refresh, "{\"reason\": \"wrong_skills\"}"), 201);
	assert_string_not_equal(api_text(fresh, "id"), api_text(list, "id"));
	assert_true(api_count(fresh, "mentors") >= 1);
	for (size_t i = 0; i < 3; i++)
		assert_null(
			strstr(fresh->text, api_text(list, api_path("mentors.%zu.mentor.id", i))));
	api_expect_problem(
		api_post(chief(), refresh, "{\"reason\": \"other\"}"), 409, "shortlist_not_open");
	api_expect_problem(api_post(chief(), api_path("%s/refresh", api_text(fresh, "links.self")),
				   "{\"reason\": \"other\"}"),
		409, "refreshed_already");
	struct api_reply *seen = api_expect(
		api_get(admin(), "/api/v1/shortlists?programme_id=%s&status=refreshed", programme),
		200);
	assert_int_equal(api_count(seen, "items"), 1);
}

/* What became of a want, as coordinators see it. */
static const char *state_of(struct api_reply *lists, const char *skill)
{
	for (size_t w = 0; w < api_count(lists, "items.0.wants"); w++)
		if (!strcmp(api_text(lists, api_path("items.0.wants.%zu.skill", w)), skill))
			return api_text(lists, api_path("items.0.wants.%zu.state", w));
	return "missing";
}

/* True if the mentee is told that the skill is covered; why not otherwise. */
static bool is_covered(struct api_reply *list, const char *skill, const char **ret_text)
{
	for (size_t w = 0; w < api_count(list, "wants"); w++)
		if (!strcmp(api_text(list, api_path("wants.%zu.skill", w)), skill)) {
			*ret_text = api_text(list, api_path("wants.%zu.text", w));
			return json_is_true(api_member(list, api_path("wants.%zu.covered", w)));
		}
	fail_msg("%s is not among the wants", skill);
	return false;
}

static const char *const wanted[] = { "negotiation", "juggling", "origami" };

/* hr.lead wants four skills, one of which nobody teaches, and most mentors teach the same. */
static const char *one_of_many_wants(void)
{
	static const char *const mentors[] = { "ann", "bob", "cleo", "dev", "eve", "fay" };
	static const char *const taught[] = { "negotiation", "juggling", "negotiation", "origami",
		"negotiation", "negotiation" };
	const char *id = story_programme("other.admin", "Sets");
	story_wants("hr.lead", "negotiation", "juggling", "origami", "time travel", NULL);
	story_enrol("hr.lead", id, "mentee", 1);
	for (size_t m = 0; m < 6; m++) {
		story_teaches(mentors[m], taught[m], NULL);
		story_enrol(mentors[m], id, "mentor", 1);
	}
	return id;
}

/* Each factor is at most what it can come to, and together they are the score. */
static void expect_parts(struct api_reply *seen)
{
	json_t *points, *most = api_member(seen, "items.0.parts_most");
	const char *factor;
	for (size_t i = 0; i < api_count(seen, "items.0.entries"); i++) {
		json_int_t sum = 0;
		json_object_foreach(api_member(seen, api_path("items.0.entries.%zu.parts", i)),
			factor, points)
		{
			sum += json_integer_value(points);
			assert_true(json_integer_value(points) <=
				    json_integer_value(json_object_get(most, factor)));
		}
		assert_int_equal(
			sum, api_integer(seen, api_path("items.0.entries.%zu.score", i)));
	}
}

/* Sums and states as the coordinator sees them. */
static void expect_coverage(const char *round)
{
	struct api *coordinator = api_as("programme_admin", "other.admin");
	struct api_reply *made = api_expect(api_get(coordinator, "/api/v1/rounds/%s", round), 200);
	assert_int_equal(api_integer(made, "totals.wanted"), 4);
	assert_int_equal(api_integer(made, "totals.coverable"), 3);
	assert_int_equal(api_integer(made, "totals.covered"), 3);
	assert_true(json_number_value(api_member(made, "totals.worth")) > 0);
	assert_true(json_number_value(api_member(made, "totals.gap")) == 0);
	struct api_reply *seen = api_expect(
		api_get(coordinator, "/api/v1/rounds/%s/shortlists", round), 200);
	assert_true(json_number_value(api_member(seen, "items.0.worth")) ==
		    json_number_value(api_member(made, "totals.worth")));
	expect_parts(seen);
	assert_string_equal(state_of(seen, "origami"), "covered");
	assert_string_equal(state_of(seen, "time travel"), "nobody_teaches");
}

static void each_mentor_is_there_for_another_want_and_what_is_open_is_said(void **state)
{
	const char *text, *id = one_of_many_wants();
	(void)state;
	const char *round = story_round("other.admin", id);
	struct api_reply *list = story_shortlist("hr.lead", id);
	size_t there_for[3] = { 0 };
	for (size_t m = 0; m < 3; m++) {
		assert_int_equal(api_count(list, api_path("mentors.%zu.there_for", m)), 1);
		for (size_t w = 0; w < 3; w++)
			there_for[w] += !strcmp(
				wanted[w], api_text(list, api_path("mentors.%zu.there_for.0", m)));
	}
	for (size_t w = 0; w < 3; w++) {
		assert_int_equal(there_for[w], 1);
		assert_true(is_covered(list, wanted[w], &text));
	}
	assert_false(is_covered(list, "time travel", &text));
	assert_non_null(strstr(text, "No mentor in the programme"));
	assert_null(strstr(list->text, "\"rank\""));
	assert_null(strstr(list->text, "\"share\""));
	expect_coverage(round);
	/* the others, all of whom teach the same */
	struct api_reply *fresh = api_expect(
		api_post(api_as("participant", "hr.lead"),
			api_path("%s/refresh", api_text(list, "links.self")),
			"{\"reason\": \"other\"}"),
		201);
	assert_int_equal(api_count(fresh, "mentors"), 3);
	assert_true(is_covered(fresh, "negotiation", &text));
	assert_false(is_covered(fresh, "juggling", &text));
	assert_non_null(strstr(text, "other lists"));
}

static void a_declined_pick_brings_a_replacement_shortlist_without_that_mentor(void **state)
{
	(void)state;
	struct api_reply *list = story_shortlist("it.lead", programme);
	struct api *lead = api_as("participant", "it.lead");
	const char *mentor_id = api_text(list, "mentors.0.mentor.id");
	struct api_reply *pair = api_expect(
		api_post(lead, api_path("%s/pick", api_text(list, "links.self")),
			"{\"mentor_id\": \"%s\"}", mentor_id),
		201);
	struct api *mentor = api_as("participant", story_user_name(mentor_id));
	struct api_reply *no = api_expect(
		api_post(mentor, api_path("%s/decline", api_text(pair, "links.self")),
			"{\"reason\": \"no_time\"}"),
		200);
	assert_string_equal(api_text(no, "status"), "declined");
	assert_null(strstr(no->text, "no_time"));
	struct api_reply *fresh = story_shortlist("it.lead", programme);
	assert_null(strstr(fresh->text, mentor_id));

	mentor_id = api_text(fresh, "mentors.0.mentor.id");
	pair = api_expect(api_post(lead, api_path("%s/pick", api_text(fresh, "links.self")),
				  "{\"mentor_id\": \"%s\"}", mentor_id),
		201);
	struct api_reply *back = api_expect(
		api_post(lead, api_path("%s/withdrawal", api_text(pair, "links.self")), NULL), 200);
	assert_string_equal(api_text(back, "status"), "withdrawn");
	assert_true(api_count(story_shortlist("it.lead", programme), "mentors") >= 1);
}

static void a_lost_race_is_409_with_a_replacement_shortlist(void **state)
{
	(void)state;
	struct api_reply *list = story_shortlist("it.lead", programme);
	const char *mentor_id = api_text(list, "mentors.0.mentor.id");
	/* the mentor's only place goes to somebody else in the meantime */
	api_sql("superuser",
		"UPDATE matching.enrolment SET taken = capacity WHERE programme_id = '%s' AND "
		"person_id = '%s'",
		programme, mentor_id);
	struct api_reply *lost = api_expect_problem(
		api_post(api_as("participant", "it.lead"),
			api_path("%s/pick", api_text(list, "links.self")),
			"{\"mentor_id\": \"%s\"}", mentor_id),
		409, "shortlist_changed");
	const char *fresh = api_text(lost, "replacement_shortlist.id");
	assert_string_equal(api_text(lost, "replacement_shortlist.status"), "open");
	char *text = json_dumps(api_member(lost, "replacement_shortlist"), 0);
	assert_null(strstr(text, mentor_id));
	free(text);
	assert_string_equal(api_text(story_shortlist("it.lead", programme), "id"), fresh);
}

static void time_passes_and_what_was_not_answered_expires(void **state)
{
	(void)state;
	struct api_reply *list = story_shortlist("it.lead", programme);
	struct api *lead = api_as("participant", "it.lead");
	struct api_reply *pair = api_expect(
		api_post(lead, api_path("%s/pick", api_text(list, "links.self")),
			"{\"mentor_id\": \"%s\"}", api_text(list, "mentors.0.mentor.id")),
		201);
	api_clock(4 * 86400);
	struct api_reply *now;
	api_wait_until(
		40.0, (now = api_expect(api_get(lead, "%s", api_text(pair, "links.self")), 200),
			      strcmp(api_text(now, "status"), "expired") == 0));
	struct api_reply *open = api_expect(
		api_get(chief(), "/api/v1/shortlists?status=open"), 200);
	assert_int_equal(api_count(open, "items"), 1);
	api_clock(9 * 86400);
	api_wait_until(
		40.0, (open = api_expect(api_get(chief(), "/api/v1/shortlists?status=open"), 200),
			      api_count(open, "items") == 0));
	api_clock(0);
	struct api_reply *mine = api_expect(
		api_get(lead, "/api/v1/pairs?programme_id=%s&status=expired", programme), 200);
	assert_int_equal(api_count(mine, "items"), 1);
	struct api_reply *active = api_expect(
		api_post(admin(), api_path("/api/v1/programmes/%s/activation", programme), NULL),
		200);
	assert_string_equal(api_text(active, "status"), "active");
}

static void expect_changed(const char *round, const char *expected)
{
	struct api_reply *now = api_expect(api_get(admin(), "/api/v1/rounds/%s", round), 200);
	char *changed = json_dumps(api_member(now, "changed"), JSON_ENCODE_ANY | JSON_COMPACT);
	assert_string_equal(changed, expected);
	free(changed);
}

static void a_ready_round_says_what_has_changed_since(void **state)
{
	(void)state;
	const char *id = story_programme("hr.lead", "Not as it was");
	story_enrol("it.lead", id, "mentee", 1);
	story_enrol("bob", id, "mentor", 1);
	const char *round = story_ready("hr.lead", id);
	expect_changed(round, "[]");
	api_expect(api_post(admin(), api_path("/api/v1/programmes/%s/policies", id),
			   "{\"based_on\": 1, \"rules\": {\"exposure_cap\": 7}}"),
		201);
	expect_changed(round, "[\"policy\"]");
	/* of the many who change every day, only the people of the programme matter */
	story_teaches("eve", "generative AI", "social media", NULL);
	expect_changed(round, "[\"policy\"]");
	story_teaches("bob", "generative AI", "social media", NULL);
	expect_changed(round, "[\"people\",\"policy\"]");
	round = story_ready("hr.lead", id);
	expect_changed(round, "[]");
	story_enrol("eve", id, "mentor", 1);
	expect_changed(round, "[\"people\"]");
	api_expect(api_post(admin(), api_path("/api/v1/rounds/%s/publication", round), NULL), 200);
	expect_changed(round, "null");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_ready_round_can_be_discarded_and_shows_nobody_anything),
		cmocka_unit_test(a_round_says_who_got_fewer_than_three_and_why),
		cmocka_unit_test(three_of_two_departments_and_none_of_these_once),
		cmocka_unit_test(each_mentor_is_there_for_another_want_and_what_is_open_is_said),
		cmocka_unit_test(
			a_declined_pick_brings_a_replacement_shortlist_without_that_mentor),
		cmocka_unit_test(a_lost_race_is_409_with_a_replacement_shortlist),
		cmocka_unit_test(time_passes_and_what_was_not_answered_expires),
		cmocka_unit_test(a_queued_round_can_be_cancelled_and_only_one_runs_at_a_time),
		cmocka_unit_test(a_ready_round_says_what_has_changed_since),
	};
	return cmocka_run_group_tests_name("rounds", tests, set_up, api_release);
}
