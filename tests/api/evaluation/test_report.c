/* Reports, over the API: fourteen pairs of leaders in three departments, one of them of one. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "support/client.h"
#include "support/story.h"
#include "fourteen.h"
#include "side_by_side.h"

#define programme fourteen_programme
#define pairs     fourteen_pairs
#define leader    fourteen_leader
#define mentor    fourteen_mentor
#define set_up    fourteen_set_up

/* Of a snapshot taken now. */
static struct api_reply *report(const char *name)
{
	story_snapshot(programme);
	return api_expect(api_get(api_as("programme_admin", "ada"),
				  "/api/v1/reports/programmes/%s/%s", programme, name),
		200);
}

static struct api_reply *report_csv(const char *name)
{
	struct api *admin = api_as("programme_admin", "ada");
	api_header(admin, "Accept: text/csv");
	return api_expect(api_get(admin, "/api/v1/reports/programmes/%s/%s", programme, name), 200);
}

static void refuse_others(const char *name)
{
	const char *path = api_path("/api/v1/reports/programmes/%s/%s", programme, name);
	report(name);
	api_expect(api_get(api_as("auditor", NULL), "%s", path), 200);
	api_expect_problem(
		api_get(api_as("programme_admin", "boss"), "%s", path), 404, "not_found");
	api_expect(api_get(api_as("participant", leader(0)), "%s", path), 403);
}

/* The row of `list` whose member is that; its other members. */
static json_t *row_of(
	const struct api_reply *reply, const char *list, const char *member, const char *value)
{
	size_t i;
	json_t *row;
	json_array_foreach(api_member(reply, list), i,
		row) if (strcmp(json_string_value(json_object_get(row, member)), value) ==
			 0) return row;
	fail_msg("no %s in %s", value, reply->text);
	return NULL;
}

static long long number_of(json_t *row, const char *member)
{
	json_t *value = json_object_get(row, member);
	return json_is_integer(value) ? json_integer_value(value) : -1;
}

/* The page's row of a question, or NULL. */
static json_t *response(const char *what, const char *window, const char *side)
{
	size_t i;
	json_t *row;
	struct api_reply *page = api_expect(api_get(api_as("programme_admin", "ada"),
						    "/api/v1/dashboards/programmes/%s", programme),
		200);
	json_array_foreach(api_member(page, "responses"), i, row)
	{
		const char *of = json_string_value(json_object_get(row, "window"));
		const char *by = json_string_value(json_object_get(row, "side"));
		if (strcmp(json_string_value(json_object_get(row, "what")), what) == 0 &&
			strcmp(of ? of : "", window) == 0 && strcmp(by ? by : "", side) == 0)
			return row;
	}
	return NULL;
}

static void expect_response(json_t *row, long long asked, long long answered)
{
	assert_non_null(row);
	assert_int_equal(number_of(row, "asked"), asked);
	assert_int_equal(number_of(row, "answered"), answered);
}

static void participation_moves_in_whole_fives(void **state)
{
	(void)state;
	refuse_others("participation");
	struct api_reply *seen = report("participation");
	static const char *const totals[] = { "mentors", "mentees", "paired_mentors",
		"paired_mentees", "pairs" };
	for (size_t i = 0; i < sizeof totals / sizeof *totals; i++) /* of fourteen */
		assert_int_equal(api_integer(seen, api_path("totals.%s", totals[i])), 10);
	json_t *law = row_of(seen, "departments", "department", "Law");
	assert_int_equal(number_of(law, "mentees"), 5); /* of seven */
	assert_int_equal(number_of(law, "mentors"), -1);
	assert_true(json_is_false(json_object_get(law, "suppressed"))); /* of what is shown */
	assert_int_equal(
		number_of(row_of(seen, "departments", "department", "Data"), "mentors"), 10);
	/* of the odd one not even that there is somebody */
	assert_null(strstr(seen->text, "=Odd"));
	/* one more takes part, and no figure says so */
	story_enrol("head", programme, "mentor", 1);
	struct api_reply *after = report("participation");
	assert_true(json_equal(
		api_member(seen, "totals.mentees"), api_member(after, "totals.mentees")));
	assert_int_equal(api_integer(after, "totals.mentors"), 15); /* the fifteenth */
	story_enrol("boss", programme, "mentee", 1);
	struct api_reply *later = report("participation");
	assert_int_equal(api_integer(later, "totals.mentees"), 15);
	assert_true(json_equal(api_member(later, "departments"), api_member(after, "departments")));
	struct api_reply *csv = report_csv("participation");
	assert_non_null(strstr(csv->text, "department,mentors,mentees,paired,suppressed\r\n"));
	assert_non_null(strstr(csv->text, "Sales,,5,5,false\r\n"));
	assert_non_null(strstr(api_header_of(csv, "Content-Type"), "text/csv"));
}

