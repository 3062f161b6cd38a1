/*
 * identity.h - what a bearer token says about its caller, or why it is refused.
 */
#ifndef UPWARD_AUTH_IDENTITY_H
#define UPWARD_AUTH_IDENTITY_H

#include <stdint.h>
#include "auth/scope.h"

struct identity {
	char issuer[256];
	char subject[256];    /* the token's sub */
	char person_key[256]; /* value of the issuer's PERSON_CLAIM, "" when absent */
	char key_kind[16];    /* user_name, external_id or email: what person_key is matched with */
	unsigned roles;       /* from the issuer's role claims, by its mapping */
	int64_t issued_at;    /* Unix seconds, without fractions */
	int64_t expires_at;
};

enum token_fault {
	TOKEN_GOOD,
	TOKEN_ABSENT, /* no Authorization header, more than one, or of another scheme */
	TOKEN_MALFORMED,
	TOKEN_HEADER,
	TOKEN_TYPE,
	TOKEN_ALGORITHM,
	TOKEN_ISSUER,
	TOKEN_KEY,
	TOKEN_KEY_ALGORITHM,
	TOKEN_SIGNATURE,
	/* the signature is valid: the caller may be told */
	TOKEN_CLAIMS,
	TOKEN_EXPIRED,
	TOKEN_NOT_YET_VALID,
	TOKEN_AUDIENCE,
	TOKEN_NOT_ISSUED,
	TOKEN_ISSUED_LATE,
	TOKEN_LIFE,
	TOKEN_REVOKED,
	TOKEN_FAULTS
};

#endif
