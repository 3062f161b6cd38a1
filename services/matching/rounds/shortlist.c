/*
 * shortlist.c - picks that lose a race, and refreshes. Both must store something (the replacement
 * shortlist) although the request itself was refused, or because it was.
 */
#include "base/str.h"
#include "gen/matching/contract.h"
#include "gen/matching/statements.h"
#include "http/steps.h"

/* Refusals that mean the mentor is no longer available, as opposed to a wrong request or a mentee
 * without a free place. */
static bool mentor_is_lost(enum problem_code code)
{
	switch (code) {
	case PROBLEM_MENTOR_TAKEN:
	case PROBLEM_UNSAFE_PAIR:
	case PROBLEM_PAIR_EXISTS:
	case PROBLEM_POLICY_REFUSES:
	case PROBLEM_EARLIER_PARTNER:
		return true;
	default:
		return false;
	}
}

/* 409 with the list that replaces the lost one: JSON text, or NULL if no mentors are left. */
static struct reply reply_lost(const struct call *call, const char *shown)
{
	struct buf extra = BUF_INIT(64 * 1024);
	buf_print(&extra, "\"replacement_shortlist\":%s", shown ? shown : "null");
	struct reply reply = reply_problem(call, PROBLEM_SHORTLIST_CHANGED, NULL, NULL, extra.data);
	buf_release(&extra);
	return reply;
}

/* The mentor was replaced on the list after the mentee had read it: 409 with the list as it is now. */
static struct reply answer_replaced(const struct call *call)
{
	const struct step show = STEP(&stmt_shortlist_show, call_value(call, "shortlist_id"),
		principal_actor(call->principal));
	struct db_error error;
	owned_rows struct db_rows *shown = NULL;
	enum db_outcome outcome = database_read(call->db, DB_POOL, &show, &shown, &error);
	if (outcome != DB_DONE)
		return call_refusal(call, outcome, &error);
	return reply_lost(call, db_rows_count(shown) ? db_value(shown, 0, 0) : NULL);
}

/* If the list was lost before and this is the same request again: the same answer; otherwise a
 * reply with status 0. */
static struct reply answer_lost_again(const struct call *call)
{
	const char *actor = principal_actor(call->principal);
	const struct step step = STEP(&stmt_shortlist_successor, call_value(call, "shortlist_id"));
	struct db_error error;
	owned_rows struct db_rows *rows = NULL;
	owned_rows struct db_rows *shown = NULL;
	enum db_outcome outcome = database_read(call->db, DB_POOL, &step, &rows, &error);
	if (outcome == DB_DONE && db_rows_count(rows) == 0)
		return (struct reply){ 0 };
	const char *successor = outcome == DB_DONE ? db_value(rows, 0, 0) : NULL;
	const struct step show = STEP(&stmt_shortlist_show, successor, actor);
	if (successor)
		outcome = database_read(call->db, DB_POOL, &show, &shown, &error);
	if (outcome != DB_DONE) /* busy: the same request again finds out */
		return call_refusal(call, outcome, &error);
	return reply_lost(call, shown && db_rows_count(shown) ? db_value(shown, 0, 0) : NULL);
}

/* Closes the list, opens a replacement and answers 409 with it. */
static struct reply answer_lost_pick(const struct call *call)
{
	const char *shortlist = call_value(call, "shortlist_id");
	const char *actor = principal_actor(call->principal);
	const struct id new_id = id_v7();
	const struct step steps[] = {
		STEP(&stmt_shortlist_lost, shortlist),
		STEP(&stmt_shortlist_replace, shortlist, new_id.text),
		STEP(&stmt_shortlist_show, new_id.text, actor),
	};
	struct db_rows *rows[COUNT(steps)] = { 0 };
	struct db_error error;
	enum db_outcome outcome = call_transaction(call, steps, COUNT(steps), rows, &error);
	struct reply reply = { 0 };
	if (outcome != DB_DONE)
		reply = call_refusal(call, outcome, &error);
	else if (db_rows_count(rows[2]))
		reply = reply_lost(call, db_value(rows[2], 0, 0));
	else /* the same request, sent twice, has closed the list first */
		reply = answer_lost_again(call);
	if (!reply.status)
		reply = reply_lost(call, NULL);
	for (size_t i = 0; i < COUNT(steps); i++)
		db_rows_free(rows[i]);
	return reply;
}

struct reply shortlist_pick(const struct call *call)
{
	/* if the list was offered for a suspended pair, that pair ends first */
	const struct step steps[] = {
		STEP(&stmt_shortlist_release, call_value(call, "shortlist_id")),
		call_step(call),
	};
	struct reply reply = call_write(call, steps, COUNT(steps), NULL, NULL);
	if (reply.status >= 400 && mentor_is_lost(reply.problem)) {
		reply_release(&reply);
		return answer_lost_pick(call);
	}
	if (reply.status >= 400 && reply.problem == PROBLEM_SHORTLIST_CHANGED) {
		reply_release(&reply);
		return answer_replaced(call);
	}
	if (reply.status < 400 || reply.problem != PROBLEM_SHORTLIST_NOT_OPEN)
		return reply;
	struct reply again = answer_lost_again(call);
	if (!again.status)
		return reply;
	reply_release(&reply);
	return again;
}

struct reply shortlist_refresh(const struct call *call)
{
	const char *shortlist = call_value(call, "shortlist_id");
	const struct step steps[] = {
		call_step(call),
		STEP(&stmt_shortlist_replace_or_refuse, shortlist, call->new_id.text),
	};
	return call_write(call, steps, COUNT(steps), call->new_id.text, NULL);
}
