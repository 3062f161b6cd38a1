/*
 * live - how long one changed profile takes until the matching is optimal again, for the benchmark.
 *
 *	live PEOPLE.csv POLICY.json CHANGES.csv
 *
 * Solves in mode pairs, puts the facts of CHANGES.csv (columns in the order of --help) one after
 * the other in their places, has the last state checked by the slow checker and compared with a run
 * from the beginning. Prints one JSON object: milliseconds of each change, and the totals.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include "base/csv.h"
#include "matching/engine/engine.h"
#include "matching/cli/input.h"
#include "matching/cli/people_cell.h"

static void must(bool good, const char *what)
{
	if (good)
		return;
	fprintf(stderr, "live: %s\n", what);
	exit(1);
}

static double milliseconds(void)
{
	struct timespec time;
	clock_gettime(CLOCK_MONOTONIC, &time);
	return (double)time.tv_sec * 1e3 + (double)time.tv_nsec / 1e6;
}

static char *read_text(const char *path, size_t *ret_len)
{
	FILE *file = fopen(path, "re");
	must(file != NULL, path);
	fseek(file, 0, SEEK_END);
	long size = ftell(file);
	rewind(file);
	char *text = malloc((size_t)size + 1);
	must(text && fread(text, 1, (size_t)size, file) == (size_t)size, path);
	fclose(file);
	*ret_len = (size_t)size;
	return text;
}

/* One record put in its place; false when it names a skill or interest that nobody had. */
static bool change(struct engine_live *live, struct people_reader *reader, double *ret_taken)
{
	struct people *people = reader->people;
	uint32_t skills = people->skills.count, interests = people->interests.count;
	const char *id = people_cell(reader, COLUMN_ID);
	const char *manager = people_cell(reader, COLUMN_MANAGER);
	people_read_cells(reader);
	if (people->skills.count != skills || people->interests.count != interests)
		return false;
	reader->person.manager = words_find(&people->ids, manager, strlen(manager));
	uint32_t person = words_find(&people->ids, id, strlen(id));
	must(person != WORDS_NONE, "a change of nobody");
	double began = milliseconds();
	enum engine_status status = engine_live_replace(live, person, &reader->person, NULL);
	*ret_taken = milliseconds() - began;
	must(status == ENGINE_OK, engine_status_word(status));
	return true;
}

static void change_all(struct engine_live *live, struct input *input, const char *path)
{
	struct file_faults faults = { 0 };
	struct people_reader reader = {
		.people = &input->people, .when = input->when, .faults = &faults
	};
	size_t len;
	char *text = read_text(path, &len);
	struct csv csv = csv_open(text, len);
	const char *comma = "";
	for (size_t c = 0; c < COLUMN_COUNT; c++)
		reader.place[c] = c;
	reader.width = COLUMN_COUNT;
	must(csv_next(&csv, &reader.record) == CSV_RECORD, "no heading");
	printf("{\"milliseconds\": [");
	while (csv_next(&csv, &reader.record) == CSV_RECORD) {
		double taken;
		if (!change(live, &reader, &taken))
			continue;
		printf("%s%.4f", comma, taken);
		comma = ", ";
	}
	must(faults.total == 0 && !reader.failed, "a faulty change");
	csv_release(&csv);
	free(text);
}

int main(int argc, char **argv)
{
	must(argc == 4, "PEOPLE.csv POLICY.json CHANGES.csv");
	struct options options = { .people = argv[1], .policy = argv[2] };
	struct input input;
	struct engine_live *live = NULL;
	struct engine_result now = { 0 }, anew = { 0 };
	struct engine_verdict verdict;
	must(input_read(&options, &input) == END_DONE, "faulty files");
	must(!engine_live_new(
		     input.people.population, &input.policy, NULL, ENGINE_MODE_PAIRS, NULL, &live),
		"no first run");
	change_all(live, &input, argv[3]);
	must(!engine_live_result(live, &now), "no result");
	must(!engine_check(input.people.population, &input.policy, NULL, &now, &verdict),
		"no check");
	must(!engine_pairs(input.people.population, &input.policy, NULL, NULL, &anew),
		"no new run");
	printf("], \"pairs\": %zu, \"total\": %lld, \"gap\": %lld, \"verified\": %s",
		now.pair_count, (long long)now.total, (long long)now.certificate.gap,
		verdict.refusal == ENGINE_REFUSAL_NONE ? "true" : "false");
	printf(", \"pairs_anew\": %zu, \"total_anew\": %lld}\n", anew.pair_count,
		(long long)anew.total);
	engine_result_release(&now);
	engine_result_release(&anew);
	engine_live_free(live);
	input_release(&input);
	return 0;
}
