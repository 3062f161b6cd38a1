/*
 * settings.h - how a service's database is reached.
 */
#ifndef UPWARD_DB_SETTINGS_H
#define UPWARD_DB_SETTINGS_H

#include <stdbool.h>
#include "db/statement.h"

struct db_settings {
	const char *dsn; /* of the service's role; the lanes append their own timeouts */
	const char *lane_dsn, *pool_dsn, *slow_dsn, *worker_dsn; /* override, or NULL */
	int pool_size, slow_size, slow_queue;
	bool durable;   /* refuse a server that could lose committed data: durability.h */
	bool unbatched; /* the lane is not used: its reads run in the pool */
	bool watched;   /* a separate connection detects a mute server within 1.5 s */
	const struct statement *const *statements; /* everything to prepare */
	size_t statement_count;
};

#endif
