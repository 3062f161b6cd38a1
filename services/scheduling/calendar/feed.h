/*
 * feed.h - a person's sessions as an iCalendar subscription (RFC 5545, RFC 7986). Pure: sessions
 * in, text out, by libical. Single meetings are written in UTC, so no time zone can be misread.
 */
#ifndef UPWARD_SCHEDULING_CALENDAR_FEED_H
#define UPWARD_SCHEDULING_CALENDAR_FEED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "base/cleanup.h"

struct feed_session {
	const char *id;                /* makes the UID; the same for ever */
	int64_t starts, ends, changed; /* Unix seconds */
	bool cancelled;
	int sequence;
	const char *partner; /* display name, NULL when the partner is unknown */
	const char *place;   /* NULL = none */
	const char *mode;    /* in_person, phone, video, chat */
};

struct feed {
	const char *name; /* of the calendar */
	bool free_busy;   /* when, never with whom: one VFREEBUSY */
	int64_t now;      /* Unix seconds: the window of a VFREEBUSY */
	const struct feed_session *sessions;
	size_t count;
};

/* Returns owned text with CRLF line ends, NULL when memory is refused. */
CHECKED char *feed_write(const struct feed *feed);

#endif
