/*
 * The service matching: see services/README.md for its anatomy.
 */
#include "gen/matching/contract.h"
#include "gen/matching/events.h"
#include "gen/matching/statements.h"
#include "matching/pairs/deadline_job.h"
#include "matching/rounds/auto_round_job.h"
#include "matching/rounds/round_job.h"
#include "matching/rounds/round_lease.h"
#include "matching/teams/team_job.h"
#include "service/service.h"

static const struct job jobs[] = {
	{ .name = "rounds", .poll_ms = 100, .run = round_job_run, .idle_ms = 1000 },
	{ .name = "round_leases", .poll_ms = 500, .run = round_lease_run },
	{ .name = "auto_rounds", .poll_ms = 5000, .run = auto_round_job_run },
	{ .name = "teams", .poll_ms = 500, .run = team_job_run, .idle_ms = 1000 },
	{ .name = "deadlines", .poll_ms = 500, .run = deadline_job_run, .idle_ms = 1000 },
	{ .name = "resumable_pairs", .poll_ms = 3000, .run = resumable_job_run },
};

static const struct consumer consumers[] = {
	{ .name = "matching.suspended",
		.types = events_suspended,
		.effect = &stmt_pair_suspended_effect },
	{ .name = "matching.replied", .types = events_replied, .effect = &stmt_wish_reply_effect },
	{ .name = "matching.teams", .types = events_teams, .effect = &stmt_team_request_effect },
	{ .name = "matching.held_sessions",
		.types = events_held_sessions,
		.effect = &stmt_held_session_effect },
};

static const struct service matching = {
	.name = "matching",
	SERVICE_CONTRACT(matching),
	.consumers = consumers,
	.consumer_count = COUNT(consumers),
	.jobs = jobs,
	.job_count = COUNT(jobs),
};

int main(int argc, char **argv)
{
	return service_main(&matching, argc, argv);
}
