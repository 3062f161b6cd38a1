/* Ways into the states of rounds and shortlists. */
#include "ways.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

#include "support/story.h"
#include "staff.h"

#define SPARES 6 /* juniors enough for a second list */

static void step(struct object *o, const char *word)
{
	staff_step(staff_coordinator(), api_path("/api/v1/rounds/%%s/%s", word), o->id, NULL);
}

/* A round that the job leaves alone, for it has been leased for an hour. */
static void queued(struct object *o)
{
	staff_people(o, 1);
	o->id = api_sql("superuser",
		"INSERT INTO matching.round (id, programme_id, policy_number, leased_until) "
		"SELECT gen_random_uuid(), id, policy_number, pg_catalog.now() + interval '1 hour' "
		"FROM matching.programme WHERE id = '%s' RETURNING id",
		o->programme_id);
}

static void running(struct object *o)
{
	queued(o);
	api_sql("superuser", "UPDATE matching.round SET step = 'claim' WHERE id = '%s'", o->id);
}

static void failed(struct object *o)
{
	running(o);
	api_sql("superuser",
		"UPDATE matching.round SET step = 'failure', reason = 'conflict' WHERE id = '%s'",
		o->id);
}

static void ready(struct object *o)
{
	staff_ready(o, 1);
	o->id = o->round_id;
}

/* As a round with many shortlists is between two batches; leased, so that the job leaves it alone. */
static void publishing(struct object *o)
{
	ready(o);
	api_sql("superuser", "UPDATE matching.programme SET step = 'first_round' WHERE id = '%s'",
		o->programme_id);
	api_sql("superuser",
		"UPDATE matching.round SET step = 'opening', leased_until = pg_catalog.now() + "
		"interval '1 hour' WHERE id = '%s'",
		o->id);
}

static void published(struct object *o)
{
	staff_round(o, 1);
	o->id = o->round_id;
}

static void published_accepted(struct object *o)
{
	staff_pair(o);
	o->id = o->round_id;
}

static void taking_back(struct object *o)
{
	published(o);
	staff_take_back(o->id);
}

static void rolled_back(struct object *o)
{
	published(o);
	step(o, "rollback");
}

static void superseded(struct object *o)
{
	ready(o);
	struct api_reply *next = api_expect(api_post(staff_coordinator(), "/api/v1/rounds",
						    "{\"programme_id\": \"%s\"}", o->programme_id),
		202);
	staff_wait("matching.round", api_text(next, "id"), "ready");
}

static void cancelled(struct object *o)
{
	queued(o);
	step(o, "cancellation");
}

static void discarded(struct object *o)
{
	ready(o);
	step(o, "discard");
}

static const struct withheld accepted[] = { { "round_rollback", "round_accepted" }, { 0 } };

static const struct way round_ways[] = {
	{ "queued", "new", queued, NULL },
	{ "running", "claimed", running, NULL },
	{ "ready", "worked out", ready, NULL },
	{ "publishing", "between two batches", publishing, NULL },
	{ "published", "nobody has accepted", published, NULL },
	{ "published", "a mentor has accepted", published_accepted, accepted },
	{ "taking_back", "between two batches", taking_back, NULL },
	{ "rolled_back", "taken back", rolled_back, NULL },
	{ "superseded", "by a later one", superseded, NULL },
	{ "cancelled", "by the coordinator", cancelled, NULL },
	{ "failed", "not worked out", failed, NULL },
	{ "discarded", "by the coordinator", discarded, NULL },
	{ 0 },
};

const struct noun noun_round = {
	.name = "round",
	.table = "matching.round",
	.relations = { [COORDINATOR] = "programme_admin" },
	.ways = round_ways,
};

/* ---- shortlists
 * ---------------------------------------------------------------------------------*/

static void list_draft(struct object *o)
{
	staff_ready(o, SPARES);
	o->id = api_sql("superuser", "SELECT id FROM matching.shortlist WHERE round_id = '%s'",
		o->round_id);
	o->mentor_id = story_person_id(o->mentor);
}

static void list_open(struct object *o)
{
	staff_round(o, SPARES);
	o->id = o->shortlist_id;
}

static void list_taken_back(struct object *o)
{
	list_open(o);
	staff_take_back(o->round_id);
}

static void list_alone(struct object *o)
{
	staff_round(o, 1);
	o->id = o->shortlist_id;
}

static void list_refreshed(struct object *o)
{
	list_open(o);
	staff_step(staff_mentee(o), "/api/v1/shortlists/%s/refresh", o->id,
		"{\"reason\": \"wrong_skills\"}");
}

/* The list that came after it. */
static void list_second(struct object *o)
{
	list_refreshed(o);
	struct api_reply *now = story_shortlist(o->mentee, o->programme_id);
	o->id = api_text(now, "id");
	o->mentor_id = api_text(now, "mentors.0.mentor.id");
}

static void list_picked(struct object *o)
{
	staff_pick(o);
	o->id = o->shortlist_id;
}

static void list_expired(struct object *o)
{
	list_open(o);
	staff_later(8, "matching.shortlist", o->id, "expired");
}

static void pause_mentee(struct object *o)
{
	staff_step(staff_mentee(o), "/api/v1/enrolments/%s/pause", o->mentee_enrolment,
		"{\"until\": \"2027-03-01\"}");
}

static void list_expired_paused(struct object *o)
{
	list_expired(o);
	pause_mentee(o);
}

static void list_withdrawn(struct object *o)
{
	list_open(o);
	pause_mentee(o);
}

static const struct withheld nobody_left[] = { { "shortlist_refresh", "no_more_mentors" }, { 0 } };
static const struct withheld nothing[] = { { "shortlist_pick", "wrong_state" },
	{ "shortlist_refresh", "no_more_mentors" }, { "shortlist_patch", "shortlist_not_open" },
	{ 0 } };
static const struct withheld once[] = { { "shortlist_refresh", "refreshed_already" }, { 0 } };
static const struct withheld no_more[] = { { "shortlist_patch", "shortlist_not_open" }, { 0 } };

static const struct way list_ways[] = {
	{ "draft", "not published", list_draft, NULL },
	{ "open", "published", list_open, NULL },
	{ "open", "nobody is left", list_alone, nobody_left },
	{ "open", "after a refresh", list_second, once },
	{ "open", "its round is being taken back", list_taken_back, nothing },
	{ "picked", "by the mentee", list_picked, NULL },
	{ "refreshed", "by the mentee", list_refreshed, NULL },
	{ "expired", "no pick", list_expired, NULL },
	{ "expired", "and the mentee pauses", list_expired_paused, no_more },
	{ "withdrawn", "the mentee pauses", list_withdrawn, NULL },
	{ 0 },
};

/* Who acts for the mentee says why. */
static const char *list_body(const char *operation, const struct object *o, enum who who)
{
	if (who == COORDINATOR && strcmp(operation, "shortlist_pick") == 0)
		return api_path("{\"mentor_id\": \"%s\", \"note\": \"By phone\"}", o->mentor_id);
	if (who == COORDINATOR && strcmp(operation, "shortlist_refresh") == 0)
		return "{\"reason\": \"know_them\", \"note\": \"By phone\"}";
	return NULL;
}

const struct noun noun_shortlist = {
	.name = "shortlist",
	.table = "matching.shortlist",
	.relations = { [MENTEE] = "shortlist_mentee mentee", [COORDINATOR] = "programme_admin" },
	.ways = list_ways,
	.body = list_body,
};
