#include "matching/rounds/round_lease.h"

#include <pthread.h>
#include <stdio.h>
#include <string.h>

#include "gen/matching/statements.h"

static struct {
	pthread_mutex_t lock; /* guards the rest */
	char round_id[37], lease[37];
	atomic_bool *cancel; /* NULL: no round is running */
} held = { .lock = PTHREAD_MUTEX_INITIALIZER };

void round_lease_keep(const char *round_id, const char *lease, atomic_bool *cancel)
{
	pthread_mutex_lock(&held.lock);
	snprintf(held.round_id, sizeof held.round_id, "%s", round_id);
	snprintf(held.lease, sizeof held.lease, "%s", lease);
	held.cancel = cancel;
	pthread_mutex_unlock(&held.lock);
}

void round_lease_drop(void)
{
	pthread_mutex_lock(&held.lock);
	held.cancel = NULL;
	pthread_mutex_unlock(&held.lock);
}

/* Copies the round and its lease. False if no round is running. */
static bool look(char ret_round_id[37], char ret_lease[37])
{
	pthread_mutex_lock(&held.lock);
	bool any = held.cancel != NULL;
	snprintf(ret_round_id, 37, "%s", held.round_id);
	snprintf(ret_lease, 37, "%s", held.lease);
	pthread_mutex_unlock(&held.lock);
	return any;
}

static void lose(const char *lease)
{
	pthread_mutex_lock(&held.lock);
	if (held.cancel && strcmp(held.lease, lease) == 0)
		atomic_store(held.cancel, true);
	pthread_mutex_unlock(&held.lock);
}

bool round_lease_run(struct service_state *service, struct db_session *w)
{
	char round_id[37], lease[37];
	struct db_error error;
	owned_rows struct db_rows *rows = NULL;
	(void)service;
	if (!look(round_id, lease))
		return false;
	const struct step renew = STEP(&stmt_round_renew, round_id, lease);
	if (db_session_run(w, &renew, &rows, &error) == DB_DONE && db_rows_count(rows) == 0)
		lose(lease);
	return false;
}
