/*
 * gathering.c - plans gatherings and moves them: wall-clock times become instants here, those of a
 * series by its rhythm.
 */
#include <stdio.h>

#include "base/buf.h"
#include "base/civil.h"
#include "base/str.h"
#include "base/zone.h"
#include "gen/scheduling/contract.h"
#include "gen/scheduling/statements.h"
#include "http/steps.h"
#include "scheduling/calendar/recur.h"
#include "scheduling/sessions/start.h"

#define SERIES_MOST 60
#define DAYS_AHEAD  25000 /* sixty times twelve months, and more */

/* PostgreSQL array literals, one element per date. */
struct dates {
	struct buf starts, utc_offsets;
};

/* The days of the series, the first included. False: the request says too little or too much. */
static bool series_days(
	const struct call *call, int64_t first, int64_t *ret_days, size_t *ret_count)
{
	int64_t count = 1, every = 1;
	const char *unit = call_value(call, "repeat_unit"), *on = call_value(call, "repeat_on");
	const char *times = call_value(call, "repeat_count"),
		   *apart = call_value(call, "repeat_every");
	ret_days[0] = first;
	*ret_count = 1;
	if (!times)
		return !unit && !on && !apart;
	if (!unit || !str_to_i64(times, &count) || (apart && !str_to_i64(apart, &every)))
		return false;
	const struct recur rule = recur_meetings(
		str_equal(unit, "month") ? RECUR_MONTHLY : RECUR_WEEKLY, (int)every,
		on && str_equal(on, "weekday"), first);
	*ret_count = recur_days(&rule, first, first, first + DAYS_AHEAD, ret_days, (size_t)count);
	return true;
}

/* Appends when it starts on the other days, at the same time on the wall clock. Where the clocks are
 * put forward then, that time does not exist: ZONE_NONEXISTENT. */
static enum zone_outcome add_days(
	const struct call *call, const int64_t *days, size_t count, struct dates *dates)
{
	const char *zone = call_value(call, "time_zone"), *local = call_value(call, "starts_at");
	for (size_t i = 1; i < count; i++) {
		int64_t at;
		char on_day[32];
		struct start start;
		const struct civil day = civil_from_seconds(days[i] * DAY_SECONDS);
		snprintf(on_day, sizeof on_day, "%04d-%02d-%02d%s", day.year, day.month, day.day,
			local + 10);
		enum zone_outcome outcome = local_to_utc(zone, on_day, false, &at);
		if (outcome != ZONE_DONE)
			return outcome;
		start_at(zone, at, &start);
		buf_print(&dates->starts, ",%s", start.at);
		buf_print(&dates->utc_offsets, ",%s", start.utc_offset);
	}
	return ZONE_DONE;
}

static struct reply add(const struct call *call, const struct dates *dates)
{
	const struct step step = STEP(&stmt_gathering_add, call->new_id.text,
		principal_actor(call->principal), call->principal->roles_sql, dates->starts.data,
		call->body_text, dates->utc_offsets.data);
	return call_write(call, &step, 1, NULL, NULL);
}

struct reply gathering_create(const struct call *call)
{
	int64_t days[SERIES_MOST];
	size_t count;
	struct start first;
	struct civil local;
	struct reply reply = start_read(call, &first);
	if (reply.status)
		return reply;
	if (!civil_read_local(call_value(call, "starts_at"), &local) ||
		!series_days(call, civil_days(local.year, local.month, local.day), days, &count))
		return reply_problem(call, PROBLEM_UNPROCESSABLE, "/repeat_unit",
			"A series needs repeat_count and repeat_unit.", NULL);
	struct dates dates = { BUF_INIT(4096), BUF_INIT(1024) };
	buf_print(&dates.starts, "{%s", first.at);
	buf_print(&dates.utc_offsets, "{%s", first.utc_offset);
	if (add_days(call, days, count, &dates) != ZONE_DONE)
		reply = reply_problem(
			call, PROBLEM_LOCAL_TIME_NONEXISTENT, "/starts_at", NULL, NULL);
	buf_print(&dates.starts, "}");
	buf_print(&dates.utc_offsets, "}");
	if (!reply.status)
		reply = buf_ok(&dates.starts) && buf_ok(&dates.utc_offsets)
				? add(call, &dates)
				: reply_problem(call, PROBLEM_OVERLOADED, NULL, NULL, NULL);
	buf_release(&dates.starts);
	buf_release(&dates.utc_offsets);
	return reply;
}

struct reply gathering_patch(const struct call *call)
{
	struct start start;
	struct reply refused = { 0 };
	bool moves = call_value(call, "starts_at") != NULL;
	if (moves != (call_value(call, "time_zone") != NULL) ||
		(!moves && call_value(call, "fold")))
		return reply_problem(call, PROBLEM_UNPROCESSABLE,
			moves ? "/time_zone" : "/starts_at",
			"A new time needs both starts_at and time_zone.", NULL);
	if (moves)
		refused = start_read(call, &start);
	if (refused.status)
		return refused;
	const struct step step = STEP(&stmt_gathering_change, call_value(call, "gathering_id"),
		principal_actor(call->principal), call->principal->roles_sql,
		moves ? start.at : NULL, call->body_text, call_value(call, "series"),
		call->if_match_text, moves ? start.utc_offset : NULL);
	return call_write(call, &step, 1, NULL, NULL);
}
