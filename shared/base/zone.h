/*
 * zone.h - wall-clock time of a place to UTC and back, the only such conversion of the product.
 *
 * Reads the compiled tz database (RFC 8536) in /usr/share/zoneinfo: the transitions, and behind the
 * last of them the rule in the footer. A zone is read once per process and kept; names that do not
 * exist are not. Thread-safe. Seconds are Unix seconds; "local seconds" are those of civil.h, the
 * wall clock read as if it were UTC.
 */
#ifndef UPWARD_BASE_ZONE_H
#define UPWARD_BASE_ZONE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "base/cleanup.h"

struct zone;

enum zone_outcome {
	ZONE_DONE,
	ZONE_UNKNOWN,    /* no such zone */
	ZONE_MALFORMED,  /* not a local time */
	ZONE_NONEXISTENT /* the clocks jump over this time: 422 local_time_nonexistent */
};

/* A name of the tz database, spelled exactly: Europe/Berlin, UTC. */
CHECKED bool zone_exists(const char *name);

/* The instant of a wall-clock time "YYYY-MM-DDTHH:MM[:SS]". A time that comes twice (clocks set
 * back) is the first one, with fold = true the second; fold says nothing otherwise. */
CHECKED enum zone_outcome local_to_utc(
	const char *zone, const char *local, bool fold, int64_t *ret_seconds);
/* The wall-clock time of an instant, "YYYY-MM-DDTHH:MM:SS", and its offset east of Greenwich. */
#define ZONE_LOCAL_TEXT 20
CHECKED enum zone_outcome utc_to_local(
	const char *zone, int64_t seconds, char ret_local[ZONE_LOCAL_TEXT], int *ret_offset);

/* The parts, for callers that convert many times. A zone from zone_find lives for ever. */
CHECKED const struct zone *zone_find(const char *name); /* NULL when there is none */
int zone_offset(const struct zone *zone, int64_t seconds);
/* The offset of standard time, as the rule behind the last transition says; without a rule the
 * last offset. */
int zone_standard_offset(const struct zone *zone);
CHECKED enum zone_outcome zone_resolve(
	const struct zone *zone, int64_t local_seconds, bool fold, int64_t *ret_seconds);

#endif
