/* LINK: -Wl,@tests/unit/engine/memory.wrap */
/*
 * Memory refused: every allocation of every call in turn. The answer is a clean error or the same
 * result as with memory, and nothing is left behind.
 */
#include "instance.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

/* Allocations seen, those not freed yet, and which one is refused (0 = none). */
static atomic_long seen, held, refused;
static atomic_bool refuse_all; /* and all that follow it */

void *__real_malloc(size_t size);
void *__real_calloc(size_t count, size_t size);
void *__real_realloc(void *old, size_t size);
void *__real_aligned_alloc(size_t alignment, size_t size);
void __real_free(void *old);
void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t count, size_t size);
void *__wrap_realloc(void *old, size_t size);
void *__wrap_aligned_alloc(size_t alignment, size_t size);
void __wrap_free(void *old);

static bool is_refused(void)
{
	long number = atomic_fetch_add(&seen, 1) + 1, which = atomic_load(&refused);
	return which && (number == which || (number > which && atomic_load(&refuse_all)));
}

static void *count(void *taken)
{
	if (taken)
		atomic_fetch_add(&held, 1);
	return taken;
}

void *__wrap_malloc(size_t size)
{
	return is_refused() ? NULL : count(__real_malloc(size));
}

void *__wrap_calloc(size_t number, size_t size)
{
	return is_refused() ? NULL : count(__real_calloc(number, size));
}

void *__wrap_realloc(void *old, size_t size)
{
	if (is_refused())
		return NULL;
	return old ? __real_realloc(old, size) : count(__real_realloc(old, size));
}

void *__wrap_aligned_alloc(size_t alignment, size_t size)
{
	return is_refused() ? NULL : count(__real_aligned_alloc(alignment, size));
}

void __wrap_free(void *old)
{
	if (old)
		atomic_fetch_sub(&held, 1);
	__real_free(old);
}

/* What the calls work on; made with memory. */
struct scene {
	struct engine_population *population;
	struct engine_policy policy, other;
	struct engine_result pairs; /* of the whole */
	int64_t total;              /* what the call must answer when it is not refused */
};

typedef enum engine_status call_fn(struct scene *scene, int64_t *ret_total);

static const struct engine_options alone = { .threads = 1, .candidates = 3 };

static int64_t use(struct engine_result *result)
{
	int64_t total = result->total;
	engine_result_release(result);
	return total;
}

static enum engine_status call_pairs(struct scene *scene, int64_t *ret_total)
{
	struct engine_result result;
	enum engine_status status = engine_pairs(
		scene->population, &scene->policy, &alone, NULL, &result);
	*ret_total = status ? 0 : use(&result);
	return status;
}

static enum engine_status call_shortlist(struct scene *scene, int64_t *ret_total)
{
	struct engine_result result;
	enum engine_status status = engine_shortlist(
		scene->population, &scene->policy, &alone, NULL, &result);
	*ret_total = status ? 0 : use(&result);
	return status;
}

static enum engine_status call_stable(struct scene *scene, int64_t *ret_total)
{
	struct engine_result result;
	enum engine_status status = engine_stable(
		scene->population, &scene->policy, &alone, NULL, &result);
	*ret_total = status ? 0 : use(&result);
	return status;
}

static enum engine_status call_repair(struct scene *scene, int64_t *ret_total)
{
	struct engine_result result;
	enum engine_status status = engine_repair(scene->population, &scene->other, &alone,
		ENGINE_MODE_PAIRS, scene->pairs.pairs, scene->pairs.pair_count, NULL, &result);
	*ret_total = status ? 0 : use(&result);
	return status;
}

static enum engine_status call_check(struct scene *scene, int64_t *ret_total)
{
	struct engine_verdict verdict;
	enum engine_status status = engine_check(
		scene->population, &scene->policy, NULL, &scene->pairs, &verdict);
	*ret_total = status ? 0 : 1 + (int64_t)verdict.refusal;
	return status;
}

static enum engine_status call_fairness(struct scene *scene, int64_t *ret_total)
{
	struct engine_fairness fairness;
	enum engine_status status = engine_fairness_of(
		scene->population, &scene->policy, &alone, &scene->pairs, &fairness);
	if (status)
		return status;
	*ret_total = (int64_t)fairness.rank_sum;
	engine_fairness_release(&fairness);
	return status;
}

static enum engine_status call_compare(struct scene *scene, int64_t *ret_total)
{
	struct engine_comparison comparison;
	enum engine_status status = engine_compare(scene->population, &scene->policy, &scene->other,
		&scene->policy, ENGINE_MODE_PAIRS, &alone, NULL, &comparison);
	if (status)
		return status;
	*ret_total = comparison.total_after;
	engine_comparison_release(&comparison);
	return status;
}

