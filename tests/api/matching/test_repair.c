/* A published round is repaired with as little change as possible, also while people pick. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "people.h"
#include "support/client.h"
#include "support/company.h"
#include "support/story.h"

#define LEADERS 40
#define JUNIORS 40
#define WAIT    40.0

static const char *programme, *round_id;

static int set_up(void **state)
{
	(void)state;
	company_import();
	programme = company_programme("Repaired", 2);
	round_id = story_ready("hr.lead", programme);
	return 0;
}

static struct api_reply *repair(const char *body)
{
	struct api_reply *now;
	api_wait_until(WAIT, (now = api_post(admin(),
				      api_path("/api/v1/rounds/%s/repair", round_id), "%s", body))
					     ->status != 503);
	return now;
}

static struct api_reply *repaired(const char *body)
{
	return api_expect(repair(body), 201);
}

static const char *counted(const char *format, const char *id)
{
	return api_sql("superuser", format, id);
}

static void only_a_published_round_is_repaired(void **state)
{
	(void)state;
	api_expect_problem(repair("{}"), 409, "wrong_state");
	api_expect_problem(repair("{\"dry_run\": true}"), 409, "wrong_state");
	api_expect(
		api_post(admin(), api_path("/api/v1/rounds/%s/publication", round_id), NULL), 200);
	struct api_reply *round = api_expect(api_get(admin(), "/api/v1/rounds/%s", round_id), 200);
	assert_non_null(strstr(round->text, "\"repair_create\""));
	struct api_reply *none = repaired("{}");
	assert_int_equal(api_integer(none, "examined"), 2);
	assert_int_equal(api_count(none, "lists"), 0);
	api_expect_problem(api_post(api_as("programme_admin", "other.admin"),
				   api_path("/api/v1/rounds/%s/repair", round_id), "{}"),
		404, "not_found");
}

static bool is_on(struct api_reply *list, const char *mentor_id)
{
	for (size_t i = 0; i < api_count(list, "mentors"); i++)
		if (!strcmp(api_text(list, api_path("mentors.%zu.mentor.id", i)), mentor_id))
			return true;
	return false;
}

/* Its mentee is told, once, and sees what the new one shows to partners. */
static void is_told_of(const char *list)
{
	api_wait_until(
		WAIT, atoi(counted("SELECT count(*) FROM scheduling.notification WHERE kind = "
				   "'shortlist_repaired' AND subject_id = '%s'",
			      list)) == 1);
	assert_string_equal(
		counted("SELECT count(*) FROM profiles.partner WHERE through = '%s'", list), "3");
}

/* The mentor no longer takes part. */
static void leaves(const char *mentor)
{
	api_expect(api_post(api_as("participant", story_user_name(mentor)),
			   api_path("/api/v1/enrolments/%s/withdrawal",
				   counted("SELECT id FROM matching.enrolment WHERE role = "
					   "'mentor' AND "
					   "person_id = '%s'",
					   mentor)),
			   NULL),
		200);
}

/* The same, without anything that follows from it. */
static void is_gone(const char *mentor)
{
	api_sql("superuser",
		"SET session_replication_role = replica; UPDATE matching.enrolment SET status = "
		"'withdrawn' WHERE role = 'mentor' AND programme_id = '%s' AND person_id = '%s'",
		programme, mentor);
}

static const char *place_of(const char *person, const char *role)
{
	return api_sql("superuser",
		"SELECT id FROM matching.enrolment WHERE programme_id = '%s' AND role = '%s' AND "
		"person_id = '%s'",
		programme, role, person);
}

/* The first mentor on the chief's list, where this makes the list show another in their place. */
static void is_replaced(struct api_reply *was, const char *mentor)
{
	struct api_reply *now = story_shortlist("chief", programme);
	assert_string_equal(api_text(now, "id"), api_text(was, "id"));
	assert_false(is_on(now, mentor));
	assert_int_equal(api_count(now, "mentors"), 3);
	assert_int_equal(api_count(repaired("{}"), "lists"), 0); /* nothing is left to do */
}

static void who_pauses_or_leaves_is_replaced_at_once(void **state)
{
	(void)state;
	struct api_reply *was = story_shortlist("chief", programme);
	const char *mentor = api_text(was, "mentors.0.mentor.id");
	struct api *self = api_as("participant", story_user_name(mentor));
	const char *place = place_of(mentor, "mentor");
	api_expect(api_post(self, api_path("/api/v1/enrolments/%s/pause", place), "{}"), 200);
	is_replaced(was, mentor);
	is_told_of(api_text(was, "id"));
	api_expect(api_post(self, api_path("/api/v1/enrolments/%s/resumption", place), NULL), 200);
	was = story_shortlist("chief", programme);
	mentor = api_text(was, "mentors.0.mentor.id");
	leaves(mentor);
	is_replaced(was, mentor);
}

