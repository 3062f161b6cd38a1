/*
 * clock.h - C's own clock, for time-outs and tokens alone. Business time is the database's
 * common.now(). Unit tests may set it; a service never does.
 */
#ifndef UPWARD_BASE_CLOCK_H
#define UPWARD_BASE_CLOCK_H

#include <stdint.h>

int64_t clock_seconds(void);      /* Unix time, seconds */
int64_t clock_milliseconds(void); /* Unix time, milliseconds */
uint64_t clock_monotonic_us(void);
void clock_set_for_test(int64_t seconds); /* 0 = the real clock again */

#endif
