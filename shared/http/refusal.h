/*
 * refusal.h - what the database refused, as a reply.
 */
#ifndef UPWARD_HTTP_REFUSAL_H
#define UPWARD_HTTP_REFUSAL_H

#include "db/database.h"
#include "http/call.h"
#include "http/reply.h"

/* What a database outcome other than DB_DONE says to the caller. */
CHECKED struct reply call_refusal(
	const struct call *call, enum db_outcome outcome, const struct db_error *error);

#endif
