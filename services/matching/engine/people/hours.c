/* Weekly windows in the half-hour mask of the UTC week. */
#include "matching/engine/people/hours.h"

#include <string.h>

#define WEEK_MINUTES (7 * 24 * 60)

bool engine_hours_add(uint64_t hours[ENGINE_HOURS_WORDS], int day, int from, int to, int utc_offset)
{
	if (day < 0 || day > 6 || from < 0 || from >= 1440 || to <= from || to > 2880 ||
		utc_offset < -840 || utc_offset > 840)
		return false;
	int start = day * 1440 + from - utc_offset + WEEK_MINUTES;
	int end = start + (to - from);
	for (int half = (start + 29) / 30; (half + 1) * 30 <= end; half++) {
		int bit = half % ENGINE_HALF_HOURS;
		hours[bit / 64] |= 1ull << (bit % 64);
	}
	return true;
}

void engine_hours_from_hourly(const uint64_t hourly[3], uint64_t ret_hours[ENGINE_HOURS_WORDS])
{
	memset(ret_hours, 0, ENGINE_HOURS_WORDS * sizeof(*ret_hours));
	for (int hour = 0; hour < ENGINE_HALF_HOURS / 2; hour++)
		if (hourly[hour / 64] >> (hour % 64) & 1)
			ret_hours[hour / 32] |= 3ull << (hour % 32 * 2);
}
