#include "service/figures.h"

#include <stdlib.h>
#include "db/database.h"
#include "http/operation.h"
#include "ops/metrics.h"

bool figures_open(struct service_state *service)
{
	service->metrics = metrics_new();
	service->operation_metrics = calloc(
		service->operation_count + 1, sizeof *service->operation_metrics);
	if (!service->metrics || !service->operation_metrics || !metrics_process(service->metrics))
		return false;
	for (size_t i = 0; i <= service->operation_count; i++) {
		const char *id = i < service->operation_count ? service->operations[i].id : "none";
		if (!metrics_operation(service->metrics, id, &service->operation_metrics[i]))
			return false;
	}
	return true;
}

static struct db_figures now(void *db)
{
	struct db_figures figures;
	database_figures(db, &figures);
	return figures;
}

static double batched(void *db)
{
	return (double)now(db).batched;
}

static double batches(void *db)
{
	return (double)now(db).batches;
}

static double pooled(void *db)
{
	return (double)now(db).pooled;
}

static double slow(void *db)
{
	return (double)now(db).slow;
}

static double busy(void *db)
{
	return (double)now(db).busy;
}

static double lost(void *db)
{
	return (double)now(db).lost;
}

static double idle(void *db)
{
	return now(db).pool_idle;
}

static double waiting(void *db)
{
	return now(db).pool_waiting;
}

bool figures_of_database(struct service_state *service)
{
	static const struct {
		enum metrics_kind kind;
		const char *name, *help, *labels;
		double (*read)(void *db);
	} sampled[] = {
		{ METRICS_COUNTER, "upward_statements_total", "Statements and writes run.",
			"lane=\"batch\"", batched },
		{ METRICS_COUNTER, "upward_statements_total", "", "lane=\"pool\"", pooled },
		{ METRICS_COUNTER, "upward_statements_total", "", "lane=\"slow\"", slow },
		{ METRICS_COUNTER, "upward_batches_total", "Round trips of the batch lane.", NULL,
			batches },
		{ METRICS_COUNTER, "upward_database_busy_total",
			"Requests that got no connection in time.", NULL, busy },
		{ METRICS_COUNTER, "upward_database_lost_total",
			"Requests whose connection was lost.", NULL, lost },
		{ METRICS_GAUGE, "upward_pool_idle", "Idle connections of the pool.", NULL, idle },
		{ METRICS_GAUGE, "upward_pool_waiting", "Requests that wait for the pool.", NULL,
			waiting },
	};
	for (size_t i = 0; i < COUNT(sampled); i++) {
		if (!metrics_sampled(service->metrics, sampled[i].kind, sampled[i].name,
			    sampled[i].help, sampled[i].labels, sampled[i].read, service->db))
			return false;
	}
	return true;
}

void figures_close(struct service_state *service)
{
	metrics_free(service->metrics);
	free(service->operation_metrics);
}
