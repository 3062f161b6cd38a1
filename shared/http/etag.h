/*
 * etag.h - entity tags (RFC 9110 section 8.8.3). A versioned object's tag is strong:
 * "<version>.<crc32 of the body>". Objects without a version (a list, a feed) have the weak
 * tag W/"<crc32>". Whole tags are compared (for If-Match,
 * "<version>" will do: http/condition.c). A gateway that compresses makes strong tags weak, so W/
 * is ignored on both sides.
 */
#ifndef UPWARD_HTTP_ETAG_H
#define UPWARD_HTTP_ETAG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "base/cleanup.h"

#define ETAG_TEXT 36

/* version <= 0: a weak tag */
void etag_write(int64_t version, const void *body, size_t len, char ret_etag[ETAG_TEXT]);
/* Whether an If-Match or If-None-Match value is `*` or a list of tags (RFC 9110 section 8.8.3). */
CHECKED bool etag_is_list(const char *value);
CHECKED bool etag_is_any(const char *value); /* `*` */
/* Whether such a value names this tag. */
CHECKED bool etag_matches(const char *value, const char *etag);

#endif
