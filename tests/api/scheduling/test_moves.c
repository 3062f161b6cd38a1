/*
 * Moves of a session, and dates of the plan: whoever moves a session has proposed it, two bookings
 * never share a date, and a meeting that is called off frees its own.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <pthread.h>
#include <string.h>

#include "support/client.h"
#include "support/company.h"
#include "support/story.h"

#define WAIT 30

static const char *pair, *mentor, *agreement;

static int set_up(void **state)
{
	(void)state;
	company_import();
	const char *programme = company_programme("Moves", 2);
	story_round("hr.lead", programme);
	pair = story_pair("chief", programme, &mentor);
	agreement = story_agreement(pair, "chief", mentor, "2027-01-04");
	return 0;
}

static struct api *chief(void)
{
	return api_as("participant", "chief");
}

static struct api *junior(void)
{
	return api_as("participant", mentor);
}

static struct api_reply *book(struct api *who, const char *starts_at, const char *more)
{
	return api_post(who, "/api/v1/sessions",
		"{\"pair_id\": \"%s\", \"starts_at\": \"%s\", \"time_zone\": \"Europe/Berlin\","
		" \"duration_minutes\": 30, \"mode\": \"video\"%s}",
		pair, starts_at, more);
}

static struct api_reply *seen_by(struct api *who, const char *self)
{
	return api_expect(api_get(who, "%s", self), 200);
}

static bool can(struct api *who, const char *self, const char *action)
{
	struct api_reply *seen = seen_by(who, self);
	for (size_t i = 0; i < api_count(seen, "can"); i++)
		if (strcmp(api_text(seen, api_path("can.%zu", i)), action) == 0)
			return true;
	return false;
}

/* With the present tag. */
static struct api_reply *patch(struct api *who, const char *self, const char *body)
{
	api_if_match(who, seen_by(who, self));
	return api_patch(who, self, "%s", body);
}

static struct api_reply *move(struct api *who, const char *self, const char *starts_at)
{
	return patch(who, self,
		api_path("{\"starts_at\": \"%s\", \"time_zone\": \"Europe/Berlin\"}", starts_at));
}

/* The mover cannot confirm, the other one can. */
static void proposed_by(struct api *who, struct api *other, const char *self)
{
	assert_string_equal(api_text(seen_by(other, self), "status"), "proposed");
	assert_false(can(who, self, "confirmation"));
	assert_true(can(other, self, "confirmation"));
	api_expect_problem(
		api_post(who, api_path("%s/confirmation", self), NULL), 409, "wrong_state");
}

static void confirmed_by(struct api *who, const char *self)
{
	struct api_reply *yes = api_expect(
		api_post(who, api_path("%s/confirmation", self), NULL), 200);
	assert_string_equal(api_text(yes, "status"), "confirmed");
	assert_false(can(chief(), self, "confirmation"));
	assert_false(can(junior(), self, "confirmation"));
}

