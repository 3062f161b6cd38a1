/*
 * A group of threads that run one function in parallel, repeatedly. The caller is one of them.
 */
#ifndef ENGINE_CREW_H
#define ENGINE_CREW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define CREW_MAX 64

struct crew;

/* What every worker runs; worker 0 is the calling thread. */
typedef void crew_work(void *context, unsigned worker);

/* size - 1 threads, started when there is work for them (fewer if the system refuses). Null: out of
 * memory. */
struct crew *crew_new(unsigned size);
/* Ends and joins the threads. */
void crew_free(struct crew *crew);
/* The most workers a run can have; the workers of the current run, including the caller. */
unsigned crew_most(const struct crew *crew);
unsigned crew_size(const struct crew *crew);
/*
 * Runs the work on as many workers as `pairs` to score are worth waking, and returns when all have
 * finished. crew_run: on all workers.
 */
void crew_run_pairs(struct crew *crew, size_t pairs, crew_work *work, void *context);
void crew_run(struct crew *crew, crew_work *work, void *context);

#endif
