/*
 * progress.h - shows the progress of a run in one line, if standard error is a terminal.
 */
#ifndef UPWARD_MATCH_PROGRESS_H
#define UPWARD_MATCH_PROGRESS_H

#include <stdbool.h>
#include <stdint.h>
#include "matching/engine/engine.h"

struct progress {
	bool terminal, shown;
	int64_t next; /* nanoseconds of the monotonic clock at which to print again */
};

struct progress progress_new(void);
/* An engine_progress_fn; context is the struct progress. */
void progress_say(void *context, const struct engine_progress *at);
void progress_end(struct progress *progress);

#endif
