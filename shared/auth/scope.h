/*
 * scope.h - roles, relations and scopes. One table turns a caller's roles into scopes; C enforces
 * an operation's scope, SQL the relation to the row. Scopes are those in the contract
 * (`x-scope`), collected at build time into gen/scopes.h (enum scope, at most 128).
 */
#ifndef UPWARD_AUTH_SCOPE_H
#define UPWARD_AUTH_SCOPE_H

#include <stdbool.h>
#include <stdint.h>
#include "base/cleanup.h"
#include "gen/scopes.h" /* enum scope { SCOPE_PUBLIC, SCOPE_PEOPLE_READ, ... SCOPE_COUNT } */

enum role {
	ROLE_PARTICIPANT = 1, /* any person who is signed in */
	ROLE_PROGRAMME_ADMIN = 2,
	ROLE_ADMIN = 4,
	ROLE_HRIS = 8,
	ROLE_AUDITOR = 16,
	ROLE_MAIL_GATEWAY = 32 /* passes on what comes back to the platform's mailboxes */
};

typedef unsigned __int128 scope_set;

#define SCOPE_BIT(scope) ((scope_set)1 << (scope))

/* The scopes that a set of roles grants. */
scope_set scope_of_roles(unsigned roles);
CHECKED bool scope_find(const char *name, enum scope *ret_scope);
/* "admin" -> ROLE_ADMIN; 0 for an unknown name */
unsigned role_of_name(const char *name);
/* {participant,admin}: the roles as a PostgreSQL array literal, in the order of enum role. */
#define ROLES_SQL_BYTES 96
#define ROLE_SETS       64 /* every combination of the six roles */
void role_names_sql(unsigned roles, char ret_text[ROLES_SQL_BYTES]);
/* Roles that may act without being a person of the company (all but the first two). */
#define ROLES_WITHOUT_PERSON (ROLE_ADMIN | ROLE_HRIS | ROLE_AUDITOR | ROLE_MAIL_GATEWAY)

#endif
