/*
 * invite.c - a session as a calendar file for one of its two participants, and the replies of
 * calendar programs.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "gen/scheduling/contract.h"
#include "gen/scheduling/statements.h"
#include "http/steps.h"
#include "scheduling/calendar/invite.h"
#include "scheduling/sessions/invite_rows.h"
#include "http/state.h"

struct reply session_invite_ics(const struct call *call)
{
	struct event_session session;
	struct db_error error = { 0 };
	owned_rows struct db_rows *rows = NULL;
	const struct step step = STEP(&stmt_session_invite, call_value(call, "session_id"),
		principal_actor(call->principal));
	enum db_outcome outcome = database_read(call->db, DB_POOL, &step, &rows, &error);
	if (outcome != DB_DONE)
		return call_refusal(call, outcome, &error);
	if (db_rows_count(rows) == 0)
		return reply_problem(call, PROBLEM_NOT_FOUND, NULL, NULL, NULL);
	char *text = invite_of_row(call->service->config, rows, &session);
	return reply_text(200,
		session.status == EVENT_CANCELLED ? "text/calendar; charset=utf-8; method=CANCEL"
						  : "text/calendar; charset=utf-8; method=REQUEST",
		text, text ? strlen(text) : 0);
}

/* A mail gateway may change a session by somebody's reply, and does not read it. */
static struct reply pass_on(const struct call *call, const struct step *step)
{
	struct db_error error = { 0 };
	struct db_rows *rows = NULL;
	enum db_outcome outcome = call_transaction(call, step, 1, &rows, &error);
	db_rows_free(rows);
	return outcome == DB_DONE ? reply_empty(204) : call_refusal(call, outcome, &error);
}

struct reply calendar_reply_create(const struct call *call)
{
	static const char *const answers[] = { [INVITE_ACCEPTED] = "accepted",
		[INVITE_DECLINED] = "declined",
		[INVITE_TENTATIVE] = "tentative" };
	struct invite_reply said;
	char sequence[24];
	if (!call->body_text || !invite_read_reply(call->body_text, call->body_length, &said))
		return reply_problem(call, PROBLEM_INVALID_CALENDAR, NULL,
			"This is no reply (METHOD:REPLY) to an invitation of ours.", NULL);
	snprintf(sequence, sizeof sequence, "%d", said.sequence);
	const struct step step = STEP(&stmt_calendar_reply_take, principal_actor(call->principal),
		said.session_id, said.address, sequence, answers[said.answer]);
	return principal_actor(call->principal) ? call_write(call, &step, 1, said.session_id, NULL)
						: pass_on(call, &step);
}
