/*
 * answering.h - inside shared/http: answers a write with the noun's read.
 */
#ifndef UPWARD_HTTP_ANSWERING_H
#define UPWARD_HTTP_ANSWERING_H

#include "http/call.h"
#include "http/reply.h"

/* The operation's `read` as a step. object_id replaces the new object's id, or the last path parameter
 * if the read has no new id; NULL replaces nothing. */
CHECKED struct step answer_step(const struct call *call, const char *object_id);
/* Makes a reply from the rows of a read: the body with its version, and Location if the operation has
 * one. No row: 404. */
CHECKED struct reply answer_of_rows(
	const struct call *call, int status, const struct db_rows *rows, const char *object_id);
/* Runs a read, with the caller's context if the data is confidential (row security and the access
 * log use it) or if a delegate reads (delegates see less). */
CHECKED enum db_outcome answer_rows(const struct call *call, const struct step *step,
	struct db_rows **ret_rows, struct db_error *ret_error);
/* Runs the operation's `read` on its own and answers with it. */
CHECKED struct reply answer_by_read(const struct call *call, int status, const char *object_id);

#endif
