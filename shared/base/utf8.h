/*
 * utf8.h - UTF-8 by RFC 3629.
 */
#ifndef UPWARD_BASE_UTF8_H
#define UPWARD_BASE_UTF8_H

#include <stdbool.h>
#include <stddef.h>
#include "base/cleanup.h"

/* Well-formed, no NUL. Counts code points (ret_characters may be NULL). */
CHECKED bool str_is_utf8(const char *text, size_t len, size_t *ret_characters);
/* Length in bytes of the well-formed character at the start of text, or 0. Reads no further than
 * the first byte that does not fit, so never past a NUL. */
CHECKED size_t str_utf8_step(const char *text);

#endif
