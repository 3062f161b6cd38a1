/*
 * A time-zone file from its bytes. Laws: what is parsed answers every question; an instant's wall
 * clock leads back to it by one of the two folds; a wall clock that is given an instant is that
 * instant's; the first is never after the second.
 */
#include "base/zone.h"
#include "base/zone_file.h"
#include "fuzz/fuzz.h"

static void check_instant(const struct zone *zone, int64_t seconds)
{
	int64_t first = 0, second = 0;
	int64_t wall = seconds + zone_offset(zone, seconds);
	LAW(zone_resolve(zone, wall, false, &first) == ZONE_DONE);
	LAW(zone_resolve(zone, wall, true, &second) == ZONE_DONE);
	LAW(first <= seconds && seconds <= second);
	LAW(first + zone_offset(zone, first) == wall);
	LAW(second + zone_offset(zone, second) == wall);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct zone *zone = zone_parse(data, size);
	if (!zone)
		return 0;
	for (int64_t year = -400; year < 400; year += 7)
		check_instant(zone, year * 31556952 + year * year * 977);
	/* instants out of the input's own end, where the rule stands */
	for (size_t i = 0; i < 64 && i + 5 < size; i += 5) {
		const uint8_t *b = data + size - 5 - i;
		int64_t seconds = (int64_t)((uint64_t)b[0] << 32 | (uint64_t)b[1] << 24 |
					    (uint64_t)b[2] << 16 | (uint64_t)b[3] << 8 | b[4]);
		check_instant(zone, seconds - (INT64_C(1) << 39));
	}
	zone_free(zone);
	return 0;
}
