/*
 * answering.h - inside shared/http: the noun's read as the answer to a write.
 */
#ifndef UPWARD_HTTP_ANSWERING_H
#define UPWARD_HTTP_ANSWERING_H

#include "http/call.h"
#include "http/reply.h"

/* The operation's `read` as a step. object_id takes the new object's place, or the path's last
 * parameter's where the read has none; NULL leaves them. */
CHECKED struct step answer_step(const struct call *call, const char *object_id);
/* Rows of a read as the reply: the body with its version, Location where the operation has one. No
 * row: 404. */
CHECKED struct reply answer_of_rows(
	const struct call *call, int status, const struct db_rows *rows, const char *object_id);
/* Runs a read, with the caller's context where the data is confidential: row security and the access
 * log look at it. */
CHECKED enum db_outcome answer_rows(const struct call *call, const struct step *step,
	struct db_rows **ret_rows, struct db_error *ret_error);
/* Runs the operation's `read` on its own and answers with it. */
CHECKED struct reply answer_by_read(const struct call *call, int status, const char *object_id);

#endif
