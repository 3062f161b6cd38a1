/* Ways into the states of programmes and enrolments. */
#include "ways.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

#include "support/story.h"
#include "staff.h"

static void programme_step(struct object *o, const char *word, const char *body)
{
	staff_step(staff_coordinator(), api_path("/api/v1/programmes/%%s/%s", word),
		o->programme_id, body);
}

static void draft(struct object *o)
{
	staff_programme(o); /* for its people */
	o->id = o->programme_id = api_text(
		api_expect(api_post(staff_coordinator(), "/api/v1/programmes",
				   "{\"title\": \"Not yet\", \"purpose\": \"digital_skills\", "
				   "\"starts_on\": \"2027-01-11\", \"ends_on\": \"2027-07-09\"}"),
			201),
		"id");
}

static void recruiting(struct object *o)
{
	staff_people(o, 1);
	o->id = o->programme_id;
}

static void matching(struct object *o)
{
	staff_round(o, 1);
	o->id = o->programme_id;
}

static void matching_again(struct object *o)
{
	matching(o);
	staff_step(staff_coordinator(), "/api/v1/rounds/%s/rollback", o->round_id, NULL);
}

static void active(struct object *o)
{
	matching(o);
	programme_step(o, "activation", NULL);
}

static void closing(struct object *o)
{
	active(o);
	programme_step(o, "closing", NULL);
}

static void closed(struct object *o)
{
	closing(o);
	programme_step(o, "closure", "{\"force\": true}");
}

static void cancelled(struct object *o)
{
	matching(o);
	programme_step(o, "cancellation", NULL);
}

static const struct withheld no_round[] = { { "programme_activation", "programme_not_ready" },
	{ 0 } };

static const struct way programme_ways[] = {
	{ "draft", "new", draft, NULL },
	{ "recruiting", "opened", recruiting, no_round },
	{ "matching", "a round", matching, NULL },
	{ "matching", "its round was taken back", matching_again, no_round },
	{ "active", "activated", active, NULL },
	{ "closing", "closing", closing, NULL },
	{ "closed", "forced", closed, NULL },
	{ "cancelled", "with a round", cancelled, NULL },
	{ 0 },
};

/* Everybody enrols as what they are not yet. */
static const char *programme_body(const char *operation, const struct object *o, enum who who)
{
	if (strcmp(operation, "coordinator_create") == 0 ||
		strcmp(operation, "sponsor_create") == 0)
		return api_path("{\"person_id\": \"%s\"}", story_person_id(STAFF_STRANGER));
	if (strcmp(operation, "pair_create") == 0)
		return api_path("{\"mentee_enrolment_id\": \"%s\", \"mentor_enrolment_id\": "
				"\"%s\", \"note\": \"They asked for it.\"}",
			o->mentee_enrolment, o->mentor_enrolment);
	if (strcmp(operation, "enrolment_create") != 0)
		return NULL;
	return api_path("{\"programme_id\": \"%s\", \"role\": \"%s\"}", o->programme_id,
		who == MENTEE ? "mentor" : "mentee");
}

const struct noun noun_programme = {
	.name = "programme",
	.table = "matching.programme",
	.relations = { [COORDINATOR] = "programme_admin" },
	.ways = programme_ways,
	.body = programme_body,
};

/* ---- enrolments, the mentor's
 * -------------------------------------------------------------------*/

static void step(struct object *o, const char *word, const char *body)
{
	staff_step(staff_mentor(o), api_path("/api/v1/enrolments/%%s/%s", word), o->id, body);
}

static void enrolled(struct object *o)
{
	staff_people(o, 1);
	o->id = o->mentor_enrolment;
}

static void enrolled_closing(struct object *o)
{
	closing(o);
	o->id = o->mentor_enrolment;
}

static void paired(struct object *o)
{
	staff_pair(o);
	o->id = o->mentor_enrolment;
}

