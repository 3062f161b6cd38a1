/*
 * steps.h - what a handler may do: run statements for a call, and answer with their results.
 */
#ifndef UPWARD_HTTP_STEPS_H
#define UPWARD_HTTP_STEPS_H

#include "http/call.h"
#include "http/refusal.h"
#include "http/reply.h"

/* Runs the statements in the operation's table and makes the reply, as for every operation without a
 * handler. */
CHECKED struct reply call_run(const struct call *call);

/* A read step -> one row (body, version): 200 with ETag, or 404. */
CHECKED struct reply call_read(const struct call *call, const struct step *step);

/* A write of several steps in one transaction, with context and idempotency key before them and the
 * operation's `read` after them. object_id: the object that `read` and Location show; NULL means the
 * id in the path, or call->new_id on a create. ret_rows (or NULL): the results of the steps, freed by
 * the caller. */
CHECKED struct reply call_write(const struct call *call, const struct step *steps, size_t count,
	const char *object_id, struct db_rows **ret_rows);

/* Steps of one transaction without a response: context first, no key, no read. ret_rows[i] is
 * step i's result; the caller frees each. */
CHECKED enum db_outcome call_transaction(const struct call *call, const struct step *steps,
	size_t count, struct db_rows **ret_rows, struct db_error *ret_error);

#endif
