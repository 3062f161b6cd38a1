/*
 * fetch.h - fetches one document over HTTPS, for key sets and discovery. Certificates are checked,
 * redirects are not followed, and the size is limited. Plain http is allowed only on loopback and
 * only if APP_ENV is development.
 */
#ifndef UPWARD_AUTH_FETCH_H
#define UPWARD_AUTH_FETCH_H

#include <stdatomic.h>
#include <stdbool.h>
#include "base/buf.h"

/* Whether this URL may be fetched at all; URLs with user names may not. */
CHECKED bool fetch_allowed(const char *url);

/* Appends the body of a 200 to out, up to the limit of out. Waits at most 5 s, less once *stop is set
 * (NULL: never). */
CHECKED bool fetch_text(const char *url, const atomic_bool *stop, struct buf *out);

/* APP_ENV=development: trust what is meant for a developer's machine. */
bool auth_in_development(void);

#endif
