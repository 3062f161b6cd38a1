/*
 * router.h - from path and method to the operation: a tree of path segments, built once. A literal
 * beats `{param}`; a parameter may stand inside a segment (`{token}.ics`), one a segment.
 */
#ifndef UPWARD_HTTP_ROUTER_H
#define UPWARD_HTTP_ROUTER_H

#include "http/call.h"
#include "http/operation.h"
#include "http/target.h"

struct router;

/* Returns owned; borrows the operations. NULL with a reason: two operations of one method whose
 * paths are equal but for parameter names, or a path that breaks the rules above. */
CHECKED struct router *router_new(
	const struct operation *operations, size_t count, char *ret_reason, size_t reason_size);
void router_free(struct router *router);

struct route {
	unsigned methods; /* bit per enum http_method that the path knows; 0 = no such path */
	const struct operation *operation;  /* NULL when the method is not among them */
	const char *values[CALL_PATH_MOST]; /* by path_fields; they lie in the target */
};

/* method is the request's word; HEAD finds GET's operation. May cut the target's segments. */
void router_find(const struct router *router, const char *method, struct target *target,
	struct route *ret_route);

/* Writes "DELETE, GET, HEAD, OPTIONS", as Allow wants it; returns text. */
const char *router_allow(unsigned methods, char *text, size_t size);

#endif
