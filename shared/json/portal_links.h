/*
 * portal_links.h - where a portal shows an object: one URL per noun, with {id} in place of the
 * object's id, as a JSON object: {"pair": "https://portal.example/pairs/{id}"}. Notifications and
 * tasks link there.
 */
#ifndef UPWARD_JSON_PORTAL_LINKS_H
#define UPWARD_JSON_PORTAL_LINKS_H

#include <stdbool.h>
#include "base/buf.h"
#include "base/cleanup.h"

/* Checks that the text is such an object: every URL is absolute, http or https, with a host and, after
 * it, {id} exactly once. false: one line per error, beginning with PORTAL_LINKS. */
CHECKED bool portal_links_check(const char *text, struct buf *faults);

/* What is wrong with one URL, such as "must name a host", or NULL. */
const char *portal_link_fault(const char *address);

#endif
