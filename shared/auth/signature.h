/*
 * signature.h - verifies signatures (RFC 7515 section 5.2, RFC 7518 section 3, RFC 8037); no other
 * code does. Which algorithm is allowed is decided before (key_set.h), and the signed content is read
 * afterwards (claims.h).
 *
 * libjwt verifies RS and ES signatures of plain tokens; it refuses the typ of RFC 9068 (at+jwt) and
 * supports neither PS nor EdDSA, so GnuTLS verifies those.
 */
#ifndef UPWARD_AUTH_SIGNATURE_H
#define UPWARD_AUTH_SIGNATURE_H

#include "auth/key_set.h"

/* The parts of a compact token (borrowed). The signature is canonical base64url. */
struct signed_token {
	const char *text;     /* the whole token */
	size_t signed_length; /* bytes up to the second dot */
	const unsigned char *signature;
	size_t signature_length;
	bool plain; /* its typ is JWT or absent */
};

/* alg: must be one that the key serves (key_serves()); otherwise verification fails. */
CHECKED bool signature_holds(
	const struct key *key, enum key_alg alg, const struct signed_token *token);

#endif
