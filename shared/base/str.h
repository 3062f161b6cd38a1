/*
 * str.h - strict conversions from text to values. None accepts white space, signs other than those
 * given, or trailing bytes. Results are the last parameter and are not touched on failure.
 */
#ifndef UPWARD_BASE_STR_H
#define UPWARD_BASE_STR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "base/cleanup.h"

CHECKED bool str_to_i64(const char *text, int64_t *ret_value); /* -?(0|[1-9][0-9]*) */
CHECKED bool str_to_bool(const char *text, bool *ret_value);   /* "true" or "false" */
CHECKED bool str_is_uuid(const char *text);                    /* RFC 9562, lower case */
CHECKED bool str_is_date(const char *text); /* YYYY-MM-DD, a real day in CIVIL_YEARS */
/* RFC 3339 with any offset and at most 9 decimals, in CIVIL_YEARS; the result is UTC with Z.
 * Decimals beyond the sixth are dropped, because the database stores no more. */
#define STR_INSTANT sizeof "9999-12-31T23:59:59.999999Z"
CHECKED bool str_to_instant(const char *text, char ret_utc[STR_INSTANT]);
CHECKED bool str_is_local_time(const char *text); /* HH:MM */
CHECKED bool str_is_local_end(const char *text);  /* the same, or 24:00, the end of a day */
CHECKED bool str_is_email(const char *text);      /* dot-atom at a dotted host name */
CHECKED bool str_is_language(const char *text);   /* BCP 47 shape, canonical case: de, pt-BR */
CHECKED bool str_is_uri(const char *text);        /* absolute http or https, RFC 3986 */
/* 1 to `most` characters from ! to ~ */
CHECKED bool str_is_visible_ascii(const char *text, size_t most);
static inline bool str_equal(const char *a, const char *b)
{
	return __builtin_strcmp(a, b) == 0;
}
CHECKED char *str_copy(const char *text); /* returns owned text, or NULL if out of memory */

#endif