static void whoever_moves_it_has_proposed_it(void **state)
{
	(void)state;
	const char *self = api_text(
		api_expect(book(chief(), "2027-01-12T10:00", ", \"propose\": true"), 201),
		"links.self");
	proposed_by(chief(), junior(), self);
	/* the other one moves it instead: now the first confirms */
	api_expect(move(junior(), self, "2027-01-13T10:00"), 200);
	proposed_by(junior(), chief(), self);
	/* in turn, and by the one who has just moved it */
	api_expect(move(chief(), self, "2027-01-14T10:00"), 200);
	proposed_by(chief(), junior(), self);
	api_expect(move(chief(), self, "2027-01-14T11:00"), 200);
	proposed_by(chief(), junior(), self);
	confirmed_by(junior(), self);
	/* one that is confirmed asks again, whoever moves it; also back to where it was */
	api_expect(move(chief(), self, "2027-01-15T10:00"), 200);
	proposed_by(chief(), junior(), self);
	api_expect(move(chief(), self, "2027-01-14T11:00"), 200);
	proposed_by(chief(), junior(), self);
	confirmed_by(junior(), self);
	api_expect(patch(junior(), self, "{\"duration_minutes\": 45}"), 200);
	proposed_by(junior(), chief(), self);
	confirmed_by(chief(), self);
	struct api_reply *past = seen_by(chief(), api_path("%s/history", self));
	static const char *const changes[] = { "booked", "rescheduled", "rescheduled",
		"rescheduled", "confirmed", "rescheduled", "rescheduled", "confirmed",
		"rescheduled", "confirmed" };
	assert_int_equal(api_count(past, "items"), sizeof changes / sizeof *changes);
	for (size_t i = 0; i < sizeof changes / sizeof *changes; i++)
		assert_string_equal(api_text(past, api_path("items.%zu.change", i)), changes[i]);
	assert_string_equal(api_text(past, "items.1.was_starts_at"), "2027-01-12T09:00:00Z");
	assert_string_equal(api_text(past, "items.1.by.id"), story_person_id(mentor));
}

static void what_is_not_a_time_asks_nobody(void **state)
{
	(void)state;
	const char *self = api_text(
		api_expect(book(chief(), "2027-01-19T10:00", ""), 201), "links.self");
	struct api_reply *same = api_expect(
		patch(junior(), self,
			"{\"agenda\": \"a\", \"place\": \"Room 5\", \"mode\": \"in_person\"}"),
		200);
	assert_string_equal(api_text(same, "status"), "confirmed");
	assert_int_equal(api_integer(same, "sequence"), 1); /* the place */
	same = api_expect(
		patch(chief(), self,
			"{\"agenda\": \"b\", \"place\": \"Room 5\", \"mode\": \"video\"}"),
		200);
	assert_string_equal(api_text(same, "agenda"), "b");
	assert_int_equal(api_integer(same, "sequence"), 1);
	/* the time that it has anyway, said in another zone */
	same = api_expect(patch(junior(), self,
				  "{\"starts_at\": \"2027-01-19T09:00\", \"time_zone\": \"UTC\","
				  " \"duration_minutes\": 30}"),
		200);
	assert_string_equal(api_text(same, "status"), "confirmed");
	assert_string_equal(api_text(same, "time_zone"), "UTC");
	/* a proposal stays who proposed it */
	api_expect(move(junior(), self, "2027-01-20T10:00"), 200);
	api_expect(patch(chief(), self, "{\"agenda\": null}"), 200);
	proposed_by(junior(), chief(), self);
}

/* The new time binds both, and so does the agreed one until somebody has answered; of what was moved
 * meanwhile nobody confirms another time. */
static void a_moved_session_binds_both_times(void **state)
{
	(void)state;
	const char *self = api_text(
		api_expect(book(chief(), "2027-01-26T10:00", ""), 201), "links.self");
	struct api_reply *read = seen_by(junior(), self);
	api_expect(move(chief(), self, "2027-01-27T10:00"), 200);
	api_expect_problem(book(junior(), "2027-01-27T10:15", ""), 409, "overlap");
	api_expect_problem(book(junior(), "2027-01-26T10:15", ""), 409, "overlap");
	api_if_match(junior(), read);
	api_expect_problem(
		api_post(junior(), api_path("%s/confirmation", self), NULL), 412, "stale");
	api_expect_problem(move(junior(), self, "2020-01-27T10:00"), 422, "in_the_past");
	proposed_by(chief(), junior(), self);
	confirmed_by(junior(), self);
	api_expect(book(junior(), "2027-01-26T10:00", ""), 201);
	api_expect_problem(move(junior(), self, "2027-01-26T10:15"), 409, "overlap");
}

