/*
 * claims.h - the two JSON objects of a token, checked by field tables. Neither involves signatures;
 * token.c decides the order of the checks.
 */
#ifndef UPWARD_AUTH_CLAIMS_H
#define UPWARD_AUTH_CLAIMS_H

#include "auth/identity.h"
#include "auth/issuer.h"
#include "auth/key_set.h"

#define CLAIMS_LEEWAY 30 /* seconds that the clocks of issuer and service may differ */

struct token_header {
	enum key_alg alg;
	bool plain; /* typ is JWT or absent: not an RFC 9068 access token */
	char kid[KEY_KID_BYTES];
};

/* Decodes a part of a compact token: one JSON object without duplicate members, as canonical base64url
 * without padding. Returns owned, or NULL. */
CHECKED json_t *claims_part(const char *text);

/* The protected header: a typ of access tokens (at+jwt of RFC 9068, JWT, or none), alg of the
 * allow-list, a kid, and nothing that names a key or demands an extension (crit, jku, jwk, x5u,
 * x5c). */
CHECKED enum token_fault claims_header(const json_t *header, struct token_header *ret_header);

/* Checks the claims of a token from this issuer at this time (Unix seconds), with a lifetime of at most
 * life_most seconds. Times may have fractions (NumericDate). *ret_identity is filled completely. */
CHECKED enum token_fault claims_read(const struct issuer *issuer, const json_t *claims, int64_t now,
	int life_most, struct identity *ret_identity);

#endif
