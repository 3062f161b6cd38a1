/* Ways into the states of a pair. */
#include "ways.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

#include "staff.h"

static void step(struct object *o, struct api *who, const char *word, const char *body)
{
	staff_step(who, api_path("/api/v1/pairs/%%s/%s", word), o->id, body);
}

static void proposed(struct object *o)
{
	staff_crowd_pick(o);
	o->id = o->pair_id;
}

static void active(struct object *o)
{
	staff_crowd_pair(o);
	o->id = o->pair_id;
}

static void talked(struct object *o)
{
	active(o);
	step(o, staff_mentee(o), "reviews", "{\"outcome\": \"change_partner\"}");
}

static void declined(struct object *o)
{
	proposed(o);
	step(o, staff_mentor(o), "decline", "{\"reason\": \"no_time\"}");
}

static void expired(struct object *o)
{
	proposed(o);
	staff_later(4, "matching.pair", o->id, "expired");
}

static void withdrawn(struct object *o)
{
	proposed(o);
	step(o, staff_mentee(o), "withdrawal", NULL);
}

static void taken_back(struct object *o)
{
	staff_pick(o);
	o->id = o->pair_id;
	staff_step(staff_coordinator(), "/api/v1/rounds/%s/rollback", o->round_id, NULL);
}

static void being_taken_back(struct object *o)
{
	staff_pick(o);
	o->id = o->pair_id;
	staff_take_back(o->round_id);
}

static void suspended(struct object *o)
{
	talked(o);
	step(o, staff_mentor(o), "suspension", "{\"reason\": \"workload\"}");
}

static void suspended_for_safety(struct object *o)
{
	talked(o);
	staff_exclusion(o);
}

static void suspended_unanswered(struct object *o)
{
	proposed(o);
	staff_exclusion(o);
	step(o, staff_mentee(o), "reviews", "{\"outcome\": \"end\"}");
}

static void suspended_left(struct object *o)
{
	talked(o);
	staff_works(o->mentor, false);
	staff_works(o->mentor, true);
}

static void completed(struct object *o)
{
	active(o);
	step(o, staff_mentee(o), "completion", NULL);
}

static void ended(struct object *o)
{
	talked(o);
	step(o, staff_mentee(o), "dissolution", NULL);
}

static void exited(struct object *o)
{
	active(o);
	step(o, staff_mentor(o), "safe-exit", NULL);
}

static void rested_too_long(struct object *o)
{
	suspended(o);
	staff_later(32, "matching.pair", o->id, "ended");
}

static void called_off(struct object *o)
{
	staff_pair(o);
	o->id = o->pair_id;
	staff_step(
		staff_coordinator(), "/api/v1/programmes/%s/cancellation", o->programme_id, NULL);
}

static const struct withheld no_talk[] = { { "pair_dissolution", "review_missing" }, { 0 } };
static const struct withheld no_yes[] = { { "pair_acceptance", "wrong_state" }, { 0 } };
static const struct withheld gone[] = { { "pair_resumption", "mentor_taken" }, { 0 } };

static const struct way ways[] = {
	{ "proposed", "a pick", proposed, NULL },
	{ "proposed", "its round is being taken back", being_taken_back, no_yes },
	{ "active", "after a talk", talked, NULL },
	{ "active", "before a talk", active, no_talk },
	{ "declined", "the mentor", declined, NULL },
	{ "expired", "no answer", expired, NULL },
	{ "withdrawn", "the mentee", withdrawn, NULL },
	{ "withdrawn", "its round was taken back", taken_back, NULL },
	{ "suspended", "asked", suspended, NULL },
	{ "suspended", "for safety", suspended_for_safety, NULL },
	{ "suspended", "unanswered", suspended_unanswered, NULL },
	{ "suspended", "the mentor left and came back", suspended_left, gone },
	{ "completed", "the two", completed, NULL },
	{ "ended", "a dissolution", ended, NULL },
	{ "ended", "a safe exit", exited, NULL },
	{ "ended", "it rested too long", rested_too_long, NULL },
	{ "ended", "the programme was called off", called_off, NULL },
	{ 0 },
};

/* A meeting to get to know each other, each time on another day. */
static const char *body(const char *operation, const struct object *o, enum who who)
{
	static int day;
	if (strcmp(operation, "pair_acceptance") == 0 && who == COORDINATOR)
		return "{\"note\": \"By phone\"}";
	if (strcmp(operation, "pair_decline") == 0 && who == COORDINATOR)
		return "{\"reason\": \"no_time\", \"note\": \"By phone\"}";
	if (strcmp(operation, "pair_patch") == 0)
		return "{\"answer_by\": \"2026-12-04T09:00:00Z\"}";
	if (strcmp(operation, "session_create") != 0)
		return NULL;
	day++;
	return api_path("{\"pair_id\": \"%s\", \"starts_at\": \"2027-%02d-%02dT10:00\", "
			"\"time_zone\": \"Europe/Berlin\", \"duration_minutes\": 30, "
			"\"mode\": \"video\"}",
		o->pair_id, 1 + day / 28, 1 + day % 28);
}

/* The job has seen of a pair that rests whether it may go on. */
static void settle(const struct object *o)
{
	api_wait_until(
		40, strcmp(api_sql("superuser",
				   "SELECT status <> 'suspended' OR (safe_since IS NOT NULL) = "
				   "matching.may_resume(p) FROM matching.pair p WHERE id = '%s'",
				   o->id),
			    "t") == 0);
}

const struct noun noun_pair = {
	.name = "pair",
	.table = "matching.pair",
	.relations = { [MENTOR] = "participant self pair_member mentor",
		[MENTEE] = "participant self pair_member mentee",
		[COORDINATOR] = "programme_admin" },
	.ways = ways,
	.body = body,
	.settle = settle,
};
