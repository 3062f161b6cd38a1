/*
 * round_input.h - the rows of a round's two queries as the engine's population. Pure: rows in,
 * population out.
 *
 * Who states no weekly hours is taken to work 09:00-17:00 from Monday to Friday in their zone; who
 * states no language is taken to share one with anybody. Local hours are compared by each zone's
 * offset on the day the programme starts.
 *
 * Two people differ in country, place of work and years of service (bands: under 2, 5, 10, 20, and
 * more), as far as the HR system says. The engine tells fifteen values apart: beyond that many
 * countries or places, two of them may count as the same.
 */
#ifndef UPWARD_MATCHING_ROUND_INPUT_H
#define UPWARD_MATCHING_ROUND_INPUT_H

#include "base/hash.h"
#include "db/database.h"
#include "matching/engine/engine.h"
#include "matching/rounds/names.h"
#include "matching/rounds/round_policy.h"

/* What the answer needs of a person besides the engine's own facts. */
struct round_person {
	char mentor_enrolment[37], mentee_enrolment[37]; /* "" = not in that role now */
	uint64_t languages;                              /* those stated */
};

struct round_input {
	struct engine_population *population;
	struct names people, skills, interests, departments, languages;
	struct round_person *persons; /* by the population's index */
	uint32_t *department;         /* by index, ENGINE_NONE = none */
	size_t mentees, mentors;
	char input_hash[17];
};

enum round_input_outcome {
	ROUND_INPUT_OK,
	ROUND_INPUT_NO_MEMORY,
	ROUND_INPUT_TOO_MANY_LANGUAGES,
	ROUND_INPUT_STOPPED, /* going() said so */
	ROUND_INPUT_FAULTY
};

/* Asked every few hundred rows; false: the round is not to go on. */
typedef bool round_input_going_fn(void *context);

/*
 * input_hash covers the policy's document, the seed, the first day and every row. *ret_input is to
 * be released in any case. going may be NULL.
 */
CHECKED enum round_input_outcome round_input_read(const struct db_rows *people,
	const struct db_rows *blocks, const struct round_policy *policy,
	round_input_going_fn *going, void *context, struct round_input *ret_input);
void round_input_release(struct round_input *input);

#endif
