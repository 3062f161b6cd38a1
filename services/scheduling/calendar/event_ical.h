/*
 * event_ical.h - a session as a component of libical, and the calendar around it. No I/O.
 */
#ifndef UPWARD_SCHEDULING_CALENDAR_EVENT_ICAL_H
#define UPWARD_SCHEDULING_CALENDAR_EVENT_ICAL_H

#include <libical/ical.h>
#include <stdint.h>
#include "base/cleanup.h"
#include "scheduling/calendar/event.h"

/* What every event of a session has: its time, its state and the marks by which readers follow a change. The
 * caller owns it. */
CHECKED icalcomponent *event_bare(const struct event_session *session, const char *uid);
/* With partner, place, link, agenda and arrangements. */
CHECKED icalcomponent *event_full(const struct event_session *session);
/* A calendar without components (NULL when out of memory), and its text with CRLF line ends (owned, NULL when
 * out of memory), which frees the calendar. */
CHECKED icalcomponent *event_calendar(void);
CHECKED char *event_calendar_text(icalcomponent *calendar);
/* A property that this libical does not know by itself. */
void event_add_extension(icalcomponent *component, const char *name, const char *value);
CHECKED icaltimetype event_instant(int64_t seconds);

#endif
