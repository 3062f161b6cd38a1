/* Ways into the states of improvements, suggested and owned by the mentor. */
#include "ways.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "staff.h"

static void take(struct object *o, const char *operation)
{
	api_expect(lifecycle_send(&noun_improvement, operation, o, COORDINATOR), 200);
}

static void suggested(struct object *o)
{
	staff_crowd_pair(o);
	struct api_reply *made = api_expect(
		lifecycle_send(&noun_improvement, "improvement_create", o, MENTOR), 201);
	o->id = api_text(made, "id");
	api_if_match(staff_coordinator(),
		api_get(staff_coordinator(), "%s", api_text(made, "links.self")));
	api_expect(api_patch(staff_coordinator(), api_text(made, "links.self"),
			   "{\"owner_id\": \"%s\"}", o->mentor_id),
		200);
}

static void planned(struct object *o)
{
	suggested(o);
	take(o, "improvement_planning");
}

static void underway(struct object *o)
{
	planned(o);
	take(o, "improvement_start");
}

static void adopted(struct object *o)
{
	underway(o);
	take(o, "improvement_adoption");
}

static void dropped(struct object *o)
{
	planned(o);
	take(o, "improvement_abandonment");
}

static const struct way ways[] = {
	{ "suggested", "by the mentor", suggested, NULL },
	{ "planned", "by the coordinator", planned, NULL },
	{ "underway", "by the coordinator", underway, NULL },
	{ "adopted", "by the coordinator", adopted, NULL },
	{ "dropped", "by the coordinator", dropped, NULL },
	{ 0 },
};

const struct noun noun_improvement = {
	.name = "improvement",
	.table = "evaluation.improvement",
	.relations = { [MENTOR] = "pair_member self",
		[MENTEE] = "pair_member",
		[COORDINATOR] = "programme_admin" },
	.ways = ways,
};
