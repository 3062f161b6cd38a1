/*
 * signature.h - whether a signature is that of a key (RFC 7515 section 5.2, RFC 7518 section 3, RFC
 * 8037): the only place where one is verified. What may be signed how is decided before (key_set.h)
 * and what was signed is read afterwards (claims.h).
 *
 * RS and ES signatures of plain tokens are libjwt's; it refuses the typ of RFC 9068 (at+jwt) and
 * knows neither PS nor EdDSA, and those are GnuTLS's.
 */
#ifndef UPWARD_AUTH_SIGNATURE_H
#define UPWARD_AUTH_SIGNATURE_H

#include "auth/key_set.h"

/* A compact token taken apart (borrowed). The signature has its one canonical spelling. */
struct signed_token {
	const char *text;     /* the whole token */
	size_t signed_length; /* bytes up to the second dot */
	const unsigned char *signature;
	size_t signature_length;
	bool plain; /* its typ is JWT or absent */
};

/* alg: one that the key serves (key_serves()), else nothing holds. */
CHECKED bool signature_holds(
	const struct key *key, enum key_alg alg, const struct signed_token *token);

#endif
