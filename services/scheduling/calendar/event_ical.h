/*
 * event_ical.h - a session as a libical component, and the calendar that contains it. No I/O.
 */
#ifndef UPWARD_SCHEDULING_CALENDAR_EVENT_ICAL_H
#define UPWARD_SCHEDULING_CALENDAR_EVENT_ICAL_H

#include <libical/ical.h>
#include <stdint.h>
#include "base/cleanup.h"
#include "scheduling/calendar/event.h"

/* The parts that every event of a session has: time, state, and the properties by which readers
 * follow changes. Owned by the caller. */
CHECKED icalcomponent *event_bare(const struct event_session *session, const char *uid);
/* The same with partner, place, link, agenda and arrangements. */
CHECKED icalcomponent *event_full(const struct event_session *session);
/* A calendar without components (NULL if out of memory), and its text with CRLF line ends (owned,
 * NULL if out of memory), which frees the calendar. */
CHECKED icalcomponent *event_calendar(void);
CHECKED char *event_calendar_text(icalcomponent *calendar);
/* Adds a property that this version of libical does not know. */
void event_add_extension(icalcomponent *component, const char *name, const char *value);
CHECKED icaltimetype event_instant(int64_t seconds);

#endif