static void who_has_left_is_replaced_and_the_others_stay(void **state)
{
	(void)state;
	struct api_reply *was = story_shortlist("chief", programme),
			 *other = story_shortlist("it.lead", programme);
	/* one who is on the chief's list, and not on the other one if there is such */
	const char *gone = NULL;
	for (size_t i = 0; i < 3; i++)
		if (!gone || is_on(other, gone))
			gone = api_text(was, api_path("mentors.%zu.mentor.id", i));
	is_gone(gone);
	const char *events = counted("SELECT count(*) || ' ' || '%s' FROM common.outbox", "");
	struct api_reply *dry = repaired("{\"dry_run\": true}");
	assert_true(api_truth(dry, "dry_run"));
	assert_string_equal(api_text(dry, "lists.0.removed.0.reason"), "left");
	assert_string_equal(
		api_text(story_shortlist("chief", programme), "id"), api_text(was, "id"));
	assert_true(is_on(story_shortlist("chief", programme), gone));
	assert_string_equal(
		counted("SELECT count(*) || ' ' || '%s' FROM common.outbox", ""), events);
	struct api_reply *done = repaired("{}");
	char *foretold = json_dumps(api_member(dry, "lists"), 0),
	     *told = json_dumps(api_member(done, "lists"), 0);
	assert_string_equal(foretold, told); /* the dry run said so */
	free(foretold);
	free(told);
	struct api_reply *now = story_shortlist("chief", programme);
	assert_string_equal(api_text(now, "id"), api_text(was, "id"));
	assert_string_equal(api_text(now, "pick_by"), api_text(was, "pick_by"));
	assert_int_equal(api_count(now, "mentors"), 3);
	assert_false(is_on(now, gone));
	for (size_t i = 0; i < 3; i++) {
		const char *id = api_text(was, api_path("mentors.%zu.mentor.id", i));
		assert_true(!strcmp(id, gone) || is_on(now, id));
	}
	is_told_of(api_text(now, "id"));
	if (!is_on(other, gone))
		assert_true(api_integer(story_shortlist("it.lead", programme), "version") ==
			    api_integer(other, "version"));
	assert_int_equal(api_count(repaired("{}"), "lists"), 0);
	struct api_reply *read = api_expect(
		api_get(admin(), "%s", api_text(done, "links.self")), 200);
	assert_int_equal(api_count(read, "lists.0.added"), 1);
}

/* At once, and by a repair where the change came to more lists than one transaction takes. */
static void who_has_become_unsafe_is_replaced(void **state)
{
	(void)state;
	struct api_reply *was = story_shortlist("chief", programme);
	const char *mentor = api_text(was, "mentors.0.mentor.id");
	api_expect(api_post(api_as("participant", "chief"), "/api/v1/exclusions",
			   "{\"person_id\": \"%s\"}", mentor),
		201);
	was = story_shortlist("chief", programme);
	assert_false(is_on(was, mentor));
	assert_true(api_count(was, "mentors") > 0);
	mentor = api_text(was, "mentors.0.mentor.id");
	api_sql("superuser",
		"SET session_replication_role = replica; INSERT INTO matching.exclusion (id, "
		"author_id, other_id) VALUES (gen_random_uuid(), '%s', '%s')",
		story_person_id("chief"), mentor);
	struct api_reply *done = repaired("{}");
	assert_int_equal(api_count(done, "lists"), 1);
	assert_int_equal(api_count(done, "lists.0.removed"), 1);
	assert_string_equal(api_text(done, "lists.0.removed.0.reason"), "unsafe");
	assert_false(is_on(story_shortlist("chief", programme), mentor));
}

/* ---- while people pick --------------------------------------------------------------------------*/

static struct picker {
	struct api *caller;
	char list[40], mentor[40];
	int status;
	pthread_t thread;
} pickers[LEADERS];
static pthread_barrier_t start;
static atomic_bool over;

static void *pick(void *argument)
{
	struct picker *p = argument;
	pthread_barrier_wait(&start);
	for (int again = 0; again < 20; again++) {
		struct api_reply *now = api_post(p->caller,
			api_path("/api/v1/shortlists/%s/pick", p->list), "{\"mentor_id\": \"%s\"}",
			p->mentor);
		p->status = now->status;
		if (now->status != 503)
			break;
	}
	return NULL;
}

