#include "matching/rounds/round_job.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/str.h"
#include "gen/matching/statements.h"
#include "matching/engine/engine.h"
#include "matching/rounds/round_input.h"
#include "matching/rounds/round_lease.h"
#include "matching/rounds/round_policy.h"
#include "matching/rounds/round_result.h"

#define ATTEMPTS_MOST     3 /* ended without a report: the process may have died of them */
#define AGAIN_MS          500
#define REPORT_EVERY_US   200000
#define RESULT_BYTES      ((size_t)512 << 20)
#define CONSENT_WITHDRAWN "UP002" /* matching.use_declared */
#define NOT_WANTED        "UP003" /* matching.finish_round */

/* The round being run. */
struct run {
	struct db_session *w;
	const char *id, *lease;
	atomic_bool cancel;
	bool outdated; /* a consent it relied on was withdrawn, or the lease is lost */
	uint64_t reported_at;
	size_t total;
};

static enum db_outcome query(struct run *run, const struct step *step, struct db_rows **ret_rows)
{
	struct db_error error;
	return db_session_run(run->w, step, ret_rows, &error);
}

/* False when the service stops, the round is cancelled or the lease is lost. */
static bool is_wanted(struct run *run)
{
	return !worker_stopping() && !atomic_load(&run->cancel);
}

static bool goes_on(void *context)
{
	return is_wanted(context);
}

/* Whether a retry may succeed: after a lock timeout or a lost connection. */
static bool may_pass(enum db_outcome outcome, const struct db_error *error)
{
	return outcome == DB_UNAVAILABLE ||
	       (outcome == DB_REFUSED && (str_equal(error->sqlstate, "55P03") ||
						 str_equal(error->sqlstate, "40P01")));
}

/* Repeats a step until it succeeds, is refused for good, or the round is no longer wanted. */
static enum db_outcome insist(struct run *run, const struct step *step, struct db_rows **ret_rows)
{
	struct db_error error = { 0 };
	enum db_outcome outcome;
	do {
		db_session_interruptible(run->w, true);
		outcome = db_session_run(run->w, step, ret_rows, &error);
		db_session_interruptible(run->w, false);
		if (may_pass(outcome, &error))
			worker_pause(AGAIN_MS);
	} while (may_pass(outcome, &error) && is_wanted(run));
	run->outdated = outcome == DB_REFUSED &&
			(str_equal(error.sqlstate, CONSENT_WITHDRAWN) ||
				str_equal(error.sqlstate, NOT_WANTED));
	return outcome;
}

/* Reports the progress of the round; notices if it was cancelled. */
static void report(struct run *run, size_t done)
{
	char done_text[24], total_text[24];
	owned_rows struct db_rows *rows = NULL;
	snprintf(done_text, sizeof done_text, "%zu", done < run->total ? done : run->total);
	snprintf(total_text, sizeof total_text, "%zu", run->total);
	const struct step step = STEP(
		&stmt_round_progress, run->id, run->lease, done_text, total_text);
	run->reported_at = clock_monotonic_us();
	if (query(run, &step, &rows) == DB_DONE && db_rows_count(rows) == 0)
		atomic_store(&run->cancel, true);
}

static void on_progress(void *context, const struct engine_progress *progress)
{
	struct run *run = context;
	if (worker_stopping())
		atomic_store(&run->cancel, true);
	else if (clock_monotonic_us() - run->reported_at >= REPORT_EVERY_US)
		report(run, progress->rows_priced);
}

static enum db_outcome fail(struct run *run, const char *reason)
{
	owned_rows struct db_rows *rows = NULL;
	const struct step step = STEP(&stmt_round_fail, run->id, run->lease, reason);
	return query(run, &step, &rows);
}

static enum db_outcome store(struct run *run, const struct round_input *input,
	const struct round_policy *policy, const struct db_rows *declared,
	const struct engine_options *options, const struct engine_result *result)
{
	owned_rows struct db_rows *names = NULL;
	owned_rows struct db_rows *rows = NULL;
	const struct step skill_names = STEP(&stmt_round_skill_names, NULL);
	struct buf out = BUF_INIT(RESULT_BYTES);
	enum db_outcome outcome = insist(run, &skill_names, &names);
	const char **skill_name = outcome == DB_DONE ? round_skill_names(input, names) : NULL;
	struct round_found found = { .input = input,
		.policy = &policy->shown,
		.declared = declared,
		.result = result,
		.options = options,
		.skill_name = skill_name,
		.going = goes_on,
		.context = run };
	bool written = skill_name && round_result_write(&out, &found);
	if (outcome == DB_DONE && !written && is_wanted(run))
		outcome = fail(run, "no_memory");
	if (written && is_wanted(run)) {
		const struct step step = STEP(&stmt_round_store, run->id, run->lease, out.data);
		outcome = insist(run, &step, &rows);
	}
	free(skill_name);
	buf_release(&out);
	return outcome;
}

