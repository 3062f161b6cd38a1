/* Ways into the states of requests for help, by the mentor. */
#include "ways.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "staff.h"

static void opened(struct object *o)
{
	staff_crowd_pair(o);
	o->id = api_text(
		api_expect(
			lifecycle_send(&noun_help_request, "help_request_create", o, MENTOR), 201),
		"id");
}

static void answered(struct object *o)
{
	opened(o);
	api_expect(lifecycle_send(&noun_help_request, "help_request_answer", o, COORDINATOR), 200);
}

static void closed(struct object *o)
{
	opened(o);
	api_expect(lifecycle_send(&noun_help_request, "help_request_closure", o, MENTOR), 200);
}

static const struct way ways[] = {
	{ "open", "by the mentor", opened, NULL },
	{ "answered", "by the coordinator", answered, NULL },
	{ "closed", "by the mentor", closed, NULL },
	{ 0 },
};

const struct noun noun_help_request = {
	.name = "help_request",
	.table = "evaluation.help_request",
	.relations = { [MENTOR] = "self", [COORDINATOR] = "programme_admin" },
	.ways = ways,
};
