/*
 * bounce.c - takes what mail servers say about mails that they could not deliver, as the mail gateway passes
 * it on.
 */
#include "events/bounce.h"
#include "gen/scheduling/contract.h"
#include "gen/scheduling/statements.h"
#include "http/steps.h"

struct reply bounce_create(const struct call *call)
{
	struct bounce bounce;
	struct db_error error = { 0 };
	struct db_rows *rows = NULL;
	if (!call->body_text || !bounce_read(call->body_text, call->body_length, &bounce))
		return reply_problem(call, PROBLEM_INVALID_BOUNCE, NULL, NULL, NULL);
	const struct step step = STEP(
		&stmt_bounce_take, bounce.message, bounce.final ? "true" : "false", bounce.status);
	enum db_outcome outcome = call_transaction(call, &step, 1, &rows, &error);
	db_rows_free(rows);
	return outcome == DB_DONE ? reply_empty(204) : call_refusal(call, outcome, &error);
}
