/*
 * session.c - booking and rescheduling: wall-clock time in a zone is converted to an instant here,
 * by the only conversion in the product (base/zone.h).
 */
#include <stdio.h>
#include <string.h>

#include "base/civil.h"
#include "base/zone.h"
#include "gen/scheduling/contract.h"
#include "gen/scheduling/statements.h"
#include "http/steps.h"

#define INSTANT_TEXT 32

/* Formats RFC 3339 in UTC. */
static void instant_text(const struct civil *c, char ret_text[INSTANT_TEXT])
{
	snprintf(ret_text, INSTANT_TEXT, "%04d-%02d-%02dT%02d:%02d:%02dZ", c->year, c->month,
		c->day, c->hour, c->minute, c->second);
}

/* Reads starts_at, time_zone and fold from the body. A reply with status 0 means success. */
static struct reply read_start(const struct call *call, char ret_instant[INSTANT_TEXT])
{
	const char *fold = call_value(call, "fold");
	struct civil utc;
	int64_t seconds;
	enum zone_outcome outcome = local_to_utc(call_value(call, "time_zone"),
		call_value(call, "starts_at"), fold && *fold == '1', &seconds);
	switch (outcome) {
	case ZONE_UNKNOWN:
		return reply_problem(call, PROBLEM_UNKNOWN_TIME_ZONE, "/time_zone", NULL, NULL);
	case ZONE_MALFORMED:
		return reply_problem(call, PROBLEM_UNPROCESSABLE, "/starts_at",
			"This date or time does not exist.", NULL);
	case ZONE_NONEXISTENT:
		return reply_problem(
			call, PROBLEM_LOCAL_TIME_NONEXISTENT, "/starts_at", NULL, NULL);
	case ZONE_DONE:
		break;
	}
	utc = civil_from_seconds(seconds);
	if (!civil_in_years(&utc))
		return reply_problem(call, PROBLEM_UNPROCESSABLE, "/starts_at",
			"Times must be " CIVIL_YEARS ".", NULL);
	instant_text(&utc, ret_instant);
	return (struct reply){ 0 };
}

struct reply session_create(const struct call *call)
{
	char starts[INSTANT_TEXT];
	struct reply refused = read_start(call, starts);
	if (refused.status)
		return refused;
	const struct step step = STEP(&stmt_session_book, call->new_id.text,
		call_value(call, "pair_id"), principal_actor(call->principal), starts,
		call_value(call, "duration_minutes"), call_value(call, "time_zone"),
		call_value(call, "mode"), call_value(call, "place"), call_value(call, "agenda"),
		call_value(call, "kind"), call_value(call, "propose"), call_value(call, "link"));
	return call_write(call, &step, 1, NULL, NULL);
}

struct reply session_patch(const struct call *call)
{
	char starts[INSTANT_TEXT];
	bool moves = call_value(call, "starts_at") != NULL;
	if (moves != (call_value(call, "time_zone") != NULL))
		return reply_problem(call, PROBLEM_UNPROCESSABLE,
			moves ? "/time_zone" : "/starts_at",
			"A new time needs both starts_at and time_zone.", NULL);
	if (moves) {
		struct reply refused = read_start(call, starts);
		if (refused.status)
			return refused;
	}
	const struct step step = STEP(&stmt_session_change, call_value(call, "session_id"),
		principal_actor(call->principal), moves ? starts : NULL,
		call_value(call, "duration_minutes"), call_value(call, "time_zone"),
		call->body_text);
	return call_write(call, &step, 1, NULL, NULL);
}
