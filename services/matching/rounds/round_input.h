/*
 * round_input.h - turns the rows of a round's queries into the engine's population. No I/O.
 *
 * A person without weekly hours is assumed to work 09:00-17:00 from Monday to Friday in their zone; a
 * person without languages is assumed to share one with anyone, and one who names no way of meeting to
 * like them all. Local hours are compared by each
 * zone's offset on the day the programme starts.
 *
 * Two people can differ in country, place of work and years of service (bands: under 2, 5, 10, 20,
 * and more), according to the HR system. The engine distinguishes fifteen values: with more countries
 * or places, two of them may count as the same. Added to this is what people have declared and allowed
 * matching to use, in the kinds that the policy names; free-text values are compared in lower case.
 */
#ifndef UPWARD_MATCHING_ROUND_INPUT_H
#define UPWARD_MATCHING_ROUND_INPUT_H

#include "base/hash.h"
#include "db/database.h"
#include "matching/engine/engine.h"
#include "matching/rounds/names.h"
#include "matching/rounds/round_policy.h"

/* The facts about a person that the result needs in addition to the engine's. */
struct round_person {
	char mentor_enrolment[37], mentee_enrolment[37]; /* "" = not in that role now */
	char outside[37]; /* enrolment of a mentee whom the policy leaves out; else "" */
	uint64_t languages;                              /* those stated */
	int32_t mentor_places, mentee_places, shown;     /* free; lists that show the mentor */
};

struct round_input {
	struct engine_population *population;
	/* The same with those mentees whom the policy leaves out, to see who would be there for them;
	 * NULL: it leaves nobody out. */
	struct engine_population *wider;
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
	ROUND_INPUT_STOPPED, /* going() returned false */
	ROUND_INPUT_FAULTY
};

/* Called every few hundred rows; false: the round must stop. */
typedef bool round_input_going_fn(void *context);

/*
 * input_hash covers the policy document, the seed, the first day and every row. wishes (mentee,
 * mentor; may be NULL) are mutual: as far as rules and places allow, they are put on the lists
 * before anything is scored (pins). *ret_input must be released in any case. going may be NULL.
 */
CHECKED enum round_input_outcome round_input_read(const struct db_rows *people,
	const struct db_rows *blocks, const struct db_rows *declared, const struct db_rows *wishes,
	const struct round_policy *policy, round_input_going_fn *going, void *context,
	struct round_input *ret_input);
void round_input_release(struct round_input *input);

#endif
