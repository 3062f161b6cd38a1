/*
 * notification.c - a page of notifications also has the total number of unread ones.
 */
#include <stdlib.h>

#include "base/buf.h"
#include "gen/scheduling/contract.h"
#include "gen/scheduling/statements.h"
#include "http/steps.h"

#define LIST_BYTES ((size_t)4 << 20)

struct reply notification_list(const struct call *call)
{
	struct db_error error = { 0 };
	owned_rows struct db_rows *rows = NULL;
	struct reply reply = call_run(call);
	if (reply.status != 200 || !reply.body || reply.body[0] != '{')
		return reply;
	const struct step count = STEP(&stmt_notification_unread, principal_actor(call->principal));
	enum db_outcome outcome = database_read(call->db, DB_POOL, &count, &rows, &error);
	if (outcome != DB_DONE) {
		reply_release(&reply);
		return call_refusal(call, outcome, &error);
	}
	struct buf out = BUF_INIT(LIST_BYTES);
	buf_print(&out, "{\"unread_count\":%s,", db_value(rows, 0, 0));
	buf_add(&out, reply.body + 1, reply.length - 1);
	size_t length = out.len;
	char *text = buf_take(&out);
	if (!text) {
		buf_release(&out);
		reply_release(&reply);
		return reply_problem(call, PROBLEM_OVERLOADED, NULL, NULL, NULL);
	}
	free(reply.body);
	reply.body = text;
	reply.length = length;
	return reply;
}
