#include "scheduling/calendar/recur.h"

#include <stdlib.h>

#include "base/civil.h"

#define YEAR_DAYS_MOST 366

/* The candidates of one period, in order. */
struct period {
	int64_t days[YEAR_DAYS_MOST];
	size_t count;
};

static struct civil date_of(int64_t day)
{
	return civil_from_seconds(day * DAY_SECONDS);
}

static int weekday_of(int64_t day)
{
	return civil_weekday(day) == 0 ? 7 : civil_weekday(day);
}

static bool is_in_month(const struct recur *rule, int month)
{
	return !rule->months || rule->months >> month & 1;
}

static bool is_month_day(const struct recur *rule, const struct civil *c)
{
	int length = civil_month_days(c->year, c->month);
	for (size_t i = 0; i < rule->month_day_count; i++) {
		int day = rule->month_days[i];
		if (c->day == (day < 0 ? length + 1 + day : day))
			return true;
	}
	return false;
}

/* Whether a day matches BYDAY; ordinals count within the days from `first` to `last`. */
static bool is_weekday(const struct recur *rule, int64_t day, int64_t first, int64_t last)
{
	for (size_t i = 0; i < rule->weekday_count; i++) {
		int ordinal = rule->weekdays[i].ordinal;
		if (rule->weekdays[i].weekday != weekday_of(day))
			continue;
		if (ordinal == 0 || (ordinal > 0 && (day - first) / 7 + 1 == ordinal) ||
			(ordinal < 0 && (last - day) / 7 + 1 == -ordinal))
			return true;
	}
	return false;
}

/* Whether a day of the month or year from `first` to `last` is a candidate. */
static bool is_candidate(
	const struct recur *rule, int64_t day, int64_t first, int64_t last, const struct civil *start)
{
	const struct civil c = date_of(day);
	if (!is_in_month(rule, c.month) || (rule->month_day_count && !is_month_day(rule, &c)) ||
		(rule->weekday_count && !is_weekday(rule, day, first, last)))
		return false;
	if (rule->month_day_count || rule->weekday_count)
		return true;
	return c.day == start->day &&
	       (rule->unit == RECUR_MONTHLY || rule->months || c.month == start->month);
}

static void take(struct period *p, int64_t day)
{
	if (p->count < YEAR_DAYS_MOST)
		p->days[p->count++] = day;
}

static void expand(const struct recur *rule, int64_t first, int64_t last, const struct civil *start,
	struct period *p)
{
	for (int64_t day = first; day <= last; day++)
		if (is_candidate(rule, day, first, last, start))
			take(p, day);
}

static void expand_month(const struct recur *rule, int year, int month, const struct civil *start,
	struct period *p)
{
	int64_t first = civil_days(year, month, 1);
	if (is_in_month(rule, month))
		expand(rule, first, first + civil_month_days(year, month) - 1, start, p);
}

/* Ordinals of BYDAY count within the month if BYMONTH is given, otherwise within the year. */
static void expand_year(
	const struct recur *rule, int year, const struct civil *start, struct period *p)
{
	if (!rule->months && !rule->month_day_count && rule->weekday_count)
		expand(rule, civil_days(year, 1, 1), civil_days(year, 12, 31), start, p);
	else if (!rule->months && !rule->month_day_count)
		expand_month(rule, year, start->month, start, p);
	else
		for (int month = 1; month <= 12; month++)
			expand_month(rule, year, month, start, p);
}

static void expand_week(const struct recur *rule, int64_t monday, int weekday, struct period *p)
{
	for (int64_t day = monday; day < monday + 7; day++) {
		const struct civil c = date_of(day);
		bool wanted = rule->weekday_count ? is_weekday(rule, day, day, day)
						  : weekday_of(day) == weekday;
		if (wanted && is_in_month(rule, c.month))
			take(p, day);
	}
}

static void expand_day(const struct recur *rule, int64_t day, struct period *p)
{
	const struct civil c = date_of(day);
	if (is_in_month(rule, c.month) && (!rule->month_day_count || is_month_day(rule, &c)) &&
		(!rule->weekday_count || is_weekday(rule, day, day, day)))
		take(p, day);
}

