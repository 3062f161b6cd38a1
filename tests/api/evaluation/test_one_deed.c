/*
 * One person goes: leaves a pair safely, takes back a consent, leaves the company, is erased. Whoever reads all
 * reports and counts before and after finds no difference of one: what is released stands still, and a new
 * snapshot moves in fives. Who may list people by name sees there what happened; no count beside it tells more.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "support/client.h"
#include "support/story.h"
#include "fourteen.h"

#define WAIT     20
#define LEAST    5
#define FIGURES  40
#define VALUE(i) ((i) % 3 ? "Quaker" : "Jain")

static const char *survey;
/* Whose reading: coordinators, auditors, and the programme admin who leads everybody. */
static const struct reader {
	const char *role, *user;
} readers[] = { { "programme_admin", "ada" }, { "auditor", NULL }, { "programme_admin", "boss" } };
#define READERS (sizeof readers / sizeof *readers)

/* What everybody reads: of each reader the reports by name, the counts of who has answered, and a survey's results. */
static const char *paths[FIGURES];
static size_t path_count;
static int compared, moved;

static void counts_religion(int i, const char *decision)
{
	struct api *who = api_as("participant", fourteen_mentor(i));
	api_expect(api_post(who, "/api/v1/people/me/consents",
			   "{\"attribute\": \"religion\", \"purpose\": \"aggregate_reporting\", \"decision\": \"%s\", "
			   "\"notice_version\": 1}",
			   decision),
		201);
	if (strcmp(decision, "grant") == 0)
		api_expect(api_put(who, "/api/v1/people/me/declarations",
				   "{\"declarations\": [{\"kind\": \"religion\", \"value\": \"%s\"}]}", VALUE(i)),
			200);
}

/* Each rates the programme, each mentee gains, each pair meets; all but the last answers the survey. */
static void they_live(void)
{
	survey = api_text(api_expect(api_post(api_as("programme_admin", "ada"), "/api/v1/surveys",
					     "{\"programme_id\": \"%s\", \"kind\": \"pulse\", \"side\": \"mentor\", "
					     "\"title\": \"How is it?\", \"opens_on\": \"2026-11-30\", \"closes_on\": "
					     "\"2027-07-09\", \"every_weeks\": 4, \"questions\": [{\"key\": \"useful\", "
					     "\"text\": \"Useful?\", \"kind\": \"scale\"}]}",
					     fourteen_programme),
				  201),
		"id");
	for (int i = 0; i < PAIRS; i++) {
		const char *path = api_path("/api/v1/responses/%s/2026-11-30", survey);
		struct api *who = api_as("participant", fourteen_mentor(i));
		api_expect(api_put(who, path, "{\"answers\": [{\"key\": \"useful\", \"value\": %d}]}", 1 + i % 5), 200);
		api_expect(api_post(who, api_path("%s/submission", path), NULL), 200);
		counts_religion(i, "grant");
	}
	api_sql("superuser",
		"SET session_replication_role = replica;"
		"INSERT INTO evaluation.feedback (id, pair_id, programme_id, author_id, subject_id, visibility, rating, "
		"wave) SELECT gen_random_uuid(), m.pair_id, '%1$s', m.person_id, m.partner_id, 'programme', 4, 'midpoint' "
		"FROM matching.pair_member m WHERE m.programme_id = '%1$s';"
		"INSERT INTO evaluation.release (programme_id, wave) VALUES ('%1$s', 'midpoint');"
		"INSERT INTO evaluation.assessment (id, programme_id, skill_id, title, items, opens_on, closes_on) VALUES "
		"(gen_random_uuid(), '%1$s', '%2$s', 'One', '[]', '2026-01-01', '2028-01-01');"
		"INSERT INTO evaluation.attempt (id, assessment_id, person_id, phase, status, score, submitted_at) SELECT "
		"gen_random_uuid(), a.id, q.mentee_id, f, 'submitted', CASE f WHEN 'pre' THEN 40 ELSE 60 END, common.now() "
		"FROM evaluation.assessment a, matching.pair q, unnest('{pre,post}'::text[]) f WHERE a.programme_id = "
		"'%1$s' AND q.programme_id = '%1$s';"
		"INSERT INTO scheduling.session (id, pair_id, status, starts_at, ends_at, time_zone) SELECT "
		"gen_random_uuid(), q.id, 'held', common.now() - interval '1 day', common.now() - interval '23 hours', "
		"'UTC' FROM matching.pair q WHERE q.programme_id = '%1$s'",
		fourteen_programme, story_skill("one deed"));
}

