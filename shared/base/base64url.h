/*
 * base64url.h - base64url without padding (RFC 4648 section 5).
 */
#ifndef UPWARD_BASE_BASE64URL_H
#define UPWARD_BASE_BASE64URL_H

#include <stdbool.h>
#include <stddef.h>
#include "base/cleanup.h"

/* Returns owned text, or NULL if out of memory. */
CHECKED char *str_base64url(const void *bytes, size_t len);
/* Returns owned bytes, followed by a NUL that is not counted. */
CHECKED bool str_from_base64url(const char *text, unsigned char **ret_bytes, size_t *ret_len);

#endif
