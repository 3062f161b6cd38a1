/*
 * person_limits.h - in how many pairs one person may be at once, over all programmes, as a JSON
 * object by side: {"mentor": 3, "mentee": 2}. A side that is missing has no limit.
 */
#ifndef UPWARD_JSON_PERSON_LIMITS_H
#define UPWARD_JSON_PERSON_LIMITS_H

#include <stdbool.h>
#include "base/buf.h"
#include "base/cleanup.h"

#define PERSON_LIMIT_MOST 100

/* Is the text such an object, of whole numbers from 1 to PERSON_LIMIT_MOST? false: every fault on a
 * line of its own, beginning with PERSON_LIMITS. */
CHECKED bool person_limits_check(const char *text, struct buf *faults);

#endif
