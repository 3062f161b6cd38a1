/*
 * fetch.h - one document by HTTPS, for key sets and discovery. Certificates are checked, redirects
 * are not followed, and the answer has an upper limit. Plain http is for loopback alone, and only
 * where APP_ENV is development.
 */
#ifndef UPWARD_AUTH_FETCH_H
#define UPWARD_AUTH_FETCH_H

#include <stdatomic.h>
#include <stdbool.h>
#include "base/buf.h"

/* May this address be fetched at all? No user names in it. */
CHECKED bool fetch_allowed(const char *url);

/* Appends the body of a 200 to out, whose limit is the limit. Waits at most 5 s, less once *stop is
 * set (NULL: never). */
CHECKED bool fetch_text(const char *url, const atomic_bool *stop, struct buf *out);

/* APP_ENV=development: what is meant for a developer's machine is trusted. */
bool auth_in_development(void);

#endif
