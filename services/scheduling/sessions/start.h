/*
 * start.h - when a meeting starts: reads the wall-clock time of a request and converts it to an
 * instant, by the only conversion in the product (base/zone.h).
 */
#ifndef UPWARD_SCHEDULING_SESSIONS_START_H
#define UPWARD_SCHEDULING_SESSIONS_START_H

#include "http/call.h"

#define START_TEXT 32

/* An instant (Unix seconds) as RFC 3339 in UTC. */
void start_text(int64_t seconds, char ret_text[START_TEXT]);

/* Reads starts_at, time_zone and fold of the body as an instant. A reply with status 0 means
 * success. */
struct reply start_read(const struct call *call, char ret_text[START_TEXT]);

#endif
