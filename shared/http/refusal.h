/*
 * refusal.h - turns a refusal by the database into a reply.
 */
#ifndef UPWARD_HTTP_REFUSAL_H
#define UPWARD_HTTP_REFUSAL_H

#include "db/database.h"
#include "http/call.h"
#include "http/reply.h"

/* The reply for a database outcome other than DB_DONE. */
CHECKED struct reply call_refusal(
	const struct call *call, enum db_outcome outcome, const struct db_error *error);

#endif
