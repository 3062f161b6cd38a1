/*
 * service.h - runs a service process from start to stop. A service's main.c is one table and one call:
 *
 *	static const struct service profiles = {
 *		.name = "profiles", SERVICE_CONTRACT(profiles), ... };
 *	int main(int argc, char **argv) { return service_main(&profiles, argc, argv); }
 *
 * Options: --help, --version, --print-config (secrets masked), --check-config.
 * SIGHUP reloads keys and looks callers up again. Exit status: 0 after SIGTERM or another terminating
 * signal, when drained; 1 could not start (every reason is printed); 2 wrong usage.
 */
#ifndef UPWARD_SERVICE_SERVICE_H
#define UPWARD_SERVICE_SERVICE_H

#include "auth/principal.h"
#include "events/worker.h"
#include "http/operation.h"
#include "http/state.h"
#include "http/router.h"
#include "ops/config.h"
#include "ops/health.h"
#include "ops/metrics.h"

struct service {
	const char *name;
	const struct operation *operations;
	const size_t *operation_count;
	const struct statement *const *statements; /* of this service; the shared ones are added */
	const size_t *statement_count;
	const struct consumer *consumers;
	size_t consumer_count;
	const struct job *jobs;
	size_t job_count;
};

/* The declarations of a service in the generated gen/<name>/contract.h. */
#define SERVICE_CONTRACT(service_name)                                                             \
	.operations = service_name##_operations,                                                   \
	.operation_count = &service_name##_operation_count,                                        \
	.statements = service_name##_statements,                                                   \
	.statement_count = &service_name##_statement_count

/* of the API as a whole */
#define SERVICE_VERSION "0.1.0"

int service_main(const struct service *service, int argc, char **argv);

#endif
