#include "scheduling/calendar/busy.h"

#include <libical/ical.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/civil.h"
#include "scheduling/calendar/busy_time.h"
#include "scheduling/calendar/recur.h"

#define SPANS_MOST       50000  /* before they are merged */
#define DAYS_MOST        1300  /* of one recurrence: a year before the period, and two within it */
#define RULES_MOST       5000
#define COUNTED_MOST     500 /* rules with COUNT, which must be expanded from their beginning */
#define LENGTH_MOST      (366 * DAY_SECONDS)
#define OWN_UID          "@upward"

/* An occurrence that another event replaces. */
struct moved {
	const char *uid; /* borrowed from the calendar */
	int64_t at;
};

struct reader {
	const struct busy_query *query;
	icalcomponent *calendar;
	struct busy busy;
	struct moved *moved;
	size_t moved_count;
	int rules;
	enum busy_outcome outcome;
};

/* The event being read. */
struct event {
	icalcomponent *component;
	struct busy_clock clock;
	const char *uid;
	int64_t wall;    /* of its start */
	int64_t seconds; /* its duration; whole days are counted by the wall clock */
	bool days;
	int64_t *out, *out_days; /* owned, one allocation; ascending */
	size_t out_count, out_day_count;
};

void busy_release(struct busy *busy)
{
	free(busy->spans);
	*busy = (struct busy){ 0 };
}

static void add_span(struct reader *r, int64_t starts, int64_t ends)
{
	struct busy *busy = &r->busy;
	if (starts < r->query->from)
		starts = r->query->from;
	if (ends > r->query->until)
		ends = r->query->until;
	if (starts >= ends || r->outcome != BUSY_READ)
		return;
	if (busy->count == SPANS_MOST) {
		r->outcome = BUSY_TOO_MUCH;
		return;
	}
	if (busy->count == busy->room) {
		size_t room = busy->room ? 2 * busy->room : 64;
		struct slot_span *spans = realloc(busy->spans, room * sizeof *spans);
		if (!spans) {
			r->outcome = BUSY_NO_MEMORY;
			return;
		}
		busy->spans = spans;
		busy->room = room;
	}
	busy->spans[busy->count++] = (struct slot_span){ starts, ends };
}

static int by_start(const void *a, const void *b)
{
	const struct slot_span *x = a, *y = b;
	return x->starts != y->starts ? (x->starts < y->starts ? -1 : 1)
	       : x->ends != y->ends   ? (x->ends < y->ends ? -1 : 1)
				      : 0;
}

/* Sorts the spans and merges those that touch or overlap. */
static void join(struct busy *busy)
{
	size_t kept = 0;
	if (busy->count == 0)
		return;
	qsort(busy->spans, busy->count, sizeof *busy->spans, by_start);
	for (size_t i = 1; i < busy->count; i++) {
		struct slot_span *last = &busy->spans[kept];
		if (busy->spans[i].starts > last->ends)
			busy->spans[++kept] = busy->spans[i];
		else if (busy->spans[i].ends > last->ends)
			last->ends = busy->spans[i].ends;
	}
	busy->count = kept + 1;
}

static int by_moved(const void *a, const void *b)
{
	const struct moved *x = a, *y = b;
	int order = strcmp(x->uid, y->uid);
	return order ? order : x->at < y->at ? -1 : x->at > y->at;
}

static icalproperty *first(icalcomponent *component, icalproperty_kind kind)
{
	return icalcomponent_get_first_property(component, kind);
}

static int by_number(const void *a, const void *b)
{
	const int64_t *x = a, *y = b;
	return *x < *y ? -1 : *x > *y;
}

/* Reads EXDATE: instants, or whole days if it names dates. */
static void find_left_out(struct reader *r, struct event *e)
{
	size_t room = 0;
	for (icalproperty *p = first(e->component, ICAL_EXDATE_PROPERTY); p;
		p = icalcomponent_get_next_property(e->component, ICAL_EXDATE_PROPERTY))
		room++;
	e->out = room ? calloc(2 * room, sizeof *e->out) : NULL;
	if (e->out)
		e->out_days = e->out + room;
	else if (room)
		r->outcome = BUSY_NO_MEMORY;
	for (icalproperty *p = e->out ? first(e->component, ICAL_EXDATE_PROPERTY) : NULL; p;
		p = icalcomponent_get_next_property(e->component, ICAL_EXDATE_PROPERTY)) {
		struct icaltimetype date = icalproperty_get_exdate(p);
		const struct busy_clock clock = busy_clock_of(p, r->calendar, r->query->home);
		if (date.is_date)
			e->out_days[e->out_day_count++] = hours_day(busy_wall(date));
		else
			e->out[e->out_count++] = busy_instant(&clock, busy_wall(date));
	}
	if (e->out) {
		qsort(e->out, e->out_count, sizeof *e->out, by_number);
		qsort(e->out_days, e->out_day_count, sizeof *e->out_days, by_number);
	}
}