static void let_be_counted(const char *who, const char *decision, const char *value)
{
	api_expect(api_post(api_as("participant", who), "/api/v1/people/me/consents",
			   "{\"attribute\": \"religion\", \"purpose\": \"aggregate_reporting\", "
			   "\"decision\": \"%s\", \"notice_version\": 1}",
			   decision),
		201);
	if (value)
		api_expect(
			api_put(api_as("participant", who), "/api/v1/people/me/declarations",
				"{\"declarations\": [{\"kind\": \"religion\", \"value\": \"%s\"}]}",
				value),
			200);
}

/* Only by the consent to that purpose, never fewer than five, and not in the CSV. */
static void what_is_declared_is_counted_by_consent(void **state)
{
	(void)state;
	for (int i = 0; i < 5; i++)
		let_be_counted(fourteen_mentor(i), "grant", i % 2 ? "Quaker" : "quaker");
	let_be_counted(fourteen_mentor(5), "grant", "Jain");
	struct api_reply *seen = report("participation");
	assert_int_equal(api_count(seen, "declared"), 1);
	assert_string_equal(api_text(seen, "declared.0.value"), "quaker");
	assert_int_equal(api_integer(seen, "declared.0.mentors"), 5);
	assert_true(json_is_null(api_member(seen, "declared.0.mentees")));
	assert_null(strstr(report_csv("participation")->text, "quaker"));
	let_be_counted(fourteen_mentor(2), "withdraw", NULL);
	assert_int_equal(api_count(report("participation"), "declared"), 0);
}

static void adherence_is_plan_against_done(void **state)
{
	(void)state;
	refuse_others("adherence");
	assert_true(json_is_null(api_member(report("adherence"), "totals.pairs")));
	for (int i = 0; i < PAIRS; i++) {
		story_agreement(pairs[i], leader(i), mentor(i), "2027-01-18");
		if (i < 6)
			api_expect(api_post(api_as("participant", leader(i)),
					   "/api/v1/sessions/series",
					   "{\"pair_id\": \"%s\", \"local_time\": \"10:00\"}",
					   pairs[i]),
				200);
	}
	/* four dates are past; each but the first pair met on all of them, that one on three */
	api_sql("superuser",
		"SET session_replication_role = replica; UPDATE scheduling.session SET status = "
		"'held' WHERE starts_at < '2027-02-09' AND "
		"NOT (pair_id = '%s' AND starts_at > '2027-02-07')",
		pairs[0]);
	api_clock_to("2027-02-16 12:00Z"); /* of this week nothing counts yet */
	struct api_reply *seen = report("adherence");
	assert_int_equal(api_integer(seen, "totals.pairs"), 10);    /* of fourteen */
	assert_int_equal(api_integer(seen, "totals.expected"), 50); /* of 24, 28 and 4 */
	assert_int_equal(api_integer(seen, "totals.held"), 20);     /* of 23 */
	assert_int_equal(api_integer(seen, "totals.on_time"), 20);
	json_t *law = row_of(seen, "departments", "department", "Law");
	assert_int_equal(number_of(law, "expected"), 25);
	assert_int_equal(number_of(law, "held"), -1); /* fewer than five, were it none */
	assert_int_equal(number_of(row_of(seen, "departments", "department", "Sales"), "held"), -1);
	assert_int_equal(number_of(row_of(seen, "departments", "department", "=Odd"), "pairs"), -1);
	/* a pair that ends takes nothing out of the figures */
	api_expect(api_post(api_as("participant", leader(0)),
			   api_path("/api/v1/pairs/%s/completion", pairs[0]), NULL),
		200);
	assert_int_equal(api_integer(report("adherence"), "totals.held"), 20);
	assert_non_null(strstr(report_csv("adherence")->text, "Law,5,25,,,,false"));
	api_clock(0);
}

