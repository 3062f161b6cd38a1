/*
 * source.h - inside shared/db: how the connections of one lane are opened. A lane's timeouts are
 * appended to the `options` of the service's DSN; a DSN of the lane's own is used unchanged.
 */
#ifndef UPWARD_DB_SOURCE_H
#define UPWARD_DB_SOURCE_H

#include <libpq-fe.h>
#include <stdatomic.h>
#include "base/cleanup.h"
#include "db/mute.h"
#include "db/settings.h"

#define SOURCE_WORDS 64

/* How a statement fares with the statement timeout of its lane. */
struct habit {
	atomic_int fitted;  /* runs of less than HABIT_FIT_US since one was cancelled, up to HABIT_FITS */
	atomic_int patient; /* of the next runs, how many get the longer timeout */
};
#define HABIT_FIT_US 25000 /* the statement timeout of the pool: what always takes longer never fits */
#define HABIT_FITS   8     /* as many say that it usually fits */
#define HABIT_RUNS   64    /* which get more time, unless one is cancelled then too */

struct source {
	const char *lane;         /* for the log: "pool" */
	PQconninfoOption *parsed; /* owns what `values` points to, but for `options` */
	char *options;            /* owned */
	const char *keywords[SOURCE_WORDS], *values[SOURCE_WORDS];
	size_t count;
	const struct statement *const *statements;
	size_t statement_count;
	bool sets; /* prepares the statements that have a set, and their sets; no others */
	bool lazy; /* prepares a statement before its first run, not when the connection is opened */
	/* Statement timeout for an exchange with a statement that is new to its connection, or that
	 * usually fits and was cancelled lately: the machine is busy, and to do it twice would make it
	 * busier. NULL: none. */
	const struct statement *patience;
	struct habit *habits; /* owned; by statement, where there is patience */
	bool durable;      /* refuse a server that could lose committed data */
	int answer_ms;     /* longest wait for an answer; then the connection counts as lost */
	atomic_bool *stop; /* ends an attempt to connect */
	const struct mute *mute; /* stops waiting for a mute server; or NULL */
	char told[160];          /* the last error logged, so that it is not repeated */
};

/* own: the lane's own DSN, or NULL; time_outs: "-c statement_timeout=25 ...", or NULL. false: the
 * DSN cannot be parsed, or out of memory. */
CHECKED bool source_init(struct source *s, const struct db_settings *settings, const char *own,
	const char *time_outs);
void source_release(struct source *s);

#endif
