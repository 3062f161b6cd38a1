/*
 * load.h - callers who write to all four services, one after the other, each write under an
 * idempotency key of its own and repeated with that key until it is acknowledged, as the contract
 * advises. What was acknowledged must be there at the end, once.
 */
#ifndef UPWARD_TESTS_LOAD_H
#define UPWARD_TESTS_LOAD_H

#include <stdbool.h>

#define LOAD_SERVICES 4
#define LOAD_ID_BYTES 37
extern const char *const load_services[LOAD_SERVICES];

/* The company, a programme with a round and one pair: what the writes are about. */
void load_prepare(void);
/* Somebody who asks one service, a request at a time, each until it is answered, and with a pause
 * after it. */
struct load_caller {
	int service;
	struct api *api;          /* the caller's own: api_free() */
	char last[LOAD_ID_BYTES]; /* what was written last, "" for nothing */
	char fault[400];          /* an answer that should not have come, or "" */
};
struct load_caller load_caller(int service, bool direct); /* else through the gateway */
/* One write, under a key of its own. false: an answer that was neither success nor a request to come
 * again. */
bool load_write(struct load_caller *c);
/* Reads what was written last. false as above, and where it is not there. */
bool load_read(struct load_caller *c);
/* Two writers a service, in threads of their own, until load_stop(). */
void load_start(void);
/* Writes acknowledged so far, of one service, in all the time since load_prepare(). */
int load_acknowledged(int service);
/* Answers so far that asked for a repetition: 502, 503, 504, or a connection that was closed before
 * anything of an answer came. */
int load_refused(void);
/* Ends the writers, each when its last write is acknowledged. Fails the test when an answer was
 * neither success nor a request to come again. */
void load_stop(void);
/* Every acknowledged write is there once, and nothing else; each event has told each person once.
 */
void load_check(void);

#endif
