/*
 * principal.h - the caller: the verified token and the person it stands for.
 */
#ifndef UPWARD_AUTH_PRINCIPAL_H
#define UPWARD_AUTH_PRINCIPAL_H

#include "auth/scope.h"
#include "auth/token.h"
#include "db/database.h"

/* How long a service caches which person a key stands for. Keys must be unused for that long before
 * someone else gets them: profiles.keys_rest(). */
#define PRINCIPAL_LIFE_MS 4000

struct principal {
	char person_id[37]; /* "" for a role without a person, and for public operations */
	/* Who calls on behalf of the person above, as their delegate; "" if the caller is the person. */
	char delegate_id[37];
	/* "issuer subject": the caller for idempotency, rate limits and cursors */
	char subject[520];
	unsigned roles;
	char roles_sql[96]; /* array literal: {participant,admin} */
	scope_set scopes;
};

/* The actor as a statement's parameter: NULL for a role without a person. */
static inline const char *principal_actor(const struct principal *p)
{
	return p->person_id[0] ? p->person_id : NULL;
}

/* The delegate as a statement's parameter: NULL if the caller acts for nobody else. */
static inline const char *principal_delegate(const struct principal *p)
{
	return p->delegate_id[0] ? p->delegate_id : NULL;
}

enum principal_outcome {
	PRINCIPAL_OK,
	PRINCIPAL_REFUSED,     /* 401 */
	PRINCIPAL_UNKNOWN,     /* valid token, no such person: 403 person_unknown */
	PRINCIPAL_NO_DELEGATE, /* not a delegate of the person named: 403 not_delegate */
	PRINCIPAL_INACTIVE,    /* valid token of a person who has left: 403 person_inactive */
	PRINCIPAL_UNAVAILABLE  /* database down: 503 */
};

struct authority; /* keys + token cache + people cache */
/* life_most: maximum lifetime of a token, in seconds. */
CHECKED struct authority *authority_open(const char *issuers_file, int life_most,
	struct database *db, char *ret_reason, size_t reason_size);
void authority_close(struct authority *a);
/* Forgets who the callers are; other threads reload the issuers' keys soon. */
void authority_renew(struct authority *a);
/* header: the value of the single Authorization header. A token without a person is OK if one of its
 * roles is in ROLES_WITHOUT_PERSON, otherwise UNKNOWN. *ret_fault is set only with REFUSED. */
CHECKED enum principal_outcome authority_identify(struct authority *a, const char *header,
	struct principal *ret_principal, enum token_fault *ret_fault);
/* Turns an identified caller into a delegate of this person: the person acts, as a participant and
 * nothing more, whatever roles the caller has; subject stays the caller's. Asks the database each
 * time, so that a delegation ends at once. OK, NO_DELEGATE or UNAVAILABLE. */
CHECKED enum principal_outcome authority_act_for(
	struct authority *a, const char *person_id, struct principal *principal);

#endif
