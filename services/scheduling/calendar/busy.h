/*
 * busy.h - reads from a foreign iCalendar file (RFC 5545) when its owner is busy, and nothing else.
 * No I/O.
 *
 * Busy times are FREEBUSY periods other than FREE, and events that are neither cancelled nor
 * transparent, with their recurrences, exceptions and moved occurrences. Titles, places and people are
 * dropped before anything is parsed. Meetings from our own feeds, recognised by their UIDs, are left
 * out: they are already known.
 *
 * The file is not trusted: before libical sees it, it is unfolded, reduced to the necessary properties,
 * and refused if it has excessive nesting or too many components.
 */
#ifndef UPWARD_SCHEDULING_CALENDAR_BUSY_H
#define UPWARD_SCHEDULING_CALENDAR_BUSY_H

#include <stddef.h>
#include <stdint.h>
#include "base/cleanup.h"
#include "base/zone.h"
#include "scheduling/calendar/busy_text.h"
#include "scheduling/calendar/hours.h"

#define BUSY_SPANS_MOST 5000 /* of the result */

struct busy_query {
	const char *text; /* need not end in NUL */
	size_t length;
	const struct zone *home; /* for whole days, and for times without a zone */
	int64_t from, until;     /* Unix seconds: the period to read, at most two years */
};

struct busy {
	struct slot_span *spans; /* owned: busy_release; Unix seconds, ascending, disjoint */
	size_t count, room;
};

/* Only BUSY_READ leaves something to release. A time that a zone skips is converted with the offset
 * before the change. An unknown zone is read by the rules in the file, or else as the home zone. */
CHECKED enum busy_outcome busy_read(const struct busy_query *query, struct busy *ret_busy);
void busy_release(struct busy *busy);

#endif
