/*
 * pulse.h - inside shared/db: asks the server every fifth of a second, on a connection of its own,
 * whether it is there. One that neither answers nor refuses (stopped, cut off without a word)
 * counts as mute after a second: requests then hear so at once instead of waiting for their own
 * time-outs.
 */
#ifndef UPWARD_DB_PULSE_H
#define UPWARD_DB_PULSE_H

#include <pthread.h>
#include "db/connection.h"

struct pulse {
	struct source source;
	struct connection connection;
	struct mute mute;
	bool started;
	pthread_t thread;
};

/* source.stop ends it. false: no thread. */
CHECKED bool pulse_start(struct pulse *p);
void pulse_stop(struct pulse *p); /* after source.stop was set */

#endif
