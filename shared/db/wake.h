/*
 * wake.h - hands a value to exactly one sleeping thread: futex(2) on a word on the sleeper's stack.
 *
 * A condition variable would need its lock on both sides, and would wake a thread that then waits
 * for that lock. After wake_set() the setter does not touch the word again, so the sleeper may
 * return and reuse its stack at once; a late FUTEX_WAKE only wakes a thread that checks again.
 */
#ifndef UPWARD_DB_WAKE_H
#define UPWARD_DB_WAKE_H

#include <errno.h>
#include <linux/futex.h>
#include <stdatomic.h>
#include <stdint.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>
#include "base/clock.h"

#define WAKE_PENDING  0
#define WAKE_SLEEPING (-1)
#define WAKE_FOREVER  UINT64_MAX

struct wake {
	atomic_int word; /* WAKE_PENDING, WAKE_SLEEPING, or the value handed over (> 0) */
};

static inline void wake_set(struct wake *w, int value)
{
	if (atomic_exchange_explicit(&w->word, value, memory_order_acq_rel) == WAKE_SLEEPING)
		syscall(SYS_futex, &w->word, FUTEX_WAKE_PRIVATE, 1, NULL, NULL, 0);
}

/* The value, or WAKE_PENDING if the deadline (clock_monotonic_us) passed first: the setter may still
 * follow, so the caller must withdraw the word under its own lock. */
static inline int wake_wait(struct wake *w, uint64_t deadline_us)
{
	int seen = WAKE_PENDING;
	struct timespec left, *wait = NULL;

	if (!atomic_compare_exchange_strong_explicit(
		    &w->word, &seen, WAKE_SLEEPING, memory_order_acq_rel, memory_order_acquire) &&
		seen > 0)
		return seen;
	for (;;) {
		if (deadline_us != WAKE_FOREVER) {
			uint64_t now = clock_monotonic_us();
			uint64_t us = deadline_us > now ? deadline_us - now : 0;
			left = (struct timespec){ (time_t)(us / 1000000),
				(long)(us % 1000000) * 1000 };
			wait = &left;
		}
		long r = syscall(
			SYS_futex, &w->word, FUTEX_WAIT_PRIVATE, WAKE_SLEEPING, wait, NULL, 0);
		int timed_out = r != 0 && errno == ETIMEDOUT;
		seen = atomic_load_explicit(&w->word, memory_order_acquire);
		if (seen > 0)
			return seen;
		if (timed_out)
			return WAKE_PENDING;
	}
}

#endif
