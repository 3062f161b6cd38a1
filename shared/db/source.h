/*
 * source.h - inside shared/db: how the connections of one lane are opened. A lane's time-outs are
 * appended to the `options` of the service's DSN; a DSN of the lane's own is taken as it is.
 */
#ifndef UPWARD_DB_SOURCE_H
#define UPWARD_DB_SOURCE_H

#include <libpq-fe.h>
#include <stdatomic.h>
#include "base/cleanup.h"
#include "db/mute.h"
#include "db/settings.h"

#define SOURCE_WORDS 64

struct source {
	const char *lane;         /* for the log: "pool" */
	PQconninfoOption *parsed; /* owns what `values` points to, but for `options` */
	char *options;            /* owned */
	const char *keywords[SOURCE_WORDS], *values[SOURCE_WORDS];
	size_t count;
	const struct statement *const *statements;
	size_t statement_count;
	bool sets; /* prepares the statements' sets as well */
	/* Statement time-out of an exchange with a statement that is new to its connection, or
	 * NULL. */
	const struct statement *patience;
	bool durable;      /* a server that may lose what it confirmed is refused */
	int answer_ms;     /* longest wait for an answer; then the connection counts as lost */
	atomic_bool *stop; /* ends an attempt to connect */
	const struct mute *mute; /* ends waiting for a server that is mute; or NULL */
	char told[160];          /* the fault last logged, so that a repeated one is not */
};

/* own: the lane's own DSN, or NULL; time_outs: "-c statement_timeout=25 ...", or NULL. false: the
 * DSN cannot be parsed, or no memory. */
CHECKED bool source_init(struct source *s, const struct db_settings *settings, const char *own,
	const char *time_outs);
void source_release(struct source *s);

#endif
