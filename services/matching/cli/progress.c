#include "matching/cli/progress.h"

#include <stdio.h>
#include <time.h>
#include <unistd.h>

#define INTERVAL INT64_C(100000000)

static int64_t now(void)
{
	struct timespec time;
	clock_gettime(CLOCK_MONOTONIC, &time);
	return time.tv_sec * INT64_C(1000000000) + time.tv_nsec;
}

struct progress progress_new(void)
{
	return (struct progress){ .terminal = isatty(STDERR_FILENO) == 1,
		.next = now() + INTERVAL };
}

void progress_say(void *context, const struct engine_progress *at)
{
	struct progress *progress = context;
	if (!progress->terminal || now() < progress->next)
		return;
	progress->next = now() + INTERVAL;
	progress->shown = true;
	fprintf(stderr, "\r\033[K%.2f passes over all pairs, %zu of %zu places open",
		at->rows ? (double)at->rows_priced / (double)at->rows : 0.0, at->places_open,
		at->places);
	fflush(stderr);
}

void progress_end(struct progress *progress)
{
	if (progress->shown)
		fprintf(stderr, "\r\033[K");
	progress->shown = false;
}