static void satisfaction_is_of_five_on_each_side_once_the_window_is_out(void **state)
{
	(void)state;
	refuse_others("satisfaction");
	for (int i = 0; i < 8; i++) {
		static const char *const body =
			"{\"pair_id\": \"%s\", \"visibility\": \"programme\", \"rating\": %d}";
		api_expect(api_post(api_as("participant", mentor(i)), "/api/v1/feedback", body,
				   pairs[i], i % 2 ? 5 : 4),
			201);
		if (i < 4)
			api_expect(api_post(api_as("participant", leader(i)), "/api/v1/feedback",
					   body, pairs[i], 1),
				201);
	}
	assert_int_equal(api_count(report("satisfaction"), "windows"), 0);
	assert_null(response("feedback", "midpoint", "mentor")); /* nothing before it is out */
	api_clock_to("2027-04-11 01:01Z");
	struct api_reply *seen = NULL;
	api_wait_until(20.0, api_count(seen = report("satisfaction"), "windows") == 2);
	json_t *mentors = row_of(seen, "windows", "side", "mentor");
	assert_int_equal(number_of(mentors, "authors"), 8);
	assert_true(json_number_value(json_object_get(mentors, "mean_rating")) == 4.5);
	/* eight of fourteen mentors, who all had the whole window; four leaders are too few */
	expect_response(response("feedback", "midpoint", "mentor"), PAIRS, 8);
	expect_response(response("feedback", "midpoint", "mentee"), PAIRS, -1);
	json_t *mentees = row_of(seen, "windows", "side", "mentee");
	assert_int_equal(number_of(mentees, "authors"), -1);
	assert_true(json_is_null(json_object_get(mentees, "mean_rating")));
	assert_non_null(
		strstr(report_csv("satisfaction")->text, "midpoint,mentor,8,4.5,false\r\n"));
	api_clock(0);
}

/* The leader's two attempts, n out of five before and after. */
static void assess(int i, const char *assessment, const char *phase, int value)
{
	struct api *who = api_as("participant", leader(i));
	struct api_reply *attempt = api_expect(
		api_post(who, api_path("/api/v1/assessments/%s/attempts", assessment),
			"{\"phase\": \"%s\"}", phase),
		201);
	const char *self = api_text(attempt, "links.self");
	api_if_match(who, attempt);
	api_expect(api_patch(who, self, "{\"answers\": [{\"key\": \"k\", \"value\": %d}]}", value),
		200);
	api_expect(api_post(who, api_path("%s/submission", self), NULL), 200);
}

