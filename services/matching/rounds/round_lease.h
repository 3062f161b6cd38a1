/*
 * round_lease.h - who has a round in hand. A lease is taken with the round (round_claim), lasts 60
 * s of real time, and is renewed by a job of its own however long the work takes; the same job sees
 * within a second that the round is not wanted any more, or that somebody else has it.
 */
#ifndef UPWARD_MATCHING_ROUND_LEASE_H
#define UPWARD_MATCHING_ROUND_LEASE_H

#include <stdatomic.h>

#include "events/worker.h"

/* From now on the lease is renewed; *cancel is raised when it is lost. Borrows cancel up to
 * round_lease_drop. One round at a time. */
void round_lease_keep(const char *round_id, const char *lease, atomic_bool *cancel);
void round_lease_drop(void);

/* The job. */
bool round_lease_run(struct service_state *service, struct db_session *w);

#endif
