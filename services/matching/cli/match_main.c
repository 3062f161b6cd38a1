/*
 * upward-match - the matching engine on files, for analysts and for benchmarks without a server.
 * See --help.
 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <time.h>
#include "matching/cli/explanations.h"
#include "matching/cli/input.h"
#include "matching/cli/progress.h"
#include "matching/cli/result_files.h"

static atomic_bool stopped;

static void on_signal(int number)
{
	(void)number;
	atomic_store(&stopped, true);
}

static void listen_for_signals(void)
{
	struct sigaction action = { .sa_handler = on_signal, .sa_flags = SA_RESETHAND };
	sigemptyset(&action.sa_mask);
	sigaction(SIGINT, &action, NULL);
	sigaction(SIGTERM, &action, NULL);
}

static double seconds_of(struct timeval time)
{
	return (double)time.tv_sec + (double)time.tv_usec / 1e6;
}

static double clock_seconds(void)
{
	struct timespec time;
	clock_gettime(CLOCK_MONOTONIC, &time);
	return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

/* The peak memory of this program alone: getrusage would include what its parent used before the
 * exec. */
static int64_t peak_rss_kib(void)
{
	char line[128];
	long long kib = 0;
	FILE *status = fopen("/proc/self/status", "re");
	while (status && fgets(line, sizeof line, status))
		if (sscanf(line, "VmHWM: %lld kB", &kib) == 1)
			break;
	if (status)
		fclose(status);
	return kib;
}

static enum ending ending_of(enum engine_status status)
{
	switch (status) {
	case ENGINE_OK:
		return END_DONE;
	case ENGINE_CANCELLED:
		return END_STOPPED;
	case ENGINE_INVALID:
		return END_FAULTY;
	case ENGINE_UNSUPPORTED:
		return END_UNSUPPORTED;
	case ENGINE_NO_MEMORY:
	case ENGINE_TOO_LARGE:
		break;
	}
	return END_NO_MEMORY;
}

/* Solves and measures. The result is set only with ENGINE_OK and ENGINE_CANCELLED. */
static enum engine_status solve(const struct options *options, const struct input *input,
	struct engine_result *ret_result, struct run_figures *ret_figures)
{
	static const struct {
		enum engine_status (*run)(const struct engine_population *,
			const struct engine_policy *, const struct engine_options *,
			struct engine_faults *, struct engine_result *);
	} solvers[] = { { engine_pairs }, { engine_lists }, { engine_stable },
		{ engine_shortlist } };
	unsigned solver = options->pair_scores ? 3 : options->mode;
	struct progress progress = progress_new();
	struct engine_options how = { .threads = options->threads,
		.simd = options->simd,
		.seed = options->seed,
		.cancel = &stopped,
		.progress = progress_say,
		.progress_context = &progress };
	struct rusage before, after;
	getrusage(RUSAGE_SELF, &before);
	double began = clock_seconds();
	enum engine_status status = solvers[solver].run(
		input->people.population, &input->policy, &how, NULL, ret_result);
	ret_figures->seconds = clock_seconds() - began;
	getrusage(RUSAGE_SELF, &after);
	ret_figures->cpu_seconds = seconds_of(after.ru_utime) - seconds_of(before.ru_utime) +
				   seconds_of(after.ru_stime) - seconds_of(before.ru_stime);
	ret_figures->peak_rss_kib = peak_rss_kib();
	progress_end(&progress);
	return status;
}

static enum ending verify(
	const struct input *input, const struct engine_result *result, struct run_figures *figures)
{
	const struct words *ids = &input->people.ids;
	struct engine_verdict verdict;
	enum engine_status status = engine_check(
		input->people.population, &input->policy, NULL, result, &verdict);
	if (status) {
		fprintf(stderr, "upward-match: --verify: %s\n", engine_status_word(status));
		return ending_of(status);
	}
	figures->verified = verdict.refusal == ENGINE_REFUSAL_NONE;
	if (figures->verified) {
		printf("verified: %zu allowed pairs scored again\n", verdict.pairs_seen);
		return END_DONE;
	}
	fprintf(stderr, "upward-match: --verify refuses the result: %s, mentee %s, mentor %s\n",
		engine_refusal_word(verdict.refusal),
		verdict.mentee < ids->count ? words_text(ids, verdict.mentee) : "any",
		verdict.mentor < ids->count ? words_text(ids, verdict.mentor) : "any");
	return END_REFUSED;
}

