/*
 * round_input.h - the rows of a round's two queries as the engine's population. Pure: rows in,
 * population out.
 *
 * Who states no weekly hours is taken to work 09:00-17:00 from Monday to Friday in their zone; who
 * states no language is taken to share one with anybody. Local hours are compared by each zone's
 * offset on the day the programme starts.
 */
#ifndef UPWARD_MATCHING_ROUND_INPUT_H
#define UPWARD_MATCHING_ROUND_INPUT_H

#include "base/hash.h"
#include "db/database.h"
#include "matching/engine/engine.h"
#include "matching/names.h"

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
	ROUND_INPUT_FAULTY
};

/* seed and starts_on enter the hash with every row. *ret_input is to be released in any case. */
CHECKED enum round_input_outcome round_input_read(const struct db_rows *people,
	const struct db_rows *blocks, const char *starts_on, const char *policy_text,
	struct round_input *ret_input);
void round_input_release(struct round_input *input);

#endif
