/*
 * The service scheduling: see services/README.md for its anatomy.
 */
#include "gen/scheduling/contract.h"
#include "gen/scheduling/statements.h"
#include "service/service.h"

static const char *const pair_ends[] = { "pair.suspended", "pair.ended", "pair.completed",
	"session.booked", NULL };

static const struct consumer consumers[] = {
	{ .name = "scheduling.pair_ends",
		.types = pair_ends,
		.effect = &stmt_pair_sessions_cancel },
};

static const struct service scheduling = {
	.name = "scheduling",
	SERVICE_CONTRACT(scheduling),
	.consumers = consumers,
	.consumer_count = COUNT(consumers),
};

int main(int argc, char **argv)
{
	return service_main(&scheduling, argc, argv);
}
