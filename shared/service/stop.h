/*
 * stop.h - stops a process. The first SIGTERM, or any other terminating signal, lets running requests
 * and jobs finish, for a limited time; a second one ends the process at once. SIGHUP does not stop
 * it, but reloads the keys.
 */
#ifndef UPWARD_SERVICE_STOP_H
#define UPWARD_SERVICE_STOP_H

#include "events/worker.h"
#include "http/server.h"

/* Before any thread starts: only the main thread waits for signals. */
void stop_signals_block(void);
/* Returns when it is time to stop; each SIGHUP before that calls renew(context). */
void stop_signal_wait(void (*renew)(void *context), void *context);
/* Stops accepting and waits until no request is running, for at most `seconds`; stops the workers (NULL
 * is allowed) at the same time. A worker that has not finished a second later ends with the process;
 * its work is safe in its table. */
void stop_drain(struct server *server, struct workers *workers, int seconds);

#endif