static const char *results(void)
{
	return api_path("/api/v1/surveys/%s/results", survey);
}

static void list_the_paths(void)
{
	struct api_reply *catalogue = api_expect(api_get(api_as("auditor", NULL), "/api/v1/reports?limit=100"), 200);
	for (size_t i = 0; i < api_count(catalogue, "items"); i++) {
		const char *name = api_text(catalogue, api_path("items.%zu.name", i));
		assert_true(path_count < FIGURES);
		paths[path_count++] = strcmp(name, "learning-culture") == 0
			? "/api/v1/reports/learning-culture"
			: api_path("/api/v1/reports/programmes/%s/%s", fourteen_programme, name);
	}
	paths[path_count++] = api_path("/api/v1/reports/comparisons?programme_ids=%s", fourteen_programme);
	paths[path_count++] = results();
}

static int set_up(void **state)
{
	fourteen_set_up(state);
	they_live();
	list_the_paths();
	api_clock_to("2026-12-28 02:00Z");
	api_wait_until(WAIT, api_count(api_expect(api_get(api_as("auditor", NULL), "%s", results()), 200), "waves") == 1);
	story_snapshot(NULL);
	story_snapshot(fourteen_programme);
	return 0;
}

/* Without the moment at which it was read. */
static json_t *without_time(const json_t *body)
{
	json_t *copy = json_deep_copy(body);
	json_object_del(copy, "as_of");
	return copy;
}

/* All that one reader is shown; to be released. */
static json_t *read_all(const struct reader *reader)
{
	json_t *all = json_object();
	struct api *who = api_as(reader->role, reader->user);
	for (size_t i = 0; i < path_count; i++) {
		struct api_reply *seen = api_get(who, "%s", paths[i]);
		if (seen->status == 200)
			json_object_set_new(all, paths[i], without_time(seen->body));
		else
			assert_int_equal(seen->status, 404);
	}
	struct api_reply *page = api_get(who, "/api/v1/dashboards/programmes/%s", fourteen_programme);
	if (page->status == 200)
		json_object_set(all, "responses", api_member(page, "responses"));
	return all;
}

/* What a row is about: its texts. */
static const char *label_of(json_t *row, const char *fallback)
{
	const char *label = "", *member;
	json_t *value;
	if (!json_is_object(row))
		return fallback;
	json_object_foreach(row, member, value)
		if (json_is_string(value) && strcmp(member, "sentence") != 0 && strcmp(member, "verdict") != 0)
			label = api_path("%s %s", label, json_string_value(value));
	return *label ? label : fallback;
}

static json_t *of_label(json_t *rows, const char *label)
{
	size_t i;
	json_t *row;
	json_array_foreach(rows, i, row)
		if (strcmp(label_of(row, api_path("%zu", i)), label) == 0)
			return row;
	return NULL;
}

/* Prices, and the number of the snapshot, count no people. */
static bool is_count(const char *name)
{
	static const char *const others[] = { "snapshot", "minimum_cell", "cost_per_participant", "level", "mean_gain",
		"standard_deviation", "mean_rating", "before", "after" };
	for (size_t i = 0; i < sizeof others / sizeof *others; i++)
		if (strcmp(name, others[i]) == 0)
			return false;
	return true;
}

