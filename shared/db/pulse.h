/*
 * pulse.h - inside shared/db: queries the server every 200 ms on a separate connection. A server that
 * neither answers nor refuses (stopped, or silently cut off) counts as mute after a second: requests
 * then fail at once instead of waiting for their own timeouts.
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
void pulse_stop(struct pulse *p); /* after source.stop has been set */

#endif
