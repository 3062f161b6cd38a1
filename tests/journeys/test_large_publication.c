/*
 * A round with several hundred shortlists is published. That is not one long transaction: the answer
 * comes after the first batch, the service is killed in between, people pick from what is open, and in
 * the end everybody has been given one list, once. It is taken back in the same way.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "support/client.h"
#include "support/company.h"
#include "support/story.h"

#define LEADERS 450
#define JUNIORS 250
#define WAIT    60.0

static const char *programme, *round_path;

static struct api *admin(void)
{
	return api_as("programme_admin", "hr.lead");
}

static int count(const char *what)
{
	return atoi(api_sql("superuser",
		"SELECT count(*) FROM matching.shortlist s WHERE s.programme_id = '%s' AND %s",
		programme, what));
}

static const char *status_of(struct api_reply *round)
{
	return api_text(round, "status");
}

static struct api_reply *look(void)
{
	struct api_reply *now;
	/* it has just been killed */
	api_wait_until(WAIT, (now = api_get(admin(), "%s", round_path))->status == 200);
	return now;
}

static int set_up(void **state)
{
	(void)state;
	company_import();
	programme = company_enrolled_crowd("Hundreds", LEADERS, JUNIORS, 3);
	round_path = api_path("/api/v1/rounds/%s", story_ready("hr.lead", programme));
	return 0;
}

/* Somebody whose list is open already picks from it. True if the pick was made. */
static bool somebody_picks(void)
{
	const char *who = api_sql("superuser",
		"SELECT p.user_name FROM matching.shortlist s JOIN profiles.person p ON p.id = "
		"s.mentee_id WHERE s.programme_id = '%s' AND s.status = 'open' ORDER BY s.id LIMIT "
		"1",
		programme);
	struct api_reply *list = story_shortlist(who, programme);
	struct api_reply *pair = api_post(api_as("participant", who),
		api_path("%s/pick", api_text(list, "links.self")), "{\"mentor_id\": \"%s\"}",
		api_text(list, "mentors.0.mentor.id"));
	if (pair->status != 503)
		api_expect(pair, 201);
	return pair->status == 201;
}

/* What may not be done with half a publication: each is refused, or has to wait for the batch. */
static void nothing_else_is_done_with_it(void)
{
	static const char *const steps[] = { "rollback", "discard", "publication", "cancellation" };
	struct api *hasty = api_new("programme_admin", "hr.lead");
	api_hasty(hasty);
	for (size_t i = 0; i < sizeof steps / sizeof *steps; i++) {
		int status = api_post(hasty, api_path("%s/%s", round_path, steps[i]), NULL)->status;
		assert_true(status == 409 || status == 503);
	}
	int status =
		api_post(hasty, "/api/v1/rounds", "{\"programme_id\": \"%s\"}", programme)->status;
	assert_true(status == 409 || status == 503);
	assert_string_equal(status_of(look()), "publishing");
	api_free(hasty);
}

static void a_large_round_is_published_in_batches(void **state)
{
	(void)state;
	assert_int_equal(count("status = 'draft'"), LEADERS);
	double began = api_now();
	struct api_reply *now;
	api_wait_until(WAIT,
		(now = api_post(admin(), api_path("%s/publication", round_path), NULL))->status !=
			503);
	api_expect(now, 200);
	print_message("answered in %.2f s\n", api_now() - began);
	assert_string_equal(status_of(now), "publishing");
	assert_int_equal(api_count(now, "can"), 0);
	assert_true(count("status = 'open'") >= 100);
	assert_int_equal(kill(api_pid("matching"), SIGKILL), 0);
	api_stop("matching");
	assert_true(count("status = 'draft'") > 0);
	assert_string_equal(
		api_sql("superuser", "SELECT count(*) FROM matching.round_unmatched"), "0");
	/* it stays half done, whatever the machine's speed */
	struct api_hold *drafts = api_hold(
		api_path("SELECT FROM matching.shortlist WHERE programme_id = '%s' AND status = "
			 "'draft' FOR UPDATE",
			programme));
	api_start("matching");
	nothing_else_is_done_with_it();
	api_let_go(drafts);
	int looks = 0, picks = 0;
	for (; strcmp(status_of(now = look()), "publishing") == 0; looks++) {
		picks += somebody_picks();
		if (api_now() - began > 2 * WAIT)
			fail_msg("it was never published");
	}
	print_message("published in %.2f s, %d looks between, %d picks\n", api_now() - began, looks,
		picks);
	assert_string_equal(status_of(now), "published");
	assert_int_equal(count("status = 'draft'"), 0);
}

