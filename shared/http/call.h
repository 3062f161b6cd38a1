/*
 * call.h - a validated request, as a handler sees it. Everything is checked against the contract
 * before a handler runs: scope, path, query, body, If-Match. What a handler may do is in steps.h.
 */
#ifndef UPWARD_HTTP_CALL_H
#define UPWARD_HTTP_CALL_H

#include <jansson.h>
#include "auth/principal.h"
#include "base/id.h"
#include "http/operation.h"
#include "http/target.h"

struct service_state; /* service/service.h: settings, database, metrics of this process */

#define CALL_PATH_MOST  4
#define CALL_QUERY_MOST 24
#define CALL_PAGE_KEYS  5 /* the last may be as_of, which goes from page to page */

struct call {
	const struct operation *operation;
	struct service_state *service;
	struct database *db;
	const struct principal *principal; /* never NULL; empty for public operations */
	const char *request_id;
	const char *url_path;                      /* as received, for `instance` */
	const struct target *target;               /* the same, parsed */
	const char *path_values[CALL_PATH_MOST];   /* text as received (checked) */
	const char *query_values[CALL_QUERY_MOST]; /* PostgreSQL input text, NULL when absent */
	json_t *body;                              /* NULL without a JSON body */
	const char *body_text;                     /* the body as received */
	size_t body_length;
	char **member_values; /* PostgreSQL input text by body field, NULL when absent */
	const char *after[CALL_PAGE_KEYS]; /* decoded cursor, all NULL on the first page */
	const char *as_of; /* of a list asked what has changed since: what to ask next time */
	int64_t limit;
	const char *if_match_sent;              /* the header, or NULL */
	int64_t if_match;                       /* the version it stands for, -1 when absent */
	const char *if_match_object;            /* the id of the object with this version, or NULL */
	bool only_new;                          /* a PUT with If-None-Match: * */
	struct id new_id;                       /* generated for this request */
	const char *idempotency_key;            /* or NULL */
	const char *accept;                     /* chosen media type */
	char limit_text[24], if_match_text[24]; /* the two above, for statements */
};

/* A path or query parameter or scalar body member by its name in the contract; NULL if absent. A name
 * that is not in the contract is a programming error (assert). */
const char *call_value(const struct call *call, const char *name);

/* A path or query parameter; NULL also if there is none with that name. */
const char *call_path_value(const struct call *call, const char *name);
const char *call_query_value(const struct call *call, const char *name);

/* The operation's own statement as a step, bound from the call. */
CHECKED struct step call_step(const struct call *call);
/* Any statement of the operation as a step. */
CHECKED struct step call_bind(const struct call *call, const struct binding *binding);

/* The step that tells the transaction who acts, in which operation, and on which version; the last is
 * "<id> <version>", which common.if_match_holds() checks. Borrows guard. */
#define CALL_GUARD_TEXT (sizeof(struct id) + 24)
CHECKED struct step call_context(const struct call *call, char guard[CALL_GUARD_TEXT]);

#endif
