/*
 * zone_rule.h - the rule after a zone's last transition: a POSIX TZ string (IEEE Std 1003.1
 * section 8.3) with the extension of RFC 8536 section 3.3.1, hours from -167 to 167.
 */
#ifndef UPWARD_BASE_ZONE_RULE_H
#define UPWARD_BASE_ZONE_RULE_H

#include <stdbool.h>
#include <stdint.h>
#include "base/cleanup.h"

/* The day of the year and the time of day at which the clocks change. */
struct zone_change {
	enum { CHANGE_JULIAN, CHANGE_DAY, CHANGE_WEEKDAY } kind; /* Jn, n, Mm.w.d */
	int day;                                                 /* n; or 0 = Sunday ... 6 */
	int month, week;                                         /* week 5: the last */
	int seconds; /* by the wall clock in force until then */
};

struct zone_rule {
	int standard, summer; /* by the wall clock before the change */
	bool changes;         /* false: always standard */
	struct zone_change to_summer, to_standard;
};

CHECKED bool zone_rule_parse(const char *text, struct zone_rule *ret_rule);
int zone_rule_offset(const struct zone_rule *rule, int64_t seconds);

#endif
