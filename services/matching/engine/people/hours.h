/*
 * Weekly windows as a bit set: one bit for each half hour of the UTC week, Monday 00:00 first.
 */
#ifndef ENGINE_HOURS_H
#define ENGINE_HOURS_H

#include <stdbool.h>
#include <stdint.h>

#define ENGINE_HALF_HOURS  336 /* of a week, from Monday 00:00 UTC */
#define ENGINE_HOURS_WORDS 6

/*
 * Marks the local weekly window as free. Day 0 is Monday; from < to are minutes of the local day,
 * and `to` may exceed 1440 into the next day; the offset is local minus UTC in minutes (-840..840).
 * The week wraps around. Only half hours entirely inside are marked (offsets of 15 or 45 minutes
 * lose the edges). False, and nothing marked, if a number is out of range.
 */
bool engine_hours_add(
	uint64_t hours[ENGINE_HOURS_WORDS], int day, int from, int to, int utc_offset);

/* Expands an hourly mask (bit h = hour h of the UTC week, three words) to half hours. */
void engine_hours_from_hourly(const uint64_t hourly[3], uint64_t ret_hours[ENGINE_HOURS_WORDS]);

#endif
