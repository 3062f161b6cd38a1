#include "base/clock.h"

#include <stdatomic.h>
#include <time.h>

static _Atomic int64_t test_seconds; /* 0: the real clock */

int64_t clock_milliseconds(void)
{
	int64_t fixed = atomic_load_explicit(&test_seconds, memory_order_relaxed);
	if (fixed)
		return fixed * 1000;
	struct timespec now;
	clock_gettime(CLOCK_REALTIME, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

int64_t clock_seconds(void)
{
	return clock_milliseconds() / 1000;
}

uint64_t clock_monotonic_us(void)
{
	struct timespec now;
	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000000 + (uint64_t)now.tv_nsec / 1000;
}

void clock_set_for_test(int64_t seconds)
{
	atomic_store(&test_seconds, seconds);
}