/* BYSETPOS: selects some of a period's candidates by position. */
static bool is_placed(const struct recur *rule, size_t place, size_t count)
{
	if (!rule->position_count)
		return true;
	for (size_t i = 0; i < rule->position_count; i++) {
		int position = rule->positions[i];
		if (position > 0 ? place + 1 == (size_t)position
				 : count - place == (size_t)-position)
			return true;
	}
	return false;
}

static int64_t floor_div(int64_t a, int64_t b)
{
	return a / b - (a % b < 0);
}

/* The unit in which periods are counted, at the first day: a day, a month since year 0, or a
 * year. */
static int64_t base_of(const struct recur *rule, int64_t first)
{
	const struct civil c = date_of(first);
	switch (rule->unit) {
	case RECUR_DAILY:
		return first;
	case RECUR_WEEKLY:
		return first - (weekday_of(first) - rule->week_start + 7) % 7;
	case RECUR_MONTHLY:
		return c.year * INT64_C(12) + c.month - 1;
	case RECUR_YEARLY:
		break;
	}
	return c.year;
}

/* Fills in the candidates of a period; returns its first day. */
static int64_t fill(const struct recur *rule, int64_t base, int64_t n, int64_t first, struct period *p)
{
	const struct civil start = date_of(first);
	int64_t at = base + n * rule->interval * (rule->unit == RECUR_WEEKLY ? 7 : 1);
	p->count = 0;
	switch (rule->unit) {
	case RECUR_DAILY:
		expand_day(rule, at, p);
		return at;
	case RECUR_WEEKLY:
		expand_week(rule, at, weekday_of(first), p);
		return at;
	case RECUR_MONTHLY:
		expand_month(rule, (int)(at / 12), (int)(at % 12) + 1, &start, p);
		return civil_days((int)(at / 12), (int)(at % 12) + 1, 1);
	case RECUR_YEARLY:
		break;
	}
	expand_year(rule, (int)at, &start, p);
	return civil_days((int)at, 1, 1);
}

/* The period to begin with: without COUNT, periods long before `from` can be skipped. */
static int64_t opening(const struct recur *rule, int64_t base, int64_t from, int64_t first)
{
	if (rule->count || from <= first)
		return 0;
	int64_t step = rule->interval * (rule->unit == RECUR_WEEKLY ? INT64_C(7) : 1);
	int64_t n = floor_div(base_of(rule, from) - base, step) - 1;
	return n < 0 ? 0 : n;
}

size_t recur_days(const struct recur *rule, int64_t first, int64_t from, int64_t until,
	int64_t *ret_days, size_t most)
{
	struct period p;
	int64_t base = base_of(rule, first), n = opening(rule, base, from, first);
	int64_t seen = 0;
	size_t found = 0;
	if (rule->interval < 1)
		return 0;
	for (int periods = 0; periods < RECUR_PERIODS_MOST; periods++, n++) {
		if (fill(rule, base, n, first, &p) > until)
			break;
		for (size_t i = 0; i < p.count; i++) {
			if (p.days[i] < first || !is_placed(rule, i, p.count))
				continue;
			if (p.days[i] > until || found == most ||
				(rule->count && seen++ >= rule->count))
				return found;
			if (p.days[i] >= from)
				ret_days[found++] = p.days[i];
		}
	}
	return found;
}

struct recur recur_meetings(enum recur_unit unit, int every, bool by_weekday, int64_t first)
{
	const struct civil c = date_of(first);
	struct recur rule = { .unit = unit, .interval = every, .week_start = 1 };
	if (unit != RECUR_MONTHLY)
		return rule;
	if (by_weekday) {
		int place = (c.day - 1) / 7 + 1;
		rule.weekdays[rule.weekday_count++] = (struct recur_weekday){
			weekday_of(first), place == 5 ? -1 : place };
		return rule;
	}
	for (int day = c.day < 28 ? c.day : 28; day <= c.day; day++)
		rule.month_days[rule.month_day_count++] = day;
	rule.positions[rule.position_count++] = -1;
	return rule;
}
