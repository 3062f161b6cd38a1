/*
 * session.h - a dedicated connection for background work: jobs, consumers, imports. It reconnects by
 * itself. Used by one thread at a time, except for the interrupt.
 */
#ifndef UPWARD_DB_SESSION_H
#define UPWARD_DB_SESSION_H

#include "db/rows.h"
#include "db/statement.h"

struct database;

struct db_session;
CHECKED struct db_session *db_session_open(struct database *db);
void db_session_close(struct db_session *w);
CHECKED enum db_outcome db_session_run(struct db_session *w, const struct step *step,
	struct db_rows **ret_rows, struct db_error *ret_error);
/*
 * While this is on, db_session_interrupt cancels the running statement (57014); initially off. A late
 * interrupt can still hit the first statement after it was turned off: run that statement again.
 */
void db_session_interruptible(struct db_session *w, bool on);
/* From any thread. */
void db_session_interrupt(struct db_session *w);
/* Explicit transactions, for effects of several dependent steps: run "begin" and "commit" with these. */
CHECKED enum db_outcome db_session_begin(struct db_session *w, struct db_error *ret_error);
CHECKED enum db_outcome db_session_commit(struct db_session *w, struct db_error *ret_error);
void db_session_rollback(struct db_session *w);
/* COPY … FROM STDIN (text format): the statement has no parameters. */
CHECKED enum db_outcome db_session_copy(struct db_session *w, const struct statement *copy,
	const char *bytes, size_t len, struct db_error *ret_error);

#endif
