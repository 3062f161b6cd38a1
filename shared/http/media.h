/*
 * media.h - media types: what the caller sends (Content-Type) and accepts (Accept,
 * RFC 9110 section 12.5.1).
 */
#ifndef UPWARD_HTTP_MEDIA_H
#define UPWARD_HTTP_MEDIA_H

#include "base/charset.h"
#include "http/operation.h"

#define MEDIA_CSV "text/csv; charset=utf-8"
#define MEDIA_NDJSON "application/x-ndjson"

/* The media type of the response, or NULL: 406. Without Accept it is the first one offered. */
const char *media_choose(const struct operation *operation, const char *accept);
/* Whether the operation accepts a body of this Content-Type (NULL: none), and its encoding. JSON is
 * UTF-8 and passes unchanged (CHARSET_NONE); other text may be in any known charset. */
CHECKED bool media_accepts(
	const struct operation *operation, const char *content_type, enum charset *ret_charset);
/* The types that it accepts, as a list for Accept-Post; "" without a body. */
void media_offer(const struct operation *operation, char *ret_types, size_t size);

#endif
