#include "scheduling/notifications/queue.h"

#include <stdio.h>

#include "base/buf.h"
#include "gen/scheduling/statements.h"
#include "ops/log.h"

#define IDS_MOST ((size_t)4096)
#define AGAIN_MS 250

bool queue_run(struct db_session *w, const struct step *step, struct db_rows **ret_rows)
{
	for (;;) {
		struct db_error error = { 0 };
		enum db_outcome outcome = db_session_run(w, step, ret_rows, &error);
		if (outcome == DB_REFUSED)
			log_warning("delivery_refused",
				LOG_TEXT(LOG_STATEMENT, step->statement->name),
				LOG_TEXT(LOG_SQLSTATE, error.sqlstate));
		if (outcome == DB_DONE || outcome == DB_REFUSED || worker_stopping())
			return outcome == DB_DONE;
		worker_pause(AGAIN_MS);
	}
}

void queue_write(struct db_session *w, const struct step *step)
{
	owned_rows struct db_rows *rows = NULL;
	if (!queue_run(w, step, &rows))
		return; /* its lease ends, and it is sent again under the same id */
}

void queue_end(struct db_session *w, const char *id, const char *outcome, const char *error)
{
	queue_write(w, &STEP(&stmt_delivery_end, id, outcome, error));
}

void queue_again(struct db_session *w, const char *id, const char *error, int pause)
{
	char seconds[16];
	snprintf(seconds, sizeof seconds, "%d", pause);
	queue_write(w, &STEP(&stmt_delivery_again, id, error, seconds));
}

void queue_release(struct db_session *w, const struct db_rows *rows, int from)
{
	struct buf ids = BUF_INIT(IDS_MOST);
	buf_char(&ids, '{');
	for (int i = from; i < db_rows_count(rows); i++)
		buf_print(&ids, "%s%s", i > from ? "," : "", db_value(rows, i, 0));
	buf_char(&ids, '}');
	if (from < db_rows_count(rows) && buf_ok(&ids))
		queue_write(w, &STEP(&stmt_delivery_release, ids.data));
	buf_release(&ids);
}
