/*
 * The service evaluation: see services/README.md for its anatomy.
 */
#include "evaluation/assessments/asking_job.h"
#include "evaluation/disclosures/disclosure_job.h"
#include "evaluation/feedback/release_job.h"
#include "evaluation/reports/snapshot_job.h"
#include "gen/evaluation/contract.h"
#include "gen/evaluation/events.h"
#include "gen/evaluation/statements.h"
#include "service/service.h"

static const struct consumer consumers[] = {
	{ .name = "evaluation.departures",
		.types = events_departures,
		.effect = &stmt_departure_note },
	{ .name = "evaluation.held_sessions",
		.types = events_held_sessions,
		.effect = &stmt_asking_session },
};

static const struct job jobs[] = {
	{ .name = "asking", .poll_ms = 2000, .run = asking_job_run },
	{ .name = "releases", .poll_ms = 1000, .run = release_job_run },
	{ .name = "disclosures", .poll_ms = 1000, .run = disclosure_job_run },
	{ .name = "snapshots", .poll_ms = 500, .run = snapshot_job_run, .idle_ms = 1000 },
};

static const struct service evaluation = {
	.name = "evaluation",
	SERVICE_CONTRACT(evaluation),
	.consumers = consumers,
	.consumer_count = COUNT(consumers),
	.jobs = jobs,
	.job_count = COUNT(jobs),
};

int main(int argc, char **argv)
{
	return service_main(&evaluation, argc, argv);
}
