#include "scheduling/sessions/clock_job.h"

#include <inttypes.h>
#include <stdio.h>

#include "base/str.h"
#include "base/zone.h"
#include "gen/scheduling/statements.h"
#include "ops/log.h"
#include "scheduling/sessions/start.h"

#define OFFSET_TEXT 16
#define ID_TEXT     37

/* How far the job has come; it has one thread. */
static struct {
	bool looked; /* at everything ahead, by the rules that are in force */
	bool within;
	char starts[START_TEXT], id[ID_TEXT];
} progress;

static void offset_text(int64_t offset, char ret_text[OFFSET_TEXT])
{
	snprintf(ret_text, OFFSET_TEXT, "%" PRId64, offset);
}

/* Runs a step; an error is logged without values. */
static bool run(struct db_session *w, const struct step *step, struct db_rows **ret_rows)
{
	struct db_error error = { 0 };
	enum db_outcome outcome = db_session_run(w, step, ret_rows, &error);
	if (outcome == DB_REFUSED)
		log_warning("clock_refused", LOG_TEXT(LOG_STATEMENT, step->statement->name),
			LOG_TEXT(LOG_SQLSTATE, error.sqlstate));
	return outcome == DB_DONE;
}

/* The instant of a time of day by today's rules; of two, the one with the offset that was meant. */
static bool find_again(const struct zone *zone, int64_t starts, int64_t offset, int64_t *ret_starts)
{
	int64_t second;
	if (zone_resolve(zone, starts + offset, false, ret_starts) != ZONE_DONE)
		return false;
	if (zone_offset(zone, *ret_starts) != offset &&
		zone_resolve(zone, starts + offset, true, &second) == ZONE_DONE &&
		zone_offset(zone, second) == offset)
		*ret_starts = second;
	return true;
}

/* Keeps one meeting at its time of day. False: try again later. */
static bool keep(struct db_session *w, const struct db_rows *rows, int row)
{
	const char *id = db_value(rows, row, 0), *said = db_value(rows, row, 4),
		   *noun = db_value(rows, row, 5);
	const struct zone *zone = zone_find(db_value(rows, row, 3));
	int64_t starts, offset = 0, again;
	char stays[OFFSET_TEXT], becomes[OFFSET_TEXT] = "", at[START_TEXT] = "";
	owned_rows struct db_rows *none = NULL;
	if (!zone || !str_to_i64(db_value(rows, row, 2), &starts) ||
		(said && !str_to_i64(said, &offset)))
		return true; /* a zone that is no longer known has no new rules */
	offset_text(zone_offset(zone, starts), stays);
	if (!said) {
		const struct step note = STEP(&stmt_clock_note, noun, id, stays);
		return run(w, &note, &none);
	}
	bool exists = find_again(zone, starts, offset, &again);
	if (exists && again == starts)
		return true;
	if (exists) {
		offset_text(zone_offset(zone, again), becomes);
		start_text(again, at);
	}
	const struct step step = STEP(&stmt_clock_keep, noun, id, said, exists ? at : NULL,
		exists ? becomes : NULL, stays);
	return run(w, &step, &none);
}

bool clock_job_run(struct service_state *service, struct db_session *w)
{
	(void)service;
	owned_rows struct db_rows *rows = NULL;
	if (zones_reread()) {
		progress.looked = false;
		progress.within = false;
	}
	if (progress.looked)
		return false;
	const struct step ahead = STEP(&stmt_clock_ahead, progress.within ? progress.starts : NULL,
		progress.within ? progress.id : NULL);
	if (!run(w, &ahead, &rows))
		return false;
	int count = db_rows_count(rows);
	for (int i = 0; i < count; i++) {
		if (worker_stopping() || !keep(w, rows, i))
			return false;
		snprintf(progress.id, sizeof progress.id, "%s", db_value(rows, i, 0));
		snprintf(progress.starts, sizeof progress.starts, "%s", db_value(rows, i, 1));
		progress.within = true;
	}
	progress.looked = count == 0;
	return !progress.looked;
}
