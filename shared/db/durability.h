/*
 * durability.h - whether a server keeps what it has confirmed: fsync, full_page_writes and
 * synchronous_commit on, and data checksums, without which a damaged page goes unnoticed. In
 * production a server that does not is never used: a service that meets one at its start ends
 * (durability_judge()), and a connection to one that comes later is closed again, so that the
 * service is not ready (connection.c).
 */
#ifndef UPWARD_DB_DURABILITY_H
#define UPWARD_DB_DURABILITY_H

#include <stdbool.h>
#include "base/cleanup.h"
#include "db/statement.h"

#define DURABILITY_BYTES 128

/* One row, one value: what is wrong, as "fsync=off,synchronous_commit=off", or "". As this very
 * connection has it, since role, database and DSN may set synchronous_commit. */
extern const struct statement durability_statement;

enum durability { DURABLE, DURABILITY_UNKNOWN /* the server is away */, NOT_DURABLE };

/* Looks once, over a connection of its own; waits two seconds for the server at most. NOT_DURABLE:
 * what is wrong stands in ret_wrong, as above. */
CHECKED enum durability durability_judge(const char *dsn, char ret_wrong[DURABILITY_BYTES]);

#endif
