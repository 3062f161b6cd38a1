/* Estimates how much memory a run needs at most, before it starts. */
#include "matching/engine/exact/estimate.h"

#include "matching/engine/exact/solver.h"

#define EDGES_PER_ROW 96u /* listed candidates, including lists that were outgrown */

static bool add(size_t *sum, size_t count, size_t size)
{
	size_t bytes;
	return !__builtin_mul_overflow(count, size, &bytes) &&
	       !__builtin_add_overflow(*sum, bytes, sum);
}

/* Columns and operations: at most one column byte and one operation per fact of a person. */
static bool add_layout(const struct engine_population *population, size_t *sum)
{
	size_t facts = 0, mentors = 0, mentees = 0;
	for (size_t p = 0; p < population->count; p++) {
		const struct person *person = &population->people[p];
		size_t lists = (size_t)person->offers + person->wants + person->interests;
		mentors += is_mentor(person);
		mentees += is_mentee(person);
		facts += is_mentee(person) ? lists + 48 : 0;
	}
	size_t columns = 2 * (size_t)population->vocabulary.skills +
			 population->vocabulary.interests +
			 population->vocabulary.departments / 15 +
			 population->vocabulary.countries / 15 + 110;
	size_t blocks = mentors / KERNEL_LANES + 1;
	return add(sum, blocks * KERNEL_COLUMN, columns < 1400 ? columns : 1400) &&
	       add(sum, blocks, columns * sizeof(uint16_t)) &&
	       add(sum, facts + facts / 2, sizeof(struct op)) &&
	       add(sum, mentees, sizeof(struct mentee_line) + blocks / 8 + 8) &&
	       add(sum, mentors, sizeof(struct mentor_line)) &&
	       add(sum, population->count, 4 * sizeof(uint32_t));
}

enum engine_status engine_estimate(const struct engine_population *population,
	const struct engine_policy *policy, enum engine_mode mode, size_t *ret_bytes)
{
	size_t sum = (size_t)8 << 20, rows = 0, places = 0, demand = 0, capacity = 0;
	for (size_t p = 0; p < population->count; p++) {
		const struct person *person = &population->people[p];
		bool listed = mode == ENGINE_MODE_SHORTLIST;
		rows += is_mentee(person);
		places += is_mentor(person);
		demand += is_mentee(person) ? listed ? (size_t)policy->shortlist_size
						     : person->mentee_capacity
					    : 0;
		capacity += is_mentor(person) ? listed ? (size_t)policy->exposure_cap
						       : person->mentor_capacity
					      : 0;
	}
	if (!add_layout(population, &sum) || !add(&sum, rows, sizeof(struct row)) ||
		!add(&sum, places, sizeof(struct place)) ||
		!add(&sum, rows, EDGES_PER_ROW * sizeof(struct edge)) ||
		!add(&sum, demand, sizeof(struct edge) + 2 * sizeof(struct engine_pair)) ||
		!add(&sum, capacity, sizeof(struct holder)) ||
		!add(&sum, places + 2 * rows,
			sizeof(struct label) + sizeof(uint32_t) + 4 * sizeof(struct heap_entry)) ||
		!add(&sum, rows, sizeof(struct engine_outcome) + 40) || !add(&sum, places, 16))
		return ENGINE_TOO_LARGE;
	for (int side = 0; mode == ENGINE_MODE_STABLE && side < CHOICES_SIDES; side++) {
		size_t count = population->choices[side].count;
		if (!add(&sum, count, ESTIMATE_STATED_BYTES + sizeof(struct edge)) ||
			!add(&sum, count ? rows : 0, sizeof(size_t) + 32 * sizeof(struct edge)))
			return ENGINE_TOO_LARGE;
	}
	*ret_bytes = sum;
	return ENGINE_OK;
}
