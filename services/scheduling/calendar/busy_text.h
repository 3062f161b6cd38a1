/*
 * busy_text.h - reduces a foreign iCalendar file to what busy.h needs, line by line, before it is parsed.
 */
#ifndef UPWARD_SCHEDULING_CALENDAR_BUSY_TEXT_H
#define UPWARD_SCHEDULING_CALENDAR_BUSY_TEXT_H

#include "base/buf.h"

#define BUSY_TEXT_MOST ((size_t)1 << 20) /* bytes of a file */

enum busy_outcome {
	BUSY_READ,
	BUSY_NOT_A_CALENDAR,
	BUSY_TOO_MUCH, /* more events, recurrences or spans than anyone has */
	BUSY_TOO_FINE, /* something recurs every hour or oftener, or in a way that recur.h does not know */
	BUSY_NO_MEMORY
};

/* Adds the unfolded lines to out that say when something is, without any other. Refuses what is no calendar,
 * is nested deeper than five, or has more than 20,000 components. */
CHECKED enum busy_outcome busy_reduce(const char *text, size_t length, struct buf *out);

#endif
