/*
 * input.h - the files of a run, read and checked: people, policy, blocked pairs, preferences.
 */
#ifndef UPWARD_MATCH_INPUT_H
#define UPWARD_MATCH_INPUT_H

#include "base/cleanup.h"
#include "matching/cli/certificate_file.h"
#include "matching/cli/options.h"
#include "matching/cli/people.h"
#include "matching/cli/policy_file.h"

struct input {
	struct people people;
	struct engine_policy policy;
	struct people_when when;
	unsigned char hashes[INPUT_COUNT][HASH_BYTES]; /* of each file's bytes */
};

/*
 * END_DONE with a sealed population; otherwise the faults have been printed to standard error, by
 * line and column. Must be released in any case.
 */
CHECKED enum ending input_read(const struct options *options, struct input *ret_input);
void input_release(struct input *input);

#endif
