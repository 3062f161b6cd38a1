#include "looks.h"

#include "matching/engine/exact/solver.h"

static struct {
	atomic_bool flag;
	size_t raise_at;
	atomic_size_t laying, solving, after;
	size_t pairs, steps;           /* most */
	size_t pairs_then, steps_then; /* at the last look */
} now;

const atomic_bool *looks_begin(size_t raise_at)
{
	now.raise_at = raise_at;
	atomic_store(&now.flag, false);
	atomic_store(&now.laying, 0);
	atomic_store(&now.solving, 0);
	atomic_store(&now.after, 0);
	now.pairs = now.steps = now.pairs_then = now.steps_then = 0;
	return &now.flag;
}

struct looks looks_made(void)
{
	return (struct looks){ now.laying, now.solving, now.after, now.pairs, now.steps };
}

static bool look(void)
{
	if (atomic_load(&now.flag))
		atomic_fetch_add(&now.after, 1);
	else if (now.raise_at &&
		 atomic_load(&now.laying) + atomic_load(&now.solving) >= now.raise_at)
		atomic_store(&now.flag, true);
	return atomic_load(&now.flag);
}

bool __wrap_is_raised(const atomic_bool *cancel);
bool __wrap_is_cancelled(const struct solver *solver);

bool __wrap_is_raised(const atomic_bool *cancel)
{
	if (cancel != &now.flag)
		return cancel && atomic_load(cancel);
	atomic_fetch_add(&now.laying, 1);
	return look();
}

static size_t most(size_t one, size_t other)
{
	return one > other ? one : other;
}

bool __wrap_is_cancelled(const struct solver *solver)
{
	const atomic_bool *cancel = solver->options.cancel;
	size_t pairs = 0, steps = solver->figures.steps;
	if (cancel != &now.flag)
		return cancel && atomic_load(cancel);
	if (crew_most(solver->crew) == 1) { /* else another thread is writing them */
		for (unsigned worker = 0; worker < CREW_MAX; worker++)
			pairs += solver->pairs_scored[worker];
		now.pairs = most(now.pairs, pairs - now.pairs_then);
		now.steps = most(now.steps, steps - now.steps_then);
		now.pairs_then = pairs;
		now.steps_then = steps;
	}
	atomic_fetch_add(&now.solving, 1);
	return look();
}