/* Whether this occurrence is excluded or replaced. */
static bool is_left_out(const struct reader *r, const struct event *e, int64_t at, int64_t wall)
{
	const struct moved key = { e->uid, at };
	const int64_t day = hours_day(wall);
	return (r->moved_count &&
		       bsearch(&key, r->moved, r->moved_count, sizeof key, by_moved)) ||
	       (e->out_count && bsearch(&at, e->out, e->out_count, sizeof at, by_number)) ||
	       (e->out_day_count &&
		       bsearch(&day, e->out_days, e->out_day_count, sizeof day, by_number));
}

static void add_occurrence(struct reader *r, const struct event *e, int64_t wall, bool alone)
{
	int64_t starts = busy_instant(&e->clock, wall);
	int64_t ends = e->days ? busy_instant(&e->clock, wall + e->seconds) : starts + e->seconds;
	if (ends <= r->query->from || starts >= r->query->until)
		return;
	if (alone || !is_left_out(r, e, starts, wall))
		add_span(r, starts, ends);
}

/* Whether an occurrence is beyond UNTIL, which is a date, an instant or a wall-clock time. */
static bool is_beyond(const struct event *e, struct icaltimetype until, int64_t wall)
{
	if (icaltime_is_null_time(until))
		return false;
	int64_t said = busy_wall(until);
	if (until.is_date)
		return hours_day(wall) > hours_day(said);
	return icaltime_is_utc(until) && !e->days ? busy_instant(&e->clock, wall) > said
						  : wall > said;
}

static size_t taken(const short *values, int size, int *ret_values)
{
	size_t count = 0;
	for (int i = 0; i < size && values[i] != ICAL_RECURRENCE_ARRAY_MAX; i++)
		if (count < RECUR_PARTS_MOST)
			ret_values[count++] = values[i];
	return count;
}

/* 1 Monday ... 7 Sunday; libical counts from Sunday, 1. */
static int weekday_of(int weekday)
{
	return weekday == ICAL_SUNDAY_WEEKDAY ? 7 : weekday - 1;
}

/* false: finer than a day, or with parts that recur.h does not support. */
static bool read_rule(const struct icalrecurrencetype *said, struct recur *ret_rule)
{
	int months[RECUR_PARTS_MOST], days[RECUR_PARTS_MOST];
	struct recur rule = { .unit = (enum recur_unit)(said->freq - ICAL_DAILY_RECURRENCE),
		.interval = said->interval,
		.count = said->count,
		.week_start = weekday_of(said->week_start) };
	if (said->freq < ICAL_DAILY_RECURRENCE || said->freq > ICAL_YEARLY_RECURRENCE ||
		said->interval < 1 || said->rscale || said->week_start < ICAL_SUNDAY_WEEKDAY ||
		taken(said->by_second, 1, days) || taken(said->by_minute, 1, days) ||
		taken(said->by_hour, 1, days) || taken(said->by_week_no, 1, days) ||
		taken(said->by_year_day, 1, days))
		return false;
	size_t count = taken(said->by_month, ICAL_BY_MONTH_SIZE, months);
	for (size_t i = 0; i < count; i++) {
		if (months[i] < 1 || months[i] > 12)
			return false;
		rule.months |= 1U << months[i];
	}
	rule.month_day_count = taken(said->by_month_day, ICAL_BY_MONTHDAY_SIZE, rule.month_days);
	rule.position_count = taken(said->by_set_pos, ICAL_BY_SETPOS_SIZE, rule.positions);
	count = taken(said->by_day, ICAL_BY_DAY_SIZE, days);
	for (size_t i = 0; i < count; i++)
		rule.weekdays[rule.weekday_count++] = (struct recur_weekday){
			weekday_of(icalrecurrencetype_day_day_of_week((short)days[i])),
			icalrecurrencetype_day_position((short)days[i]) };
	*ret_rule = rule;
	return true;
}

