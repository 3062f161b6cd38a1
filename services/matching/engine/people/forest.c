/*
 * The reporting forest: pre-order numbers and depths, without recursion.
 */
#include "matching/engine/people/forest.h"

#include <stdlib.h>

/* Working memory; all arrays have one entry per person. */
struct forest {
	uint32_t *below;   /* number of people below, plus one */
	uint32_t *waiting; /* direct reports not yet counted */
	uint32_t *order;   /* leaves first */
};

static bool forest_init(struct forest *forest, size_t count)
{
	*forest = (struct forest){ 0 };
	forest->below = calloc(count + 1, sizeof(uint32_t));
	forest->waiting = calloc(count + 1, sizeof(uint32_t));
	forest->order = calloc(count + 1, sizeof(uint32_t));
	return forest->below && forest->waiting && forest->order;
}

static void forest_release(struct forest *forest)
{
	free(forest->below);
	free(forest->waiting);
	free(forest->order);
}

static bool check_managers(struct engine_population *population, struct engine_faults *faults)
{
	bool good = true;
	for (uint32_t p = 0; p < population->count; p++) {
		uint32_t manager = population->people[p].manager;
		enum engine_fault_code code = ENGINE_FAULT_NONE;
		if (manager == p)
			code = ENGINE_FAULT_SELF;
		else if (manager != ENGINE_NONE && manager >= population->count)
			code = ENGINE_FAULT_UNKNOWN_PERSON;
		if (code == ENGINE_FAULT_NONE)
			continue;
		engine_faults_add(faults,
			(struct engine_fault){ p, ENGINE_NONE, ENGINE_FIELD_MANAGER, code });
		good = false;
	}
	return good;
}

/* Repeatedly removes people without uncounted reports; anyone left is on a cycle or above one. */
static uint32_t count_up(const struct engine_population *population, struct forest *forest)
{
	uint32_t done = 0;
	uint32_t count = (uint32_t)population->count;
	for (uint32_t p = 0; p < count; p++)
		if (population->people[p].manager != ENGINE_NONE)
			forest->waiting[population->people[p].manager]++;
	for (uint32_t p = 0; p < count; p++)
		if (!forest->waiting[p])
			forest->order[done++] = p;
	for (uint32_t at = 0; at < done; at++) {
		uint32_t p = forest->order[at];
		uint32_t manager = population->people[p].manager;
		forest->below[p]++;
		if (manager == ENGINE_NONE)
			continue;
		forest->below[manager] += forest->below[p];
		if (!--forest->waiting[manager])
			forest->order[done++] = manager;
	}
	return done;
}

static void name_cycles(const struct engine_population *population, const struct forest *forest,
	struct engine_faults *faults)
{
	for (uint32_t p = 0; p < population->count; p++) {
		if (!forest->waiting[p])
			continue;
		engine_faults_add(faults, (struct engine_fault){ p, ENGINE_NONE,
						  ENGINE_FIELD_MANAGER, ENGINE_FAULT_CYCLE });
	}
}

/* Numbers managers before reports; each subtree starts right after those of elder siblings. */
static void number(struct engine_population *population, struct forest *forest)
{
	uint32_t next_root = 0;
	uint32_t *next = forest->waiting; /* next free number within a subtree */
	for (size_t at = population->count; at-- > 0;) {
		uint32_t p = forest->order[at];
		uint32_t manager = population->people[p].manager;
		struct standing *standing = &population->standings[p];
		uint32_t *from = manager == ENGINE_NONE ? &next_root : &next[manager];
		standing->pre = *from;
		standing->last = standing->pre + forest->below[p];
		*from = standing->last;
		next[p] = standing->pre + 1;
		standing->depth = manager == ENGINE_NONE ? 0
							 : population->standings[manager].depth + 1;
	}
}

enum engine_status forest_build(struct engine_population *population, struct engine_faults *faults)
{
	struct forest forest;
	enum engine_status status = ENGINE_NO_MEMORY;
	free(population->standings);
	population->standings = calloc(population->count + 1, sizeof(struct standing));
	if (!forest_init(&forest, population->count) || !population->standings)
		goto out;
	status = ENGINE_INVALID;
	if (!check_managers(population, faults))
		goto out;
	if (count_up(population, &forest) != population->count) {
		name_cycles(population, &forest, faults);
		goto out;
	}
	number(population, &forest);
	status = ENGINE_OK;
out:
	forest_release(&forest);
	return status;
}
