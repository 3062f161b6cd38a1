/*
 * figures.h - registers the metrics every service has: its operations, its database, its process.
 */
#ifndef UPWARD_SERVICE_FIGURES_H
#define UPWARD_SERVICE_FIGURES_H

#include "base/cleanup.h"
#include "http/state.h"

/* Fills service->metrics and service->operation_metrics. false: out of memory. */
CHECKED bool figures_open(struct service_state *service);
/* Registers those of the database, once it is open. */
CHECKED bool figures_of_database(struct service_state *service);
void figures_close(struct service_state *service);

#endif
