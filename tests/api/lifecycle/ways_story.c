/* Ways into the states of stories, written by the mentor, and of the certificates of a mentor. */
#include "ways.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "staff.h"

static void take(const struct noun *noun, struct object *o, const char *operation, enum who who)
{
	api_expect(lifecycle_send(noun, operation, o, who), 200);
}

static void proposed(struct object *o)
{
	staff_crowd_pair(o);
	o->id = api_text(
		api_expect(lifecycle_send(&noun_story, "story_create", o, MENTOR), 201), "id");
}

static void agreed(struct object *o)
{
	proposed(o);
	take(&noun_story, o, "story_consent", MENTEE);
}

static void published(struct object *o)
{
	agreed(o);
	take(&noun_story, o, "story_publication", COORDINATOR);
}

static void returned(struct object *o)
{
	agreed(o);
	take(&noun_story, o, "story_return", COORDINATOR);
}

static void withdrawn(struct object *o)
{
	published(o);
	take(&noun_story, o, "story_withdrawal", MENTEE);
}

/* Nobody consents to their own text; coordinators learn of it when both have consented. */
static const struct withheld private[] = { { "story_consent", "wrong_state", 1U << MENTOR },
	{ "story_publication", "not_found", 1U << COORDINATOR },
	{ "story_return", "not_found", 1U << COORDINATOR }, { 0 } };

static const struct way story_ways[] = {
	{ "proposed", "by the mentor", proposed, private },
	{ "agreed", "by the mentee", agreed, NULL },
	{ "published", "by the coordinator", published, NULL },
	{ "returned", "by the coordinator", returned, NULL },
	{ "withdrawn", "by the mentee", withdrawn, private },
	{ 0 },
};

const struct noun noun_story = {
	.name = "story",
	.table = "evaluation.story",
	.relations = { [MENTOR] = "pair_member",
		[MENTEE] = "pair_member",
		[COORDINATOR] = "programme_admin" },
	.ways = story_ways,
};

/* ---- certificates -------------------------------------------------------------------------------*/

static void issued(struct object *o)
{
	staff_crowd_pair(o);
	staff_step(staff_mentee(o), "/api/v1/pairs/%s/completion", o->pair_id, NULL);
	o->id = api_text(
		api_expect(lifecycle_send(&noun_certificate, "certificate_create", o, MENTOR), 201),
		"id");
}

static void revoked(struct object *o)
{
	issued(o);
	take(&noun_certificate, o, "certificate_revocation", MENTOR);
}

static const struct way certificate_ways[] = {
	{ "issued", "by the mentor", issued, NULL },
	{ "revoked", "by the mentor", revoked, NULL },
	{ 0 },
};

const struct noun noun_certificate = {
	.name = "certificate",
	.table = "evaluation.certificate",
	.relations = { [MENTOR] = "self" },
	.ways = certificate_ways,
};
