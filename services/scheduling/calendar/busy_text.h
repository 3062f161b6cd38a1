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
	BUSY_TOO_MUCH, /* more events, recurrences or spans than any real calendar */
	BUSY_TOO_FINE, /* recurs hourly or finer, or in a way that recur.h does not know */
	BUSY_NO_MEMORY
};

/* Adds to `out` the unfolded lines that say when something takes place, and no others. Refuses text
 * that is not a calendar, is nested deeper than five, or has more than 20,000 components. */
CHECKED enum busy_outcome busy_reduce(const char *text, size_t length, struct buf *out);

#endif