/* Everything from the first person to the last change. */
static enum engine_status call_live(struct scene *scene, int64_t *ret_total)
{
	struct dice dice = { 5 };
	struct engine_live *live = NULL;
	struct engine_result result;
	(void)scene;
	struct engine_population *population = engine_population_new(
		(struct engine_vocabulary){ 500, 200, 12, 3 });
	enum engine_status status = population ? ENGINE_OK : ENGINE_NO_MEMORY;
	for (uint32_t p = 0; !status && p < 60; p++) {
		struct instance_facts facts;
		uint32_t index;
		instance_facts(&dice, p < 30, INSTANCE_LOOSE, true, &facts);
		facts.person.manager = ENGINE_NONE;
		status = engine_population_add(population, &facts.person, &index);
	}
	if (!status)
		status = engine_population_block(population, 1, 40);
	if (!status)
		status = engine_population_seal(population, NULL);
	if (!status)
		status = engine_live_new(
			population, &scene->policy, &alone, ENGINE_MODE_PAIRS, NULL, &live);
	for (uint32_t p = 10; !status && p < 60; p += 10) {
		struct instance_facts facts;
		instance_facts(&dice, p < 30, INSTANCE_LOOSE, true, &facts);
		facts.person.manager = ENGINE_NONE;
		status = engine_live_replace(live, p, &facts.person, NULL);
	}
	if (!status)
		status = engine_live_result(live, &result);
	*ret_total = status ? 0 : use(&result);
	engine_live_free(live);
	engine_population_free(population);
	return status;
}

/* People who state choices, their stable matching, its check, and what was not allowed. */
static enum engine_status call_lists(struct scene *scene, int64_t *ret_total)
{
	struct engine_result result = { 0 };
	struct engine_verdict verdict = { 0 };
	enum engine_status status = engine_lists(
		scene->population, &scene->policy, &alone, NULL, &result);
	if (!status)
		status = engine_check(scene->population, &scene->policy, NULL, &result, &verdict);
	*ret_total = result.certificate.value * 1000 + (verdict.refusal ? 500 : 0);
	engine_result_release(&result);
	return status;
}

static enum engine_status call_choices(struct scene *scene, int64_t *ret_total)
{
	struct dice dice = { 6 };
	struct engine_result result = { 0 };
	struct engine_verdict verdict = { 0 };
	struct engine_refused_choice *never = NULL;
	size_t count = 0;
	struct engine_population *population = engine_population_new(
		(struct engine_vocabulary){ 500, 200, 12, 3 });
	enum engine_status status = population ? ENGINE_OK : ENGINE_NO_MEMORY;
	for (uint32_t p = 0; !status && p < 60; p++) {
		struct instance_facts facts;
		uint32_t index, choices[5];
		instance_facts(&dice, p < 30, INSTANCE_LOOSE, true, &facts);
		facts.person.manager = ENGINE_NONE;
		for (uint32_t c = 0; c < 5; c++)
			choices[c] = (p < 30 ? 30 : 0) + (p * 7 + c * 11) % 30;
		status = engine_population_add(population, &facts.person, &index);
		if (!status)
			status = engine_population_prefer(population, p, p < 30, choices, 5);
	}
	if (!status)
		status = engine_population_seal(population, NULL);
	if (!status)
		status = engine_stable(population, &scene->policy, &alone, NULL, &result);
	*ret_total = result.total;
	if (!status)
		status = engine_check(population, &scene->policy, NULL, &result, &verdict);
	if (!status)
		status = engine_choices_refused(population, &scene->policy, &never, &count);
	*ret_total = *ret_total * 1000 + (int64_t)count + (verdict.refusal ? 500 : 0);
	free(never);
	engine_result_release(&result);
	engine_population_free(population);
	return status;
}

/* Refuses the allocation of that number; true while there are so many. */
static bool refuse(struct scene *scene, call_fn *call, long which, bool all)
{
	int64_t total = 0;
	long before = atomic_load(&held);
	atomic_store(&seen, 0);
	atomic_store(&refuse_all, all);
	atomic_store(&refused, which);
	enum engine_status status = call(scene, &total);
	atomic_store(&refused, 0);
	assert_int_equal(atomic_load(&held), before);
	if (status)
		assert_int_equal(status, ENGINE_NO_MEMORY);
	else
		assert_int_equal(total, scene->total);
	return atomic_load(&seen) >= which;
}

static void refuse_each(struct scene *scene, call_fn *call)
{
	long which = 1;
	assert_int_equal(call(scene, &scene->total), ENGINE_OK);
	assert_true(scene->total > 0);
	while (refuse(scene, call, which, false))
		which++;
	for (long from = 1; from < which; from += 3)
		refuse(scene, call, from, true);
	assert_true(which > 10 || call == call_check);
}

static void each_allocation_refused_is_a_clean_error(void **state)
{
	static call_fn *const calls[] = { call_pairs, call_shortlist, call_stable, call_repair,
		call_check, call_fairness, call_compare, call_live, call_choices, call_lists };
	struct scene scene = { 0 };
	(void)state;
	scene.population = instance_company(61, 45, 45, INSTANCE_LOOSE, true);
	instance_company_policy(INSTANCE_LOOSE, &scene.policy);
	scene.other = scene.policy;
	scene.other.weights[ENGINE_NEED] /= 2;
	scene.other.common_half_hours += 2;
	assert_int_equal(
		engine_pairs(scene.population, &scene.policy, NULL, NULL, &scene.pairs), ENGINE_OK);
	for (size_t c = 0; c < sizeof(calls) / sizeof(*calls); c++)
		refuse_each(&scene, calls[c]);
	engine_result_release(&scene.pairs);
	engine_population_free(scene.population);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_allocation_refused_is_a_clean_error),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
