/*
 * set.h - inside shared/db: several calls of one statement, run as one. PostgreSQL starts and ends
 * the statement once for all of them, which is half the cost of a read by key.
 *
 * Each row says which call it belongs to: SQL guarantees no order, and a mix-up would show one
 * person's data to another.
 */
#ifndef UPWARD_DB_SET_H
#define UPWARD_DB_SET_H

#include "base/buf.h"
#include "db/rows_private.h"
#include "db/statement.h"

#define SET_MOST 16 /* calls */

/* Builds the step that runs all of them; its values are in `text`, which the caller releases once the
 * step has been sent. All steps have the same statement, one with a set. false: out of memory. */
CHECKED bool set_step(
	const struct step *const steps[], size_t count, struct buf *text, struct step *ret_step);

/* Splits the result of such a step: ret_rows[i], owned, is what steps[i] alone would have returned.
 * false, with nothing to free: a row that belongs to no call, a second row for a call, or no memory. */
CHECKED bool set_rows(const PGresult *result, size_t count, struct db_rows **ret_rows);

#endif
