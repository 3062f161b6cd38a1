/* Looking into rounds: comparisons, mentors whom nobody was shown, what stood in the way, fairness. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "people.h"
#include "support/client.h"
#include "support/company.h"
#include "support/story.h"

#define WAIT 40.0

static const char *programme, *real;

static int set_up(void **state)
{
	(void)state;
	company_import();
	programme = company_programme("Inspected", 1);
	real = story_ready("hr.lead", programme);
	return 0;
}

static struct api_reply *inspect(const char *round, const char *part)
{
	return api_expect(api_get(admin(), "/api/v1/rounds/%s/%s", round, part), 200);
}

static double number(const struct api_reply *reply, const char *path)
{
	return json_number_value(api_member(reply, path));
}

/* A request for a round as it stands, ready; its id. */
static const char *round_of(const char *body)
{
	struct api_reply *now = api_expect(api_post(admin(), "/api/v1/rounds", "%s", body), 202);
	const char *id = api_text(now, "id");
	api_wait_until(WAIT, (now = api_expect(api_get(admin(), "/api/v1/rounds/%s", id), 200),
				     strcmp(api_text(now, "status"), "ready") == 0));
	return id;
}

static const char *what_if(const char *of, const char *policy)
{
	return round_of(api_path(
		"{\"programme_id\": \"%s\", \"what_if\": true, \"policy\": %s}", of, policy));
}

/* Points for a background of which others on the list are too: 0.7 and 0.9 of it do not count. Notes that there
 * is one more of each. */
static double repeated(const json_t *entry, int alike[3][16])
{
	double lost = 0;
	size_t kind;
	json_t *background;
	json_array_foreach(json_object_get(entry, "backgrounds"), kind, background)
	{
		json_int_t what = json_integer_value(background);
		if (what)
			lost += 85 * (double[]){ 0, 0.7, 0.9 }[alike[kind][what]++];
	}
	return lost;
}

/* What the lists of a round are worth by other weights, reckoned from its rows; in points. */
static double worth_by(const char *round, json_t *weights)
{
	char *text = strdup(api_sql("superuser",
		"SELECT json_agg(l) FROM (SELECT json_agg(json_build_object('criteria', "
		"x.criteria, "
		"'lifts', to_json(x.lifts), 'backgrounds', to_json(x.backgrounds), 'department', "
		"p.department)) AS entries FROM "
		"matching.shortlist s JOIN matching.shortlist_entry x ON x.shortlist_id = s.id "
		"JOIN "
		"profiles.person p ON p.id = x.mentor_id WHERE s.round_id = '%s' GROUP BY s.id) l",
		round));
	json_t *lists = json_loads(text, 0, NULL), *list, *entry, *points, *lift;
	size_t l, e, w;
	const char *name;
	double worth = 0;
	json_array_foreach(lists, l, list)
	{
		double taught[32][3] = { 0 };
		int alike[3][16] = { 0 };
		json_t *departments = json_object();
		json_array_foreach(json_object_get(list, "entries"), e, entry)
		{
			json_object_foreach(json_object_get(entry, "criteria"), name,
				points) if (strcmp(name, "need") != 0)
				worth += json_number_value(points) *
					 json_number_value(json_object_get(weights, name));
			json_object_set_new(departments,
				json_string_value(json_object_get(entry, "department")),
				json_true());
			json_array_foreach(json_object_get(entry, "lifts"), w, lift)
				taught[w][e] = json_number_value(lift);
			worth -= repeated(entry, alike) *
				 json_number_value(json_object_get(weights, "difference"));
		}
		for (w = 0; w < 32; w++) { /* in full, 0.3 and 0.1 of it */
			double *t = taught[w], most = fmax(t[0], fmax(t[1], t[2])),
			       least = fmin(t[0], fmin(t[1], t[2])),
			       middle = t[0] + t[1] + t[2] - most - least;
			worth += (most + 0.3 * middle + 0.1 * least) *
				 json_number_value(json_object_get(weights, "need"));
		}
		worth += (double[]){ 0, 0, 1000, 1500 }[json_object_size(departments)];
		json_decref(departments);
	}
	json_decref(lists);
	free(text);
	return worth;
}