static bool write_all(const struct options *options, const struct input *input,
	const struct engine_result *result, const struct run_figures *figures)
{
	const struct people *people = &input->people;
	const struct engine_policy *policy = &input->policy;
	struct refused_choices refused = { 0 };
	if (options->preferences && refused_choices_read(people, policy, &refused)) {
		fprintf(stderr, "upward-match: memory was refused\n");
		return false;
	}
	bool good = pairs_write(options->out, people, result) &&
		    shortlists_write(options->out, people, result) &&
		    unmatched_write(options->out, people, &refused, result) &&
		    explanations_write(options->out, people, policy, &refused, result) &&
		    certificate_write(options->out, input->hashes, refused.given, result) &&
		    summary_write(options->out, options, people, &refused, result, figures);
	refused_choices_release(&refused);
	return good;
}

static enum ending finish(const struct options *options, const struct input *input,
	const struct engine_result *result, struct run_figures *figures, enum ending ending)
{
	if (ending == END_DONE && !result->certificate.complete)
		ending = END_REFUSED;
	if (options->verify) {
		enum ending verdict = verify(input, result, figures);
		ending = verdict == END_DONE ? ending : verdict;
	}
	if (!write_all(options, input, result, figures))
		return END_FILES;
	const struct engine_certificate *certificate = &result->certificate;
	if (certificate->lists)
		printf("%zu pairs, total %lld, worth as lists %lld, gap %.4f %%, %.3f s\n",
			result->pair_count, (long long)result->total,
			(long long)(certificate->value / 100),
			100 * (double)certificate->gap /
				(double)(certificate->bound + !certificate->bound),
			figures->seconds);
	else
		printf("%zu pairs, total %lld, gap %lld, %.3f s\n", result->pair_count,
			(long long)result->total, (long long)certificate->gap, figures->seconds);
	return ending;
}

static bool prepare(const struct options *options, const struct input *input)
{
	if (options->scores && !scores_fit(&input->people)) {
		fprintf(stderr, "upward-match: --scores: more than 2 GiB for %zu x %zu people\n",
			input->people.mentees, input->people.mentors);
		return false;
	}
	if (mkdir(options->out, 0777) == 0 || errno == EEXIST)
		return true;
	fprintf(stderr, "upward-match: %s: %s\n", options->out, strerror(errno));
	return false;
}

static enum ending run(const struct options *options, const struct input *input)
{
	struct engine_result result = { 0 };
	struct run_figures figures = { 0 };
	if (!prepare(options, input))
		return END_FILES;
	enum engine_status status = solve(options, input, &result, &figures);
	enum ending ending = ending_of(status);
	if (ending == END_DONE || ending == END_STOPPED)
		ending = finish(options, input, &result, &figures, ending);
	else
		fprintf(stderr, "upward-match: %s\n", engine_status_word(status));
	engine_result_release(&result);
	if (ending != END_DONE || !options->scores)
		return ending;
	ending = scores_write(options->scores, &input->people, &input->policy, options->simd);
	if (ending == END_NO_MEMORY)
		fprintf(stderr, "upward-match: --scores: memory was refused\n");
	return ending;
}

int main(int argc, char **argv)
{
	struct options options = { 0 };
	struct input input;
	if (!options_read(argc, argv, &options))
		return END_USAGE;
	if (options.help) {
		options_help(stdout);
		return END_DONE;
	}
	enum ending ending = input_read(&options, &input);
	if (ending == END_DONE) {
		listen_for_signals();
		ending = run(&options, &input);
	}
	input_release(&input);
	return (int)ending;
}
