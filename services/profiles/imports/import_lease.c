#include "profiles/imports/import_lease.h"

#include <pthread.h>
#include <stdio.h>

#include "gen/profiles/statements.h"

static struct {
	pthread_mutex_t lock; /* guards the rest */
	char import_id[37], lease[37];
	bool kept;
} held = { .lock = PTHREAD_MUTEX_INITIALIZER };

void import_lease_keep(const char *import_id, const char *lease)
{
	pthread_mutex_lock(&held.lock);
	snprintf(held.import_id, sizeof held.import_id, "%s", import_id);
	snprintf(held.lease, sizeof held.lease, "%s", lease);
	held.kept = true;
	pthread_mutex_unlock(&held.lock);
}

void import_lease_drop(void)
{
	pthread_mutex_lock(&held.lock);
	held.kept = false;
	pthread_mutex_unlock(&held.lock);
}

bool import_lease_run(struct service_state *service, struct db_session *w)
{
	char import_id[37], lease[37];
	struct db_error error;
	owned_rows struct db_rows *rows = NULL;
	(void)service;
	pthread_mutex_lock(&held.lock);
	bool kept = held.kept;
	snprintf(import_id, sizeof import_id, "%s", held.import_id);
	snprintf(lease, sizeof lease, "%s", held.lease);
	pthread_mutex_unlock(&held.lock);
	const struct step renew = STEP(&stmt_import_renew, import_id, lease);
	enum db_outcome outcome = kept ? db_session_run(w, &renew, &rows, &error) : DB_DONE;
	(void)outcome; /* the next call tries again, long before the lease expires */
	return false;
}
