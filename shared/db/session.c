#include "db/session.h"

#include "db/database_private.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include "base/clock.h"

#define REOPEN_US    200000 /* after an attempt to connect that failed */
#define RETRIES_MOST 3

struct db_session {
	struct database *db; /* borrowed */
	struct connection connection;
	struct source source; /* a copy; its texts belong to the database */
	bool in_transaction;
	bool renew;  /* the prepared statements are stale: reopen outside the transaction */
	bool broken; /* lost within a transaction: everything fails until the rollback */
	uint64_t next_attempt_us;
	pthread_mutex_t lock; /* guards cancel: the one part that other threads use */
	PGcancel *cancel;     /* owned; NULL: nothing may be interrupted */
};

static const struct statement begin_statement = {
	.name = "begin", .sql = "BEGIN", .unprepared = true
};
static const struct statement commit_statement = {
	.name = "commit", .sql = "COMMIT", .unprepared = true
};
static const struct statement rollback_statement = {
	.name = "rollback", .sql = "ROLLBACK", .unprepared = true
};

struct db_session *db_session_open(struct database *db)
{
	struct db_session *w = calloc(1, sizeof *w);

	if (!w)
		return NULL;
	w->db = db;
	w->source = db->worker_source;
	w->connection.source = &w->source;
	pthread_mutex_init(&w->lock, NULL);
	return w;
}

void db_session_interruptible(struct db_session *w, bool on)
{
	pthread_mutex_lock(&w->lock);
	PQfreeCancel(w->cancel);
	w->cancel = on && w->connection.pg ? PQgetCancel(w->connection.pg) : NULL;
	pthread_mutex_unlock(&w->lock);
}

void db_session_interrupt(struct db_session *w)
{
	char unused[256];

	pthread_mutex_lock(&w->lock);
	if (w->cancel)
		(void)PQcancel(w->cancel, unused, sizeof unused);
	pthread_mutex_unlock(&w->lock);
}

void db_session_close(struct db_session *w)
{
	if (!w)
		return;
	db_session_interruptible(w, false);
	connection_close(&w->connection);
	pthread_mutex_destroy(&w->lock);
	free(w);
}

/* Returns whether the connection is live, reopening it if it is down. Never within a transaction,
 * which is over. */
static bool ready(struct db_session *w)
{
	if (w->broken)
		return false;
	if (w->connection.pg && !w->in_transaction &&
		(w->renew || !connection_alive(&w->connection))) {
		connection_close(&w->connection);
		w->renew = false;
	}
	if (w->connection.pg)
		return true;
	if (clock_monotonic_us() < w->next_attempt_us)
		return false;
	if (connection_open(&w->connection))
		return true;
	w->next_attempt_us = clock_monotonic_us() + REOPEN_US / 2 + jitter(REOPEN_US);
	return false;
}

static enum db_outcome after(struct db_session *w, enum db_outcome outcome)
{
	if (!w->connection.pg && w->in_transaction)
		w->broken = true;
	return outcome;
}

enum db_outcome db_session_run(struct db_session *w, const struct step *step,
	struct db_rows **ret_rows, struct db_error *ret_error)
{
	*ret_rows = NULL;
	for (int attempt = 0;; attempt++) {
		enum db_outcome outcome;

		if (!ready(w))
			return DB_UNAVAILABLE;
		outcome = connection_run(&w->connection, step, 1, ret_rows, ret_error);
		w->renew = outcome == DB_REFUSED && state_is_stale(ret_error->sqlstate);
		if (outcome != DB_REFUSED || w->in_transaction || attempt == RETRIES_MOST ||
			!(w->renew || state_is_transient(ret_error->sqlstate)))
			return after(w, outcome);
		struct timespec pause = { 0, (long)(1000 + jitter(8000)) * 1000 };
		nanosleep(&pause, NULL);
	}
}

static enum db_outcome run_plain(struct db_session *w, const struct statement *statement,
	struct db_rows **ret_rows, struct db_error *ret_error)
{
	return connection_run(&w->connection, &STEP(statement, NULL), 1, ret_rows, ret_error);
}

enum db_outcome db_session_begin(struct db_session *w, struct db_error *ret_error)
{
	owned_rows struct db_rows *rows = NULL;
	enum db_outcome outcome;

	if (!ready(w))
		return DB_UNAVAILABLE;
	outcome = run_plain(w, &begin_statement, &rows, ret_error);
	w->in_transaction = outcome == DB_DONE;
	return outcome;
}

enum db_outcome db_session_commit(struct db_session *w, struct db_error *ret_error)
{
	owned_rows struct db_rows *rows = NULL;
	enum db_outcome outcome;
	bool lost = w->broken || !w->connection.pg;

	w->broken = w->in_transaction = false;
	if (lost)
		return DB_UNAVAILABLE;
	outcome = run_plain(w, &commit_statement, &rows, ret_error);
	if (outcome == DB_DONE)
		outcome = rows_commit_outcome(rows, ret_error);
	if (outcome == DB_UNAVAILABLE)
		connection_close(&w->connection);
	return outcome;
}

void db_session_rollback(struct db_session *w)
{
	owned_rows struct db_rows *rows = NULL;
	struct db_error error;

	w->broken = false;
	if (w->in_transaction && w->connection.pg &&
		run_plain(w, &rollback_statement, &rows, &error) != DB_DONE)
		connection_close(&w->connection);
	w->in_transaction = false;
}

enum db_outcome db_session_copy(struct db_session *w, const struct statement *copy,
	const char *bytes, size_t len, struct db_error *ret_error)
{
	if (!ready(w))
		return DB_UNAVAILABLE;
	return after(w, connection_copy(&w->connection, copy, bytes, len, ret_error));
}
