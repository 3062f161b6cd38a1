/*
 * zone.h - converts wall-clock time to UTC and back; the only such conversion in the product.
 *
 * Reads the compiled tz database (RFC 8536) in /usr/share/zoneinfo, or in the directory that the
 * environment names in TZDIR: the transitions and, after the last one, the rule in the footer. A zone
 * is read once and kept until zones_reread() finds another file; names that do not exist are not kept. Thread-safe. Seconds are Unix seconds; "local seconds" are those of civil.h, the
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
	ZONE_UNKNOWN, /* no such zone */
	ZONE_NO_MEMORY,
	ZONE_MALFORMED,  /* not a local time */
	ZONE_NONEXISTENT /* skipped by a clock change: 422 local_time_nonexistent */
};

/* A name of the tz database, spelled exactly: Europe/Berlin, UTC. */
CHECKED bool zone_exists(const char *name);

/* The instant of a wall-clock time "YYYY-MM-DDTHH:MM[:SS]". A time that occurs twice (clocks set
 * back) means the first, or with fold = true the second; otherwise fold is ignored. */
CHECKED enum zone_outcome local_to_utc(
	const char *zone, const char *local, bool fold, int64_t *ret_seconds);
/* The wall-clock time of an instant, "YYYY-MM-DDTHH:MM:SS", and its offset east of Greenwich. */
#define ZONE_LOCAL_TEXT 20
CHECKED enum zone_outcome utc_to_local(
	const char *zone, int64_t seconds, char ret_local[ZONE_LOCAL_TEXT], int *ret_offset);

/* The parts, for callers that convert many times. A zone from zone_find is never freed. */
CHECKED const struct zone *zone_find(const char *name); /* NULL: none (ENOENT), or ENOMEM */
int zone_offset(const struct zone *zone, int64_t seconds);
/* The offset of standard time by the rule after the last transition, or the last offset if there is
 * no rule. */
int zone_standard_offset(const struct zone *zone);
CHECKED enum zone_outcome zone_resolve(
	const struct zone *zone, int64_t local_seconds, bool fold, int64_t *ret_seconds);
/* Looks whether the files of the zones in use have been replaced, and reads those anew; true if any was.
 * Zones that were found before stay valid, with the old rules. */
bool zones_reread(void);

#endif
