/* What-if rounds: what would be under other rules; nobody but the coordinators knows of them. */
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

#define WAIT 40.0
#define DAY  86400LL

static const char *programme;

static int set_up(void **state)
{
	(void)state;
	company_import();
	programme = company_programme("What if", 1);
	return 0;
}

static const char *counted(const char *sql)
{
	return api_sql("superuser", "%s", sql);
}

/* A what-if round with these members of the request, ready; its id. */
static const char *what_if(const char *members)
{
	struct api_reply *now = api_expect(
		api_post(admin(), "/api/v1/rounds",
			"{\"programme_id\": \"%s\", \"what_if\": true%s}", programme, members),
		202);
	const char *id = api_text(now, "id");
	assert_true(api_truth(now, "what_if"));
	api_wait_until(WAIT, (now = api_expect(api_get(admin(), "/api/v1/rounds/%s", id), 200),
				     strcmp(api_text(now, "status"), "queued") != 0 &&
					     strcmp(api_text(now, "status"), "running") != 0));
	assert_string_equal(api_text(now, "status"), "ready");
	return id;
}

/* Neither people in it nor people who coordinate others. */
static void nobody_else_sees(const char *id)
{
	api_expect(api_get(api_as("participant", "chief"), "/api/v1/rounds/%s", id), 403);
	api_expect_problem(
		api_get(api_as("programme_admin", "other.admin"), "/api/v1/rounds/%s", id), 404,
		"not_found");
	static const char *const people[] = { "chief", "it.lead", "ann", "dev" };
	static const char *const reads[] = { "/api/v1/shortlists", "/api/v1/pairs",
		"/api/v1/notifications", "/api/v1/dashboards/me" };
	for (size_t i = 0; i < 16; i++) {
		struct api_reply *seen = api_expect(
			api_get(api_as("participant", people[i / 4]), "%s", reads[i % 4]), 200);
		assert_null(strstr(seen->text, id));
		if (api_member(seen, "items"))
			assert_int_equal(api_count(seen, "items"), 0);
	}
}

/* Neither the lists of the round nor what it says of wants. */
static void nothing_is_exported(const char *id)
{
	assert_string_equal(
		api_sql("superuser",
			"SELECT count(*) FROM matching.shortlist s, LATERAL "
			"matching.export_person(s.mentee_id) e WHERE s.round_id = '%s' AND "
			"(e::text LIKE '%%' || s.round_id || '%%' OR e::text LIKE '%%' || "
			"s.id || '%%')",
			id),
		"0");
}

static void it_shows_coordinators_what_would_be_and_nobody_else_anything(void **state)
{
	(void)state;
	const char *before = counted("SELECT max(id) FROM common.outbox");
	const char *id = what_if("");
	struct api_reply *round = api_expect(api_get(admin(), "/api/v1/rounds/%s", id), 200);
	assert_int_equal(api_integer(round, "totals.complete"), 2);
	assert_string_equal(api_text(round, "can.0"), "discard");
	assert_int_equal(api_count(round, "can"), 1);
	assert_int_equal(
		api_count(api_expect(api_get(admin(), "/api/v1/rounds/%s/shortlists", id), 200),
			"items"),
		2);
	api_expect_problem(api_post(admin(), api_path("/api/v1/rounds/%s/publication", id), NULL),
		409, "what_if_round");
	api_expect_problem(api_post(admin(), api_path("/api/v1/rounds/%s/rollback", id), NULL), 409,
		"wrong_state");
	/* no event but the request's own, if any, and no task */
	assert_string_equal(
		api_sql("superuser",
			"SELECT count(*) FROM common.outbox WHERE id > %s AND subject_id = '%s'",
			before, id),
		"0");
	assert_string_equal(
		counted("SELECT count(*) FROM matching.task WHERE kind = 'publish_round'"), "0");
	/* rounds are listed without it */
	assert_int_equal(
		api_count(api_expect(api_get(admin(), "/api/v1/rounds?programme_id=%s", programme),
				  200),
			"items"),
		0);
	assert_string_equal(
		api_text(api_expect(api_get(admin(), "/api/v1/rounds?programme_id=%s&what_if=true",
					    programme),
				 200),
			"items.0.id"),
		id);
	nobody_else_sees(id);
	nothing_is_exported(id);
}

static void it_takes_no_places_and_runs_beside_a_real_round(void **state)
{
	(void)state;
	const char *earlier = api_text(
		api_expect(api_get(admin(), "/api/v1/rounds?what_if=true"), 200), "items.0.id");
	const char *real = story_ready("hr.lead", programme);
	/* the real one is not superseded by what is only tried, nor the other way round */
	const char *id = what_if(", \"seed\": 1");
	assert_string_equal(
		api_text(api_expect(api_get(admin(), "/api/v1/rounds/%s", real), 200), "status"),
		"ready");
	assert_string_equal(
		api_text(api_expect(api_get(admin(), "/api/v1/rounds/%s", earlier), 200), "status"),
		"ready");
	/* the same input, the same lists */
	const char *same =
		"SELECT string_agg(s.mentee_id || ' ' || x.mentor_id || ' ' || x.rank || ' ' || "
		"x.score,"
		" ',' ORDER BY s.mentee_id, x.rank) FROM matching.shortlist s JOIN "
		"matching.shortlist_entry x ON x.shortlist_id = s.id WHERE s.round_id = '%s'";
	const char *of_real = api_sql("superuser", same, real);
	assert_string_equal(api_sql("superuser", same, id), of_real);
	assert_string_equal(api_sql("superuser", same, earlier), of_real);
	api_expect(api_post(admin(), api_path("/api/v1/rounds/%s/publication", real), NULL), 200);
	assert_int_equal(api_count(story_shortlist("chief", programme), "mentors"), 3);
	assert_string_equal(counted("SELECT sum(taken) FROM matching.enrolment"), "0");
}

