#include "scheduling/calendar/event_ical.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/buf.h"
#include "base/str.h"

#define TEXT_MOST 8192

icaltimetype event_instant(int64_t seconds)
{
	return icaltime_from_timet_with_zone((time_t)seconds, 0, icaltimezone_get_utc_timezone());
}

void event_add_extension(icalcomponent *component, const char *name, const char *value)
{
	icalproperty *property = icalproperty_new_x(value);
	icalproperty_set_x_name(property, name);
	icalcomponent_add_property(component, property);
}

static const enum icalproperty_status statuses[] = {
	[EVENT_TENTATIVE] = ICAL_STATUS_TENTATIVE,
	[EVENT_CONFIRMED] = ICAL_STATUS_CONFIRMED,
	[EVENT_CANCELLED] = ICAL_STATUS_CANCELLED,
};

icalcomponent *event_bare(const struct event_session *session, const char *uid)
{
	icalcomponent *event = icalcomponent_new(ICAL_VEVENT_COMPONENT);
	const icaltimetype changed = event_instant(session->changed);
	const bool off = session->status == EVENT_CANCELLED;
	icalcomponent_add_property(event, icalproperty_new_uid(uid));
	icalcomponent_add_property(event, icalproperty_new_dtstamp(changed));
	icalcomponent_add_property(event, icalproperty_new_lastmodified(changed));
	icalcomponent_add_property(event, icalproperty_new_sequence(session->sequence));
	icalcomponent_add_property(event, icalproperty_new_dtstart(event_instant(session->starts)));
	icalcomponent_add_property(event, icalproperty_new_dtend(event_instant(session->ends)));
	icalcomponent_add_property(event, icalproperty_new_status(statuses[session->status]));
	icalcomponent_add_property(
		event, icalproperty_new_transp(off ? ICAL_TRANSP_TRANSPARENT : ICAL_TRANSP_OPAQUE));
	return event;
}

static bool is_address(const char *text)
{
	return (strncasecmp(text, "https://", 8) == 0 || strncasecmp(text, "http://", 7) == 0) &&
	       !strpbrk(text, " \t\r\n\"<>");
}

static bool is_some(const char *text)
{
	return text && *text;
}

/* CONFERENCE (RFC 7986 section 5.11), which libical writes as an extension. */
static void add_conference(icalcomponent *event, const struct event_session *session)
{
	icalproperty *property = icalproperty_new_x(session->link);
	icalparameter *feature = icalparameter_new_x(
		is_some(session->mode) && str_equal(session->mode, "chat") ? "CHAT" : "VIDEO");
	icalproperty_set_x_name(property, "CONFERENCE");
	icalproperty_add_parameter(property, icalparameter_new_value(ICAL_VALUE_URI));
	icalparameter_set_xname(feature, "FEATURE");
	icalproperty_add_parameter(property, feature);
	icalcomponent_add_property(event, property);
}

/* Adds the agenda, the arrangements, and the link for readers that do not know CONFERENCE. */
static void add_description(icalcomponent *event, const struct event_session *session)
{
	struct buf text = BUF_INIT(TEXT_MOST);
	if (is_some(session->agenda))
		buf_text(&text, session->agenda);
	if (is_some(session->arrangements))
		buf_print(&text, "%sPlease arrange for: %s", text.len ? "\n\n" : "",
			session->arrangements);
	if (is_some(session->link))
		buf_print(&text, "%sJoin: %s", text.len ? "\n\n" : "", session->link);
	if (text.len && buf_ok(&text))
		icalcomponent_add_property(event, icalproperty_new_description(text.data));
	buf_release(&text);
}

/* An alarm that shows the summary (RFC 5545 section 3.6.6). */
static void add_alarm(icalcomponent *event, int minutes, const char *summary)
{
	icalcomponent *alarm = icalcomponent_new(ICAL_VALARM_COMPONENT);
	const struct icaltriggertype before = { .time = icaltime_null_time(),
		.duration = icaldurationtype_from_int(-60 * minutes) };
	icalcomponent_add_property(alarm, icalproperty_new_action(ICAL_ACTION_DISPLAY));
	icalcomponent_add_property(alarm, icalproperty_new_description(summary));
	icalcomponent_add_property(alarm, icalproperty_new_trigger(before));
	icalcomponent_add_component(event, alarm);
}

icalcomponent *event_full(const struct event_session *session)
{
	struct buf text = BUF_INIT(TEXT_MOST);
	const bool online = is_some(session->link) && is_address(session->link);
	buf_print(&text, "%s" EVENT_UID_DOMAIN, session->id);
	icalcomponent *event = event_bare(session, buf_ok(&text) ? text.data : session->id);
	buf_clear(&text);
	if (session->title)
		buf_text(&text, session->title);
	else
		buf_print(&text, "Reverse mentoring: %s",
			session->partner ? session->partner : "former colleague");
	const char *summary = buf_ok(&text) ? text.data : "Reverse mentoring";
	icalcomponent_add_property(event, icalproperty_new_summary(summary));
	if (session->alarm_minutes > 0 && session->status != EVENT_CANCELLED)
		add_alarm(event, session->alarm_minutes, summary);
	buf_release(&text);
	if (is_some(session->place))
		icalcomponent_add_property(event, icalproperty_new_location(session->place));
	if (online) {
		icalcomponent_add_property(event, icalproperty_new_url(session->link));
		add_conference(event, session);
	} else if (is_some(session->place) && is_address(session->place)) {
		icalcomponent_add_property(event, icalproperty_new_url(session->place));
	}
	add_description(event, session);
	return event;
}

icalcomponent *event_calendar(void)
{
	errno = 0; /* event_calendar_text looks whether memory ran out since */
	icalcomponent *calendar = icalcomponent_new(ICAL_VCALENDAR_COMPONENT);
	if (!calendar)
		return NULL;
	icalcomponent_add_property(calendar, icalproperty_new_version("2.0"));
	icalcomponent_add_property(
		calendar, icalproperty_new_prodid("-//Upward//Reverse mentoring//EN"));
	icalcomponent_add_property(calendar, icalproperty_new_calscale("GREGORIAN"));
	return calendar;
}

char *event_calendar_text(icalcomponent *calendar)
{
	char *text = icalcomponent_as_ical_string_r(calendar);
	char *copy = text ? str_copy(text) : NULL;
	/* libical leaves out what it has no memory for, and goes on */
	if (errno == ENOMEM) {
		free(copy);
		copy = NULL;
	}
	icalmemory_free_buffer(text);
	icalcomponent_free(calendar);
	return copy;
}
