/*
 * mute.h - inside shared/db: whether the server has not answered for so long that it counts as mute.
 * pulse.h sends the queries.
 */
#ifndef UPWARD_DB_MUTE_H
#define UPWARD_DB_MUTE_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include "base/clock.h"

#define MUTE_US 1100000

struct mute {
	_Atomic uint64_t asked_us; /* when the pending query was sent; 0: none is pending */
};

static inline bool server_is_mute(const struct mute *mute)
{
	uint64_t asked = atomic_load_explicit(&mute->asked_us, memory_order_relaxed);
	return asked && clock_monotonic_us() > asked + MUTE_US;
}

#endif