static enum db_outcome solve(struct run *run, const struct round_input *input,
	const struct round_policy *policy, const struct db_rows *declared)
{
	struct engine_result result;
	struct engine_options options = { .seed = (uint64_t)policy->seed,
		.cancel = &run->cancel,
		.progress = on_progress,
		.progress_context = run };
	run->total = input->mentees;
	report(run, 0);
	enum engine_status status = engine_lists(
		input->population, &policy->engine, &options, NULL, &result);
	if (status != ENGINE_OK && status != ENGINE_CANCELLED)
		return fail(run, engine_status_word(status));
	enum db_outcome outcome = status == ENGINE_OK ? store(run, input, policy, declared, &options,
							      &result)
						      : DB_DONE;
	engine_result_release(&result);
	return outcome;
}

static enum db_outcome load_and_solve(struct run *run, const struct db_rows *claimed)
{
	static const char *const words[] = { [ROUND_INPUT_NO_MEMORY] = "no_memory",
		[ROUND_INPUT_TOO_MANY_LANGUAGES] = "too_many_languages",
		[ROUND_INPUT_FAULTY] = "faulty_input" };
	struct round_policy policy;
	owned_rows struct db_rows *people = NULL;
	owned_rows struct db_rows *blocks = NULL;
	owned_rows struct db_rows *declared = NULL;
	owned_rows struct db_rows *wishes = NULL;
	const struct step people_step = STEP(&stmt_round_people, run->id);
	const struct step blocks_step = STEP(&stmt_round_blocks, run->id);
	const struct step declared_step = STEP(&stmt_round_declarations, run->id);
	const struct step wishes_step = STEP(&stmt_round_wishes, run->id);
	if (!round_policy_read(claimed, &policy))
		return fail(run, "faulty_policy");
	enum db_outcome outcome = insist(run, &people_step, &people);
	if (outcome == DB_DONE && is_wanted(run))
		outcome = insist(run, &blocks_step, &blocks);
	if (outcome == DB_DONE && is_wanted(run))
		outcome = insist(run, &declared_step, &declared);
	if (outcome == DB_DONE && is_wanted(run))
		outcome = insist(run, &wishes_step, &wishes);
	if (outcome != DB_DONE || !is_wanted(run))
		return outcome;
	struct round_input input;
	enum round_input_outcome read = round_input_read(
		people, blocks, declared, wishes, &policy, goes_on, run, &input);
	if (read == ROUND_INPUT_OK)
		outcome = solve(run, &input, &policy, declared);
	else if (read != ROUND_INPUT_STOPPED)
		outcome = fail(run, words[read]);
	round_input_release(&input);
	return outcome;
}

/* Gives back a round that was interrupted by a stop, a lost connection or a withdrawn consent: the
 * next instance takes it at once, and the attempt does not count. Does nothing if the round has
 * ended or belongs to another instance. */
static void give_back(struct run *run)
{
	const struct step step = STEP(&stmt_round_release, run->id, run->lease);
	enum db_outcome outcome = DB_REFUSED;
	for (int i = 0; i < 3 && outcome == DB_REFUSED; i++) { /* a late interrupt may hit one */
		owned_rows struct db_rows *rows = NULL;
		outcome = query(run, &step, &rows);
	}
}

bool round_job_run(struct service_state *service, struct db_session *w)
{
	struct run run = { .w = w };
	(void)service;
	owned_rows struct db_rows *claimed = NULL;
	const struct step claim = STEP(&stmt_round_claim, NULL);
	int64_t attempts = 0;
	if (query(&run, &claim, &claimed) != DB_DONE || db_rows_count(claimed) == 0)
		return false;
	run.id = db_value(claimed, 0, 0);
	run.lease = db_value(claimed, 0, ROUND_LEASE);
	if (!str_to_i64(db_value(claimed, 0, 2), &attempts) || attempts > ATTEMPTS_MOST)
		return fail(&run, "attempts") == DB_DONE;
	round_lease_keep(run.id, run.lease, &run.cancel);
	enum db_outcome outcome = load_and_solve(&run, claimed);
	if (outcome == DB_REFUSED && !run.outdated && is_wanted(&run))
		outcome = fail(&run, "conflict");
	round_lease_drop();
	if (outcome != DB_DONE || worker_stopping())
		give_back(&run);
	return outcome == DB_DONE;
}
