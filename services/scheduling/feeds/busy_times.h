/*
 * busy_times.h - the busy times of a foreign calendar (calendar/busy.h) in the form the database
 * takes.
 */
#ifndef UPWARD_SCHEDULING_FEEDS_BUSY_TIMES_H
#define UPWARD_SCHEDULING_FEEDS_BUSY_TIMES_H

#include <stddef.h>
#include "base/buf.h"

/* PostgreSQL array literals of Unix seconds. */
struct busy_times {
	struct buf starts, ends;
};

/* Reads a file in its owner's zone, for 400 days from an instant (Unix seconds, as text). Returns
 * NULL on success, otherwise the reason: a value of busy_calendar.last_error. */
CHECKED const char *busy_times_read(const char *text, size_t length, const char *zone,
	const char *from, struct busy_times *ret_times);
void busy_times_release(struct busy_times *times);
/* The same reason as a sentence for people. */
const char *busy_times_say(const char *fault);

#endif
