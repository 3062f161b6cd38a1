/*
 * target.h - parses the request target (RFC 9112 section 3.2.1, origin form): path segments and query
 * parameters, percent-decoded (RFC 3986). It is parsed as it was sent, because the libraries below
 * truncate at %00, collapse `//` and merge repeated keys.
 *
 * Refused as malformed (400): anything but origin form, control characters, a raw or encoded NUL,
 * an encoded slash or a backslash in the path, a `%` without two hexadecimal digits, text that is
 * not UTF-8, an empty or nameless query parameter. Refused as unknown (404), because no resource
 * has such a name: an empty segment (`//`, a trailing `/`), `.` and `..`.
 */
#ifndef UPWARD_HTTP_TARGET_H
#define UPWARD_HTTP_TARGET_H

#include <stdbool.h>
#include <stddef.h>
#include "base/cleanup.h"

#define TARGET_BYTES_MOST    4096
#define TARGET_SEGMENTS_MOST 12
#define TARGET_QUERY_MOST    40

struct parameter {
	const char *name, *value; /* decoded; "" if there is no value */
};

struct target {
	size_t segment_count;
	char *segments[TARGET_SEGMENTS_MOST]; /* decoded, none empty */
	size_t query_count;
	struct parameter query[TARGET_QUERY_MOST]; /* in the order sent, including repeats */
};

enum target_outcome { TARGET_OK, TARGET_MALFORMED, TARGET_UNKNOWN, TARGET_TOO_LONG /* 414 */ };

/* *ret_target need not be zeroed. room: as large as raw with its NUL, for the decoded texts. */
CHECKED enum target_outcome target_parse(const char *raw, char *room, struct target *ret_target);

#endif
