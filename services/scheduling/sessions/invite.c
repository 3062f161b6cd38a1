/*
 * invite.c - a session as a calendar file for one of its two participants, and the replies of
 * calendar programs.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/str.h"
#include "gen/scheduling/contract.h"
#include "gen/scheduling/statements.h"
#include "http/steps.h"
#include "ops/config.h"
#include "scheduling/calendar/invite.h"
#include "scheduling/feeds/session_rows.h"
#include "service/service.h"

#define ORGANIZER_MOST 400

/* The platform's mailbox, or one at the host of its base URL. */
static void organizer(const struct call *call, char ret_uri[ORGANIZER_MOST])
{
	const char *mailbox = config_text(call->service->config, "CALENDAR_MAILBOX");
	const char *host = strstr(call->service->base_url, "://");
	host = host ? host + 3 : call->service->base_url;
	if (mailbox && *mailbox)
		snprintf(ret_uri, ORGANIZER_MOST, "mailto:%s", mailbox);
	else
		snprintf(ret_uri, ORGANIZER_MOST, "mailto:calendar@%.*s",
			(int)strcspn(host, ":/"), host);
}

/* The columns after those of a session: address, name and whether accepted, for each of the two. */
static struct invite_person person_of(const struct db_rows *rows, int column)
{
	return (struct invite_person){ .address = db_value(rows, 0, column),
		.name = db_value(rows, 0, column + 1),
		.accepted = str_equal(db_value(rows, 0, column + 2), "t") };
}

struct reply session_invite_ics(const struct call *call)
{
	char mailbox[ORGANIZER_MOST];
	struct db_error error = { 0 };
	owned_rows struct db_rows *rows = NULL;
	const struct step step = STEP(&stmt_session_invite, call_value(call, "session_id"),
		principal_actor(call->principal));
	enum db_outcome outcome = database_read(call->db, DB_POOL, &step, &rows, &error);
	if (outcome != DB_DONE)
		return call_refusal(call, outcome, &error);
	if (db_rows_count(rows) == 0)
		return reply_problem(call, PROBLEM_NOT_FOUND, NULL, NULL, NULL);
	const struct event_session session = session_row(rows, 0);
	organizer(call, mailbox);
	const struct invite invite = { .organizer = mailbox,
		.people = { person_of(rows, SESSION_COLUMNS),
			person_of(rows, SESSION_COLUMNS + 3) } };
	char *text = invite_write(&session, &invite);
	return reply_text(200,
		session.status == EVENT_CANCELLED ? "text/calendar; charset=utf-8; method=CANCEL"
						  : "text/calendar; charset=utf-8; method=REQUEST",
		text, text ? strlen(text) : 0);
}

struct reply calendar_reply_create(const struct call *call)
{
	static const char *const answers[] = { [INVITE_ACCEPTED] = "accepted",
		[INVITE_DECLINED] = "declined",
		[INVITE_TENTATIVE] = "tentative" };
	struct invite_reply said;
	char sequence[24];
	if (!call->body_text ||
		!invite_read_reply(call->body_text, call->body_length, &said))
		return reply_problem(call, PROBLEM_CALENDAR_UNREADABLE, NULL,
			"This is no reply (METHOD:REPLY) to an invitation of ours.", NULL);
	snprintf(sequence, sizeof sequence, "%d", said.sequence);
	const struct step step = STEP(&stmt_calendar_reply_take,
		principal_actor(call->principal), said.session_id, said.address, sequence,
		answers[said.answer]);
	return call_write(call, &step, 1, said.session_id, NULL);
}