static void what_is_the_same_compares_the_same(void **state)
{
	(void)state;
	const char *same = what_if(programme, "{\"rules\": {\"exposure_cap\": 6}}");
	struct api_reply *both = inspect(same, api_path("comparison?with=%s", real));
	assert_true(number(both, "price") == 0);
	assert_int_equal(api_integer(both, "mentees.same"), 2);
	assert_int_equal(api_integer(both, "lists_changed"), 0);
	assert_true(number(both, "before.value") == number(both, "before.worth"));
	assert_true(number(both, "before.value") > 0);
	assert_int_equal(api_count(both, "losers") + api_count(both, "gainers"), 0);
	api_expect_problem(
		api_get(admin(), "/api/v1/rounds/%s/comparison?with=%s", same, programme), 404,
		"not_found");
	api_expect_problem(
		api_get(admin(), "/api/v1/rounds/%s/comparison/mentees?with=%s", same, programme),
		404, "not_found");
	/* nothing is published yet */
	api_expect_problem(
		api_get(admin(), "/api/v1/rounds/%s/comparison", same), 404, "not_found");
	api_expect_problem(api_get(api_as("programme_admin", "other.admin"),
				   "/api/v1/rounds/%s/comparison?with=%s", same, real),
		404, "not_found");
}

static void moves(const char *department, const char *location, int level)
{
	api_sql("superuser",
		"UPDATE profiles.person SET department = '%s', location = '%s', level = %d "
		"WHERE user_name IN ('ann', 'bob', 'cleo')",
		department, location, level);
}

static void figures_are_of_the_time_when_the_round_was_made(void **state)
{
	(void)state;
	const char *same = what_if(programme, "{\"rules\": {\"exposure_cap\": 6}}");
	const char *both = api_path("comparison?with=%s", real);
	double value = number(inspect(same, both), "after.value");
	char *groups = json_dumps(api_member(inspect(real, "fairness"), "groups"), 0);
	moves("IT", "London", 2);
	moves("Sales", "Paris", 1);
	assert_true(number(inspect(same, both), "after.value") == value);
	char *now = json_dumps(api_member(inspect(real, "fairness"), "groups"), 0);
	assert_string_equal(now, groups);
	/* and a round made now is of today */
	const char *later = what_if(programme, "{\"rules\": {\"exposure_cap\": 6}}");
	assert_non_null(strstr(inspect(later, "fairness")->text, "Paris"));
	moves("Sales", "Berlin", 1);
	free(groups);
	free(now);
}

/* Other weights bring other lists. By the weights of each, its own are the best. */
static void each_round_is_the_best_by_its_own_rules(void **state)
{
	(void)state;
	const char *other = what_if(
		programme, "{\"weights\": {\"department\": 0, \"hours\": 40, \"need\": 40}}");
	struct api_reply *one = inspect(other, api_path("comparison?with=%s", real)),
			 *two = inspect(real, api_path("comparison?with=%s", other));
	assert_true(number(one, "price") <= 0);
	assert_true(number(two, "price") <= 0);
	json_t *was = api_member(
		api_expect(api_get(admin(), "/api/v1/programmes/%s/policies/1", programme), 200),
		"weights");
	assert_true(fabs(number(one, "before.value") - worth_by(real, was)) < 0.02);
	assert_true(fabs(number(one, "after.value") - worth_by(other, was)) < 0.02);
	json_t *new = json_deep_copy(was);
	json_object_set_new(new, "department", json_integer(0));
	json_object_set_new(new, "hours", json_integer(40));
	json_object_set_new(new, "need", json_integer(40));
	assert_true(fabs(number(two, "before.value") - worth_by(other, new)) < 0.02);
	assert_true(fabs(number(two, "after.value") - worth_by(real, new)) < 0.02);
	assert_true(number(two, "before.value") == number(one, "after.worth"));
	json_decref(new);
}

