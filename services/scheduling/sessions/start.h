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

/* A start: its instant, and how far east of Greenwich its zone is then, in seconds. */
struct start {
	char at[START_TEXT];
	char utc_offset[START_TEXT];
};

/* Reads starts_at, time_zone and fold of the body. A reply with status 0 means success. */
struct reply start_read(const struct call *call, struct start *ret_start);

/* The start at an instant of a zone that exists. */
void start_at(const char *time_zone, int64_t seconds, struct start *ret_start);

#endif
