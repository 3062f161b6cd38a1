/*
 * The service scheduling: see services/README.md for its anatomy.
 */
#include "gen/scheduling/contract.h"
#include "gen/scheduling/statements.h"
#include "scheduling/waiting_job.h"
#include "service/service.h"

static const char *const pair_ends[] = { "pair.suspended", "pair.ended", "pair.completed",
	"session.booked", NULL };

/* What somebody is told of: notification_make knows whom. */
static const char *const told[] = { "enrolment.invited", "shortlist.opened", "shortlist.extended", "shortlist.expired",
	"pair.proposed", "pair.extended", "pair.active", "pair.resumed", "pair.declined", "pair.expired", "pair.withdrawn",
	"pair.suspended", "pair.ended", "pair.completed", "session.booked", "session.changed",
	"session.confirmed", "session.cancelled", "session.unreported", "agreement.proposed",
	"agreement.changed", "agreement.half_signed", "agreement.signed", "agreement.booked",
	"goal.proposed", "goal.agreed", "goal.completed", "goal.abandoned", "goal.due",
	"assessment.due", "feedback.due", "feedback.released", "round.ready", "round.failed",
	NULL };

static const struct consumer consumers[] = {
	{ .name = "scheduling.pair_ends",
		.types = pair_ends,
		.effect = &stmt_pair_sessions_cancel },
	{ .name = "scheduling.notifications", .types = told, .effect = &stmt_notification_make },
};

static const struct job jobs[] = {
	{ .name = "waiting", .poll_ms = 1000, .run = waiting_job_run },
};

static const struct service scheduling = {
	.name = "scheduling",
	SERVICE_CONTRACT(scheduling),
	.consumers = consumers,
	.consumer_count = COUNT(consumers),
	.jobs = jobs,
	.job_count = COUNT(jobs),
};

int main(int argc, char **argv)
{
	return service_main(&scheduling, argc, argv);
}
