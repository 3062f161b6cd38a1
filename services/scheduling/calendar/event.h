/*
 * event.h - a session as an iCalendar event (RFC 5545, RFC 7986), for feeds and invitations. Both use the
 * same UID, so that a calendar program recognises a session that it receives in both ways. Times are in
 * UTC, so no time zone can be misread.
 */
#ifndef UPWARD_SCHEDULING_CALENDAR_EVENT_H
#define UPWARD_SCHEDULING_CALENDAR_EVENT_H

#include <stdint.h>

enum event_status { EVENT_TENTATIVE, EVENT_CONFIRMED, EVENT_CANCELLED };

struct event_session {
	const char *id;                /* for the UID; never changes */
	int64_t starts, ends, changed; /* Unix seconds */
	enum event_status status;
	int sequence;             /* counts changes of time, place and state (RFC 5545 3.8.7.4) */
	const char *partner;      /* display name, NULL when the partner is unknown */
	const char *title;        /* of a gathering; NULL = a session with the partner */
	const char *mode;         /* in_person, phone, video, chat; NULL: not said */
	const char *place;        /* NULL = none; a URL becomes the event's URL too */
	const char *link;         /* where it takes place online (CONFERENCE), NULL = none */
	const char *agenda;       /* NULL = none */
	const char *arrangements; /* what must be provided, in words; NULL or "" = nothing */
	int alarm_minutes;        /* before it begins; 0 = no alarm */
};

#define EVENT_UID_DOMAIN "@upward"

#endif
