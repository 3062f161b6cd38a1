/*
 * router.h - finds the operation for path and method: a tree of path segments, built once. A literal
 * takes precedence over `{param}`; a segment may contain one parameter (`{token}.ics`).
 */
#ifndef UPWARD_HTTP_ROUTER_H
#define UPWARD_HTTP_ROUTER_H

#include "http/call.h"
#include "http/operation.h"
#include "http/target.h"

struct router;

/* Returns owned; borrows the operations. NULL with a reason: two operations with the same method
 * and paths that differ only in parameter names, or a path that breaks the rules above. */
CHECKED struct router *router_new(
	const struct operation *operations, size_t count, char *ret_reason, size_t reason_size);
void router_free(struct router *router);

struct route {
	unsigned methods; /* one bit per enum http_method of the path; 0 = no such path */
	const struct operation *operation;  /* NULL when the method is not among them */
	const char *values[CALL_PATH_MOST]; /* by path_fields; they point into the target */
};

/* method is the text from the request; HEAD finds GET's operation. May modify the target's segments. */
void router_find(const struct router *router, const char *method, struct target *target,
	struct route *ret_route);

/* Writes "DELETE, GET, HEAD, OPTIONS" for Allow; returns text. */
const char *router_allow(unsigned methods, char *text, size_t size);

#endif
