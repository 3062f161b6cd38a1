/*
 * portal_links.h - where a portal shows an object: one address per noun, with {id} where the
 * object's id goes, as a JSON object: {"pair": "https://portal.example/pairs/{id}"}. Notifications
 * and tasks lead there.
 */
#ifndef UPWARD_JSON_PORTAL_LINKS_H
#define UPWARD_JSON_PORTAL_LINKS_H

#include <stdbool.h>
#include "base/buf.h"
#include "base/cleanup.h"

/* Is the text such an object? Every address is absolute, http or https, and names a host and,
 * behind it, {id} once. false: every fault on a line of its own, beginning with PORTAL_LINKS. */
CHECKED bool portal_links_check(const char *text, struct buf *faults);

#endif