static void who_loses_a_list_is_named_with_what_they_had(void **state)
{
	(void)state;
	const char *strict = what_if(programme, "{\"rules\": {\"line_distance\": \"6\"}}");
	struct api_reply *both = inspect(strict, api_path("comparison?with=%s", real)),
			 *rows = inspect(strict, api_path("comparison/mentees?with=%s", real));
	assert_int_equal(api_integer(both, "mentees.lose"), 1);
	assert_string_equal(api_text(both, "losers.0.mentee.display_name"), "Carla Chief");
	assert_int_equal(api_count(both, "losers.0.before.mentors"), 3);
	assert_int_equal(api_count(both, "losers.0.after.mentors"), 0);
	assert_true(number(both, "losers.0.after.value") == 0);
	assert_int_equal(api_integer(both, "before.listed"), 2);
	assert_int_equal(api_integer(both, "after.listed"), 1);
	assert_int_equal(api_count(rows, "items"), 2);
	double before = 0, after = 0;
	for (size_t i = 0; i < 2; i++) {
		before += number(rows, api_path("items.%zu.before.value", i));
		after += number(rows, api_path("items.%zu.after.value", i));
	}
	assert_true(before == number(both, "before.value"));
	assert_true(after == number(both, "after.value"));
	rows = inspect(strict, api_path("comparison/mentees?with=%s&change=loses", real));
	assert_int_equal(api_count(rows, "items"), 1);
	api_header(admin(), "Accept: text/csv");
	rows = inspect(strict, api_path("comparison/mentees?with=%s", real));
	assert_non_null(strstr(rows->text, ",mentee.display_name,"));
	assert_non_null(strstr(rows->text, ",Carla Chief,"));
}

static void mentors_whom_nobody_was_shown_are_listed_with_the_reason(void **state)
{
	(void)state;
	const char *id = story_programme("hr.lead", "One leader");
	static const char *const mentors[] = { "ann", "bob", "cleo", "dev", "stranger" };
	story_teaches("stranger", "juggling", NULL);
	story_enrol("it.lead", id, "mentee", 1);
	for (size_t i = 0; i < 5; i++)
		story_enrol(mentors[i], id, "mentor", 1);
	struct api_reply *rows = inspect(story_ready("hr.lead", id), "not-shown");
	assert_int_equal(api_count(rows, "items"), 2);
	for (size_t i = 0; i < 2; i++) {
		bool dev = strstr(api_text(rows, api_path("items.%zu.mentor.display_name", i)),
				   "Dutt") != NULL;
		assert_string_equal(api_text(rows, api_path("items.%zu.reason", i)), "not_allowed");
		assert_int_equal(api_integer(rows, api_path("items.%zu.allowed", i)), 0);
		assert_string_equal(api_text(rows, api_path("items.%zu.refused.0.rule", i)),
			dev ? "line_distance" : "need");
		assert_int_equal(api_integer(rows, api_path("items.%zu.refused.0.mentees", i)), 1);
		/* the engineer is three steps below, and the other teaches something else */
		assert_string_equal(
			api_text(rows, api_path("items.%zu.relaxation.rules.0.rule", i)),
			dev ? "line_distance" : "need");
		assert_int_equal(api_integer(rows, api_path("items.%zu.relaxation.yields", i)), 1);
		assert_string_equal(api_text(rows, api_path("items.%zu.relaxation.text", i)),
			dev ? "Set the line distance to 2 steps instead of `any`. That brings one."
			    : "Let mentors be shown who teach nothing that the mentee wants to "
			      "learn. That brings one.");
		struct api_reply *why = api_expect(api_get(admin(), "%s",
				api_text(rows, api_path("items.%zu.links.why_not", i))), 200);
		assert_true(json_equal(api_member(why, "relaxation"),
			api_member(rows, api_path("items.%zu.relaxation", i))));
		assert_int_equal(api_count(why, "actions"), 2);
		assert_int_equal(api_count(why, "wants"), 0);
	}
}

