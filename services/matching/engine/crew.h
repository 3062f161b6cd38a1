/*
 * A few threads that do one thing together, again and again. The caller is one of them.
 */
#ifndef ENGINE_CREW_H
#define ENGINE_CREW_H

#include <stdbool.h>

#define CREW_MAX 64

struct crew;

/* What every worker runs; worker 0 is the calling thread. */
typedef void crew_work(void *context, unsigned worker);

/* Starts size - 1 threads (fewer if the system refuses). Null without memory. */
struct crew *crew_new(unsigned size);
/* Ends and joins the threads. */
void crew_free(struct crew *crew);
unsigned crew_size(const struct crew *crew);
/* Runs the work on all workers and returns when all are done. */
void crew_run(struct crew *crew, crew_work *work, void *context);

#endif
