/*
 * import_lease.h - which process is working on an import. A lease is taken with the import
 * (import_claim), lasts 15 s of real time, and is renewed by a separate job for as long as the work
 * takes. Every statement that moves the import on names its lease, so a process that has lost it
 * changes nothing any more.
 */
#ifndef UPWARD_PROFILES_IMPORT_LEASE_H
#define UPWARD_PROFILES_IMPORT_LEASE_H

#include "events/worker.h"

/* Renews the lease from now on. One import at a time; copies both. */
void import_lease_keep(const char *import_id, const char *lease);
void import_lease_drop(void);

/* The job that renews it. */
bool import_lease_run(struct service_state *service, struct db_session *w);

#endif
