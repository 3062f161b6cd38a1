/*
 * settings.h - how a service's database is reached.
 */
#ifndef UPWARD_DB_SETTINGS_H
#define UPWARD_DB_SETTINGS_H

#include <stdbool.h>
#include "db/statement.h"

struct db_settings {
	const char *dsn; /* of the service's role; the lanes append their own time-outs */
	const char *lane_dsn, *pool_dsn, *slow_dsn, *worker_dsn; /* override, or NULL */
	int pool_size, slow_size, slow_queue;
	bool durable;   /* refuse a server that may lose what it confirmed: durability.h */
	bool unbatched; /* the lane stays empty: its reads run in the pool */
	bool watched;   /* a further connection finds out within 1.5 s when the server is mute */
	const struct statement *const *statements; /* everything to prepare */
	size_t statement_count;
};

#endif
