/*
 * public_fetch.h - fetches a document that a person named from the public Internet, or posts one there, in a
 * background job.
 *
 * Only https, with the certificate checked, and only from globally reachable addresses. They are
 * checked when connecting, so that neither a name that resolves differently the second time nor a
 * redirect leads into the installation's own network. There is no proxy, URLs with credentials are
 * refused, redirects are limited to three, and size and time are limited. With APP_ENV=development,
 * plain http is also allowed, but only from loopback. Hosts of the installation's own network, such as
 * a mail server, can be allowed by name; their certificates may come from an authority of its own.
 */
#ifndef UPWARD_EVENTS_PUBLIC_FETCH_H
#define UPWARD_EVENTS_PUBLIC_FETCH_H

#include <stdbool.h>
#include "base/buf.h"

#define FETCH_MARK 256 /* bytes of a validator; a longer one is not kept */

enum fetch_outcome {
	FETCH_DONE,
	FETCH_UNCHANGED,   /* 304: what was fetched last still holds */
	FETCH_FORBIDDEN,   /* the scheme, or an address that the name or a redirect leads to */
	FETCH_UNREACHABLE, /* name, connection, certificate */
	FETCH_STATUS,      /* any status other than 200 and 304, or too many redirects */
	FETCH_TOO_LARGE,
	FETCH_TOO_SLOW
};

/* The validators of a document: ETag and Last-Modified as received, "" if there is none. */
struct fetch_marks {
	char etag[FETCH_MARK], modified[FETCH_MARK];
};

/* The hosts inside the own network from which documents may be fetched: names separated by commas, and
 * the authorities (PEM file) that vouch for them; either may be NULL. Borrowed. */
struct fetch_inside {
	const char *hosts, *authorities;
};

/* Whether a URL may be tried at all. */
CHECKED bool public_fetch_allowed(const char *url);

/* What a server said to a posted document: its status, and the seconds it wants to be left alone. */
#define POST_PAUSE_MOST 86400
struct post_answer {
	long status;
	int pause;
};

/* Posts JSON, under the same rules; redirects are not followed. FETCH_DONE: the status is 2xx; FETCH_STATUS:
 * another one. */
CHECKED enum fetch_outcome public_post(const char *url, const struct fetch_inside *inside,
	const char *json, struct post_answer *ret_answer);

/* Appends the body to out, up to its limit. Sends the marks as conditions, and replaces them after
 * FETCH_DONE. Each request waits at most 20 seconds, or less if the worker is told to stop. */
CHECKED enum fetch_outcome public_fetch(const char *url, const struct fetch_inside *inside,
	struct fetch_marks *marks, struct buf *out);

#endif
