/* Ways into the states of an import. One is at work at a time, and the job leaves one alone that is
 * leased: where one shall stay as it is, it or another one is at work for an hour. */
#include "ways.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

#include "staff.h"

#define HEADER "external_id,user_name,given_name,level\n"
#define GOOD   HEADER "W-1,top,Tea,8\n"
#define FAULTY HEADER "W-1,top,Tea,high\n"

static void move(const struct object *o, const char *step)
{
	api_sql("superuser",
		"UPDATE profiles.import SET step = '%s', reason = 'conflict' WHERE id = '%s'", step,
		o->id);
}

/* Those of earlier trials are out of the way. */
static void clear(struct object *o)
{
	*o = (struct object){ .mentor = "desk.one", .mentee = "desk.two" };
	api_sql("superuser", "UPDATE profiles.import SET step = 'cancellation' "
			     "WHERE status IN ('queued', 'checking', 'applying')");
}

static const char *at_work(void)
{
	return api_sql("superuser",
		"INSERT INTO profiles.import (id) VALUES (gen_random_uuid()); "
		"UPDATE profiles.import SET step = 'claim', leased_until = common.real_now() + interval "
		"'1 hour' WHERE status = 'queued' RETURNING id");
}

static void checking(struct object *o)
{
	clear(o);
	o->id = at_work();
}

static void applying(struct object *o)
{
	checking(o);
	move(o, "application");
}

static void failed(struct object *o)
{
	applying(o);
	move(o, "failure");
}

static void queued(struct object *o)
{
	clear(o);
	at_work();
	o->id = api_text(api_expect(api_send(api_as("hris", NULL), "POST", "/api/v1/imports",
					    "text/csv", GOOD, strlen(GOOD)),
				 202),
		"id");
}

static void cancelled(struct object *o)
{
	queued(o);
	staff_step(api_as("hris", NULL), "/api/v1/imports/%s/cancellation", o->id, NULL);
}

/* The job does what it does with a file; what is queued from then on stays so. */
static void let_run(struct object *o, const char *csv, const char *query)
{
	clear(o);
	o->id = api_text(api_import(csv, query), "id");
	at_work();
}

static void dry(struct object *o)
{
	let_run(o, GOOD, "dry_run=true");
}

static void guarded(struct object *o)
{
	let_run(o, GOOD, "mode=full");
}

static void done(struct object *o)
{
	let_run(o, GOOD, NULL);
}

static void faulty(struct object *o)
{
	let_run(o, FAULTY, NULL);
}

static const struct way ways[] = {
	{ "queued", "another one is at work", queued, NULL },
	{ "checking", "claimed", checking, NULL },
	{ "checked", "a dry run", dry, NULL },
	{ "checked", "it deactivates many", guarded, NULL },
	{ "applying", "checked", applying, NULL },
	{ "done", "applied", done, NULL },
	{ "faulty", "a level that is none", faulty, NULL },
	{ "cancelled", "by the HR system", cancelled, NULL },
	{ "failed", "while it applied", failed, NULL },
	{ 0 },
};

static const char *body(const char *operation, const struct object *o, enum who who)
{
	(void)who;
	if (strcmp(operation, "import_confirmation") != 0)
		return NULL;
	return api_path("{\"confirm_deactivations\": %s}",
		api_sql("superuser", "SELECT deactivated FROM profiles.import WHERE id = '%s'",
			o->id));
}

const struct noun noun_import = {
	.name = "import",
	.table = "profiles.import",
	.relations = { [HRIS] = "hris", [ADMIN] = "admin" },
	.ways = ways,
	.body = body,
};
