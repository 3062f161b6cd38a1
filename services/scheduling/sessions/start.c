#include "scheduling/sessions/start.h"

#include <stdio.h>

#include "base/civil.h"
#include "base/zone.h"
#include "gen/scheduling/contract.h"
#include "http/steps.h"

void start_text(int64_t seconds, char ret_text[START_TEXT])
{
	const struct civil c = civil_from_seconds(seconds);
	snprintf(ret_text, START_TEXT, "%04d-%02d-%02dT%02d:%02d:%02dZ", c.year, c.month, c.day,
		c.hour, c.minute, c.second);
}

void start_at(const char *time_zone, int64_t seconds, struct start *ret_start)
{
	const struct zone *zone = zone_find(time_zone);
	start_text(seconds, ret_start->at);
	snprintf(ret_start->utc_offset, sizeof ret_start->utc_offset, "%d",
		zone ? zone_offset(zone, seconds) : 0);
}

struct reply start_read(const struct call *call, struct start *ret_start)
{
	const char *fold = call_value(call, "fold");
	int64_t seconds;
	enum zone_outcome outcome = local_to_utc(call_value(call, "time_zone"),
		call_value(call, "starts_at"), fold && *fold == '1', &seconds);
	switch (outcome) {
	case ZONE_UNKNOWN:
		return reply_problem(call, PROBLEM_UNKNOWN_TIME_ZONE, "/time_zone", NULL, NULL);
	case ZONE_NO_MEMORY:
		return reply_problem(call, PROBLEM_OVERLOADED, NULL, NULL, NULL);
	case ZONE_MALFORMED:
		return reply_problem(call, PROBLEM_UNPROCESSABLE, "/starts_at",
			"This date or time does not exist.", NULL);
	case ZONE_NONEXISTENT:
		return reply_problem(
			call, PROBLEM_LOCAL_TIME_NONEXISTENT, "/starts_at", NULL, NULL);
	case ZONE_DONE:
		break;
	}
	const struct civil utc = civil_from_seconds(seconds);
	if (!civil_in_years(&utc))
		return reply_problem(call, PROBLEM_UNPROCESSABLE, "/starts_at",
			"Times must be " CIVIL_YEARS ".", NULL);
	start_at(call_value(call, "time_zone"), seconds, ret_start);
	return (struct reply){ 0 };
}
