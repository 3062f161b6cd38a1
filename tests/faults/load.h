/*
 * load.h - callers who write to all four services, one after the other, each write under an
 * idempotency key of its own and repeated with that key until it is acknowledged, as the contract
 * advises. What was acknowledged must be there at the end, once.
 */
#ifndef UPWARD_TESTS_LOAD_H
#define UPWARD_TESTS_LOAD_H

#include <stdbool.h>

#define LOAD_SERVICES 4
extern const char *const load_services[LOAD_SERVICES];

/* The company, a programme with a round and one pair: what the writes are about. */
void load_prepare(void);
/* Two writers a service, in threads of their own, until load_stop(). */
void load_start(void);
/* Writes acknowledged so far, of one service, in all the time since load_prepare(). */
int load_acknowledged(int service);
/* Answers so far that asked for a repetition: 502, 503, 504, or a closed connection. */
int load_refused(void);
/* Ends the writers, each when its last write is acknowledged. Fails the test when an answer was
 * neither success nor a request to come again. */
void load_stop(void);
/* Every acknowledged write is there once, and nothing else; each event has told each person once.
 */
void load_check(void);

#endif