/* The person learns it when it is published. */
static void the_person_learns_nothing_of_others(const char *part, const char *round)
{
	struct api *lead = api_as("participant", "it.lead");
	assert_true(json_is_null(api_member(
		api_expect(api_get(lead, "/api/v1/enrolments/%s/why-not", part), 200), "found")));
	api_expect(api_post(admin(), api_path("/api/v1/rounds/%s/publication", round), NULL), 200);
	struct api_reply *why = api_expect(
		api_get(lead, "/api/v1/enrolments/%s/why-not", part), 200);
	assert_string_equal(api_text(why, "reason"), "not_junior");
	assert_string_equal(api_text(why, "rules.0.rule"), "junior");
	assert_true(json_is_null(api_member(why, "rules.0.people")));
	assert_true(json_is_null(api_member(why, "relaxation.yields")));
	assert_true(json_is_null(api_member(why, "relaxation.rules.0.to")));
	assert_true(json_is_null(api_member(why, "relaxation.rules.0.change")));
	assert_true(json_is_null(api_member(why, "relaxation.text")));
	assert_int_equal(api_count(why, "wants"), 2);
	assert_true(json_is_null(api_member(why, "wants.0.rules.0.people")));
	assert_true(json_is_null(api_member(why, "wants.0.relaxation.rules.0.to")));
	assert_int_equal(api_count(why, "wants.0.actions"), 0);
	assert_int_equal(api_count(why, "actions"), 0);
	api_expect_problem(
		api_get(api_as("participant", "chief"), "/api/v1/enrolments/%s/why-not", part), 404,
		"not_found");
}

/* The gap is too large by one level: what is proposed works, when it is tried and when it is made. */
static void what_is_proposed_really_helps(void **state)
{
	(void)state;
	const char *id = story_programme("hr.lead", "Too near");
	struct api_reply *now = api_expect(api_get(admin(), "/api/v1/programmes/%s", id), 200);
	story_teaches("stranger", "generative AI", NULL);
	const char *part = story_enrol("it.lead", id, "mentee", 1);
	story_enrol("stranger", id, "mentor", 1);
	api_if_match(admin(), now);
	api_expect(api_patch(admin(), api_path("/api/v1/programmes/%s", id),
			   "{\"rules\": {\"min_level_gap\": 4}}"),
		200);
	const char *round = story_ready("hr.lead", id);
	struct api_reply *row = inspect(round, "unmatched");
	assert_string_equal(api_text(row, "items.0.relaxation.rules.0.rule"), "junior");
	assert_int_equal(api_integer(row, "items.0.relaxation.rules.0.from"), 4);
	assert_int_equal(api_integer(row, "items.0.relaxation.rules.0.to"), 3);
	assert_int_equal(api_integer(row, "items.0.relaxation.yields"), 1);
	char *body = json_dumps(api_member(row, "items.0.actions.0.body"), 0);
	struct api_reply *tried = api_expect(
		api_get(admin(), "/api/v1/rounds/%s", round_of(body)), 200);
	free(body);
	assert_int_equal(api_integer(tried, "totals.unmatched"), 0);
	assert_int_equal(api_integer(tried, "totals.shortlists"), 1);
	struct api_reply *why = api_expect(
		api_get(admin(), "%s", api_text(row, "items.0.links.why_not")), 200);
	assert_string_equal(api_text(why, "round_id"), round);
	assert_int_equal(api_integer(why, "rules.0.people"), 1);
	assert_int_equal(api_count(why, "actions"), 2);
	the_person_learns_nothing_of_others(part, round);
	/* the work list has the way there */
	struct api_reply *work = api_expect(
		api_get(admin(), "/api/v1/dashboards/programmes/%s/work-list?kind=no_list", id),
		200);
	assert_string_equal(api_text(work, "items.0.links.why_not"),
		api_path("/api/v1/enrolments/%s/why-not", part));
	assert_string_equal(
		api_text(work, "items.0.relax"), "Lower the smallest level gap from 4 to 3. That brings one.");
	assert_true(json_equal(api_member(work, "items.0.relaxation"), api_member(row, "items.0.relaxation")));
	assert_true(json_equal(
		api_member(work, "items.0.actions"), api_member(row, "items.0.actions")));
	body = json_dumps(api_member(work, "items.0.actions.1.body"), 0);
	api_expect(api_post(admin(), api_text(work, "items.0.actions.1.href"), "%s", body), 201);
	free(body);
	story_round("hr.lead", id);
	assert_int_equal(api_count(story_shortlist("it.lead", id), "mentors"), 1);
}

