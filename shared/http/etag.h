/*
 * etag.h - entity tags (RFC 9110 section 8.8.3). A versioned object's tag is strong:
 * "<version>.<crc32 of the body>": If-Match compares the version, If-None-Match the whole. What has
 * no version (a list, a feed) bears the weak tag W/"<crc32>", good for If-None-Match alone.
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
/* The version of an If-Match value: exactly one strong tag of ours. */
CHECKED bool etag_version(const char *if_match, int64_t *ret_version);
/* Whether an If-None-Match value (a list or `*`) names this tag: the weak comparison. */
CHECKED bool etag_matches(const char *if_none_match, const char *etag);

#endif
