/*
 * The service profiles: see services/README.md for its anatomy.
 */
#include "gen/profiles/contract.h"
#include "gen/profiles/statements.h"
#include "profiles/imports/import_job.h"
#include "profiles/imports/import_lease.h"
#include "profiles/people/people_tidy_job.h"
#include "profiles/identity/token_revocation_job.h"
#include "profiles/people/delegate_job.h"
#include "service/service.h"

static bool person_dates_run(struct service_state *service, struct db_session *w)
{
	(void)service;
	return job_run_statement(w, &stmt_person_dates_follow);
}

static const struct job jobs[] = {
	{ .name = "imports", .poll_ms = 100, .run = import_job_run, .idle_ms = 1000 },
	{ .name = "import_leases", .poll_ms = 1000, .run = import_lease_run },
	{ .name = "people_tidy", .poll_ms = 30000, .run = people_tidy_job_run },
	{ .name = "person_dates", .poll_ms = 10000, .run = person_dates_run },
	{ .name = "token_revocations", .poll_ms = 600000, .run = token_revocation_job_run },
	{ .name = "delegates", .poll_ms = 600000, .run = delegate_job_run },
};

static const struct service profiles = {
	.name = "profiles",
	SERVICE_CONTRACT(profiles),
	.jobs = jobs,
	.job_count = COUNT(jobs),
};

int main(int argc, char **argv)
{
	return service_main(&profiles, argc, argv);
}
