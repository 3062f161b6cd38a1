/* connection_exchange.c - connection_run() and connection_copy(): one exchange from first byte to Sync. */
#include "db/connection.h"

#include <poll.h>
#include <string.h>
#include "base/clock.h"

enum answer { ANSWER_SYNC, ANSWER_ROWS, ANSWER_ABORTED, ANSWER_ERROR, ANSWER_LOST };

static enum answer answer_of(const PGresult *result)
{
	const char *sqlstate;

	if (!result)
		return ANSWER_LOST;
	switch (PQresultStatus(result)) {
	case PGRES_PIPELINE_SYNC:
		return ANSWER_SYNC;
	case PGRES_TUPLES_OK:
	case PGRES_COMMAND_OK:
		return ANSWER_ROWS;
	case PGRES_PIPELINE_ABORTED:
		return ANSWER_ABORTED;
	case PGRES_FATAL_ERROR:
		/* libpq's own errors have no SQLSTATE: out of memory, connection closed. The server
		 * may have committed nevertheless. */
		sqlstate = PQresultErrorField(result, PG_DIAG_SQLSTATE);
		return sqlstate && *sqlstate ? ANSWER_ERROR : ANSWER_LOST;
	default:
		return ANSWER_LOST;
	}
}

/* The statement's place in the source's list; beyond its end if it is not there. */
static size_t place_of(const struct connection *c, const struct statement *statement)
{
	size_t i = 0;

	while (i < c->source->statement_count && c->source->statements[i] != statement)
		i++;
	return i;
}

/* Counts the run. Returns whether the statement is still new to the connection. */
static bool is_new(struct connection *c, size_t place)
{
	return place < c->source->statement_count && place < STATEMENTS_MOST &&
	       c->runs[place] < PLANNED_RUNS && ++c->runs[place];
}

/* Counts the run. Returns whether it gets more time because the statement was cancelled lately. */
static bool is_patient(const struct source *s, size_t place)
{
	return place < s->statement_count && atomic_load(&s->habits[place].patient) > 0 &&
	       atomic_fetch_sub(&s->habits[place].patient, 1) > 0;
}

/* The step that must be sent before the others, or NULL. */
static const struct statement *patience_for(
	struct connection *c, const struct step *steps, size_t count)
{
	bool wanted = false;

	for (size_t i = 0; c->source->patience && i < count; i++) {
		size_t place = place_of(c, steps[i].statement);

		wanted |= is_new(c, place);
		wanted |= is_patient(c->source, place);
	}
	return wanted ? c->source->patience : NULL;
}

/* A statement ended within what the lane gives to all, whatever it had. */
static void note_fit(const struct connection *c, const struct statement *statement)
{
	size_t place = place_of(c, statement);

	if (place < c->source->statement_count &&
		atomic_load(&c->source->habits[place].fitted) < HABIT_FITS)
		atomic_fetch_add(&c->source->habits[place].fitted, 1);
}

/* A statement was cancelled; patient: although it had more time. */
static void note_cancel(const struct connection *c, const struct statement *statement, bool patient)
{
	size_t place = place_of(c, statement);

	if (place >= c->source->statement_count)
		return;
	struct habit *habit = &c->source->habits[place];
	if (patient || atomic_load(&habit->fitted) >= HABIT_FITS)
		atomic_store(&habit->patient, patient ? 0 : HABIT_RUNS);
	atomic_store(&habit->fitted, 0);
}

static void note_outcome(const struct connection *c, const struct step *steps, size_t count,
	enum db_outcome outcome, const struct db_error *error, bool patient, uint64_t began_us)
{
	if (!c->source->habits)
		return;
	if (outcome == DB_DONE && clock_monotonic_us() - began_us < HABIT_FIT_US)
		for (size_t i = 0; i < count; i++)
			note_fit(c, steps[i].statement);
	else if (outcome == DB_REFUSED && strcmp(error->sqlstate, "57014") == 0 &&
		 (size_t)error->step < count)
		note_cancel(c, steps[error->step].statement, patient);
}

/* Reads up to the Sync. An error may also arrive in place of the Sync: from a deferred constraint.
 * before: the number of results at the start that nobody asked for. */
static enum db_outcome receive(struct connection *c, size_t before, size_t count,
	struct db_rows **rows, struct db_error *ret_error)
{
	uint64_t deadline = connection_deadline(c);
	bool refused = false;
	size_t done = 0;

	for (;;) {
		PGresult *result = connection_next(c, deadline);
		enum answer answer = answer_of(result);

		if (answer == ANSWER_ROWS && before > 0) {
			PQclear(result);
			before--;
			continue;
		}
		if (answer == ANSWER_ROWS && done < count) {
			rows[done++] = rows_of(result);
			continue;
		}
		if (answer == ANSWER_ERROR && !refused) {
			rows_error(result, (int)done, ret_error);
			refused = true;
		}
		PQclear(result);
		if (answer == ANSWER_SYNC)
			break;
		if (answer == ANSWER_LOST || answer == ANSWER_ROWS)
			return DB_UNAVAILABLE;
	}
	if (refused)
		return DB_REFUSED;
	return done == count ? DB_DONE : DB_UNAVAILABLE;
}