static void everybody_was_given_one_list_once(void **state)
{
	(void)state;
	assert_string_equal(
		api_sql("superuser",
			"SELECT count(*) || ' ' || count(DISTINCT s.enrolment_id) FROM "
			"common.outbox e "
			"JOIN matching.shortlist s ON s.id = e.subject_id WHERE e.type = "
			"'shortlist.opened' AND s.programme_id = '%s' AND s.refresh_of IS NULL",
			programme),
		api_path("%d %d", LEADERS, LEADERS));
	assert_string_equal(
		api_sql("superuser",
			"SELECT count(*) FROM common.outbox WHERE type = 'round.published' AND "
			"subject_id = '%s'",
			strrchr(round_path, '/') + 1),
		"1");
	/* nobody stands on more lists than the programme allows */
	assert_true(
		atoi(api_sql("superuser",
			"SELECT max(n) FROM (SELECT count(*) AS n FROM matching.shortlist_entry x "
			"JOIN matching.shortlist s ON s.id = x.shortlist_id WHERE s.programme_id = "
			"'%s' AND s.status = 'open' GROUP BY x.mentor_id) c",
			programme)) <= 8);
}

/* Starts to take the round back, when nobody has it in hand. */
static struct api_reply *rollback(void)
{
	struct api_reply *now;
	api_wait_until(WAIT, (now = api_post(admin(), api_path("%s/rollback", round_path), NULL),
				     now->status == 200 || now->status == 409));
	return api_expect(now, 200);
}

/* Half of it is never seen as done, and comes to nothing: no list can be picked from, no pick accepted. */
static void a_large_round_is_taken_back_in_batches(void **state)
{
	(void)state;
	api_wait_until(WAIT, somebody_picks());
	/* the last list is held, so that there is no end before the kill */
	struct api_hold *last = api_hold(
		api_path("SELECT FROM matching.shortlist WHERE programme_id = '%s' AND status = "
			 "'open' ORDER BY id DESC LIMIT 1 FOR UPDATE",
			programme));
	struct api_reply *now = rollback();
	assert_string_equal(status_of(now), "taking_back");
	assert_int_equal(kill(api_pid("matching"), SIGKILL), 0);
	api_stop("matching");
	api_let_go(last);
	assert_true(count("status = 'open'") > 0);
	struct api_hold *lists = api_hold(
		api_path("SELECT FROM matching.shortlist WHERE programme_id = '%s' AND status = "
			 "'open' FOR UPDATE",
			programme));
	api_start("matching");
	assert_string_equal(status_of(look()), "taking_back");
	api_let_go(lists);
	api_wait_until(WAIT, strcmp(status_of(now = look()), "taking_back") != 0);
	assert_string_equal(status_of(now), "rolled_back");
	assert_int_equal(count("status IN ('draft', 'open', 'picked')"), 0);
	assert_string_equal(
		api_sql("superuser",
			"SELECT count(*) FILTER (WHERE status = 'proposed') = 0 AND count(*) "
			"FILTER (WHERE "
			"step = 'retraction') > 0 FROM matching.pair WHERE programme_id = '%s'",
			programme),
		"t");
	assert_string_equal(
		api_sql("superuser",
			"SELECT count(*) FROM common.outbox WHERE type = 'round.rolled_back' AND "
			"subject_id = '%s'",
			strrchr(round_path, '/') + 1),
		"1");
}

