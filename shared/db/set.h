/*
 * set.h - inside shared/db: several calls of one statement, run as one. PostgreSQL starts and ends
 * a statement once for all of them, which is half of what a read by its key costs it.
 *
 * The rows say themselves to which call they belong: SQL promises no order, and a mix-up would show
 * one person's data to another.
 */
#ifndef UPWARD_DB_SET_H
#define UPWARD_DB_SET_H

#include "base/buf.h"
#include "db/rows_private.h"
#include "db/statement.h"

#define SET_MOST 16 /* calls */

/* The step that runs all of them; its values lie in `text`, which the caller releases when the step
 * has been sent. The steps have the same statement, one that has a set. false: no memory. */
CHECKED bool set_step(
	const struct step *const steps[], size_t count, struct buf *text, struct step *ret_step);

/* Takes the result of such a step apart: ret_rows[i], owned, is what steps[i] alone would have
 * given. false, and nothing to free: a row that is nobody's, a second one for a call, or no memory.
 */
CHECKED bool set_rows(const PGresult *result, size_t count, struct db_rows **ret_rows);

#endif
