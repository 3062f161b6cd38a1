/*
 * call.h - a checked request as a handler sees it, and what a handler may do with it. Everything
 * is validated against the contract before a handler runs: scope, path, query, body, If-Match.
 */
#ifndef UPWARD_HTTP_CALL_H
#define UPWARD_HTTP_CALL_H

#include <jansson.h>
#include "auth/principal.h"
#include "base/id.h"
#include "http/operation.h"
#include "http/reply.h"
#include "http/target.h"

struct service_state; /* service/service.h: settings, database, metrics of this process */

#define CALL_PATH_MOST  4
#define CALL_QUERY_MOST 24
#define CALL_PAGE_KEYS  4

struct call {
	const struct operation *operation;
	struct service_state *service;
	struct database *db;
	const struct principal *principal; /* never NULL; empty for public operations */
	const char *request_id;
	const char *url_path;                      /* as received, for `instance` */
	const struct target *target;               /* the same taken apart */
	const char *path_values[CALL_PATH_MOST];   /* text as received (checked) */
	const char *query_values[CALL_QUERY_MOST]; /* PostgreSQL input text, NULL when absent */
	json_t *body;                              /* NULL without a JSON body */
	const char *body_text;                     /* the body as received */
	size_t body_length;
	char **member_values; /* PostgreSQL input text by body field, NULL when absent */
	const char *after[CALL_PAGE_KEYS]; /* decoded cursor, all NULL on the first page */
	int64_t limit;
	const char *if_match_sent;              /* the header, or NULL */
	int64_t if_match;                       /* the version it stands for, -1 when absent */
	const char *if_match_object;            /* the id that bears this version, or NULL */
	struct id new_id;                       /* minted for this request */
	const char *idempotency_key;            /* or NULL */
	const char *accept;                     /* chosen media type */
	char limit_text[24], if_match_text[24]; /* the two above, for statements */
};

/* A path or query parameter or scalar body member by its contract name; NULL when absent. A name
 * that the contract does not have is a programming error (assert). */
const char *call_value(const struct call *call, const char *name);

/* The operation's own statement as a step, bound from the call. */
CHECKED struct step call_step(const struct call *call);

/* Does what the table says: runs the statement(s) and makes the reply. What happens to every
 * operation without a handler. */
CHECKED struct reply call_run(const struct call *call);

/* A read step -> one row (body, version): 200 with ETag, or 404. */
CHECKED struct reply call_read(const struct call *call, const struct step *step);

/* A write of several steps in one transaction, context and idempotency key in front of them and
 * the operation's `read` behind them. object_id: what `read` and Location show; NULL means the
 * path's own id, or call->new_id on a create. ret_rows (or NULL): the results of the steps, freed
 * by the caller. */
CHECKED struct reply call_write(const struct call *call, const struct step *steps, size_t count,
	const char *object_id, struct db_rows **ret_rows);

/* Steps of one transaction without an answer: the context in front, no key, no read. ret_rows[i] is
 * step i's result; the caller frees each. */
CHECKED enum db_outcome call_transaction(const struct call *call, const struct step *steps,
	size_t count, struct db_rows **ret_rows, struct db_error *ret_error);

/* What a database outcome other than DB_DONE says to the caller. */
CHECKED struct reply call_refusal(
	const struct call *call, enum db_outcome outcome, const struct db_error *error);

#endif
