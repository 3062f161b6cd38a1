/*
 * busy_calendar.c - registers a calendar that a person keeps elsewhere. An uploaded file is read
 * here; a URL is only stored, and busy_calendar_job.c fetches it.
 */
#include <string.h>

#include "base/str.h"
#include "events/public_fetch.h"
#include "gen/scheduling/contract.h"
#include "gen/scheduling/statements.h"
#include "http/steps.h"
#include "scheduling/feeds/busy_times.h"

static struct reply add(const struct call *call, const struct busy_times *times)
{
	const struct step step = STEP(&stmt_busy_calendar_add, call->new_id.text,
		principal_actor(call->principal), call_value(call, "name"), call_value(call, "url"),
		times ? times->starts.data : "{}", times ? times->ends.data : "{}");
	return call_write(call, &step, 1, NULL, NULL);
}

static struct reply add_file(const struct call *call)
{
	struct db_error error = { 0 };
	owned_rows struct db_rows *rows = NULL;
	struct busy_times times;
	const char *file = call_value(call, "calendar");
	const struct step step = STEP(&stmt_busy_calendar_zone, principal_actor(call->principal));
	enum db_outcome outcome = database_read(call->db, DB_POOL, &step, &rows, &error);
	if (outcome != DB_DONE)
		return call_refusal(call, outcome, &error);
	const char *fault = busy_times_read(
		file, strlen(file), db_value(rows, 0, 0), db_value(rows, 0, 1), &times);
	struct reply reply = fault ? reply_problem(call, PROBLEM_INVALID_CALENDAR, "/calendar",
					     busy_times_say(fault), NULL)
				   : add(call, &times);
	busy_times_release(&times);
	return reply;
}

struct reply busy_calendar_create(const struct call *call)
{
	const char *url = call_value(call, "url"), *file = call_value(call, "calendar");
	if (!url == !file)
		return reply_problem(call, PROBLEM_UNPROCESSABLE, url ? "/url" : "/calendar",
			"Give either `url` or `calendar`.", NULL);
	if (file)
		return add_file(call);
	if (!public_fetch_allowed(url))
		return reply_problem(call, PROBLEM_UNPROCESSABLE, "/url",
			"Only https addresses without a user name can be fetched.", NULL);
	return add(call, NULL);
}