/* Also to where it overlaps itself, and back, and made longer: the same session each time. */
static void a_session_moves_over_itself(void **state)
{
	(void)state;
	struct api_reply *made = api_expect(book(chief(), "2027-02-02T09:00", ""), 201);
	const char *self = api_text(made, "links.self");
	assert_int_equal(
		api_integer(api_expect(move(chief(), self, "2027-02-02T09:15"), 200), "sequence"),
		1);
	assert_int_equal(
		api_integer(api_expect(move(junior(), self, "2027-02-02T09:00"), 200), "sequence"),
		2);
	struct api_reply *longer = api_expect(
		patch(chief(), self, "{\"duration_minutes\": 45}"), 200);
	assert_int_equal(api_integer(longer, "sequence"), 3);
	assert_string_equal(api_text(longer, "id"), api_text(made, "id"));
	assert_string_equal(api_text(longer, "ends_at"), "2027-02-02T08:45:00Z");
}

static const char *date_of(const struct api_reply *plan, const char *session)
{
	for (size_t i = 0; i < api_count(plan, "dates"); i++) {
		const char *id = json_string_value(
			api_member(plan, api_path("dates.%zu.session_id", i)));
		if (id && strcmp(id, session) == 0)
			return api_text(plan, api_path("dates.%zu.due_on", i));
	}
	return NULL;
}

static struct api_reply *the_plan(void)
{
	return api_expect(api_get(chief(), "/api/v1/agreements/%s/plan", agreement), 200);
}

/* A date says booked if and only if a session takes it, and a result is of this session. */
static void the_plan_is_whole(void)
{
	struct api_reply *plan = the_plan();
	for (size_t i = 0; i < api_count(plan, "dates"); i++) {
		bool taken = json_is_string(api_member(plan, api_path("dates.%zu.session_id", i)));
		const char *status = api_text(plan, api_path("dates.%zu.status", i));
		assert_int_equal(
			strcmp(status, "open") != 0 && strcmp(status, "overdue") != 0, taken);
	}
	assert_string_equal(
		api_sql("superuser",
			"SELECT count(*) FROM scheduling.plan p LEFT JOIN scheduling.session s ON "
			"s.id = "
			"p.session_id WHERE s.status = 'cancelled' OR s.id IS NULL AND p.result = "
			"'booked'"),
		"0");
}

static void a_cancelled_meeting_frees_its_date(void **state)
{
	(void)state;
	struct api_reply *made = api_expect(book(junior(), "2027-03-29T10:00", ""), 201);
	const char *self = api_text(made, "links.self"), *id = api_text(made, "id");
	assert_string_equal(date_of(the_plan(), id), "2027-03-29");
	/* it keeps its date when it is moved */
	api_expect(move(chief(), self, "2027-03-31T10:00"), 200);
	assert_string_equal(date_of(the_plan(), id), "2027-03-29");
	api_expect(api_post(junior(), api_path("%s/cancellation", self), "{\"reason\": \"ill\"}"),
		200);
	assert_null(date_of(the_plan(), id));
	the_plan_is_whole();
	made = api_expect(book(junior(), "2027-03-29T10:00", ""), 201);
	assert_string_equal(date_of(the_plan(), api_text(made, "id")), "2027-03-29");
}

struct booking {
	pthread_t thread;
	struct api *caller;
	pthread_barrier_t *barrier;
	const char *starts_at;
	int status;
	char id[40];
};

static void *book_at_once(void *context)
{
	struct booking *b = context;
	pthread_barrier_wait(b->barrier);
	struct api_reply *reply = book(b->caller, b->starts_at, "");
	b->status = reply->status;
	if (reply->status == 201)
		strncpy(b->id, api_text(reply, "id"), sizeof b->id - 1);
	return NULL;
}

/* Eight weeks both book at the same moment: each meeting has a date of its own, as long as the
 * thirteen last. */