static void invited(struct object *o)
{
	staff_programme(o);
	programme_step(o, "invitations",
		api_path("{\"role\": \"mentor\", \"message\": \"Come\", \"person_ids\": [\"%s\"]}",
			story_person_id(o->mentor)));
	o->id = api_text(api_expect(api_get(staff_mentor(o), "/api/v1/enrolments?programme_id=%s",
					    o->programme_id),
				 200),
		"items.0.id");
}

static void invited_late(struct object *o)
{
	invited(o);
	struct api_reply *now = api_expect(
		api_get(staff_coordinator(), "/api/v1/programmes/%s", o->programme_id), 200);
	api_if_match(staff_coordinator(), now);
	api_expect(
		api_patch(staff_coordinator(), api_path("/api/v1/programmes/%s", o->programme_id),
			"{\"enrolment_open\": false}"),
		200);
}

static void interested(struct object *o)
{
	staff_programme(o);
	o->id = api_text(api_expect(api_post(staff_mentor(o), "/api/v1/enrolments",
					    "{\"programme_id\": \"%s\", \"role\": \"mentor\", "
					    "\"interest\": true}",
					    o->programme_id),
				 201),
		"id");
}

static void declined(struct object *o)
{
	invited(o);
	step(o, "decline", "{\"reason\": \"no_time\"}");
}

static void paused(struct object *o)
{
	enrolled(o);
	step(o, "pause", "{\"until\": \"2027-03-01\"}");
}

static void withdrawn(struct object *o)
{
	enrolled(o);
	step(o, "withdrawal", NULL);
}

static void lapsed(struct object *o)
{
	invited(o);
	programme_step(o, "cancellation", NULL);
}

static void completed(struct object *o)
{
	closed(o);
	o->id = o->mentor_enrolment;
}

static void left(struct object *o)
{
	enrolled(o);
	staff_works(o->mentor, false);
	staff_works(o->mentor, true);
}

static void left_and_over(struct object *o)
{
	left(o);
	programme_step(o, "cancellation", NULL);
}

static const struct withheld in_use[] = { { "enrolment_withdrawal", "in_use" }, { 0 } };
static const struct withheld not_open[] = { { "enrolment_acceptance", "programme_not_open" },
	{ 0 } };
static const struct withheld over[] = { { "enrolment_resumption", "programme_not_open" }, { 0 } };

static const struct way enrolment_ways[] = {
	{ "invited", "a coordinator", invited, NULL },
	{ "invited", "enrolment was closed", invited_late, not_open },
	{ "interested", "an interest", interested, NULL },
	{ "enrolled", "free", enrolled, NULL },
	{ "enrolled", "in a pair", paired, in_use },
	{ "enrolled", "the programme is closing", enrolled_closing, NULL },
	{ "declined", "the person", declined, NULL },
	{ "paused", "the person", paused, NULL },
	{ "withdrawn", "the person", withdrawn, NULL },
	{ "withdrawn", "the programme was called off", lapsed, NULL },
	{ "completed", "the programme was closed", completed, NULL },
	{ "left_company", "and came back", left, NULL },
	{ "left_company", "and came back too late", left_and_over, over },
	{ 0 },
};

/* Who acts for somebody else says why. */
static const char *enrolment_body(const char *operation, const struct object *o, enum who who)
{
	(void)o;
	if ((who != COORDINATOR && who != OTHER_COORDINATOR) || strstr(operation, "_read"))
		return NULL;
	return strcmp(operation, "enrolment_patch") == 0
		       ? "{\"capacity\": 3, \"note\": \"By phone\"}"
		       : "{\"note\": \"By phone\"}";
}

const struct noun noun_enrolment = {
	.name = "enrolment",
	.table = "matching.enrolment",
	.relations = { [MENTOR] = "self", [COORDINATOR] = "programme_admin" },
	.ways = enrolment_ways,
	.body = enrolment_body,
};
