#include "scheduling/calendar/busy_time.h"

#include <string.h>

#include "base/civil.h"

#define ZONE_PARTS_MOST 64 /* standard and summer times of one zone */
#define ZONES_MOST      64
#define TZID_MOST       200

int64_t busy_wall(struct icaltimetype time)
{
	const struct civil c = { time.year, time.month, time.day, time.is_date ? 0 : time.hour,
		time.is_date ? 0 : time.minute, time.is_date ? 0 : time.second };
	return civil_seconds(&c);
}

/* A name of the tz database, possibly after a vendor's prefix: /vendor/2005/Europe/Berlin. */
static const struct zone *named_zone(const char *tzid)
{
	for (const char *name = tzid; name; name = strchr(name, '/')) {
		name += *name == '/';
		const struct zone *zone = *name ? zone_find(name) : NULL;
		if (zone)
			return zone;
	}
	return NULL;
}

struct busy_clock busy_clock_of(
	icalproperty *property, icalcomponent *calendar, const struct zone *home)
{
	char *written = icalproperty_get_value_as_string_r(property);
	icalparameter *tzid = icalproperty_get_first_parameter(property, ICAL_TZID_PARAMETER);
	const char *name = tzid ? icalparameter_get_tzid(tzid) : NULL;
	struct busy_clock clock = { .zone = home };
	if (written && strchr(written, 'Z')) {
		clock.utc = true;
	} else if (name && strlen(name) <= TZID_MOST) {
		const struct zone *zone = named_zone(name);
		clock.local = zone ? NULL : icalcomponent_get_timezone(calendar, name);
		if (zone || clock.local)
			clock.zone = zone;
	}
	icalmemory_free_buffer(written);
	return clock;
}

int64_t busy_instant(const struct busy_clock *clock, int64_t wall)
{
	int64_t at;
	if (clock->utc)
		return wall;
	if (clock->zone) {
		if (zone_resolve(clock->zone, wall, false, &at) == ZONE_DONE)
			return at;
		return wall - zone_offset(clock->zone, wall - DAY_SECONDS); /* skipped */
	}
	const struct civil c = civil_from_seconds(wall);
	struct icaltimetype time = icaltime_null_time();
	int summer;
	time.year = c.year;
	time.month = c.month;
	time.day = c.day;
	time.hour = c.hour;
	time.minute = c.minute;
	time.second = c.second;
	/* libical does not change the zone itself, but stores its expansion */
	return wall - icaltimezone_get_utc_offset((icaltimezone *)clock->local, &time, &summer);
}

static bool part_is_plain(icalcomponent *part)
{
	for (icalproperty *p = icalcomponent_get_first_property(part, ICAL_RRULE_PROPERTY); p;
		p = icalcomponent_get_next_property(part, ICAL_RRULE_PROPERTY))
		if (icalproperty_get_rrule(p).freq != ICAL_YEARLY_RECURRENCE)
			return false;
	return true;
}

bool busy_zones_are_plain(icalcomponent *calendar)
{
	int zones = 0;
	icalcompiter i = icalcomponent_begin_component(calendar, ICAL_VTIMEZONE_COMPONENT);
	for (icalcomponent *zone = icalcompiter_deref(&i); zone; zone = icalcompiter_next(&i)) {
		int parts = 0;
		if (++zones > ZONES_MOST)
			return false;
		icalcompiter j = icalcomponent_begin_component(zone, ICAL_ANY_COMPONENT);
		for (; icalcompiter_deref(&j); icalcompiter_next(&j))
			if (++parts > ZONE_PARTS_MOST || !part_is_plain(icalcompiter_deref(&j)))
				return false;
	}
	return true;
}