static void gain_moves_in_batches_of_five_people(void **state)
{
	(void)state;
	refuse_others("gain");
	/* nothing to show is a header without rows */
	assert_string_equal(report_csv("gain")->text,
		"\xEF\xBB\xBFskill,people,mean_gain,standard_deviation,suppressed\r\n");
	api_sql("superuser", "UPDATE matching.programme SET step = 'closing' WHERE id = '%s'",
		programme);
	struct api_reply *made = api_expect(
		api_post(api_as("programme_admin", "ada"), "/api/v1/assessments",
			"{\"programme_id\": \"%s\", \"skill_id\": \"%s\", \"title\": \"Gain\", "
			"\"items\": [{\"key\": \"k\", \"text\": \"How well?\", \"kind\": "
			"\"scale\"}], \"opens_on\": \"2026-01-01\", \"closes_on\": \"2027-07-09\"}",
			programme, story_skill("gaining")),
		201);
	const char *assessment = api_text(made, "id");
	for (int i = 0; i < 7; i++)
		assess(i, assessment, "pre", 1);
	expect_response(response("pre_assessments", "", ""), PAIRS, 5); /* the other two wait */
	expect_response(response("post_assessments", "", ""), PAIRS, -1);
	for (int i = 0; i < 4; i++)
		assess(i, assessment, "post", 2);
	struct api_reply *four = report("gain");
	assert_true(json_is_null(api_member(four, "totals.people")));
	assert_true(json_is_null(api_member(four, "skills.0.mean_gain")));
	assess(4, assessment, "post", 5);
	struct api_reply *five = report("gain");
	assert_int_equal(api_integer(five, "totals.people"), 5);
	assert_int_equal(api_integer(five, "totals.mean_gain"), 32); /* (4 · 20 + 80) / 5 */
	assert_true(json_real_value(api_member(five, "totals.standard_deviation")) == 26.8);
	/* the next two wait for three more */
	for (int i = 5; i < 7; i++)
		assess(i, assessment, "post", 1);
	struct api_reply *seven = report("gain");
	assert_int_equal(api_integer(seven, "skills.0.people"), 5);
	assert_int_equal(api_integer(seven, "skills.0.mean_gain"), 32);
	assert_non_null(strstr(report_csv("gain")->text, "gaining,5,32,26.8,false\r\n"));
}

static void the_catalogue_names_every_report_with_its_method(void **state)
{
	(void)state;
	struct api_reply *all = api_expect(
		api_get(api_as("programme_admin", "ada"), "/api/v1/reports"), 200);
	size_t count = api_count(all, "items");
	assert_true(count >= 4);
	for (size_t i = 0; i < count; i++) {
		char path[200];
		const char *template = api_text(all, api_path("items.%zu.path", i));
		const char *name = strstr(template, "{programme_id}");
		snprintf(path, sizeof path, "%.*s%s%s",
			name ? (int)(name - template) : (int)strlen(template), template,
			name ? programme : "", name ? name + strlen("{programme_id}") : "");
		struct api_reply *one = api_expect(
			api_get(api_as("programme_admin", "ada"), "%s", path), 200);
		assert_string_equal(
			api_text(one, "method"), api_text(all, api_path("items.%zu.method", i)));
		assert_int_equal(api_integer(all, api_path("items.%zu.minimum_cell", i)), 5);
	}
}

