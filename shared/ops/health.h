/*
 * health.h - liveness and readiness of a process. It is live from the start: a process that answers
 * at all is alive. It is ready when it has started, is not stopping, and every check succeeds. The
 * HTTP endpoints are elsewhere (service/admin.h). Checks are added at start, before threads; the rest
 * is thread-safe.
 */
#ifndef UPWARD_OPS_HEALTH_H
#define UPWARD_OPS_HEALTH_H

#include <stdbool.h>
#include "base/buf.h"

struct health;

CHECKED struct health *health_new(void);
void health_free(struct health *h);

#define HEALTH_CHECKS_MOST 8
/* name: a literal such as "database". More than HEALTH_CHECKS_MOST abort. */
void health_check(struct health *h, const char *name, bool (*good)(void *context), void *context);

void health_started(struct health *h);
void health_stopping(struct health *h); /* not ready from now on, permanently */

/* Writes {"status":"live"}; true. */
bool health_live(struct health *h, struct buf *out);
/* Writes {"status":"ready"|"not_ready","checks":{"started":true,"database":false,...}} and returns
 * true if ready (200), false if not (503). */
bool health_ready(struct health *h, struct buf *out);

#endif
