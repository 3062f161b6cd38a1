/*
 * stop.h - the end of a process: SIGTERM, or any other signal that would end it, once lets running
 * requests and pieces of work end, for a bounded time; a second one ends the process at once.
 * SIGHUP ends nothing: it has the keys read anew.
 */
#ifndef UPWARD_SERVICE_STOP_H
#define UPWARD_SERVICE_STOP_H

#include "events/worker.h"
#include "http/server.h"

/* Before any thread starts: the signals are waited for by the main thread alone. */
void stop_signals_block(void);
/* Returns when it is time to stop; each SIGHUP before calls renew(context). */
void stop_signal_wait(void (*renew)(void *context), void *context);
/* Stops accepting, waits until no request is on its way, at most `seconds`; stops the workers (NULL
 * is fine) at the same time. A worker that has not ended a second later ends with the process:
 * its work is safe in its table. */
void stop_drain(struct server *server, struct workers *workers, int seconds);

#endif