static void a_snapshot_never_changes_and_is_the_only_one_of_its_week(void **state)
{
	(void)state;
	struct api *admin = api_as("programme_admin", "ada");
	const char *path = api_path("/api/v1/reports/programmes/%s/snapshots", programme);
	api_expect_problem(api_post(admin, path, NULL), 409, "snapshot_recent"); /* its first one */
	api_clock_to("2026-12-14 12:00Z");
	api_expect(api_post(api_as("auditor", NULL), path, NULL), 403);
	api_expect(api_post(api_as("programme_admin", "boss"), path, NULL), 404);
	struct api_reply *made = api_expect(api_post(admin, path, NULL), 202);
	const char *self = api_text(made, "links.self");
	long long number = api_integer(made, "number");
	api_expect_problem(api_post(admin, path, NULL), 409, "snapshot_recent");
	api_wait_until(30.0, api_truth(api_expect(api_get(admin, "%s", self), 200), "ready"));
	struct api_reply *last = api_expect(
		api_get(admin, "/api/v1/reports/programmes/%s/funnel", programme), 200);
	assert_int_equal(api_integer(last, "snapshot"), number);
	assert_int_equal(api_integer(last, "totals.reached"), 30);
	assert_string_equal(api_text(last, "sentence"), "At least 30 people are enrolled.");
	assert_true(json_equal(api_member(last, "chart.data.values"), api_member(last, "groups")));
	/* whatever happens, it stays; another number is another snapshot */
	story_enrol("ada", programme, "mentee", 1);
	api_header(admin, "If-None-Match: %s", api_header_of(last, "ETag"));
	api_expect(api_get(admin, "/api/v1/reports/programmes/%s/funnel", programme), 304);
	struct api_reply *first = api_expect(
		api_get(admin, "/api/v1/reports/programmes/%s/funnel?snapshot=1", programme), 200);
	assert_int_equal(api_integer(first, "snapshot"), 1);
	api_expect_problem(
		api_get(admin, "/api/v1/reports/programmes/%s/funnel?snapshot=99", programme), 404,
		"no_snapshot");
	struct api_reply *all = api_expect(api_get(api_as("auditor", NULL), "%s", path), 200);
	assert_int_equal(api_integer(all, "items.0.number"), number);
	api_expect(api_get(api_as("programme_admin", "boss"), "%s", self), 404);
	/* the first of a month comes by itself */
	api_clock_to("2027-01-01 00:00Z");
	api_wait_until(30.0, api_integer(api_expect(api_get(admin, "%s", path), 200),
				     "items.0.number") > number);
	api_clock(0);
}

static bool is_about(struct api_reply *reply, const char *member, double expected)
{
	double found = json_number_value(api_member(reply, member));
	return found > expected - 1e-9 && found < expected + 1e-9;
}

/* Fourteen who have the same manager, and fourteen others: near one another, and far from the others, until
 * pairs lead across. */
static void is_closer(struct api_reply *network)
{
	assert_true(json_is_null(api_member(network, "totals.components_before"))); /* two */
	assert_true(json_is_null(api_member(network, "totals.components")));
	assert_true(is_about(network, "totals.connected_share_before", 0.5));
	assert_true(is_about(network, "totals.mean_distance_before", 1));
	assert_true(is_about(network, "totals.connected_share", 1));
	assert_true(is_about(network, "totals.mean_distance", 1.5));
}

/* Fourteen mentors of Data and their mentees: six of Sales, seven of Law, one of =Odd. */
static void a_programme_is_shown_in_its_reach_its_cost_and_its_losses(void **state)
{
	(void)state;
	struct api *admin = api_as("programme_admin", "ada");
	const char *costs = api_path("/api/v1/reports/programmes/%s/costs", programme);
	static const char *const price = "{\"currency\": \"EUR\", \"budget\": 5000, \"hour_cost\": "
					 "50, \"training_cost\": 900}";
	api_expect(api_get(admin, "%s", costs), 404);
	api_expect(api_put(api_as("programme_admin", "boss"), costs, "%s", price), 404);
	api_expect(api_put(api_as("participant", "boss"), costs, "%s", price), 403);
	api_expect(api_put(admin, costs, "%s", price), 200);
	api_expect(api_get(api_as("auditor", NULL), "%s", costs), 200);
	struct api_reply *network = report("network");
	assert_int_equal(api_integer(network, "totals.pairs"), 10); /* of fourteen, as everywhere */
	assert_int_equal(api_integer(network, "totals.cross_department"), 10);
	assert_true(json_number_value(api_member(network, "totals.cross_department_share")) == 1);
	assert_int_equal(
		number_of(row_of(network, "departments", "department", "Law"), "new_ties"), 5);
	is_closer(network);
	static const char *const names[] = { "representation", "cost", "improvements",
		"cohort-improvements", "recognition", "losses" };
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		const char *path = api_path(
			"/api/v1/reports/programmes/%s/%s", programme, names[i]);
		struct api_reply *seen = api_expect(
			api_get(api_as("auditor", NULL), "%s", path), 200);
		assert_null(strstr(seen->text, "=Odd"));
		assert_true(strlen(api_text(seen, "sentence")) > 20);
		api_expect_problem(
			api_get(api_as("programme_admin", "boss"), "%s", path), 404, "not_found");
		api_header(admin, "Accept: text/csv");
		api_expect(api_get(admin, "%s", path), 200);
	}
	struct api_reply *cost = api_expect(
		api_get(admin, "/api/v1/reports/programmes/%s/cost", programme), 200);
	assert_int_equal(api_integer(cost, "participants"), 25); /* of 28 */
	long long hours = api_integer(cost, "hours");
	assert_int_equal(api_integer(cost, "costs.0.cost_per_participant"),
		(5000 + 50 * hours + 12) / 25); /* rounded */
	struct api_reply *levels = api_expect(
		api_get(admin, "/api/v1/reports/programmes/%s/representation", programme), 200);
	assert_int_equal(api_integer(levels, "levels.0.mentors"), 10);
	assert_non_null(api_member(levels, "levels.0.mentors_before"));
	assert_string_equal(
		api_text(api_expect(
				 api_get(admin, "/api/v1/reports/programmes/%s/losses", programme),
				 200),
			"sentence"),
		"We cannot tell how many pairs were lost: too few to show.");
}

