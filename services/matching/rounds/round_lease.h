/*
 * round_lease.h - which instance is running a round. A lease is taken with the round (round_claim),
 * lasts 60 s of real time, and is renewed by a separate job for as long as the work takes; that job
 * notices within a second if the round was cancelled, or if another instance has it.
 */
#ifndef UPWARD_MATCHING_ROUND_LEASE_H
#define UPWARD_MATCHING_ROUND_LEASE_H

#include <stdatomic.h>

#include "events/worker.h"

/* Renews the lease from now on, and sets *cancel if it is lost. Borrows cancel until
 * round_lease_drop. One round at a time. */
void round_lease_keep(const char *round_id, const char *lease, atomic_bool *cancel);
void round_lease_drop(void);

/* The job that renews it. */
bool round_lease_run(struct service_state *service, struct db_session *w);

#endif