/* Four of five places are filled, and one more mentor is a level too high. */
static void what_is_proposed_for_a_list_that_is_not_full_counts_those_it_adds(void **state)
{
	(void)state;
	static const char *const mentors[] = { "ann", "bob", "cleo", "stranger", "hr.team" };
	const char *id = story_programme("hr.lead", "Four of five");
	story_teaches("hr.team", "generative AI", NULL);
	story_enrol("it.lead", id, "mentee", 1);
	for (size_t i = 0; i < 5; i++)
		story_enrol(mentors[i], id, "mentor", 1);
	api_expect(api_post(admin(), api_path("/api/v1/programmes/%s/policies", id),
			   "{\"based_on\": 1, \"rules\": {\"min_level_gap\": 3}, \"bounds\": "
			   "{\"shortlist_size\": 5}}"),
		201);
	struct api_reply *row = inspect(story_ready("hr.lead", id), "unmatched");
	assert_int_equal(api_count(row, "items"), 1);
	assert_int_equal(api_integer(row, "items.0.found"), 4);
	assert_string_equal(api_text(row, "items.0.relaxation.rules.0.rule"), "junior");
	assert_int_equal(api_integer(row, "items.0.relaxation.rules.0.to"), 2);
	assert_int_equal(api_integer(row, "items.0.relaxation.yields"), 1);
}

/* The only one who teaches it is a level too high: the want says so, and what would relax it. */
static void a_want_that_is_open_says_what_to_relax(void **state)
{
	(void)state;
	const char *id = story_programme("hr.lead", "One want open");
	const char *part;
	story_teaches("stranger", "generative AI", NULL);
	story_teaches("hr.team", "social media", NULL);
	part = story_enrol("it.lead", id, "mentee", 1);
	story_enrol("stranger", id, "mentor", 1);
	story_enrol("hr.team", id, "mentor", 1);
	api_expect(api_post(admin(), api_path("/api/v1/programmes/%s/policies", id),
			   "{\"based_on\": 1, \"rules\": {\"min_level_gap\": 3}}"),
		201);
	struct api_reply *seen = inspect(story_ready("hr.lead", id), "shortlists");
	assert_int_equal(api_count(seen, "items.0.wants"), 2);
	size_t open = strcmp(api_text(seen, "items.0.wants.0.skill"), "social media") != 0;
	const char *want = api_path("items.0.wants.%zu", open), *other = api_path("items.0.wants.%d", !open);
	assert_string_equal(api_text(seen, api_path("%s.state", other)), "covered");
	assert_true(json_is_null(api_member(seen, api_path("%s.relax", other))));
	assert_int_equal(api_count(seen, api_path("%s.rules", other)), 0);
	assert_string_equal(api_text(seen, api_path("%s.state", want)), "refused");
	assert_true(strlen(api_text(seen, api_path("%s.relax", want))) > 10);
	assert_string_equal(api_text(seen, api_path("%s.rules.0.rule", want)), "junior");
	assert_int_equal(api_integer(seen, api_path("%s.rules.0.mentors", want)), 1);
	assert_true(strlen(api_text(seen, api_path("%s.rules.0.relax", want))) > 10);
	assert_true(json_is_null(api_member(seen, api_path("%s.relaxation", other))));
	assert_string_equal(api_text(seen, api_path("%s.relaxation.text", want)),
		"Lower the smallest level gap from 3 to 2. That brings one.");
	struct api_reply *why = api_expect(api_get(admin(), "/api/v1/enrolments/%s/why-not", part), 200);
	assert_int_equal(api_count(why, "wants"), 1);
	assert_string_equal(api_text(why, "wants.0.skill"), "social media");
	assert_true(json_equal(api_member(why, "wants.0.relaxation"),
		api_member(seen, api_path("%s.relaxation", want))));
	char *body = json_dumps(api_member(why, "wants.0.actions.0.body"), 0);
	struct api_reply *tried = inspect(round_of(body), "shortlists");
	free(body);
	for (size_t i = 0; i < 2; i++)
		assert_string_equal(
			api_text(tried, api_path("items.0.wants.%zu.state", i)), "covered");
}

