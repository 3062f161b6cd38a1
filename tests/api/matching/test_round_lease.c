/* A round survives stops, locks and lost leases; two instances never have it at once. */
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

#define WAIT  20.0
#define STOPS 4 /* more than the attempts that a round has */

static const char *programme;

static int set_up(void **state)
{
	(void)state;
	company_import();
	programme = company_programme("Leases", 1);
	return 0;
}

static const char *start(void)
{
	return api_text(api_expect(api_post(admin(), "/api/v1/rounds", "{\"programme_id\": \"%s\"}",
					   programme),
				202),
		"id");
}

static const char *look(const char *columns, const char *round)
{
	return api_sql(
		"superuser", "SELECT %s FROM matching.round WHERE id = '%s'", columns, round);
}

/* Since when somebody waits for the lock in that statement; "" if nobody does. */
static const char *waiting_since(const char *words)
{
	return api_sql("superuser",
		"SELECT max(query_start) FROM pg_stat_activity WHERE datname = current_database()"
		" AND wait_event_type = 'Lock' AND usename = 'upward_matching' AND query LIKE "
		"'%%%s%%'",
		words);
}

/* The round is claimed, and its store waits for a lock. */
static void wait_in_the_store(const char *round)
{
	api_wait_until(WAIT, strcmp(look("(leased_until > now())::text", round), "true") == 0 &&
				     *waiting_since("store_round"));
}

static struct api_reply *wait_for(const char *round, const char *status)
{
	struct api_reply *now;
	api_wait_until(WAIT, (now = api_expect(api_get(admin(), "/api/v1/rounds/%s", round), 200),
				     strcmp(api_text(now, "status"), status) == 0));
	return now;
}

static void discard(const char *round)
{
	api_expect(api_post(admin(), api_path("/api/v1/rounds/%s/discard", round), NULL), 200);
}

static void a_round_survives_any_number_of_stops(void **state)
{
	(void)state;
	/* its store waits for these rows; nothing else does */
	struct api_hold *hold = api_hold("SELECT id FROM matching.enrolment FOR UPDATE");
	const char *round = start();
	for (int stop = 0; stop < STOPS; stop++) {
		wait_in_the_store(round);
		assert_string_equal(
			look("status || ' ' || attempts || ' ' || (leased_until > now())", round),
			"running 1 true");
		api_stop("matching");
		/* given back, and nothing counted */
		assert_string_equal(
			look("status || ' ' || attempts || ' ' || (leased_until IS NULL)", round),
			"running 0 true");
		api_start("matching");
	}
	api_let_go(hold);
	(void)wait_for(round, "ready");
	assert_string_equal(look("attempts", round), "1");
	discard(round);
}

static void a_lock_in_the_store_is_waited_for_and_the_clock_takes_no_lease(void **state)
{
	(void)state;
	struct api_hold *hold = api_hold("LOCK TABLE matching.round_candidate");
	const char *round = start();
	wait_in_the_store(round);
	const char *first = waiting_since("store_round");
	api_clock(120);
	/* its lock time-out passes, and it tries again */
	const char *now;
	api_wait_until(WAIT, *(now = waiting_since("store_round")) && strcmp(now, first) != 0);
	assert_string_equal(
		look("status || ' ' || attempts || ' ' || (leased_until > now())", round),
		"running 1 true");
	api_let_go(hold);
	struct api_reply *done = wait_for(round, "ready");
	assert_true(json_is_null(api_member(done, "failure")));
	api_clock(0);
	discard(round);
}

static void a_cancellation_is_seen_while_the_store_waits(void **state)
{
	(void)state;
	struct api_hold *hold = api_hold("LOCK TABLE matching.round_candidate");
	const char *round = start();
	wait_in_the_store(round);
	/* the store does not hold the round's row while it waits */
	api_expect(api_post(admin(), api_path("/api/v1/rounds/%s/cancellation", round), NULL), 200);
	/* it does not try again, though the lock is still held */
	api_wait_until(WAIT, !*waiting_since("store_round"));
	api_let_go(hold);
	assert_string_equal(
		api_sql("superuser",
			"SELECT count(*) FROM matching.shortlist WHERE round_id = '%s'", round),
		"0");
	assert_string_equal(look("status", round), "cancelled");
}

static const char *input_hash(const char *round)
{
	return look("input_hash", round);
}

