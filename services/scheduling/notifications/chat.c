/*
 * chat.c - registers the channel of a chat service. Its address is only stored; chat_job.c posts there.
 */
#include "events/public_fetch.h"
#include "gen/scheduling/contract.h"
#include "gen/scheduling/statements.h"
#include "http/steps.h"

struct reply chat_create(const struct call *call)
{
	if (!public_fetch_allowed(call_value(call, "url")))
		return reply_problem(call, PROBLEM_UNPROCESSABLE, "/url",
			"Messages can be posted only to https addresses without a user name.",
			NULL);
	const struct step step = STEP(&stmt_chat_add, call->new_id.text,
		principal_actor(call->principal), call->principal->roles_sql,
		call_value(call, "channel"), call_value(call, "url"),
		call_value(call, "programme_id"));
	return call_write(call, &step, 1, NULL, NULL);
}
