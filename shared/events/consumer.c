#include "events/consumer.h"

#include <stdio.h>
#include <string.h>
#include "base/buf.h"
#include "base/clock.h"
#include "gen/shared/statements.h"

#define BATCH_US 1000000 /* a writing transaction of over 2 s would hold up every consumer */

enum { EVENT_ID, EVENT_TYPE, EVENT_SUBJECT, EVENT_DATA, EVENT_AT, EVENT_XID };

#define NAMES_MOST 1024 /* for the array of all consumers */
#define TYPES_MOST 1024 /* for the array of a consumer's types */

/* Writes the consumer's types as a PostgreSQL array (they are plain names); nothing for all
 * types. */
static void print_types(struct buf *text, const struct consumer *c)
{
	for (const char *const *one = c->types; one && *one; one++) {
		buf_char(text, one == c->types ? '{' : ',');
		buf_text(text, *one);
	}
	if (c->types)
		buf_char(text, '}');
}

enum db_outcome consumers_look(struct db_session *w, const struct consumer *all, size_t count,
	bool *ret_pending, struct db_error *ret_error)
{
	owned(buf_release) struct buf names = BUF_INIT(NAMES_MOST);
	owned_rows struct db_rows *rows = NULL;

	buf_char(&names, '{');
	for (size_t i = 0; i < count; i++) {
		buf_text(&names, i ? "," : "");
		buf_text(&names, all[i].name);
	}
	buf_char(&names, '}');
	if (!buf_ok(&names))
		return DB_NO_MEMORY;
	enum db_outcome outcome = db_session_run(w, &STEP(&stmt_consumer_look, names.data), &rows, ret_error);
	for (size_t i = 0; outcome == DB_DONE && i < count; i++)
		ret_pending[i] = strcmp(db_value(rows, (int)i, 0), "t") == 0;
	return outcome;
}

static enum db_outcome effect(struct db_session *w, const struct consumer *c,
	const struct event *event, struct db_error *error)
{
	struct db_rows *rows;
	enum db_outcome outcome;

	if (c->handle)
		return c->handle(w, event, error);
	outcome = db_session_run(w,
		&STEP(c->effect, event->id, event->type, event->subject_id, event->data), &rows,
		error);
	db_rows_free(rows);
	return outcome;
}

/* Runs the effects of the rows, in order, for about a second. *ret_done: the number of events
 * consumed. */
static enum db_outcome run_effects(struct db_session *w, const struct consumer *c,
	const struct db_rows *rows, int *ret_done, struct db_error *error)
{
	uint64_t until = clock_monotonic_us() + BATCH_US;
	int count = db_rows_count(rows);

	for (*ret_done = 0; *ret_done < count; ++*ret_done) {
		int at = *ret_done;
		struct event event = { .id = db_value(rows, at, EVENT_ID),
			.type = db_value(rows, at, EVENT_TYPE),
			.subject_id = db_value(rows, at, EVENT_SUBJECT),
			.data = db_value(rows, at, EVENT_DATA),
			.occurred_at = db_value(rows, at, EVENT_AT) };
		enum db_outcome outcome;

		if (!event.type)
			continue;
		if (at > 0 && clock_monotonic_us() > until)
			break;
		outcome = effect(w, c, &event, error);
		if (outcome != DB_DONE)
			return outcome;
	}
	return DB_DONE;
}

static enum db_outcome move_and_commit(struct db_session *w, const struct consumer *c,
	const struct db_rows *rows, int done, struct db_error *error)
{
	struct db_rows *moved;
	enum db_outcome outcome = db_session_run(w,
		&STEP(&stmt_consumer_move, c->name, db_value(rows, done - 1, EVENT_XID),
			db_value(rows, done - 1, EVENT_ID)),
		&moved, error);

	db_rows_free(moved);
	return outcome == DB_DONE ? db_session_commit(w, error) : outcome;
}

/* One transaction over at most `most` events. *ret_done: the number consumed, or the number before
 * the one that failed. */
static enum db_outcome run_batch(struct db_session *w, const struct consumer *c, int most,
	int *ret_done, struct db_error *error)
{
	char limit[12];
	owned(buf_release) struct buf types = BUF_INIT(TYPES_MOST);
	owned_rows struct db_rows *rows = NULL;

	*ret_done = 0;
	print_types(&types, c);
	if (!buf_ok(&types))
		return DB_NO_MEMORY;
	enum db_outcome outcome = db_session_begin(w, error);

	snprintf(limit, sizeof limit, "%d", most);
	if (outcome == DB_DONE)
		outcome = db_session_run(
			w, &STEP(&stmt_consumer_batch, c->name, types.data, limit), &rows, error);
	if (outcome == DB_DONE)
		outcome = run_effects(w, c, rows, ret_done, error);
	if (outcome == DB_DONE && *ret_done > 0)
		outcome = move_and_commit(w, c, rows, *ret_done, error);
	db_session_rollback(w); /* does nothing after the commit */
	return outcome;
}

/* *ret_pending: whether there are events to consume. A consumer that runs for the first time gets
 * its cursor. */
static enum db_outcome look(
	struct db_session *w, const struct consumer *c, bool *ret_pending, struct db_error *error)
{
	owned_rows struct db_rows *rows = NULL;
	struct db_rows *made;
	enum db_outcome outcome = db_session_run(
		w, &STEP(&stmt_consumer_peek, c->name), &rows, error);

	*ret_pending = false;
	if (outcome != DB_DONE)
		return outcome;
	if (db_rows_count(rows) > 0) {
		*ret_pending = strcmp(db_value(rows, 0, 0), "t") == 0;
		return DB_DONE;
	}
	outcome = db_session_run(w, &STEP(&stmt_consumer_register, c->name), &made, error);
	db_rows_free(made);
	*ret_pending = outcome == DB_DONE;
	return outcome;
}

/* A failing effect must not hold up the events before it: they are committed without it. If the
 * commit itself failed, the culprit is unknown, and the first half is tried. Returns the number of
 * events consumed. */
static int pass_others(struct db_session *w, const struct consumer *c, int most, int done)
{
	while (done > 0) {
		struct db_error ignored;

		most = done < most ? done : most / 2;
		if (most == 0)
			break;
		if (run_batch(w, c, most, &done, &ignored) == DB_DONE)
			return done;
	}
	return 0;
}

enum db_outcome consumer_step(
	struct db_session *w, const struct consumer *c, int *ret_count, struct db_error *ret_error)
{
	bool pending;
	int done = 0;
	enum db_outcome outcome = look(w, c, &pending, ret_error);

	*ret_count = 0;
	if (outcome != DB_DONE || !pending)
		return outcome;
	outcome = run_batch(w, c, CONSUMER_BATCH, &done, ret_error);
	if (outcome == DB_REFUSED)
		done = pass_others(w, c, CONSUMER_BATCH, done);
	if (outcome == DB_DONE || outcome == DB_REFUSED)
		*ret_count = done;
	return outcome;
}