static void a_consent_that_is_withdrawn_meanwhile_is_not_used(void **state)
{
	(void)state;
	const char *who = story_declare("hr.lead", programme, STORY_GENDER, 7);
	const char *with = start();
	(void)wait_for(with, "ready");
	discard(with);
	struct api_hold *hold = api_hold("LOCK TABLE matching.round_candidate");
	const char *round = start();
	wait_in_the_store(round);
	story_withdraw(who);
	api_let_go(hold);
	(void)wait_for(round, "ready");
	assert_string_equal(look("attempts", round), "1");
	discard(round);
	const char *without = start();
	(void)wait_for(without, "ready");
	/* the fingerprint covers everything that a round goes by */
	assert_string_not_equal(input_hash(round), input_hash(with));
	assert_string_equal(input_hash(round), input_hash(without));
	discard(without);
}

static const char *to_publish(const char *round)
{
	return api_sql("superuser",
		"SELECT count(*) FROM matching.task WHERE kind = 'publish_round' AND object_id = "
		"'%s'",
		round);
}

/* Nor by a round that was ready before, which nobody is asked to publish any more. Which of them it was is
 * not told. */
static void a_consent_that_is_withdrawn_before_publication_is_not_used(void **state)
{
	(void)state;
	const char *who = api_sql("superuser",
		"SELECT p.user_name FROM profiles.candidate_declaration d JOIN profiles.person p "
		"ON p.id = d.person_id ORDER BY p.id DESC LIMIT 1");
	const char *round = start(), *path = api_path("/api/v1/rounds/%s", round);
	struct api_reply *ready = wait_for(round, "ready");
	assert_non_null(strstr(ready->text, "\"publication\""));
	assert_string_equal(to_publish(round), "1");
	story_withdraw(who);
	ready = api_expect(api_get(admin(), "%s", path), 200);
	assert_null(strstr(ready->text, "\"publication\""));
	struct api_reply *refused = api_expect_problem(
		api_post(admin(), api_path("%s/publication", path), NULL), 409, "round_outdated");
	assert_null(strstr(refused->text, who));
	assert_string_equal(to_publish(round), "0");
	discard(round);
	const char *again = start();
	ready = wait_for(again, "ready");
	assert_non_null(strstr(ready->text, "\"publication\""));
	discard(again);
}

/* The first mentor on the chief's list takes part no more, and somebody else takes the place. */
static void leave_the_list(const char *id)
{
	const char *mentor = api_text(story_shortlist("chief", id), "mentors.0.mentor.id");
	api_expect(api_post(as(story_user_name(mentor)),
			   api_path("/api/v1/enrolments/%s/withdrawal",
				   api_sql("superuser",
					   "SELECT id FROM matching.enrolment WHERE role = 'mentor' AND "
					   "programme_id = '%s' AND person_id = '%s'",
					   id, mentor)),
			   NULL),
		200);
	assert_int_equal(api_count(story_shortlist("chief", id), "mentors"), 3);
}

/* How many of the chief's mentors in that round count how much they differ, and how many do not. */
static const char *differing(const char *round)
{
	return api_sql("superuser",
		"SELECT count(*) FILTER (WHERE x.reasons -> 'parts' -> 'difference' IS NOT NULL) || ' ' || "
		"count(*) FILTER (WHERE x.reasons -> 'parts' -> 'difference' IS NULL) FROM "
		"matching.shortlist s JOIN matching.shortlist_entry x ON x.shortlist_id = s.id WHERE "
		"s.round_id = '%s' AND s.status = 'open' AND s.mentee_id = '%s'",
		round, story_person_id("chief"));
}

/* The places of a published list are filled from what the round has stored: by then without it. Those who are
 * on the list stay. */