/* Two mentees want the same mentor, who may be on one list; and of two mentors only one fits on it. */
static void a_higher_cap_and_longer_lists_are_proposed_where_they_help(void **state)
{
	(void)state;
	const char *id = story_programme("hr.lead", "One list each");
	story_teaches("ann", "generative AI", NULL);
	story_teaches("cleo", "social media", NULL);
	story_teaches("sales.desk", "juggling", NULL);
	story_teaches("sales.team", "juggling", NULL);
	story_enrol("chief", id, "mentee", 1);
	const char *part = story_enrol("it.lead", id, "mentee", 1);
	static const char *const mentors[] = { "ann", "cleo", "sales.desk", "sales.team" };
	for (size_t i = 0; i < 4; i++)
		story_enrol(mentors[i], id, "mentor", 1);
	api_expect(api_post(admin(), api_path("/api/v1/programmes/%s/policies", id),
			   "{\"based_on\": 1, \"rules\": {\"exposure_cap\": 1}, \"bounds\": "
			   "{\"shortlist_size\": 2, \"two_departments\": false}}"),
		201);
	const char *round = story_ready("hr.lead", id);
	struct api_reply *why = api_expect(api_get(admin(), "/api/v1/enrolments/%s/why-not", part), 200);
	assert_string_equal(api_text(why, "reason"), "contended");
	assert_int_equal(api_integer(why, "found"), 1);
	const char *const proposed = "Raise the exposure cap from 1 to 2. That brings one.";
	assert_string_equal(api_text(why, "relaxation.text"), proposed);
	assert_string_equal(api_text(why, "wants.0.skill"), "generative AI");
	assert_string_equal(api_text(why, "wants.0.state"), "left");
	assert_string_equal(api_text(why, "wants.0.relaxation.text"), proposed);
	char *body = json_dumps(api_member(why, "actions.0.body"), 0);
	struct api_reply *lists = inspect(round_of(body), "shortlists");
	free(body);
	for (size_t i = 0; i < 2; i++)
		if (api_count(lists, api_path("items.%zu.entries", i)) == 2)
			round = NULL;
	assert_null(round);
	id = story_programme("hr.lead", "One place");
	part = story_enrol("it.lead", id, "mentee", 1);
	story_enrol("ann", id, "mentor", 1);
	story_enrol("cleo", id, "mentor", 1);
	api_expect(api_post(admin(), api_path("/api/v1/programmes/%s/policies", id),
			   "{\"based_on\": 1, \"bounds\": {\"shortlist_size\": 1, "
			   "\"two_departments\": false}}"),
		201);
	struct api_reply *unseen = inspect(story_ready("hr.lead", id), "not-shown");
	assert_int_equal(api_count(unseen, "items"), 1);
	assert_string_equal(api_text(unseen, "items.0.relaxation.text"),
		"Show 2 mentors on a list instead of 1. That brings one.");
	why = api_expect(api_get(admin(), "/api/v1/enrolments/%s/why-not", part), 200);
	assert_int_equal(api_count(why, "wants"), 1);
	assert_true(json_equal(api_member(why, "wants.0.relaxation"), api_member(unseen, "items.0.relaxation")));
	body = json_dumps(api_member(why, "wants.0.actions.0.body"), 0);
	assert_int_equal(api_count(inspect(round_of(body), "not-shown"), "items"), 0);
	free(body);
}

