/*
 * state.h - the process as its requests and jobs see it: settings, database, who may call. The
 * service layer fills it once before anything runs.
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
	struct operation_metrics *operation_metrics; /* by operation; one more for unknown paths */
	struct health *health;
	struct workers *workers;
	struct body_budget *bodies;
	int idempotency_keys;     /* new ones an hour for each caller */
	unsigned char secret[32]; /* keys cursors and idempotency hashes */
};

#endif
