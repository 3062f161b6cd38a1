/* Ways into the states of gatherings: information sessions, planned by the coordinator. */
#include "ways.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "staff.h"

static void planned(struct object *o)
{
	staff_clock_to(NULL);
	staff_crowd_pair(o);
	o->id = api_text(
		api_expect(
			lifecycle_send(&noun_gathering, "gathering_create", o, COORDINATOR), 201),
		"id");
}

static void cancelled(struct object *o)
{
	planned(o);
	api_expect(lifecycle_send(&noun_gathering, "gathering_cancellation", o, COORDINATOR), 200);
}

static void held(struct object *o)
{
	planned(o);
	staff_clock_to("2027-02-10 12:00Z");
	staff_wait("scheduling.gathering", o->id, "held");
}

static const struct way ways[] = {
	{ "planned", "by the coordinator", planned, NULL },
	{ "cancelled", "by the coordinator", cancelled, NULL },
	{ "held", "by the clock", held, NULL },
	{ 0 },
};

const struct noun noun_gathering = {
	.name = "gathering",
	.table = "scheduling.gathering",
	.relations = { [COORDINATOR] = "programme_admin" },
	.ways = ways,
};
