#include "db/pulse.h"

#include <time.h>
#include "base/clock.h"

#define REST_US 200000

static const struct statement ask = { .name = "pulse", .sql = "SELECT 1", .unprepared = true };

/* Whether the server answered at all; an error counts too. */
static bool beat(struct pulse *p)
{
	uint64_t began = clock_monotonic_us();
	struct connection *c = &p->connection;
	struct db_rows *rows = NULL;
	struct db_error error;

	if (c->pg && !connection_alive(c))
		connection_close(c);
	if (!c->pg && !connection_open(c))
		return clock_monotonic_us() < began + MUTE_US;
	enum db_outcome outcome = connection_run(c, &STEP(&ask, NULL), 1, &rows, &error);
	db_rows_free(rows);
	return outcome != DB_UNAVAILABLE || clock_monotonic_us() < began + MUTE_US;
}

static void *pulse_main(void *context)
{
	struct pulse *p = context;
	struct timespec rest = { 0, REST_US * 1000L };

	while (!atomic_load(p->source.stop)) {
		if (!atomic_load(&p->mute.asked_us))
			atomic_store(&p->mute.asked_us, clock_monotonic_us());
		if (beat(p))
			atomic_store(&p->mute.asked_us, 0);
		nanosleep(&rest, NULL);
	}
	return NULL;
}

bool pulse_start(struct pulse *p)
{
	p->connection.source = &p->source;
	p->started = pthread_create(&p->thread, NULL, pulse_main, p) == 0;
	return p->started;
}

void pulse_stop(struct pulse *p)
{
	if (p->started)
		pthread_join(p->thread, NULL);
	connection_close(&p->connection);
	source_release(&p->source);
}
