/*
 * shortlist.c - picks that lose a race and refreshes: each must store something (the fresh three)
 * although, or because, something else was refused.
 */
#include "base/str.h"
#include "gen/matching/contract.h"
#include "gen/matching/statements.h"
#include "http/call.h"

/* Refusals after which the mentor cannot be had, as opposed to a request that was wrong. */
static bool mentor_is_lost(enum problem_code code)
{
	switch (code) {
	case PROBLEM_NO_PLACE:
	case PROBLEM_UNSAFE_PAIR:
	case PROBLEM_PAIR_EXISTS:
	case PROBLEM_NOT_ENROLLED:
		return true;
	default:
		return false;
	}
}

/* Closes the list, opens a fresh one and answers 409 with it. */
static struct reply answer_lost_pick(const struct call *call)
{
	const char *shortlist = call_value(call, "shortlist_id");
	const char *actor = principal_actor(call->principal);
	const struct id fresh = id_v7();
	const struct step steps[] = {
		STEP(&stmt_shortlist_lost, shortlist, call_value(call, "mentor_id"), actor),
		STEP(&stmt_shortlist_fresh, shortlist, fresh.text),
		STEP(&stmt_shortlist_show, fresh.text, actor),
	};
	struct db_rows *rows[COUNT(steps)] = { 0 };
	struct db_error error;
	struct buf extra = BUF_INIT(64 * 1024);
	enum db_outcome outcome = call_transaction(call, steps, COUNT(steps), rows, &error);
	struct reply reply;
	if (outcome != DB_DONE) {
		reply = call_refusal(call, outcome, &error);
	} else {
		const char *shown = db_rows_count(rows[2]) ? db_value(rows[2], 0, 0) : "null";
		buf_print(&extra, "\"fresh_shortlist\":%s", shown);
		reply = reply_problem(call, PROBLEM_SHORTLIST_CHANGED, NULL, NULL, extra.data);
	}
	buf_release(&extra);
	for (size_t i = 0; i < COUNT(steps); i++)
		db_rows_free(rows[i]);
	return reply;
}

struct reply shortlist_pick(const struct call *call)
{
	/* a list that was offered for a suspended pair ends that pair first */
	const struct step steps[] = {
		STEP(&stmt_shortlist_release, call_value(call, "shortlist_id"),
			principal_actor(call->principal)),
		call_step(call),
	};
	struct reply reply = call_write(call, steps, COUNT(steps), NULL, NULL);
	if (reply.status < 400 || !mentor_is_lost(reply.problem))
		return reply;
	reply_release(&reply);
	return answer_lost_pick(call);
}

struct reply shortlist_refresh(const struct call *call)
{
	const char *shortlist = call_value(call, "shortlist_id");
	const struct step steps[] = {
		call_step(call),
		STEP(&stmt_shortlist_fresh_or_refuse, shortlist, call->new_id.text),
	};
	return call_write(call, steps, COUNT(steps), call->new_id.text, NULL);
}