static void two_bookings_at_once_take_two_dates(void **state)
{
	(void)state;
	const char *mentors[2];
	const char *programme = company_programme("Races", 2);
	story_round("hr.lead", programme);
	pair = story_pair("chief", programme, &mentors[0]);
	mentor = mentors[0];
	agreement = story_agreement(pair, "chief", mentor, "2027-06-07");
	static const char *const days[8] = { "2027-06-07", "2027-06-14", "2027-06-21", "2027-06-28",
		"2027-07-05", "2027-07-12", "2027-07-19", "2027-07-26" };
	pthread_barrier_t barrier;
	pthread_barrier_init(&barrier, NULL, 2);
	for (int i = 0; i < 8; i++) {
		const char *starts[2] = { api_path("%sT10:00", days[i]),
			api_path("%sT14:00", days[i]) };
		struct booking two[2] = { 0 };
		for (int k = 0; k < 2; k++) {
			two[k] = (struct booking){ .caller = api_new(
							   "participant", k ? mentor : "chief"),
				.barrier = &barrier,
				.starts_at = starts[k] };
			assert_int_equal(
				pthread_create(&two[k].thread, NULL, book_at_once, &two[k]), 0);
		}
		for (int k = 0; k < 2; k++)
			pthread_join(two[k].thread, NULL);
		struct api_reply *plan = the_plan();
		int dated = 0;
		for (int k = 0; k < 2; k++) {
			assert_int_equal(two[k].status, 201);
			dated += date_of(plan, two[k].id) != NULL;
			api_free(two[k].caller);
		}
		assert_int_equal(dated, i < 6 ? 2 : i == 6);
	}
	pthread_barrier_destroy(&barrier);
	the_plan_is_whole();
}

static bool is_cancelled(const char *self)
{
	return strcmp(api_text(seen_by(chief(), self), "status"), "cancelled") == 0;
}

/* A pair that rests confirms and moves nothing; its meetings are called off, and their dates are
 * open. */
static void a_pair_that_rests_moves_nothing(void **state)
{
	(void)state;
	struct api_reply *list = api_expect(
		api_get(chief(), "/api/v1/sessions?pair_id=%s&status=confirmed,proposed", pair),
		200);
	api_expect(
		api_post(chief(), api_path("%s/cancellation", api_text(list, "items.0.links.self")),
			"{\"reason\": \"busy\"}"),
		200);
	const char *self = api_text(
		api_expect(book(chief(), "2027-08-03T10:00", ", \"propose\": true"), 201),
		"links.self");
	struct api_reply *read = seen_by(junior(), self);
	api_expect(api_post(chief(), api_path("/api/v1/pairs/%s/suspension", pair),
			   "{\"reason\": \"other\"}"),
		200);
	/* until the consumer has been there it is refused for the pair's sake, then for its own */
	struct api_reply *no = api_post(junior(), api_path("%s/confirmation", self), NULL);
	assert_int_equal(no->status, 409);
	api_if_match(junior(), read);
	no = api_patch(junior(), self,
		"{\"starts_at\": \"2027-08-04T10:00\", \"time_zone\": \"Europe/Berlin\"}");
	assert_true(no->status == 409 || no->status == 412);
	api_expect_problem(book(chief(), "2027-08-05T10:00", ""), 409, "pair_not_active");
	api_wait_until(WAIT, is_cancelled(self));
	story_settle();
	the_plan_is_whole();
	assert_int_equal(api_integer(the_plan(), "booked"), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(whoever_moves_it_has_proposed_it),
		cmocka_unit_test(what_is_not_a_time_asks_nobody),
		cmocka_unit_test(a_moved_session_binds_both_times),
		cmocka_unit_test(a_session_moves_over_itself),
		cmocka_unit_test(a_cancelled_meeting_frees_its_date),
		cmocka_unit_test(two_bookings_at_once_take_two_dates),
		cmocka_unit_test(a_pair_that_rests_moves_nothing),
	};
	return cmocka_run_group_tests_name("moves", tests, set_up, api_release);
}
