/* Ways into the states of disclosures, of what the mentor wrote in surveys. */
#include "ways.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "staff.h"

static void take(struct object *o, const char *operation, enum who who)
{
	api_expect(lifecycle_send(&noun_disclosure, operation, o, who), 200);
}

static void requested(struct object *o)
{
	staff_crowd_pair(o);
	o->auditor = STAFF_STRANGER;
	o->admin = STAFF_COORDINATOR;
	o->id = api_text(
		api_expect(lifecycle_send(&noun_disclosure, "disclosure_create", o, AUDITOR), 201),
		"id");
}

static void half_approved(struct object *o)
{
	requested(o);
	o->admin = STAFF_OTHER;
	take(o, "disclosure_approval", ADMIN);
	o->admin = STAFF_COORDINATOR;
}

static void opened(struct object *o)
{
	half_approved(o);
	take(o, "disclosure_approval", ADMIN);
}

static void closed(struct object *o)
{
	opened(o);
	take(o, "disclosure_closure", AUDITOR);
}

static void refused(struct object *o)
{
	half_approved(o);
	take(o, "disclosure_refusal", ADMIN);
}

static void withdrawn(struct object *o)
{
	requested(o);
	take(o, "disclosure_withdrawal", AUDITOR);
}

static void lapsed(struct object *o)
{
	requested(o);
	staff_later(8, "evaluation.disclosure", o->id, "lapsed");
}

/* Nobody decides about their own request. */
static const struct withheld own[] = { { "disclosure_approval", "not_impartial", 1U << AUDITOR },
	{ "disclosure_refusal", "not_impartial", 1U << AUDITOR }, { 0 } };

static const struct way ways[] = {
	{ "requested", "by the auditor", requested, own },
	{ "half_approved", "by one", half_approved, own },
	{ "open", "by two", opened, NULL },
	{ "closed", "by the auditor", closed, NULL },
	{ "refused", "by the second", refused, NULL },
	{ "withdrawn", "by the auditor", withdrawn, NULL },
	{ "lapsed", "by the clock", lapsed, NULL },
	{ 0 },
};

const struct noun noun_disclosure = {
	.name = "disclosure",
	.table = "evaluation.disclosure",
	.relations = { [ADMIN] = "admin", [AUDITOR] = "auditor" },
	.ways = ways,
};