static void *keep_repairing(void *argument)
{
	struct api *coordinator = argument;
	pthread_barrier_wait(&start);
	while (!atomic_load(&over))
		(void)api_post(coordinator, api_path("/api/v1/rounds/%s/repair", round_id), "{}");
	return NULL;
}

static void build_pickers(void)
{
	for (int i = 0; i < LEADERS; i++) {
		struct picker *p = &pickers[i];
		p->caller = api_new("participant", api_path("leader%d", i + 1));
		struct api_reply *list = api_expect(
			api_get(p->caller, "/api/v1/shortlists?programme_id=%s&status=open",
				programme),
			200);
		snprintf(p->list, sizeof p->list, "%s", api_text(list, "items.0.id"));
		snprintf(p->mentor, sizeof p->mentor, "%s",
			api_text(list, "items.0.mentors.0.mentor.id"));
	}
}

/* Every pick is of somebody who takes part, and every open list shows only such. */
static void nothing_unsafe_is_left(void)
{
	assert_string_equal(
		counted("SELECT count(*) FROM matching.pair q JOIN matching.enrolment e ON e.id = "
			"q.mentor_enrolment_id WHERE q.programme_id = '%s' AND q.status = "
			"'proposed' "
			"AND (e.status <> 'enrolled' OR e.taken > e.capacity)",
			programme),
		"0");
	assert_string_equal(
		counted("SELECT count(*) FROM matching.shortlist s JOIN matching.shortlist_entry x "
			"ON "
			"x.shortlist_id = s.id JOIN matching.enrolment e ON e.id = x.enrolment_id "
			"WHERE s.programme_id = '%s' AND s.status = 'open' AND (e.status <> "
			"'enrolled' "
			"OR e.taken >= e.capacity)",
			programme),
		"0");
	assert_string_equal(
		counted("SELECT count(*) FROM matching.pair q JOIN matching.shortlist s ON "
			"s.id = q.shortlist_id WHERE q.programme_id = '%s' AND s.status "
			"<> 'picked'",
			programme),
		"0");
}

static void picks_and_repairs_at_once_leave_nothing_unsafe(void **state)
{
	(void)state;
	pthread_t mender;
	programme = company_crowd("Picked", LEADERS, JUNIORS, 2);
	round_id = api_sql(
		"superuser", "SELECT id FROM matching.round WHERE programme_id = '%s'", programme);
	build_pickers();
	/* a quarter of the mentors has left, and lists still show them */
	api_sql("superuser",
		"SET session_replication_role = replica; UPDATE matching.enrolment e SET status = "
		"'withdrawn' FROM profiles.person p WHERE "
		"p.id = e.person_id AND e.programme_id = '%s' AND p.user_name ~ "
		"'^junior[0-9]*[37]$|^junior[12]$'",
		programme);
	struct api *coordinator = api_new("programme_admin", "hr.lead");
	pthread_barrier_init(&start, NULL, LEADERS + 1);
	pthread_create(&mender, NULL, keep_repairing, coordinator);
	for (int i = 0; i < LEADERS; i++)
		pthread_create(&pickers[i].thread, NULL, pick, &pickers[i]);
	int made = 0;
	for (int i = 0; i < LEADERS; i++) {
		pthread_join(pickers[i].thread, NULL);
		made += pickers[i].status == 201;
		/* taken, or no longer on the list */
		assert_true(pickers[i].status == 201 || pickers[i].status == 409);
		api_free(pickers[i].caller);
	}
	atomic_store(&over, true);
	pthread_join(mender, NULL);
	api_free(coordinator);
	pthread_barrier_destroy(&start);
	assert_true(made > 0);
	(void)repaired("{}");
	assert_int_equal(api_count(repaired("{}"), "lists"), 0);
	nothing_unsafe_is_left();
	print_message("%d of %d picks were made\n", made, LEADERS);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(only_a_published_round_is_repaired),
		cmocka_unit_test(who_has_left_is_replaced_and_the_others_stay),
		cmocka_unit_test(who_pauses_or_leaves_is_replaced_at_once),
		cmocka_unit_test(who_has_become_unsafe_is_replaced),
		cmocka_unit_test(picks_and_repairs_at_once_leave_nothing_unsafe),
	};
	return cmocka_run_group_tests_name("repairs", tests, set_up, api_release);
}
