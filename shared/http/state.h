/*
 * state.h - the state of the process for its requests and jobs: settings, database, authority. The
 * service layer fills it once, before anything runs.
 */
#ifndef UPWARD_HTTP_STATE_H
#define UPWARD_HTTP_STATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct authority;
struct body_budget;
struct config;
struct database;
struct health;
struct metrics;
struct operation;
struct operation_metrics;
struct router;
struct service;
struct workers;

struct service_state {
	const struct service *service;
	const struct operation *operations; /* of the contract */
	size_t operation_count;
	const struct config *config;
	const char *base_url; /* PUBLIC_BASE_URL */
	struct database *db;
	struct authority *authority;
	struct router *router;
	struct metrics *metrics;
	struct operation_metrics *operation_metrics; /* by operation, plus one for unknown paths */
	struct health *health;
	struct workers *workers;
	struct body_budget *bodies;
	int idempotency_keys;     /* new ones per hour and caller */
	unsigned char secret[32]; /* the key for cursors and idempotency hashes */
};

#endif
