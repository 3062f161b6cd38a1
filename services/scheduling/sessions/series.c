/*
 * series.c - books the open dates of a plan at once. The wall-clock time of each day is converted
 * to an instant here; the database books every date independently, so one refusal does not affect
 * the others.
 */
#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/civil.h"
#include "base/str.h"
#include "base/zone.h"
#include "gen/scheduling/contract.h"
#include "gen/scheduling/statements.h"
#include "http/steps.h"

/* PostgreSQL array literals, one element per date. */
struct dates {
	struct buf ids, numbers, starts;
};

/* The day of the plan, or the requested weekday on or after it, with the time: YYYY-MM-DDTHH:MM. */
static bool local_start(const char *due_on, int shift, const char *time, char ret_local[32])
{
	struct civil day;
	if (!civil_read_date(due_on, &day))
		return false;
	day.hour = day.minute = day.second = 0;
	day = civil_from_seconds(civil_seconds(&day) + shift * DAY_SECONDS);
	snprintf(ret_local, 32, "%04d-%02d-%02dT%.5s", day.year, day.month, day.day, time);
	return true;
}

/* Adds one row of series_open. A time that does not exist on that day is passed as NULL. */
static void add_date(const struct call *call, const struct db_rows *rows, int row, const char *zone,
	struct dates *dates)
{
	char local[32];
	int64_t due = 0, wanted = 0, at;
	const char *weekday = call_value(call, "weekday");
	if (!str_to_i64(db_value(rows, row, 3), &due))
		return;
	if (!weekday || !str_to_i64(weekday, &wanted))
		wanted = due;
	if (!local_start(db_value(rows, row, 2), (int)((wanted - due + 7) % 7),
		    call_value(call, "local_time"), local))
		return;
	const char *comma = row > 0 ? "," : "";
	const struct id id = id_v7();
	buf_print(&dates->ids, "%s%s", comma, id.text);
	buf_print(&dates->numbers, "%s%s", comma, db_value(rows, row, 1));
	if (local_to_utc(zone, local, false, &at) != ZONE_DONE) {
		buf_print(&dates->starts, "%sNULL", comma);
		return;
	}
	const struct civil c = civil_from_seconds(at);
	buf_print(&dates->starts, "%s%04d-%02d-%02dT%02d:%02d:00Z", comma, c.year, c.month, c.day,
		c.hour, c.minute);
}

static struct reply book(const struct call *call, const struct db_rows *rows)
{
	const char *zone = call_value(call, "time_zone");
	const char *mode = call_value(call, "mode");
	struct dates dates = { BUF_INIT(4096), BUF_INIT(1024), BUF_INIT(4096) };
	if (!zone)
		zone = db_value(rows, 0, 4);
	buf_print(&dates.ids, "{");
	buf_print(&dates.numbers, "{");
	buf_print(&dates.starts, "{");
	for (int i = 0; db_value(rows, 0, 1) && i < db_rows_count(rows); i++)
		add_date(call, rows, i, zone, &dates);
	buf_print(&dates.ids, "}");
	buf_print(&dates.numbers, "}");
	buf_print(&dates.starts, "}");
	const struct step step = STEP(&stmt_series_book, db_value(rows, 0, 0),
		principal_actor(call->principal), dates.ids.data, dates.numbers.data,
		dates.starts.data, zone, mode ? mode : db_value(rows, 0, 5),
		call_value(call, "place"));
	struct reply reply = buf_ok(&dates.ids) && buf_ok(&dates.numbers) && buf_ok(&dates.starts)
				     ? call_write(call, &step, 1, db_value(rows, 0, 0), NULL)
				     : reply_problem(call, PROBLEM_OVERLOADED, NULL, NULL, NULL);
	buf_release(&dates.ids);
	buf_release(&dates.numbers);
	buf_release(&dates.starts);
	return reply;
}

struct reply session_series(const struct call *call)
{
	struct db_error error = { 0 };
	owned_rows struct db_rows *rows = NULL;
	const struct step open = STEP(
		&stmt_series_open, call_value(call, "pair_id"), principal_actor(call->principal));
	enum db_outcome outcome = database_read(call->db, DB_POOL, &open, &rows, &error);
	if (outcome != DB_DONE)
		return call_refusal(call, outcome, &error);
	if (db_rows_count(rows) == 0)
		return reply_problem(call, PROBLEM_UNKNOWN_REFERENCE, "/pair_id", NULL, NULL);
	if (!db_value(rows, 0, 0))
		return reply_problem(call, PROBLEM_AGREEMENT_MISSING, NULL, NULL, NULL);
	return book(call, rows);
}
