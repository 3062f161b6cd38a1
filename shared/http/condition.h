/*
 * condition.h - If-Match (RFC 9110 section 13.1.1), which is never ignored.
 *
 * For a read, the response's tag is compared. Before a write, the GET named by operation.tagged is
 * produced as this caller would see it now, and the whole tag is compared. The version found then
 * must hold to the end: statements get it as :if_match, and the trigger if_match on every versioned
 * table refuses to change any other version, with the row locked. `*` matches any version. No tag
 * matches a collection. A repeat with the same Idempotency-Key gets the first response again,
 * because its own effect has changed the version.
 */
#ifndef UPWARD_HTTP_CONDITION_H
#define UPWARD_HTTP_CONDITION_H

#include "http/call.h"

/* Runs the operation (its handler, or its statements from the table) under its condition. */
CHECKED struct reply condition_run(struct call *call);

#endif