static void add_rule(struct reader *r, const struct event *e, struct icalrecurrencetype said)
{
	int64_t days[DAYS_MOST];
	struct recur rule;
	if (!read_rule(&said, &rule)) {
		r->outcome = BUSY_TOO_FINE;
		return;
	}
	if (++r->rules > (rule.count ? COUNTED_MOST : RULES_MOST)) {
		r->outcome = BUSY_TOO_MUCH;
		return;
	}
	size_t count = recur_days(&rule, hours_day(e->wall),
		hours_day(r->query->from - LENGTH_MOST) - 1, hours_day(r->query->until) + 1, days,
		DAYS_MOST);
	int64_t clock = e->wall - hours_day(e->wall) * DAY_SECONDS;
	for (size_t i = 0; i < count && r->outcome == BUSY_READ; i++) {
		int64_t wall = days[i] * DAY_SECONDS + clock;
		if (is_beyond(e, said.until, wall))
			break;
		add_occurrence(r, e, wall, false);
	}
}

/* Adds the dates that an event lists individually, besides its first. */
static void add_dates(struct reader *r, const struct event *e)
{
	for (icalproperty *p = first(e->component, ICAL_RDATE_PROPERTY); p;
		p = icalcomponent_get_next_property(e->component, ICAL_RDATE_PROPERTY)) {
		struct icaldatetimeperiodtype date = icalproperty_get_rdate(p);
		struct icaltimetype time =
			icaltime_is_null_time(date.time) ? date.period.start : date.time;
		struct event named = *e;
		named.clock = busy_clock_of(p, r->calendar, r->query->home);
		if (!icaltime_is_null_time(time))
			add_occurrence(r, &named, busy_wall(time), false);
	}
}

/* The duration of an event: up to its end, or as stated, or a whole day. */
static int64_t length_of(struct reader *r, icalcomponent *component, const struct event *e)
{
	icalproperty *end = first(component, ICAL_DTEND_PROPERTY);
	icalproperty *lasts = first(component, ICAL_DURATION_PROPERTY);
	if (end) {
		struct busy_clock clock = busy_clock_of(end, r->calendar, r->query->home);
		int64_t wall = busy_wall(icalproperty_get_dtend(end));
		return e->days ? wall - e->wall
			       : busy_instant(&clock, wall) - busy_instant(&e->clock, e->wall);
	}
	if (lasts) {
		struct icaldurationtype d = icalproperty_get_duration(lasts);
		return d.is_neg ? 0
				: ((INT64_C(7) * d.weeks + d.days) * 24 + d.hours) * 3600 +
					  d.minutes * INT64_C(60) + d.seconds;
	}
	return e->days ? DAY_SECONDS : 0;
}

/* Whether an event makes its owner busy. */
static bool counts(icalcomponent *component)
{
	icalproperty *status = first(component, ICAL_STATUS_PROPERTY);
	icalproperty *transparency = first(component, ICAL_TRANSP_PROPERTY);
	const char *uid = icalcomponent_get_uid(component);
	size_t length = uid ? strlen(uid) : 0, own = strlen(OWN_UID);
	if (status && icalproperty_get_status(status) == ICAL_STATUS_CANCELLED)
		return false;
	if (transparency && icalproperty_get_transp(transparency) != ICAL_TRANSP_OPAQUE &&
		icalproperty_get_transp(transparency) != ICAL_TRANSP_OPAQUENOCONFLICT)
		return false;
	for (icalproperty *p = first(component, ICAL_X_PROPERTY); p;
		p = icalcomponent_get_next_property(component, ICAL_X_PROPERTY)) {
		const char *value = icalproperty_get_x(p);
		if (value && strcasecmp(value, "FREE") == 0)
			return false;
	}
	return length < own || strcmp(uid + length - own, OWN_UID) != 0;
}

static void add_event(struct reader *r, icalcomponent *component)
{
	icalproperty *start = first(component, ICAL_DTSTART_PROPERTY);
	bool moved = first(component, ICAL_RECURRENCEID_PROPERTY) != NULL;
	if (!start || !counts(component))
		return;
	struct icaltimetype time = icalproperty_get_dtstart(start);
	const char *uid = icalcomponent_get_uid(component);
	struct event e = { .component = component,
		.clock = busy_clock_of(start, r->calendar, r->query->home),
		.uid = uid ? uid : "",
		.wall = busy_wall(time),
		.days = time.is_date };
	e.seconds = length_of(r, component, &e);
	if (icaltime_is_null_time(time) || e.seconds <= 0 || e.seconds > LENGTH_MOST)
		return;
	if (moved) {
		add_occurrence(r, &e, e.wall, true);
		return;
	}
	find_left_out(r, &e);
	add_occurrence(r, &e, e.wall, false);
	icalproperty *rule = first(component, ICAL_RRULE_PROPERTY); /* one (RFC 5545 section 3.8.5.3) */
	if (rule && r->outcome == BUSY_READ)
		add_rule(r, &e, icalproperty_get_rrule(rule));
	add_dates(r, &e);
	free(e.out);
}

