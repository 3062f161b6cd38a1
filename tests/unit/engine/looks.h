/*
 * looks.h - counts how often a run looks at the flag that ends it, and the work from one look to
 * the next; raises the flag at a look. A test of it says LINK:
 * -Wl,--wrap=is_cancelled,--wrap=is_raised. One run at a time, on any number of threads.
 */
#ifndef TESTS_UNIT_ENGINE_LOOKS_H
#define TESTS_UNIT_ENGINE_LOOKS_H

#include <stdatomic.h>
#include <stddef.h>

/* Of the run since looks_begin. Work is exact for a run of one thread. */
struct looks {
	size_t laying;  /* while people are laid out, before there is anything to score */
	size_t solving; /* after that */
	size_t after;   /* of both, since the flag was raised */
	size_t pairs;   /* most pairs scored from one look to the next */
	size_t steps;   /* most people reached by searches from one look to the next */
};

/* The flag for engine_options.cancel. It is raised at look number `raise_at`, counted from 1; 0:
 * never. */
const atomic_bool *looks_begin(size_t raise_at);
struct looks looks_made(void);

#endif