/* Sends everything queued, reading meanwhile, so that neither side waits for the other. */
static bool flush_all(struct connection *c, uint64_t deadline_us)
{
	int left;

	while ((left = PQflush(c->pg)) > 0)
		if (connection_wait(c, POLLIN | POLLOUT, deadline_us) != 1 ||
			!PQconsumeInput(c->pg))
			return false;
	return left == 0;
}

/* Prepares a statement of a lazy source before its first run on this connection. */
static enum db_outcome prepare_new(
	struct connection *c, const struct statement *statement, struct db_error *ret_error)
{
	size_t i = place_of(c, statement);
	enum db_outcome outcome;

	if (i >= c->source->statement_count || statement->unprepared || c->runs[i])
		return DB_DONE;
	if (PQsendPrepare(c->pg, statement->name, statement->sql, 0, NULL) != 1)
		outcome = PQstatus(c->pg) == CONNECTION_OK ? DB_NO_MEMORY : DB_UNAVAILABLE;
	else
		outcome = connection_sync(c) ? receive(c, 1, 0, NULL, ret_error) : DB_UNAVAILABLE;
	c->runs[i] = outcome == DB_DONE;
	if (outcome == DB_UNAVAILABLE || outcome == DB_NO_MEMORY)
		connection_close(c);
	return outcome;
}

enum db_outcome connection_run(struct connection *c, const struct step *steps, size_t count,
	struct db_rows **ret_rows, struct db_error *ret_error)
{
	const struct statement *patience = patience_for(c, steps, count);
	enum db_outcome outcome = DB_DONE;
	uint64_t began_us = clock_monotonic_us();
	bool good;

	for (size_t i = 0; i < count; i++)
		ret_rows[i] = NULL;
	for (size_t i = 0; c->source->lazy && i < count && outcome == DB_DONE; i++)
		outcome = prepare_new(c, steps[i].statement, ret_error);
	if (outcome != DB_DONE)
		return outcome;
	good = !patience || connection_send(c, &STEP(patience, NULL));
	for (size_t i = 0; i < count; i++) {
		good = good && connection_send(c, &steps[i]);
		/* otherwise libpq would buffer all steps before the server gets the first */
		if (good && steps[i].bytes_length > 0)
			good = flush_all(c, connection_deadline(c));
		if (good)
			continue;
		/* Without a Sync nothing that was sent can be committed. */
		outcome = PQstatus(c->pg) == CONNECTION_OK ? DB_NO_MEMORY : DB_UNAVAILABLE;
		connection_close(c);
		return outcome;
	}
	outcome = connection_sync(c) ? receive(c, patience ? 1 : 0, count, ret_rows, ret_error)
				     : DB_UNAVAILABLE;
	note_outcome(c, steps, count, outcome, ret_error, patience, began_us);
	if (outcome == DB_DONE)
		return DB_DONE;
	for (size_t i = 0; i < count; i++) {
		db_rows_free(ret_rows[i]);
		ret_rows[i] = NULL;
	}
	if (outcome == DB_UNAVAILABLE)
		connection_close(c);
	return outcome;
}

#define COPY_CHUNK 65536

static bool copy_bytes(struct connection *c, const char *bytes, size_t len)
{
	for (size_t at = 0; at < len;) {
		size_t n = len - at < COPY_CHUNK ? len - at : COPY_CHUNK;
		int queued = PQputCopyData(c->pg, bytes + at, (int)n);

		if (queued < 0 || !flush_all(c, connection_deadline(c)))
			return false;
		if (queued > 0)
			at += n;
	}
	return PQputCopyEnd(c->pg, NULL) == 1;
}

/* Runs outside a pipeline, in which COPY is not allowed (libpq, "Pipeline Mode"). */
static enum db_outcome copy_plain(struct connection *c, const struct statement *copy,
	const char *bytes, size_t len, struct db_error *ret_error)
{
	enum db_outcome outcome = DB_UNAVAILABLE;
	PGresult *result = NULL;

	if (PQexitPipelineMode(c->pg) != 1 || PQsendQuery(c->pg, copy->sql) != 1)
		return DB_UNAVAILABLE;
	result = connection_next(c, connection_deadline(c));
	if (result && PQresultStatus(result) == PGRES_COPY_IN) {
		PQclear(result);
		if (!copy_bytes(c, bytes, len))
			return DB_UNAVAILABLE;
		result = connection_next(c, connection_deadline(c));
	}
	if (answer_of(result) == ANSWER_ROWS) {
		outcome = DB_DONE;
	} else if (answer_of(result) == ANSWER_ERROR) {
		rows_error(result, 0, ret_error);
		outcome = DB_REFUSED;
	}
	PQclear(result);
	if (outcome != DB_UNAVAILABLE && connection_next(c, connection_deadline(c)))
		return DB_UNAVAILABLE; /* a second result: COPY never returns one */
	return outcome;
}

enum db_outcome connection_copy(struct connection *c, const struct statement *copy,
	const char *bytes, size_t len, struct db_error *ret_error)
{
	enum db_outcome outcome = copy_plain(c, copy, bytes, len, ret_error);

	if (outcome != DB_UNAVAILABLE && PQenterPipelineMode(c->pg) != 1)
		outcome = DB_UNAVAILABLE;
	if (outcome == DB_UNAVAILABLE)
		connection_close(c);
	return outcome;
}
