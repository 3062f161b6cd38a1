/*
 * clock.h - the system clock, only for timeouts and tokens. Business time is common.now() in the
 * database. Unit tests may set this clock; a service never does.
 */
#ifndef UPWARD_BASE_CLOCK_H
#define UPWARD_BASE_CLOCK_H

#include <stdint.h>

int64_t clock_seconds(void);      /* Unix time, seconds */
int64_t clock_milliseconds(void); /* Unix time, milliseconds */
uint64_t clock_monotonic_us(void);
void clock_set_for_test(int64_t seconds); /* 0 = back to the real clock */

#endif
