/*
 * contract.h - build/openapi.json as the security tests use it: its operations, and a good request
 * for each of them in the world of world.h.
 */
#ifndef UPWARD_TESTS_CONTRACT_H
#define UPWARD_TESTS_CONTRACT_H

#include "world.h"

#define OPERATIONS_MOST 400

struct operation_row {
	const char *id, *method, *path; /* method in capitals; path as a template */
	json_t *spec;                   /* of the operation; borrowed from the contract */
};

/* All operations; fails the test without a contract. */
size_t contract_operations(const struct operation_row **ret_rows);
const struct operation_row *contract_find(const char *id);
/* Follows $ref. */
json_t *contract_resolve(json_t *schema);
/* The schema of the JSON body, or NULL; *ret_type (may be NULL): its media type. */
json_t *contract_body(const struct operation_row *row, const char **ret_type);
bool contract_has_body(const struct operation_row *row);
/* A query or path parameter by position, resolved; NULL after the last. */
json_t *contract_parameter(const struct operation_row *row, size_t index);
bool contract_is_list(const struct operation_row *row); /* pages with a cursor */
bool contract_lists(const struct operation_row *row, const char *relation); /* in x-authz */

/* The world's id behind a name such as pair_id, or NULL. */
const char *contract_id(const struct world *world, const char *name);
/* The path with the world's ids, or with an id of nothing in the place of the last one. */
const char *contract_path(const struct operation_row *row, const struct world *world, bool missing);
/* A good body as text, owned; NULL for none. missing: ids in it lead nowhere. */
char *contract_request(const struct operation_row *row, const struct world *world, bool missing);
/* The media type of the body, or NULL. */
const char *contract_type(const struct operation_row *row);
/* Sends it as this caller, If-Match from a read of the caller's own where it is needed. */
struct api_reply *contract_send(const struct operation_row *row, struct api *caller,
	const char *path, const char *type, const void *body, size_t length);

#endif