static void programmes_are_compared_for_who_may_read_all_of_them(void **state)
{
	(void)state;
	const char *path = api_path("/api/v1/reports/comparisons?programme_ids=%s", programme);
	struct api_reply *seen = api_expect(
		api_get(api_as("programme_admin", "ada"), "%s", path), 200);
	assert_int_equal(api_integer(seen, "programmes.0.pairs"), 10);
	api_expect(api_get(api_as("auditor", NULL), "%s", path), 200);
	api_expect_problem(
		api_get(api_as("programme_admin", "boss"), "%s", path), 404, "not_found");
	api_expect_problem(
		api_get(api_as("programme_admin", "ada"), "%s,%s", path, story_person_id("boss")),
		404, "not_found");
}

static struct api_reply *culture(void)
{
	story_snapshot(NULL);
	return api_expect(
		api_get(api_as("auditor", NULL), "/api/v1/reports/learning-culture"), 200);
}

static void offer(int from, int to)
{
	for (int i = from; i < to; i++)
		api_expect(api_put(api_as("participant", mentor(i)), "/api/v1/people/me/skills",
				   "{\"skills\": [{\"skill_id\": \"%s\", \"current\": 4, "
				   "\"offered\": true}]}",
				   story_skill("learning culture")),
			200);
}

static void the_learning_culture_names_nobody(void **state)
{
	(void)state;
	api_expect(api_get(api_as("participant", "boss"), "/api/v1/reports/learning-culture"), 403);
	offer(0, 4);
	struct api_reply *seen = culture();
	assert_int_equal(api_integer(seen, "totals.people"), 30); /* of thirty-one */
	assert_true(json_is_null(api_member(seen, "totals.offering")));
	assert_true(json_is_null(api_member(seen, "totals.offers_per_person")));
	offer(4, 6);
	seen = culture();
	assert_int_equal(api_integer(seen, "totals.offering"), 5);
	json_t *data = row_of(seen, "departments", "department", "Data");
	assert_int_equal(number_of(data, "people"), 15);
	assert_int_equal(number_of(data, "offering"), 5);
	assert_float_equal(
		json_number_value(json_object_get(data, "offers_per_person")), 0.3, 1e-9);
	assert_null(strstr(seen->text, "=Odd"));
	assert_int_equal(api_integer(seen, "skills.shared"), 0);
}

