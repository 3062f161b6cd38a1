/*
 * feed.h - a person's sessions as an iCalendar subscription (RFC 5545, RFC 7986). Pure: sessions
 * in, text out, by libical. Single meetings are written in UTC, so no time zone can be misread.
 * What waits for a confirmation is TENTATIVE. There is no METHOD: a subscription invites nobody
 * (RFC 5546). The same sessions make the same bytes, so that a reader is told 304 when nothing has
 * changed.
 */
#ifndef UPWARD_SCHEDULING_CALENDAR_FEED_H
#define UPWARD_SCHEDULING_CALENDAR_FEED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "base/cleanup.h"

enum feed_status { FEED_TENTATIVE, FEED_CONFIRMED, FEED_CANCELLED };

enum feed_kind {
	FEED_FULL,
	FEED_BUSY, /* when, never with whom: nameless events, whose UIDs tell nobody the pair */
	FEED_VFREEBUSY, /* the same as one VFREEBUSY, for who asks for it */
};

struct feed_session {
	const char *id;                /* makes the UID; the same for ever */
	int64_t starts, ends, changed; /* Unix seconds */
	enum feed_status status;
	int sequence;        /* counts changes of time, place and state (RFC 5545 3.8.7.4) */
	const char *partner; /* display name, NULL when the partner is unknown */
	const char *place;   /* NULL = none; a web address is the event's URL too */
	const char *agenda;  /* NULL = none */
};

struct feed {
	const char *name; /* of the calendar */
	enum feed_kind kind;
	const char *owner; /* whose it is: a part of the UIDs of FEED_BUSY */
	int64_t today;     /* Unix seconds of a midnight: the window of a VFREEBUSY */
	const struct feed_session *sessions;
	size_t count;
};

/* Returns owned text with CRLF line ends, NULL when memory is refused. */
CHECKED char *feed_write(const struct feed *feed);

#endif