static void add_free_busy(struct reader *r, icalcomponent *component)
{
	for (icalproperty *p = first(component, ICAL_FREEBUSY_PROPERTY); p;
		p = icalcomponent_get_next_property(component, ICAL_FREEBUSY_PROPERTY)) {
		icalparameter *type = icalproperty_get_first_parameter(p, ICAL_FBTYPE_PARAMETER);
		struct icalperiodtype period = icalproperty_get_freebusy(p);
		if (type && icalparameter_get_fbtype(type) == ICAL_FBTYPE_FREE)
			continue;
		if (icaltime_is_null_time(period.start))
			continue;
		int64_t starts = busy_wall(period.start); /* always UTC (RFC 5545 section 3.8.2.6) */
		int64_t ends = icaltime_is_null_time(period.end)
				       ? starts + icaldurationtype_as_int(period.duration)
				       : busy_wall(period.end);
		add_span(r, starts, ends);
	}
}

/* Finds the occurrences that are replaced by events of their own; their original times are free. */
static void find_moved(struct reader *r)
{
	icalcomponent *calendar = r->calendar;
	int events = icalcomponent_count_components(calendar, ICAL_VEVENT_COMPONENT);
	r->moved_count = 0;
	free(r->moved);
	r->moved = calloc((size_t)events + 1, sizeof *r->moved);
	if (!r->moved) {
		r->outcome = BUSY_NO_MEMORY;
		return;
	}
	icalcompiter i = icalcomponent_begin_component(calendar, ICAL_VEVENT_COMPONENT);
	for (icalcomponent *e = icalcompiter_deref(&i); e; e = icalcompiter_next(&i)) {
		icalproperty *p = first(e, ICAL_RECURRENCEID_PROPERTY);
		const char *uid = icalcomponent_get_uid(e);
		if (!p)
			continue;
		const struct busy_clock clock = busy_clock_of(p, calendar, r->query->home);
		r->moved[r->moved_count++] = (struct moved){ uid ? uid : "",
			busy_instant(&clock, busy_wall(icalproperty_get_recurrenceid(p))) };
	}
	qsort(r->moved, r->moved_count, sizeof *r->moved, by_moved);
}

static void read_calendar(struct reader *r, icalcomponent *calendar)
{
	r->calendar = calendar;
	if (!busy_zones_are_plain(calendar)) {
		r->outcome = BUSY_TOO_FINE;
		return;
	}
	find_moved(r);
	icalcompiter i = icalcomponent_begin_component(calendar, ICAL_VFREEBUSY_COMPONENT);
	for (; icalcompiter_deref(&i) && r->outcome == BUSY_READ; icalcompiter_next(&i))
		add_free_busy(r, icalcompiter_deref(&i));
	i = icalcomponent_begin_component(calendar, ICAL_VEVENT_COMPONENT);
	for (; icalcompiter_deref(&i) && r->outcome == BUSY_READ; icalcompiter_next(&i))
		add_event(r, icalcompiter_deref(&i));
}

enum busy_outcome busy_read(const struct busy_query *query, struct busy *ret_busy)
{
	struct reader r = { .query = query };
	struct buf text = BUF_INIT(2 * BUSY_TEXT_MOST + 1);
	r.outcome = busy_reduce(query->text, query->length, &text);
	icalerror_set_errors_are_fatal(false);
	icalcomponent *root = r.outcome == BUSY_READ ? icalparser_parse_string(text.data) : NULL;
	buf_release(&text);
	if (root && icalcomponent_isa(root) == ICAL_VCALENDAR_COMPONENT) {
		read_calendar(&r, root);
	} else if (root && icalcomponent_isa(root) == ICAL_XROOT_COMPONENT) { /* several calendars */
		icalcompiter i = icalcomponent_begin_component(root, ICAL_VCALENDAR_COMPONENT);
		for (; icalcompiter_deref(&i) && r.outcome == BUSY_READ; icalcompiter_next(&i))
			read_calendar(&r, icalcompiter_deref(&i));
	} else if (r.outcome == BUSY_READ) {
		r.outcome = BUSY_NOT_A_CALENDAR;
	}
	join(&r.busy);
	if (r.outcome == BUSY_READ && r.busy.count > BUSY_SPANS_MOST)
		r.outcome = BUSY_TOO_MUCH;
	if (root)
		icalcomponent_free(root);
	free(r.moved);
	if (r.outcome != BUSY_READ)
		busy_release(&r.busy);
	*ret_busy = r.busy;
	return r.outcome;
}
