/*
 * media.h - media types: what the caller sends (Content-Type) and what it wants back (Accept,
 * RFC 9110 section 12.5.1).
 */
#ifndef UPWARD_HTTP_MEDIA_H
#define UPWARD_HTTP_MEDIA_H

#include "http/operation.h"

#define MEDIA_CSV "text/csv; charset=utf-8"

/* The media type the answer will have, or NULL: 406. No Accept at all means the first one. */
const char *media_choose(const struct operation *operation, const char *accept);
/* Whether a request of this Content-Type (NULL: none) may carry the operation's body. A charset
 * other than UTF-8 may not. */
CHECKED bool media_accepts(const struct operation *operation, const char *content_type);

#endif
