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
#include "scheduling/calendar/recur.h"
#include "scheduling/sessions/start.h"

/* PostgreSQL array literals, one element per date. */
struct dates {
	struct buf ids, numbers, starts, utc_offsets;
};

#define DATES_MOST 64
#define DAYS_AHEAD 8000 /* longest period that a rhythm may need */

/* The days of the plan's open dates, in order. */
struct days {
	int64_t days[DATES_MOST];
	size_t count;
};

/* The day of the plan, or the requested weekday on or after it. */
static bool read_day(const struct call *call, const struct db_rows *rows, int row, int64_t *ret_day)
{
	struct civil day;
	int64_t due = 0, wanted = 0;
	const char *weekday = call_value(call, "weekday");
	if (!civil_read_date(db_value(rows, row, 2), &day) ||
		!str_to_i64(db_value(rows, row, 3), &due))
		return false;
	if (!weekday || !str_to_i64(weekday, &wanted))
		wanted = due;
	*ret_day = civil_days(day.year, day.month, day.day) + (wanted - due + 7) % 7;
	return true;
}

/* Finds the day of each date: as planned or, if the call has a rhythm, counted from the first
 * one. */
static bool find_days(const struct call *call, const struct db_rows *rows, struct days *out)
{
	int64_t every = 1;
	const char *unit = call_value(call, "repeat_unit"),
		   *said = call_value(call, "repeat_every");
	const char *by = call_value(call, "repeat_on");
	size_t count = (size_t)db_rows_count(rows);
	out->count = count < DATES_MOST ? count : DATES_MOST;
	for (size_t i = 0; i < out->count; i++)
		if (!read_day(call, rows, (int)i, &out->days[i]))
			return false;
	if (!unit || out->count == 0)
		return true;
	if (said && !str_to_i64(said, &every))
		return false;
	const int64_t first = out->days[0];
	const struct recur rule = recur_meetings(
		str_equal(unit, "month") ? RECUR_MONTHLY : RECUR_WEEKLY, (int)every,
		by && str_equal(by, "weekday"), first);
	out->count = recur_days(&rule, first, first, first + DAYS_AHEAD, out->days, out->count);
	return true;
}

/* Adds one row of series_open. A time that does not exist on that day is passed as NULL. */
static void add_date(const struct call *call, const struct db_rows *rows, int row, int64_t day,
	const char *zone, struct dates *dates)
{
	char local[32];
	int64_t at;
	struct start start;
	const struct civil when = civil_from_seconds(day * DAY_SECONDS);
	snprintf(local, sizeof local, "%04d-%02d-%02dT%.5s", when.year, when.month, when.day,
		call_value(call, "local_time"));
	const char *comma = row > 0 ? "," : "";
	const struct id id = id_v7();
	buf_print(&dates->ids, "%s%s", comma, id.text);
	buf_print(&dates->numbers, "%s%s", comma, db_value(rows, row, 1));
	if (local_to_utc(zone, local, false, &at) != ZONE_DONE) {
		buf_print(&dates->starts, "%sNULL", comma);
		buf_print(&dates->utc_offsets, "%sNULL", comma);
		return;
	}
	start_at(zone, at, &start);
	buf_print(&dates->starts, "%s%s", comma, start.at);
	buf_print(&dates->utc_offsets, "%s%s", comma, start.utc_offset);
}

static struct reply book(const struct call *call, const struct db_rows *rows)
{
	const char *zone = call_value(call, "time_zone");
	const char *mode = call_value(call, "mode");
	struct days days = { .count = 0 };
	struct dates dates = { BUF_INIT(4096), BUF_INIT(1024), BUF_INIT(4096), BUF_INIT(1024) };
	if (!zone)
		zone = db_value(rows, 0, 4);
	if (!call_value(call, "repeat_unit") &&
		(call_value(call, "repeat_every") || call_value(call, "repeat_on")))
		return reply_problem(call, PROBLEM_UNPROCESSABLE, "/repeat_unit",
			"A rhythm needs its unit.", NULL);
	if (db_value(rows, 0, 1) && !find_days(call, rows, &days))
		return reply_problem(call, PROBLEM_INTERNAL, NULL, NULL, NULL);
	struct buf *lists[] = { &dates.ids, &dates.numbers, &dates.starts, &dates.utc_offsets };
	for (size_t i = 0; i < COUNT(lists); i++)
		buf_print(lists[i], "{");
	for (size_t i = 0; i < days.count; i++)
		add_date(call, rows, (int)i, days.days[i], zone, &dates);
	bool whole = true;
	for (size_t i = 0; i < COUNT(lists); i++) {
		buf_print(lists[i], "}");
		whole = whole && buf_ok(lists[i]);
	}
	const struct step steps[] = {
		STEP(&stmt_series_book, db_value(rows, 0, 0), principal_actor(call->principal),
			dates.ids.data, dates.numbers.data, dates.starts.data, zone,
			mode ? mode : db_value(rows, 0, 5), call_value(call, "place")),
		STEP(&stmt_series_note, dates.ids.data, dates.utc_offsets.data),
	};
	struct reply reply = whole ? call_write(
					     call, steps, COUNT(steps), db_value(rows, 0, 0), NULL)
				   : reply_problem(call, PROBLEM_OVERLOADED, NULL, NULL, NULL);
	for (size_t i = 0; i < COUNT(lists); i++)
		buf_release(lists[i]);
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
