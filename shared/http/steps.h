/*
 * steps.h - what a handler may do: run statements for a call, and answer with what they give.
 */
#ifndef UPWARD_HTTP_STEPS_H
#define UPWARD_HTTP_STEPS_H

#include "http/call.h"
#include "http/refusal.h"
#include "http/reply.h"

/* Does what the table says: runs the statement(s) and makes the reply. What happens to every
 * operation without a handler. */
CHECKED struct reply call_run(const struct call *call);

/* A read step -> one row (body, version): 200 with ETag, or 404. */
CHECKED struct reply call_read(const struct call *call, const struct step *step);

/* A write of several steps in one transaction, context and idempotency key in front of them and
 * the operation's `read` behind them. object_id: what `read` and Location show; NULL means the
 * path's own id, or call->new_id on a create. ret_rows (or NULL): the results of the steps, freed
 * by the caller. */
CHECKED struct reply call_write(const struct call *call, const struct step *steps, size_t count,
	const char *object_id, struct db_rows **ret_rows);

/* Steps of one transaction without an answer: the context in front, no key, no read. ret_rows[i] is
 * step i's result; the caller frees each. */
CHECKED enum db_outcome call_transaction(const struct call *call, const struct step *steps,
	size_t count, struct db_rows **ret_rows, struct db_error *ret_error);

#endif
