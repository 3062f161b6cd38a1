/*
 * durability.h - whether a server keeps committed data: fsync, full_page_writes and
 * synchronous_commit on, and data checksums, without which a damaged page goes unnoticed. In
 * production a server without them is never used: a service that finds one at start exits
 * (durability_judge()); a later connection to one is closed, so the service is not ready
 * (connection.c).
 */
#ifndef UPWARD_DB_DURABILITY_H
#define UPWARD_DB_DURABILITY_H

#include <stdbool.h>
#include "base/cleanup.h"
#include "db/statement.h"

#define DURABILITY_BYTES 128

/* One row, one value: what is wrong, such as "fsync=off,synchronous_commit=off", or "". Asked on the
 * connection itself, because role, database and DSN can set synchronous_commit. */
extern const struct statement durability_statement;

enum durability { DURABLE, DURABILITY_UNKNOWN /* the server is down */, NOT_DURABLE };

/* Checks once, on a separate connection; waits at most two seconds for the server. With NOT_DURABLE,
 * ret_wrong says what is wrong, as above. */
CHECKED enum durability durability_judge(const char *dsn, char ret_wrong[DURABILITY_BYTES]);

#endif