static void rules_of_its_own_change_nothing_else(void **state)
{
	(void)state;
	const char *versions = counted("SELECT count(*) FROM matching.policy");
	/* everybody has a list already; a new programme for the two */
	const char *was = programme;
	programme = company_programme("Other rules", 1);
	const char *id = what_if(", \"policy\": {\"rules\": {\"line_distance\": \"6\"}}");
	struct api_reply *round = api_expect(api_get(admin(), "/api/v1/rounds/%s", id), 200);
	assert_int_equal(api_integer(round, "totals.unmatched"), 1); /* the chief is above all */
	assert_int_equal(api_integer(round, "policy_version"), 1);
	struct api_reply *policy = api_expect(
		api_get(admin(), "/api/v1/programmes/%s/policies/1", programme), 200);
	assert_string_equal(api_text(policy, "rules.line_distance"), "any");
	assert_int_equal(atoi(counted("SELECT count(*) FROM matching.policy")), atoi(versions) + 1);
	const char *path = "/api/v1/rounds";
	api_expect_fault(
		api_expect_problem(
			api_post(admin(), path,
				"{\"programme_id\": \"%s\", \"what_if\": true, \"policy\": "
				"{\"weights\": {\"need\": 0, \"exchange\": 0, "
				"\"interests\": 0, \"hours\": 0, \"level_gap\": 0, "
				"\"department\": 0, \"difference\": 0}}}",
				programme),
			422, "policy_contradiction"),
		"/policy/weights");
	api_expect_fault(api_expect_problem(api_post(admin(), path,
						    "{\"programme_id\": \"%s\", \"what_if\": true, "
						    "\"policy_version\": 9}",
						    programme),
				 422, "unknown_reference"),
		"/policy_version");
	api_expect_fault(api_expect_problem(api_post(admin(), path,
						    "{\"programme_id\": \"%s\", \"policy\": "
						    "{\"rules\": {\"exposure_cap\": 2}}}",
						    programme),
				 422, "unprocessable"),
		"/what_if");
	programme = was;
}

static double compared(const char *round, const char *base, const char *member)
{
	return json_number_value(api_member(
		api_expect(api_get(admin(), "/api/v1/rounds/%s/comparison?with=%s", round, base), 200), member));
}

/* Rounds from before ways of meeting counted have no points for them, and are not worth less for that. */
static void a_round_is_not_compared_by_what_it_did_not_know(void **state)
{
	(void)state;
	const char *kept = programme;
	programme = company_programme("Compared", 1);
	const char *was = what_if(""), *now = what_if(", \"policy\": {\"weights\": {\"channels\": 20}}");
	double by_all = compared(was, now, "before.value");
	assert_true(by_all == compared(was, now, "before.worth"));
	(void)api_sql("superuser",
		"UPDATE matching.shortlist_entry x SET criteria = (x.criteria::jsonb - 'channels')::json "
		"FROM matching.shortlist s WHERE s.id = x.shortlist_id AND s.round_id = '%s'",
		was);
	assert_true(compared(was, now, "before.value") < by_all);
	assert_true(compared(was, now, "after.value") == compared(was, now, "before.value"));
	assert_true(compared(was, now, "price") == 0);
	api_expect(api_post(admin(), api_path("/api/v1/rounds/%s/discard", was), NULL), 200);
	api_expect(api_post(admin(), api_path("/api/v1/rounds/%s/discard", now), NULL), 200);
	programme = kept;
}

static void it_is_kept_for_thirty_days_or_until_it_is_discarded(void **state)
{
	(void)state;
	struct api_reply *gone,
		*list = api_expect(
			api_get(admin(), "/api/v1/rounds?what_if=true&programme_id=%s", programme),
			200);
	const char *kept = api_text(list, "items.0.id"), *dropped = api_text(list, "items.1.id");
	api_expect(api_post(admin(), api_path("/api/v1/rounds/%s/discard", dropped), NULL), 200);
	nothing_is_exported(dropped);
	api_clock(2 * 3600);
	api_wait_until(
		WAIT, (gone = api_get(admin(), "/api/v1/rounds/%s", dropped))->status == 404);
	api_clock(29 * DAY);
	api_expect(api_get(admin(), "/api/v1/rounds/%s", kept), 200);
	api_clock(31 * DAY);
	api_wait_until(WAIT, (gone = api_get(admin(), "/api/v1/rounds/%s", kept))->status == 404);
	api_wait_until(
		WAIT, atoi(counted("SELECT count(*) FROM matching.round WHERE what_if")) == 0);
	api_clock(0);
	assert_string_equal(
		counted("SELECT count(*) FROM matching.round_mentor m WHERE m.round_id NOT IN "
			"(SELECT id FROM matching.round)"),
		"0");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(it_shows_coordinators_what_would_be_and_nobody_else_anything),
		cmocka_unit_test(it_takes_no_places_and_runs_beside_a_real_round),
		cmocka_unit_test(rules_of_its_own_change_nothing_else),
		cmocka_unit_test(a_round_is_not_compared_by_what_it_did_not_know),
		cmocka_unit_test(it_is_kept_for_thirty_days_or_until_it_is_discarded),
	};
	return cmocka_run_group_tests_name("what-if rounds", tests, set_up, api_release);
}
