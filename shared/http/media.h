/*
 * media.h - media types: what the caller sends (Content-Type) and what it wants back (Accept,
 * RFC 9110 section 12.5.1).
 */
#ifndef UPWARD_HTTP_MEDIA_H
#define UPWARD_HTTP_MEDIA_H

#include "base/charset.h"
#include "http/operation.h"

#define MEDIA_CSV "text/csv; charset=utf-8"

/* The media type the answer will have, or NULL: 406. No Accept at all means the first one. */
const char *media_choose(const struct operation *operation, const char *accept);
/* Whether a request of this Content-Type (NULL: none) may carry the operation's body, and what its
 * text is in. JSON is UTF-8 and passes as it comes (CHARSET_NONE); other text may be in any charset
 * that is known. */
CHECKED bool media_accepts(
	const struct operation *operation, const char *content_type, enum charset *ret_charset);
/* The types that it takes, as a list for Accept-Post: "" without a body. */
void media_offer(const struct operation *operation, char *ret_types, size_t size);

#endif