/* ---- fairness -----------------------------------------------------------------------------------*/

static json_t *group(struct api_reply *reply, const char *side, const char *kind)
{
	json_t *one;
	size_t i;
	json_array_foreach(api_member(reply, "groups"), i, one)
	{
		if (!strcmp(json_string_value(json_object_get(one, "side")), side) &&
			!strcmp(json_string_value(json_object_get(one, "kind")), kind))
			return one;
	}
	return NULL;
}

static json_t *cell(json_t *of, const char *name)
{
	json_t *one;
	size_t i;
	json_array_foreach(json_object_get(of, "cells"), i, one)
	{
		if (!strcmp(json_string_value(json_object_get(one, "name")), name))
			return one;
	}
	return NULL;
}

static double value(json_t *of, const char *name)
{
	return json_number_value(json_object_get(of, name));
}

/* Twenty mentors, ten each in IT and Sales. All of IT are on two lists, and half of Sales. */
static const char *made_up_round(void)
{
	const char *id = company_enrolled_crowd("Fair", 10, 20, 2);
	const char *round = story_ready("hr.lead", id);
	api_sql("superuser",
		"UPDATE matching.round_mentor m SET lists = CASE WHEN p.department = 'IT' OR "
		"substr(p.user_name, 7)::int %% 2 = 0 THEN 2 ELSE 0 END FROM profiles.person p "
		"WHERE "
		"m.round_id = '%s' AND p.id = m.person_id",
		round);
	return round;
}

static void declare(const char *purpose)
{
	api_sql("superuser",
		"INSERT INTO profiles.consent (id, person_id, number, attribute, purpose, given, "
		"notice_version) SELECT gen_random_uuid(), p.id, 0, 'gender', '%s', true, 1 FROM "
		"profiles.person p WHERE p.user_name ~ '^junior[0-9]'",
		purpose);
	api_sql("superuser",
		"INSERT INTO profiles.declaration (person_id, kind, value) SELECT p.id, 'gender', "
		"CASE WHEN p.n <= 12 THEN 'woman' WHEN p.n = 13 THEN 'another' ELSE 'man' END FROM "
		"(SELECT id, substr(user_name, 7)::int AS n FROM profiles.person WHERE user_name ~ "
		"'^junior[0-9]') p ON CONFLICT DO NOTHING");
}

