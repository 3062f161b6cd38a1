/*
 * session.c - booking, rescheduling, and booking again what was lost.
 */
#include "gen/scheduling/contract.h"
#include "gen/scheduling/statements.h"
#include "http/steps.h"
#include "scheduling/sessions/start.h"

struct reply session_create(const struct call *call)
{
	struct start start;
	struct reply refused = start_read(call, &start);
	if (refused.status)
		return refused;
	const struct step step = STEP(&stmt_session_book, call->new_id.text,
		call_value(call, "pair_id"), principal_actor(call->principal), start.at,
		call_value(call, "duration_minutes"), call_value(call, "time_zone"),
		call_value(call, "mode"), call_value(call, "place"), call_value(call, "agenda"),
		call_value(call, "kind"), call_value(call, "propose"), call_value(call, "link"),
		start.utc_offset);
	return call_write(call, &step, 1, NULL, NULL);
}

struct reply session_patch(const struct call *call)
{
	struct start start;
	bool moves = call_value(call, "starts_at") != NULL;
	if (moves != (call_value(call, "time_zone") != NULL) ||
		(!moves && call_value(call, "fold")))
		return reply_problem(call, PROBLEM_UNPROCESSABLE,
			moves ? "/time_zone" : "/starts_at",
			"A new time needs both starts_at and time_zone.", NULL);
	if (moves) {
		struct reply refused = start_read(call, &start);
		if (refused.status)
			return refused;
	}
	const struct step step = STEP(&stmt_session_change, call_value(call, "session_id"),
		principal_actor(call->principal), moves ? start.at : NULL,
		call_value(call, "duration_minutes"), call_value(call, "time_zone"),
		call->body_text, moves ? start.utc_offset : NULL, call_value(call, "reason"));
	return call_write(call, &step, 1, NULL, NULL);
}

struct reply session_restoration(const struct call *call)
{
	const char *pair = call_value(call, "pair_id");
	const struct step step =
		STEP(&stmt_session_restore, pair, principal_actor(call->principal));
	return call_write(call, &step, 1, pair, NULL);
}
