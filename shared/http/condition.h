/*
 * condition.h - If-Match (RFC 9110 section 13.1.1), which is never passed over where it is sent.
 *
 * A read is made and its tag compared. Before a write the GET named by operation.tagged is answered
 * as this caller would see it now, and its whole tag compared; the version it bore then holds to
 * the end: statements take it as :if_match, and the trigger if_match on every versioned table
 * refuses to change another one, with the row locked. `*` stands for whatever version there is. No
 * tag matches a collection. A repetition under an Idempotency-Key is answered as the first time:
 * its own effect changed the version.
 */
#ifndef UPWARD_HTTP_CONDITION_H
#define UPWARD_HTTP_CONDITION_H

#include "http/call.h"

/* Runs the operation (its handler, or what the table says) under its condition. */
CHECKED struct reply condition_run(struct call *call);

#endif
