#include "base/zone_rule.h"

#include "base/civil.h"

static bool read_number(const char **at, int most, int *ret_value)
{
	int value = 0;
	const char *s = *at;
	if (*s < '0' || *s > '9')
		return false;
	for (; *s >= '0' && *s <= '9'; s++) {
		value = value * 10 + (*s - '0');
		if (value > most)
			return false;
	}
	*at = s;
	*ret_value = value;
	return true;
}

/* [+-]hh[:mm[:ss]] */
static bool read_time(const char **at, int hours_most, int *ret_seconds)
{
	int hours, minutes = 0, seconds = 0;
	bool negative = **at == '-';
	if (**at == '-' || **at == '+')
		++*at;
	if (!read_number(at, hours_most, &hours))
		return false;
	if (**at == ':') {
		++*at;
		if (!read_number(at, 59, &minutes))
			return false;
		if (**at == ':') {
			++*at;
			if (!read_number(at, 59, &seconds))
				return false;
		}
	}
	int total = hours * 3600 + minutes * 60 + seconds;
	*ret_seconds = negative ? -total : total;
	return true;
}

/* Skips an abbreviation: letters, or letters, digits and signs in <>. */
static bool skip_name(const char **at)
{
	const char *s = *at;
	bool quoted = *s == '<';
	int len = 0;
	s += quoted;
	for (;; s++, len++) {
		bool letter = (*s >= 'a' && *s <= 'z') || (*s >= 'A' && *s <= 'Z');
		bool other = (*s >= '0' && *s <= '9') || *s == '+' || *s == '-';
		if (!letter && !(quoted && other))
			break;
	}
	if (len < 3 || (quoted && *s != '>'))
		return false;
	*at = s + quoted;
	return true;
}

static bool read_change(const char **at, struct zone_change *c)
{
	if (**at != ',')
		return false;
	++*at;
	if (**at == 'M') {
		c->kind = CHANGE_WEEKDAY;
		++*at;
		if (!read_number(at, 12, &c->month) || c->month < 1 || *(*at)++ != '.' ||
			!read_number(at, 5, &c->week) || c->week < 1 || *(*at)++ != '.' ||
			!read_number(at, 6, &c->day))
			return false;
	} else {
		c->kind = **at == 'J' ? CHANGE_JULIAN : CHANGE_DAY;
		*at += c->kind == CHANGE_JULIAN;
		if (!read_number(at, 365, &c->day) || (c->kind == CHANGE_JULIAN && c->day < 1))
			return false;
	}
	c->seconds = 7200;
	if (**at != '/')
		return true;
	++*at;
	return read_time(at, 167, &c->seconds);
}

bool zone_rule_parse(const char *text, struct zone_rule *ret_rule)
{
	struct zone_rule rule = { 0 };
	const char *at = text;
	int west;
	if (!skip_name(&at) || !read_time(&at, 24, &west))
		return false;
	rule.standard = -west;
	if (*at != '\0') {
		rule.changes = true;
		rule.summer = rule.standard + 3600;
		if (!skip_name(&at))
			return false;
		if (*at != ',') {
			if (!read_time(&at, 24, &west))
				return false;
			rule.summer = -west;
		}
		if (!read_change(&at, &rule.to_summer) || !read_change(&at, &rule.to_standard))
			return false;
	}
	if (*at != '\0')
		return false;
	*ret_rule = rule;
	return true;
}

/* The local seconds of the change in a year. */
static int64_t change_in(const struct zone_change *c, int year)
{
	int64_t day = civil_days(year, 1, 1);
	switch (c->kind) {
	case CHANGE_JULIAN: /* 1..365, the 29th of February is never counted */
		day += c->day - 1 + (c->day >= 60 && civil_month_days(year, 2) == 29);
		break;
	case CHANGE_DAY:
		day += c->day;
		break;
	case CHANGE_WEEKDAY: {
		int64_t first = civil_days(year, c->month, 1);
		int to_weekday = (c->day - civil_weekday(first) + 7) % 7;
		int of_month = to_weekday + 7 * (c->week - 1);
		while (of_month >= civil_month_days(year, c->month))
			of_month -= 7;
		day = first + of_month;
		break;
	}
	}
	return day * DAY_SECONDS + c->seconds;
}

int zone_rule_offset(const struct zone_rule *rule, int64_t seconds)
{
	if (!rule->changes)
		return rule->standard;
	int year = civil_from_seconds(seconds + rule->standard).year;
	int64_t start = change_in(&rule->to_summer, year) - rule->standard;
	int64_t end = change_in(&rule->to_standard, year) - rule->summer;
	bool summer = start < end ? seconds >= start && seconds < end
				  : seconds >= start || seconds < end;
	return summer ? rule->summer : rule->standard;
}
