#include "scheduling/calendar/feed.h"

#include <libical/ical.h>
#include <stdio.h>

#include "base/hash.h"
#include "scheduling/calendar/event_ical.h"

#define DAY 86400

/* REFRESH-INTERVAL;VALUE=DURATION (RFC 7986), which this version of libical knows only as an
 * extension. */
static void add_refresh(icalcomponent *calendar)
{
	icalproperty *property = icalproperty_new_x("PT1H");
	icalproperty_set_x_name(property, "REFRESH-INTERVAL");
	icalproperty_add_parameter(property, icalparameter_new_value(ICAL_VALUE_DURATION));
	icalcomponent_add_property(calendar, property);
	event_add_extension(calendar, "X-PUBLISHED-TTL", "PT1H");
}

/* The UIDs are hashed with the owner, so that the partners of a pair cannot match their meetings in
 * two such feeds. */
static icalcomponent *new_busy_event(const struct feed *feed, const struct event_session *session)
{
	unsigned char hash[HASH_BYTES];
	char uid[HASH_TEXT], text[200];
	int length = snprintf(text, sizeof text, "%s %s", feed->owner, session->id);
	hash_sha256(text, (size_t)length, hash);
	hash_hex(hash, sizeof hash, uid);
	icalcomponent *event = event_bare(session, uid);
	icalcomponent_add_property(event, icalproperty_new_summary("Busy"));
	return event;
}

static icalcomponent *new_free_busy(const struct feed *feed)
{
	icalcomponent *busy = icalcomponent_new(ICAL_VFREEBUSY_COMPONENT);
	icalcomponent_add_property(busy, icalproperty_new_uid("free-busy@upward"));
	icalcomponent_add_property(busy, icalproperty_new_dtstamp(event_instant(feed->today)));
	icalcomponent_add_property(busy, icalproperty_new_dtstart(event_instant(feed->today - 30 * DAY)));
	icalcomponent_add_property(busy, icalproperty_new_dtend(event_instant(feed->today + 181 * DAY)));
	for (size_t i = 0; i < feed->count; i++) {
		const struct event_session *session = &feed->sessions[i];
		if (session->status == EVENT_CANCELLED)
			continue;
		struct icalperiodtype period = { .start = event_instant(session->starts),
			.end = event_instant(session->ends),
			.duration = icaldurationtype_null_duration() };
		icalproperty *property = icalproperty_new_freebusy(period);
		icalproperty_add_parameter(
			property, icalparameter_new_fbtype(session->status == EVENT_TENTATIVE
								   ? ICAL_FBTYPE_BUSYTENTATIVE
								   : ICAL_FBTYPE_BUSY));
		icalcomponent_add_property(busy, property);
	}
	return busy;
}

/* A calendar must have at least one component (RFC 5545 section 3.6); one without meetings gets a
 * time zone. */
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
							  : event_full(&feed->sessions[i]));
}

char *feed_write(const struct feed *feed)
{
	icalcomponent *calendar = event_calendar();
	if (!calendar)
		return NULL;
	event_add_extension(calendar, "NAME", feed->name);
	event_add_extension(calendar, "X-WR-CALNAME", feed->name);
	add_refresh(calendar);
	add_components(calendar, feed);
	return event_calendar_text(calendar);
}
