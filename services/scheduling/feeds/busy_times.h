/*
 * busy_times.h - the busy times of a foreign calendar (calendar/busy.h) as the database takes them.
 */
#ifndef UPWARD_SCHEDULING_FEEDS_BUSY_TIMES_H
#define UPWARD_SCHEDULING_FEEDS_BUSY_TIMES_H

#include <stddef.h>
#include "base/buf.h"

/* Array literals of PostgreSQL, Unix seconds. */
struct busy_times {
	struct buf starts, ends;
};

/* Reads a file for the zone of its owner, from that instant (Unix seconds, as text) and 400 days on. NULL: done;
 * else why not: a value of busy_calendar.last_error. */
CHECKED const char *busy_times_read(const char *text, size_t length, const char *zone,
	const char *from, struct busy_times *ret_times);
void busy_times_release(struct busy_times *times);
/* The same reason as a sentence for people. */
const char *busy_times_say(const char *fault);

#endif
