/*
 * person_limits.h - how many pairs one person may be in at once, across all programmes, as a JSON
 * object by side: {"mentor": 3, "mentee": 2}. A side left out has no limit.
 */
#ifndef UPWARD_JSON_PERSON_LIMITS_H
#define UPWARD_JSON_PERSON_LIMITS_H

#include <stdbool.h>
#include "base/buf.h"
#include "base/cleanup.h"

#define PERSON_LIMIT_MOST 100

/* Checks that the text is such an object, with integers from 1 to PERSON_LIMIT_MOST. false: one line
 * per error, beginning with PERSON_LIMITS. */
CHECKED bool person_limits_check(const char *text, struct buf *faults);

#endif