static void figures_are_those_reckoned_by_hand(void **state)
{
	(void)state;
	const char *round = made_up_round();
	struct api_reply *fair = inspect(round, "fairness");
	assert_int_equal(api_integer(fair, "exposure.mentors"), 20);
	assert_int_equal(api_integer(fair, "exposure.shown"), 15);
	assert_true(number(fair, "exposure.gini") == 0.25); /* 150 / (20 * 30) */
	assert_true(number(fair, "exposure.mean") == 1.5);
	json_t *of = group(fair, "mentor", "department"), *gap = json_object_get(of, "disparity");
	assert_true(value(cell(of, "IT"), "share") == 1);
	assert_true(value(cell(of, "IT"), "mean") == 2);
	assert_true(value(cell(of, "Sales"), "share") == 0.5);
	assert_true(value(gap, "difference") == 0.5);
	/* Wilson: 10 of 10 0.7225-1, 5 of 10 0.2366-0.7634; Newcombe: 0.5 - 0.3826, 0.5 + 0.2634 */
	assert_true(
		json_number_value(json_array_get(json_object_get(gap, "interval"), 0)) == 0.117);
	assert_true(
		json_number_value(json_array_get(json_object_get(gap, "interval"), 1)) == 0.763);
	assert_true(json_is_null(json_object_get(group(fair, "mentor", "level"), "disparity")));
	/* each of the ten leaders has a list; how high those shown stand among all whom the rules allow */
	assert_int_equal(api_integer(fair, "coverage.mentees"), 10);
	assert_int_equal(api_integer(fair, "coverage.listed"), 10);
	of = cell(group(fair, "mentee", "department"), "Board");
	assert_true(value(of, "people") == 10 && value(of, "reached") == 10 && value(of, "share") == 1);
	assert_true(value(of, "mean") ==
		    atof(api_sql("superuser",
			    "SELECT round(avg(l.choice), 2) FROM (SELECT avg(x.choice) AS choice FROM "
			    "matching.shortlist s JOIN matching.shortlist_entry x ON x.shortlist_id = s.id "
			    "WHERE s.round_id = '%s' GROUP BY s.id) l",
			    round)));
	assert_true(value(of, "mean") >= 1);
	assert_true(value(cell(group(fair, "mentee", "level"), "6"), "people") == 10);
	assert_true(value(cell(group(fair, "mentor", "location"), "(none)"), "reached") == 15);
	assert_null(group(fair, "mentor", "gender"));
	/* who lets it be used for matching alone is not counted */
	declare("matching");
	assert_null(group(inspect(round, "fairness"), "mentor", "gender"));
	declare("aggregate_reporting");
	of = group(fair = inspect(round, "fairness"), "mentor", "gender");
	assert_int_equal(json_array_size(json_object_get(of, "cells")), 1); /* 12, 7 and 1 */
	assert_true(value(cell(of, "woman"), "people") == 10);
	assert_null(strstr(fair->text, "another"));
}

static void small_groups_are_hidden_with_what_would_give_them_away(void **state)
{
	(void)state;
	const char *round = api_sql("superuser", "SELECT r.id FROM matching.round r JOIN "
						 "matching.programme p ON p.id = r.programme_id "
						 "WHERE p.title = 'Fair'");
	api_sql("superuser",
		"UPDATE profiles.person SET department = 'Legal' WHERE user_name = 'junior1';"
		"DELETE FROM matching.person_past"); /* then, too */
	json_t *of = group(inspect(round, "fairness"), "mentor", "department");
	assert_true(json_is_null(json_object_get(cell(of, "Legal"), "people")));
	assert_true(json_is_null(json_object_get(cell(of, "IT"), "people")));
	assert_true(value(cell(of, "Sales"), "people") == 10);
	assert_true(json_is_null(json_object_get(of, "disparity")));
	api_expect(api_get(api_as("participant", "ann"), "/api/v1/rounds/%s/fairness", round), 403);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_the_same_compares_the_same),
		cmocka_unit_test(figures_are_of_the_time_when_the_round_was_made),
		cmocka_unit_test(each_round_is_the_best_by_its_own_rules),
		cmocka_unit_test(who_loses_a_list_is_named_with_what_they_had),
		cmocka_unit_test(mentors_whom_nobody_was_shown_are_listed_with_the_reason),
		cmocka_unit_test(what_is_proposed_really_helps),
		cmocka_unit_test(what_is_proposed_for_a_list_that_is_not_full_counts_those_it_adds),
		cmocka_unit_test(a_want_that_is_open_says_what_to_relax),
		cmocka_unit_test(a_higher_cap_and_longer_lists_are_proposed_where_they_help),
		cmocka_unit_test(figures_are_those_reckoned_by_hand),
		cmocka_unit_test(small_groups_are_hidden_with_what_would_give_them_away),
	};
	return cmocka_run_group_tests_name("looking into rounds", tests, set_up, api_release);
}
