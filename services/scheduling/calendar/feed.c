#include "scheduling/calendar/feed.h"

#include <libical/ical.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/buf.h"
#include "base/hash.h"
#include "base/str.h"

#define DAY       86400
#define TEXT_MOST 8192

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

static const enum icalproperty_status statuses[] = {
	[FEED_TENTATIVE] = ICAL_STATUS_TENTATIVE,
	[FEED_CONFIRMED] = ICAL_STATUS_CONFIRMED,
	[FEED_CANCELLED] = ICAL_STATUS_CANCELLED,
};

/* What every event has: its time, its state and the marks by which readers follow a change. */
static icalcomponent *new_event(const struct feed_session *session, const char *uid)
{
	icalcomponent *event = icalcomponent_new(ICAL_VEVENT_COMPONENT);
	icalcomponent_add_property(event, icalproperty_new_uid(uid));
	icalcomponent_add_property(event, icalproperty_new_dtstamp(instant(session->changed)));
	icalcomponent_add_property(event, icalproperty_new_lastmodified(instant(session->changed)));
	icalcomponent_add_property(event, icalproperty_new_sequence(session->sequence));
	icalcomponent_add_property(event, icalproperty_new_dtstart(instant(session->starts)));
	icalcomponent_add_property(event, icalproperty_new_dtend(instant(session->ends)));
	icalcomponent_add_property(event, icalproperty_new_status(statuses[session->status]));
	icalcomponent_add_property(event,
		icalproperty_new_transp(session->status == FEED_CANCELLED ? ICAL_TRANSP_TRANSPARENT
									  : ICAL_TRANSP_OPAQUE));
	return event;
}

static bool is_address(const char *text)
{
	return (strncasecmp(text, "https://", 8) == 0 || strncasecmp(text, "http://", 7) == 0) &&
	       !strpbrk(text, " \t\"<>");
}

static icalcomponent *new_full_event(const struct feed_session *session)
{
	struct buf text = BUF_INIT(TEXT_MOST);
	buf_print(&text, "%s@upward", session->id);
	icalcomponent *event = new_event(session, buf_ok(&text) ? text.data : session->id);
	buf_clear(&text);
	buf_print(&text, "Reverse mentoring: %s",
		session->partner ? session->partner : "former colleague");
	icalcomponent_add_property(
		event, icalproperty_new_summary(buf_ok(&text) ? text.data : "Reverse mentoring"));
	buf_release(&text);
	if (session->place && *session->place)
		icalcomponent_add_property(event, icalproperty_new_location(session->place));
	if (session->place && is_address(session->place))
		icalcomponent_add_property(event, icalproperty_new_url(session->place));
	if (session->agenda && *session->agenda)
		icalcomponent_add_property(event, icalproperty_new_description(session->agenda));
	return event;
}

/* The two of a pair must not find each other's meetings in two such feeds by the UID. */
static icalcomponent *new_busy_event(const struct feed *feed, const struct feed_session *session)
{
	unsigned char hash[HASH_BYTES];
	char uid[HASH_TEXT], text[200];
	int length = snprintf(text, sizeof text, "%s %s", feed->owner, session->id);
	hash_sha256(text, (size_t)length, hash);
	hash_hex(hash, sizeof hash, uid);
	icalcomponent *event = new_event(session, uid);
	icalcomponent_add_property(event, icalproperty_new_summary("Busy"));
	return event;
}

static icalcomponent *new_free_busy(const struct feed *feed)
{
	icalcomponent *busy = icalcomponent_new(ICAL_VFREEBUSY_COMPONENT);
	icalcomponent_add_property(busy, icalproperty_new_uid("free-busy@upward"));
	icalcomponent_add_property(busy, icalproperty_new_dtstamp(instant(feed->today)));
	icalcomponent_add_property(busy, icalproperty_new_dtstart(instant(feed->today - 30 * DAY)));
	icalcomponent_add_property(busy, icalproperty_new_dtend(instant(feed->today + 181 * DAY)));
	for (size_t i = 0; i < feed->count; i++) {
		const struct feed_session *session = &feed->sessions[i];
		if (session->status == FEED_CANCELLED)
			continue;
		struct icalperiodtype period = { .start = instant(session->starts),
			.end = instant(session->ends),
			.duration = icaldurationtype_null_duration() };
		icalproperty *property = icalproperty_new_freebusy(period);
		icalproperty_add_parameter(
			property, icalparameter_new_fbtype(session->status == FEED_TENTATIVE
								   ? ICAL_FBTYPE_BUSYTENTATIVE
								   : ICAL_FBTYPE_BUSY));
		icalcomponent_add_property(busy, property);
	}
	return busy;
}

/* A calendar has at least one component (RFC 5545 section 3.6); one without meetings has its zone.
 */
static icalcomponent *new_zone(void)
{
	icalcomponent *zone = icalcomponent_new(ICAL_VTIMEZONE_COMPONENT);
	icalcomponent *standard = icalcomponent_new(ICAL_XSTANDARD_COMPONENT);
	icalcomponent_add_property(zone, icalproperty_new_tzid("Etc/UTC"));
	icalcomponent_add_property(
		standard, icalproperty_new_dtstart(icaltime_from_string("19700101T000000")));
	icalcomponent_add_property(standard, icalproperty_new_tzoffsetfrom(0));
	icalcomponent_add_property(standard, icalproperty_new_tzoffsetto(0));
	icalcomponent_add_component(zone, standard);
	return zone;
}

static void add_components(icalcomponent *calendar, const struct feed *feed)
{
	if (feed->kind == FEED_VFREEBUSY)
		icalcomponent_add_component(calendar, new_free_busy(feed));
	else if (feed->count == 0)
		icalcomponent_add_component(calendar, new_zone());
	for (size_t i = 0; feed->kind != FEED_VFREEBUSY && i < feed->count; i++)
		icalcomponent_add_component(
			calendar, feed->kind == FEED_BUSY ? new_busy_event(feed, &feed->sessions[i])
							  : new_full_event(&feed->sessions[i]));
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
	add_extension(calendar, "NAME", feed->name);
	add_extension(calendar, "X-WR-CALNAME", feed->name);
	add_refresh(calendar);
	add_components(calendar, feed);
	char *text = icalcomponent_as_ical_string_r(calendar);
	char *copy = text ? str_copy(text) : NULL;
	icalmemory_free_buffer(text);
	icalcomponent_free(calendar);
	return copy;
}