/* These people offer five skills, or want them. */
static void learn(int from, int to, bool teaches)
{
	char skills[2000];
	size_t used = 0;
	for (int k = 0; k < 5; k++)
		used += (size_t)snprintf(skills + used, sizeof skills - used,
			"%s{\"skill_id\": \"%s\", %s}", k ? ", " : "",
			story_skill(api_path("shared %d", k)),
			teaches ? "\"current\": 4, \"offered\": true" : "\"current\": 1, \"target\": 3");
	for (int i = from; i < to; i++)
		api_expect(api_put(api_as("participant", mentor(i)), "/api/v1/people/me/skills",
				   "{\"skills\": [%s]}", skills),
			200);
}

static double share_of(json_t *cells, const char *member)
{
	return json_number_value(json_object_get(cells, member));
}

/* Four who want five skills are nobody; five are, in every cell. */
static void five_who_want_and_five_who_offer_share_a_skill(void **state)
{
	(void)state;
	learn(0, 5, true);
	learn(5, 9, false);
	struct api_reply *seen = culture();
	json_t *totals = api_member(seen, "totals");
	assert_int_equal(number_of(totals, "offering"), 5);
	static const char *const hidden[] = { "wanting", "requests_per_person", "listing" };
	for (int i = 0; i < 3; i++)
		assert_true(json_is_null(json_object_get(totals, hidden[i])));
	assert_int_equal(api_integer(seen, "skills.offered"), 5);
	assert_int_equal(api_integer(seen, "skills.wanted"), 0);
	assert_int_equal(api_integer(seen, "skills.shared"), 0);
	learn(5, 10, false);
	for (int i = 0; i < 5; i++)
		api_expect(api_post(api_as("participant", mentor(i)), "/api/v1/listings",
				   "{\"kind\": \"teach\", \"title\": \"Culture\"}"),
			201);
	seen = culture();
	totals = api_member(seen, "totals");
	json_t *data = row_of(seen, "departments", "department", "Data");
	for (int i = 0; i < 2; i++) {
		json_t *cells = i ? data : totals;
		assert_int_equal(number_of(cells, "offering"), 5);
		assert_int_equal(number_of(cells, "wanting"), 5);
		assert_int_equal(number_of(cells, "listing"), 5);
	}
	/* twenty-five of each, of thirty people and of fifteen: a decimal is shown */
	assert_float_equal(share_of(totals, "offers_per_person"), 0.8, 1e-9);
	assert_float_equal(share_of(totals, "requests_per_person"), 0.8, 1e-9);
	assert_float_equal(share_of(data, "offers_per_person"), 1.7, 1e-9);
	assert_float_equal(share_of(data, "requests_per_person"), 1.7, 1e-9);
	assert_int_equal(api_integer(seen, "skills.offered"), 5);
	assert_int_equal(api_integer(seen, "skills.wanted"), 5);
	assert_int_equal(api_integer(seen, "skills.shared"), 5);
	assert_string_equal(api_text(seen, "sentence"), "At least 5 people want to learn a skill.");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(participation_moves_in_whole_fives),
		cmocka_unit_test(what_is_declared_is_counted_by_consent),
		cmocka_unit_test(a_snapshot_never_changes_and_is_the_only_one_of_its_week),
		cmocka_unit_test(the_learning_culture_names_nobody),
		cmocka_unit_test(five_who_want_and_five_who_offer_share_a_skill),
		cmocka_unit_test(adherence_is_plan_against_done),
		cmocka_unit_test(satisfaction_is_of_five_on_each_side_once_the_window_is_out),
		cmocka_unit_test(a_programme_is_shown_in_its_reach_its_cost_and_its_losses),
		cmocka_unit_test(programmes_are_compared_for_who_may_read_all_of_them),
		cmocka_unit_test(cohorts_and_years_are_compared),
		cmocka_unit_test(gain_moves_in_batches_of_five_people),
		cmocka_unit_test(the_catalogue_names_every_report_with_its_method),
	};
	return cmocka_run_group_tests_name("reports", tests, set_up, api_release);
}
