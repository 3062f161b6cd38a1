#include "scheduling/calendar/feed.h"

#include <libical/ical.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/str.h"

#define DAY 86400

static struct icaltimetype instant(int64_t seconds)
{
	return icaltime_from_timet_with_zone((time_t)seconds, 0, icaltimezone_get_utc_timezone());
}

static void add_extension(icalcomponent *calendar, const char *name, const char *value)
{
	icalproperty *property = icalproperty_new_x(value);
	icalproperty_set_x_name(property, name);
	icalcomponent_add_property(calendar, property);
}

/* REFRESH-INTERVAL;VALUE=DURATION (RFC 7986): this libical knows it only as an extension. */
static void add_refresh(icalcomponent *calendar)
{
	icalproperty *property = icalproperty_new_x("PT1H");
	icalproperty_set_x_name(property, "REFRESH-INTERVAL");
	icalproperty_add_parameter(property, icalparameter_new_value(ICAL_VALUE_DURATION));
	icalcomponent_add_property(calendar, property);
	add_extension(calendar, "X-PUBLISHED-TTL", "PT1H");
}

static icalcomponent *new_event(const struct feed_session *session)
{
	char text[600];
	icalcomponent *event = icalcomponent_new(ICAL_VEVENT_COMPONENT);
	snprintf(text, sizeof text, "%s@upward", session->id);
	icalcomponent_add_property(event, icalproperty_new_uid(text));
	icalcomponent_add_property(event, icalproperty_new_dtstamp(instant(session->changed)));
	icalcomponent_add_property(event, icalproperty_new_lastmodified(instant(session->changed)));
	icalcomponent_add_property(event, icalproperty_new_sequence(session->sequence));
	icalcomponent_add_property(event, icalproperty_new_dtstart(instant(session->starts)));
	icalcomponent_add_property(event, icalproperty_new_dtend(instant(session->ends)));
	snprintf(text, sizeof text, "Reverse mentoring: %s",
		session->partner ? session->partner : "former colleague");
	icalcomponent_add_property(event, icalproperty_new_summary(text));
	if (session->place && *session->place)
		icalcomponent_add_property(event, icalproperty_new_location(session->place));
	icalcomponent_add_property(
		event, icalproperty_new_status(
			       session->cancelled ? ICAL_STATUS_CANCELLED : ICAL_STATUS_CONFIRMED));
	icalcomponent_add_property(
		event, icalproperty_new_transp(
			       session->cancelled ? ICAL_TRANSP_TRANSPARENT : ICAL_TRANSP_OPAQUE));
	return event;
}

static icalcomponent *new_free_busy(const struct feed *feed)
{
	icalcomponent *busy = icalcomponent_new(ICAL_VFREEBUSY_COMPONENT);
	icalcomponent_add_property(busy, icalproperty_new_uid("free-busy@upward"));
	icalcomponent_add_property(busy, icalproperty_new_dtstamp(instant(feed->now)));
	icalcomponent_add_property(busy, icalproperty_new_dtstart(instant(feed->now - 30 * DAY)));
	icalcomponent_add_property(busy, icalproperty_new_dtend(instant(feed->now + 180 * DAY)));
	for (size_t i = 0; i < feed->count; i++) {
		if (feed->sessions[i].cancelled)
			continue;
		struct icalperiodtype period = { .start = instant(feed->sessions[i].starts),
			.end = instant(feed->sessions[i].ends),
			.duration = icaldurationtype_null_duration() };
		icalproperty *property = icalproperty_new_freebusy(period);
		icalproperty_add_parameter(property, icalparameter_new_fbtype(ICAL_FBTYPE_BUSY));
		icalcomponent_add_property(busy, property);
	}
	return busy;
}

char *feed_write(const struct feed *feed)
{
	icalcomponent *calendar = icalcomponent_new(ICAL_VCALENDAR_COMPONENT);
	if (!calendar)
		return NULL;
	icalcomponent_add_property(calendar, icalproperty_new_version("2.0"));
	icalcomponent_add_property(
		calendar, icalproperty_new_prodid("-//Upward//Reverse mentoring//EN"));
	icalcomponent_add_property(calendar, icalproperty_new_calscale("GREGORIAN"));
	icalcomponent_add_property(calendar, icalproperty_new_method(ICAL_METHOD_PUBLISH));
	add_extension(calendar, "NAME", feed->name);
	add_extension(calendar, "X-WR-CALNAME", feed->name);
	add_refresh(calendar);
	if (feed->free_busy)
		icalcomponent_add_component(calendar, new_free_busy(feed));
	for (size_t i = 0; !feed->free_busy && i < feed->count; i++)
		icalcomponent_add_component(calendar, new_event(&feed->sessions[i]));
	char *text = icalcomponent_as_ical_string_r(calendar);
	char *copy = text ? str_copy(text) : NULL;
	icalmemory_free_buffer(text);
	icalcomponent_free(calendar);
	return copy;
}
