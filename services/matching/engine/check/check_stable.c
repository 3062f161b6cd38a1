/*
 * Verifies stability independently: every pair, one after the other, by the orders of both sides as
 * the population states them.
 */
#include "matching/engine/check/check_stable.h"

#include <stdlib.h>

/* How much a person is wanted: by the position in a list (0 = not listed), then by score and
 * person. */
struct esteem {
	uint32_t place;
	int32_t score;
	uint32_t person;
};

struct judging {
	struct checking *checking;
	/* By person: the position of the mentor in the list of the mentee being read, and of the
	 * mentee in the mentor's. */
	uint32_t *by_mentee, *by_mentor;
	struct choice *turned; /* mentors' choices, ascending by the chosen person */
	size_t turned_count, turned_at;
	size_t mentee_at;     /* into the mentees' choices */
	struct esteem *least; /* by place of a mentor: its least wanted pair */
	bool *holds;          /* by place: least is set */
};

static bool better(struct esteem one, struct esteem other)
{
	if (one.place && other.place)
		return one.place < other.place;
	if (one.place || other.place)
		return one.place != 0;
	if (one.score == other.score)
		return one.person < other.person;
	return one.score > other.score;
}

static int by_chosen(const void *left, const void *right)
{
	const struct choice *a = left, *b = right;
	if (a->choice == b->choice)
		return a->person < b->person ? -1 : a->person > b->person;
	return a->choice < b->choice ? -1 : 1;
}

static bool begin(struct judging *judging)
{
	const struct engine_population *population = judging->checking->population;
	const struct choices *mentors = &population->choices[CHOICES_OF_MENTORS];
	size_t count = population->count + 1;
	judging->by_mentee = calloc(count, sizeof(uint32_t));
	judging->by_mentor = calloc(count, sizeof(uint32_t));
	judging->least = calloc(count, sizeof(struct esteem));
	judging->holds = calloc(count, sizeof(bool));
	judging->turned = malloc((mentors->count + 1) * sizeof(struct choice));
	if (!judging->by_mentee || !judging->by_mentor || !judging->least || !judging->holds ||
		!judging->turned)
		return false;
	for (size_t c = 0; c < mentors->count; c++)
		judging->turned[c] = mentors->list[c];
	judging->turned_count = mentors->count;
	if (mentors->count > 1)
		qsort(judging->turned, mentors->count, sizeof(struct choice), by_chosen);
	return true;
}

static void end(struct judging *judging)
{
	free(judging->by_mentee);
	free(judging->by_mentor);
	free(judging->least);
	free(judging->holds);
	free(judging->turned);
}

/* Records or clears what this mentee and the mentors have stated about each other. */
static void read_mentee(struct judging *judging, uint32_t mentee, bool write)
{
	const struct choices *own = &judging->checking->population->choices[CHOICES_OF_MENTEES];
	size_t c = judging->mentee_at, t = judging->turned_at;
	while (c < own->count && own->list[c].person < mentee)
		c++;
	judging->mentee_at = c;
	for (; c < own->count && own->list[c].person == mentee; c++)
		judging->by_mentee[own->list[c].choice] = write ? own->list[c].place : 0;
	while (t < judging->turned_count && judging->turned[t].choice < mentee)
		t++;
	judging->turned_at = t;
	for (; t < judging->turned_count && judging->turned[t].choice == mentee; t++)
		judging->by_mentor[judging->turned[t].person] = write ? judging->turned[t].place
								      : 0;
}

/* The mentee in the mentor's view, and the mentor in the mentee's. Only for the mentee being
 * read. */
static struct esteem of_mentee(
	const struct judging *judging, uint32_t mentee, uint32_t mentor, int32_t score)
{
	return (struct esteem){ judging->by_mentor[mentor], score, mentee };
}
static struct esteem of_mentor(const struct judging *judging, uint32_t mentor, int32_t score)
{
	return (struct esteem){ judging->by_mentee[mentor], score, mentor };
}

/* Finds each mentor's least wanted pair, and checks every mentee's pairs against its own order. */
static bool read_pairs(struct judging *judging)
{
	struct checking *checking = judging->checking;
	const struct engine_result *result = checking->result;
	for (size_t o = 0; o < result->outcome_count; o++) {
		const struct engine_outcome *outcome = &result->outcomes[o];
		read_mentee(judging, outcome->mentee, true);
		for (uint32_t p = 0; p < outcome->count; p++) {
			const struct engine_pair *pair = &result->pairs[outcome->first + p];
			uint32_t at = checking->mentor_at[pair->mentor];
			struct esteem esteem = of_mentee(
				judging, pair->mentee, pair->mentor, pair->score);
			if (!judging->holds[at] || better(judging->least[at], esteem))
				judging->least[at] = esteem;
			judging->holds[at] = true;
			if (pair->rank != p + 1 ||
				(p && better(of_mentor(judging, pair->mentor, pair->score),
					      of_mentor(judging, pair[-1].mentor, pair[-1].score))))
				return check_refuse(checking, ENGINE_REFUSAL_OUTCOME, pair->mentee,
					pair->mentor);
		}
		read_mentee(judging, outcome->mentee, false);
	}
	judging->mentee_at = judging->turned_at = 0;
	return true;
}

/* True if the mentee does not have the mentor and would accept them. */
static bool mentee_wants(const struct judging *judging, const struct engine_outcome *outcome,
	uint32_t mentor, int32_t score)
{
	const struct engine_pair *pairs = judging->checking->result->pairs + outcome->first;
	struct esteem esteem = of_mentor(judging, mentor, score);
	bool wants = outcome->count < outcome->wanted;
	for (size_t p = 0; p < outcome->count; p++) {
		if (pairs[p].mentor == mentor)
			return false;
		if (better(esteem, of_mentor(judging, pairs[p].mentor, pairs[p].score)))
			wants = true;
	}
	return wants;
}

static bool judge_mentee(struct judging *judging, const struct engine_outcome *outcome)
{
	struct checking *checking = judging->checking;
	const struct engine_certificate *certificate = checking->certificate;
	for (uint32_t j = 0; j < certificate->mentor_count; j++) {
		uint32_t mentor = certificate->mentors[j];
		int32_t score = auditor_score(&checking->auditor, outcome->mentee, mentor);
		if (score == ENGINE_FORBIDDEN)
			continue;
		checking->verdict.pairs_seen++;
		if (!certificate->capacity[j] || !mentee_wants(judging, outcome, mentor, score))
			continue;
		bool full = checking->taken[j] >= (uint32_t)certificate->capacity[j];
		struct esteem esteem = of_mentee(judging, outcome->mentee, mentor, score);
		if (!full || better(esteem, judging->least[j]))
			return check_refuse(
				checking, ENGINE_REFUSAL_BLOCKING_PAIR, outcome->mentee, mentor);
	}
	return true;
}

enum engine_status check_stability(struct checking *checking)
{
	struct judging judging = { .checking = checking };
	enum engine_status status = begin(&judging) ? ENGINE_OK : ENGINE_NO_MEMORY;
	bool good = !status && read_pairs(&judging);
	for (size_t o = 0; good && o < checking->result->outcome_count; o++) {
		const struct engine_outcome *outcome = &checking->result->outcomes[o];
		if (checking->cancel && atomic_load(checking->cancel)) {
			status = ENGINE_CANCELLED;
			break;
		}
		read_mentee(&judging, outcome->mentee, true);
		good = judge_mentee(&judging, outcome);
		read_mentee(&judging, outcome->mentee, false);
	}
	end(&judging);
	return status;
}