static void a_consent_that_is_withdrawn_after_publication_is_not_used(void **state)
{
	(void)state;
	static const char *const mentors[] = { "ann", "bob", "cleo", "dev", "eve", "fay" };
	const char *id = api_text(
		api_expect(api_post(admin(), "/api/v1/programmes",
				   "{\"title\": \"Differ\", \"purpose\": \"inclusion\", \"starts_on\": "
				   "\"2027-01-11\", \"ends_on\": \"2027-07-09\", \"declared_kinds\": [\"gender\"]}"),
			201),
		"id");
	api_expect(api_post(admin(), api_path("/api/v1/programmes/%s/recruitment", id), NULL), 200);
	story_enrol("chief", id, "mentee", 1);
	story_enrol("it.lead", id, "mentee", 1); /* five of those who take part let it be used */
	for (int i = 0; i < 6; i++)
		story_enrol(mentors[i], id, "mentor", 1);
	const char *round = story_round("hr.lead", id);
	assert_string_equal(differing(round), "3 0");
	leave_the_list(id);
	assert_string_equal(differing(round), "3 0");
	story_withdraw(api_sql("superuser",
		"SELECT p.user_name FROM profiles.candidate_declaration d JOIN profiles.person p "
		"ON p.id = d.person_id ORDER BY p.id DESC LIMIT 1"));
	leave_the_list(id);
	assert_string_equal(differing(round), "2 1");
	assert_string_equal(
		api_sql("superuser",
			"SELECT bool_and(x.score = (SELECT sum(p.value::int) FROM "
			"json_each_text(x.reasons -> 'parts') p)) FROM matching.shortlist s JOIN "
			"matching.shortlist_entry x ON x.shortlist_id = s.id WHERE s.round_id = '%s'",
			round),
		"t");
}

static const char *hash_of_a_round(void)
{
	const char *round = start();
	(void)wait_for(round, "ready");
	discard(round);
	return input_hash(round);
}

static void take_back_ages(void)
{
	api_sql("superuser",
		"INSERT INTO profiles.consent (id, person_id, number, attribute, purpose, given, notice_version) "
		"SELECT gen_random_uuid(), person_id, 1, kind, 'matching', false, 1 FROM profiles.declaration "
		"WHERE kind = 'age_band'");
	assert_string_equal(
		api_sql("superuser", "SELECT count(*) FROM profiles.declaration WHERE kind = 'age_band'"), "0");
}

/* How old people are counts where they let it, and not where skills alone decide. */
static void an_age_counts_as_far_as_people_let_it(void **state)
{
	(void)state;
	const char *ages[] = { "under_25", "55_to_64" };
	for (int alone = 0; alone < 2; alone++) {
		story_declare("hr.lead", programme, "age_band", ages, 7);
		if (alone)
			api_expect(api_post(admin(), api_path("/api/v1/programmes/%s/policies", programme),
					   "{\"based_on\": %lld, \"rules\": {\"skills_only\": true}}",
					   api_integer(api_get(admin(), "/api/v1/programmes/%s", programme),
						   "policy_version")),
				201);
		const char *with = hash_of_a_round();
		take_back_ages();
		assert_int_equal(strcmp(hash_of_a_round(), with) == 0, alone);
	}
}

static void who_lost_the_lease_stores_nothing(void **state)
{
	(void)state;
	struct api_hold *hold = api_hold("LOCK TABLE matching.round_candidate");
	const char *round = start();
	wait_in_the_store(round);
	/* another instance has taken it */
	api_sql("superuser",
		"UPDATE matching.round SET leased_by = gen_random_uuid(), leased_until = now() + "
		"interval '1 hour' WHERE id = '%s'",
		round);
	api_let_go(hold);
	api_wait_until(WAIT, !*waiting_since("store_round"));
	/* and died; the next one has it at once */
	api_sql("superuser",
		"UPDATE matching.round SET leased_until = now() - interval '1 second' WHERE id = "
		"'%s'",
		round);
	(void)wait_for(round, "ready");
	assert_string_equal(look("attempts", round), "2");
	assert_string_equal(
		api_sql("superuser",
			"SELECT count(*) FROM matching.shortlist WHERE round_id = '%s'", round),
		"2");
	discard(round);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_round_survives_any_number_of_stops),
		cmocka_unit_test(a_lock_in_the_store_is_waited_for_and_the_clock_takes_no_lease),
		cmocka_unit_test(a_cancellation_is_seen_while_the_store_waits),
		cmocka_unit_test(a_consent_that_is_withdrawn_meanwhile_is_not_used),
		cmocka_unit_test(a_consent_that_is_withdrawn_before_publication_is_not_used),
		cmocka_unit_test(a_consent_that_is_withdrawn_after_publication_is_not_used),
		cmocka_unit_test(who_lost_the_lease_stores_nothing),
		cmocka_unit_test(an_age_counts_as_far_as_people_let_it),
	};
	return cmocka_run_group_tests_name("leases", tests, set_up, api_release);
}
