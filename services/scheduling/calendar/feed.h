/*
 * feed.h - a person's sessions as an iCalendar subscription (RFC 5545, RFC 7986), written with libical.
 * No I/O.
 *
 * A session waiting for confirmation is TENTATIVE. There is no METHOD, ORGANIZER or ATTENDEE, because a
 * subscription invites nobody (RFC 5546). The same sessions give the same bytes, so a reader gets 304 if
 * nothing has changed.
 */
#ifndef UPWARD_SCHEDULING_CALENDAR_FEED_H
#define UPWARD_SCHEDULING_CALENDAR_FEED_H

#include <stddef.h>
#include <stdint.h>
#include "base/cleanup.h"
#include "scheduling/calendar/event.h"

enum feed_kind {
	FEED_FULL,
	FEED_BUSY,      /* only times: events without names, whose UIDs do not reveal the pair */
	FEED_VFREEBUSY, /* the same as a single VFREEBUSY, if requested */
};

struct feed {
	const char *name; /* of the calendar */
	enum feed_kind kind;
	const char *owner; /* part of the UIDs of FEED_BUSY */
	int64_t today;     /* Unix seconds of a midnight, where the window of a VFREEBUSY begins */
	const struct event_session *sessions;
	size_t count;
};

/* Returns owned text with CRLF line ends, or NULL if out of memory. */
CHECKED char *feed_write(const struct feed *feed);

#endif
