#include "scheduling/feeds/busy_calendar_job.h"

#include <stdio.h>

#include "events/public_fetch.h"
#include "gen/scheduling/statements.h"
#include "ops/config.h"
#include "ops/log.h"
#include "scheduling/calendar/busy.h"
#include "scheduling/feeds/busy_times.h"
#include "service/service.h"

static const char *const faults[] = {
	[FETCH_DONE] = NULL,
	[FETCH_UNCHANGED] = NULL,
	[FETCH_FORBIDDEN] = "forbidden_address",
	[FETCH_UNREACHABLE] = "unreachable",
	[FETCH_STATUS] = "bad_status",
	[FETCH_TOO_LARGE] = "too_large",
	[FETCH_TOO_SLOW] = "too_slow",
};

/* Runs a step; an error is logged without values. */
static bool run(struct db_session *w, const struct step *step, struct db_rows **ret_rows)
{
	struct db_error error = { 0 };
	enum db_outcome outcome = db_session_run(w, step, ret_rows, &error);
	if (outcome == DB_REFUSED)
		log_warning("busy_calendar_refused", LOG_TEXT(LOG_STATEMENT, step->statement->name),
			LOG_TEXT(LOG_SQLSTATE, error.sqlstate));
	return outcome == DB_DONE;
}

static void finish(struct db_session *w, const struct step *step)
{
	owned_rows struct db_rows *rows = NULL;
	if (!run(w, step, &rows))
		return; /* stays claimed for a while, then is tried again */
}

/* Reads and stores what was fetched. Returns the reason if that fails. */
static const char *store(struct db_session *w, const char *id, const char *person,
	const struct fetch_marks *marks, const struct buf *file)
{
	owned_rows struct db_rows *rows = NULL;
	struct busy_times times;
	const struct step zone = STEP(&stmt_busy_calendar_zone, person);
	if (!run(w, &zone, &rows) || db_rows_count(rows) == 0)
		return NULL;
	const char *fault = busy_times_read(file->data ? file->data : "", file->len,
		db_value(rows, 0, 0), db_value(rows, 0, 1), &times);
	if (!fault) {
		const struct step step = STEP(&stmt_busy_calendar_store, id, person,
			*marks->etag ? marks->etag : NULL,
			*marks->modified ? marks->modified : NULL, times.starts.data,
			times.ends.data);
		finish(w, &step);
	}
	busy_times_release(&times);
	return fault;
}

bool busy_calendar_job_run(struct service_state *service, struct db_session *w)
{
	struct fetch_marks marks = { 0 };
	owned_rows struct db_rows *rows = NULL;
	const struct step claim = STEP(&stmt_busy_calendar_claim, NULL);
	const struct fetch_inside inside = { config_text(service->config, "CALENDAR_HOSTS"),
		config_text(service->config, "CALENDAR_CA_FILE") };
	if (!run(w, &claim, &rows) || db_rows_count(rows) == 0)
		return false;
	const char *id = db_value(rows, 0, 0), *etag = db_value(rows, 0, 3);
	const char *modified = db_value(rows, 0, 4);
	snprintf(marks.etag, sizeof marks.etag, "%s", etag ? etag : "");
	snprintf(marks.modified, sizeof marks.modified, "%s", modified ? modified : "");
	struct buf file = BUF_INIT(BUSY_TEXT_MOST);
	enum fetch_outcome outcome = public_fetch(db_value(rows, 0, 2), &inside, &marks, &file);
	const char *fault = faults[outcome];
	if (outcome == FETCH_DONE)
		fault = store(w, id, db_value(rows, 0, 1), &marks, &file);
	buf_release(&file);
	const struct step unchanged = STEP(&stmt_busy_calendar_unchanged, id);
	const struct step failed = STEP(&stmt_busy_calendar_fail, id, fault);
	if (outcome == FETCH_UNCHANGED)
		finish(w, &unchanged);
	else if (fault && !worker_stopping())
		finish(w, &failed);
	return true;
}

bool busy_window_job_run(struct service_state *service, struct db_session *w)
{
	const struct step step = STEP(&stmt_busy_window_forget, NULL);
	(void)service;
	finish(w, &step);
	return false;
}