/* Two readings of a count differ by five or not at all; what is hidden counts as none. */
static void expect_whole_fives(json_t *before, json_t *after, const char *name, const char *where)
{
	const char *member;
	size_t i;
	json_t *value;
	if (json_is_object(before) || json_is_object(after)) {
		json_t *members = json_object();
		json_object_update(members, before);
		json_object_update_missing(members, after);
		json_object_foreach(members, member, value)
			expect_whole_fives(json_object_get(before, member), json_object_get(after, member), member,
				api_path("%s/%s", where, member));
		json_decref(members);
	} else if (json_is_array(before) || json_is_array(after)) {
		json_array_foreach(before, i, value) {
			const char *label = label_of(value, api_path("%zu", i));
			expect_whole_fives(value, of_label(after, label), name, api_path("%s/%s", where, label));
		}
		json_array_foreach(after, i, value) {
			const char *label = label_of(value, api_path("%zu", i));
			if (!of_label(before, label))
				expect_whole_fives(NULL, value, name, api_path("%s/%s", where, label));
		}
	} else if ((json_is_integer(before) || json_is_integer(after)) && is_count(name)) {
		long long change = llabs(json_integer_value(after) - json_integer_value(before));
		compared++;
		moved += change > 0;
		if (change > 0 && change < LEAST)
			fail_msg("%s: %lld, then %lld", where, json_integer_value(before), json_integer_value(after));
	}
}

/* Readings of all, before a deed and after it. */
static void expect_nothing_tells(void (*deed)(void))
{
	json_t *before[READERS], *then[READERS];
	for (size_t i = 0; i < READERS; i++)
		before[i] = read_all(readers + i);
	deed();
	story_settle();
	for (size_t i = 0; i < READERS; i++) {
		then[i] = read_all(readers + i);
		const char *path;
		json_t *was;
		json_object_foreach(before[i], path, was)
			if (!json_equal(was, json_object_get(then[i], path)))
				fail_msg("%s reads of %s\n%s\nand then\n%s", readers[i].role, path, json_dumps(was, 0),
					json_dumps(json_object_get(then[i], path), 0));
	}
	story_snapshot(NULL);
	story_snapshot(fourteen_programme);
	for (size_t i = 0; i < READERS; i++) {
		json_t *last = read_all(readers + i);
		expect_whole_fives(before[i], last, "", readers[i].role);
		json_t *was = json_object_get(before[i], results());
		assert_true(!was || json_equal(was, json_object_get(last, results())));
		json_decref(before[i]);
		json_decref(then[i]);
		json_decref(last);
	}
}

static void leaves_safely(void)
{
	api_expect(api_post(api_as("participant", fourteen_mentor(0)),
			   api_path("/api/v1/pairs/%s/safe-exit", fourteen_pairs[0]), NULL),
		200);
}

static void withdraws(void)
{
	counts_religion(1, "withdraw");
}

static void hr_takes_out(void)
{
	assert_string_equal(api_text(api_import("external_id,user_name,given_name,family_name,department,level,"
						"manager_external_id,hired_on,active\nM2,mentor2,Men,Tor,Data,2,H,"
						"2022-01-01,false\n",
				"mode=delta"), "status"), "done");
}

static void is_erased(void)
{
	const char *id = story_person_id(fourteen_mentor(3));
	api_sql("superuser",
		"SELECT evaluation.erase_person('%1$s'), scheduling.erase_person('%1$s'), "
		"matching.erase_person('%1$s'), profiles.erase_person('%1$s')",
		id);
}

static void a_safe_exit_moves_no_count(void **state)
{
	(void)state;
	expect_nothing_tells(leaves_safely);
}

static void a_consent_that_is_taken_back_moves_no_count(void **state)
{
	(void)state;
	expect_nothing_tells(withdraws);
}

static void who_leaves_the_company_moves_no_count(void **state)
{
	(void)state;
	expect_nothing_tells(hr_takes_out);
}

static void who_is_erased_moves_no_count(void **state)
{
	(void)state;
	expect_nothing_tells(is_erased);
	print_message("%d counts, %d of them moved, by five or more\n", compared, moved);
	assert_true(compared > 400);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_safe_exit_moves_no_count),
		cmocka_unit_test(a_consent_that_is_taken_back_moves_no_count),
		cmocka_unit_test(who_leaves_the_company_moves_no_count),
		cmocka_unit_test(who_is_erased_moves_no_count),
	};
	return cmocka_run_group_tests_name("one deed", tests, set_up, api_release);
}