static bool in_hand(void)
{
	return strcmp(api_sql("superuser", "SELECT count(*) FROM pg_stat_activity WHERE query LIKE "
					   "'%%continue_publication%%' AND state <> 'idle' AND pid "
					   "<> pg_backend_pid()"),
		       "0") != 0;
}

/* What the round had used is taken back between two batches: nobody sees a further list of it. */
static void a_consent_withdrawn_meanwhile_opens_no_further_list(void **state)
{
	(void)state;
	const char *who = story_declare("hr.lead", programme, STORY_GENDER, 10);
	struct api_reply *now;
	round_path = api_path("/api/v1/rounds/%s", story_ready("hr.lead", programme));
	const char *of_it = api_path("s.round_id = '%s'", strrchr(round_path, '/') + 1);
	/* the first batch is opened, and no more than one behind it */
	struct api_hold *drafts = api_hold(
		api_path("SELECT FROM matching.shortlist WHERE id IN (SELECT s.id FROM "
			 "matching.shortlist s WHERE %s ORDER BY s.id OFFSET 100) FOR UPDATE",
			of_it));
	api_wait_until(WAIT,
		(now = api_post(admin(), api_path("%s/publication", round_path), NULL))->status !=
			503);
	assert_string_equal(status_of(api_expect(now, 200)), "publishing");
	assert_int_equal(kill(api_pid("matching"), SIGKILL), 0);
	api_stop("matching");
	api_let_go(drafts);
	api_wait_until(WAIT, !in_hand());
	int opened = count(api_path("%s AND status = 'open'", of_it));
	assert_true(opened >= 100 && opened <= 200);
	story_withdraw(who);
	api_start("matching");
	api_wait_until(WAIT, strcmp(status_of(now = look()), "publishing") != 0);
	assert_string_equal(status_of(now), "published");
	assert_int_equal(count(api_path("%s AND status = 'open'", of_it)), opened);
	assert_int_equal(count(api_path("%s AND status = 'withdrawn' AND pick_by IS NULL", of_it)),
		LEADERS - opened);
	/* who has no list is told of, so that another round is run */
	assert_int_equal(atoi(api_sql("superuser",
				 "SELECT count(*) FROM matching.task t WHERE t.programme_id = '%s' "
				 "AND t.kind IN ('late_joiner', 'no_list')",
				 programme)),
		LEADERS - opened);
	(void)rollback();
	api_wait_until(WAIT, strcmp(status_of(look()), "rolled_back") == 0);
}

/* A programme that ends meanwhile ends the publication. */
static void a_programme_that_is_cancelled_meanwhile_leaves_no_list_open(void **state)
{
	(void)state;
	const char *path = api_path("/api/v1/programmes/%s", programme);
	struct api_reply *now;
	round_path = api_path("/api/v1/rounds/%s", story_ready("hr.lead", programme));
	api_wait_until(WAIT,
		(now = api_post(admin(), api_path("%s/publication", round_path), NULL))->status !=
			503);
	assert_string_equal(status_of(api_expect(now, 200)), "publishing");
	api_wait_until(WAIT,
		(now = api_post(admin(), api_path("%s/cancellation", path), NULL))->status != 503);
	api_expect(now, 200);
	api_wait_until(WAIT,
		strcmp(status_of(api_expect(api_get(admin(), "%s", path), 200)), "cancelled") == 0);
	assert_string_equal(status_of(look()), "published");
	assert_int_equal(count("status IN ('open', 'draft')"), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_large_round_is_published_in_batches),
		cmocka_unit_test(everybody_was_given_one_list_once),
		cmocka_unit_test(a_large_round_is_taken_back_in_batches),
		cmocka_unit_test(a_consent_withdrawn_meanwhile_opens_no_further_list),
		cmocka_unit_test(a_programme_that_is_cancelled_meanwhile_leaves_no_list_open),
	};
	return cmocka_run_group_tests_name("a large publication", tests, set_up, api_release);
}
