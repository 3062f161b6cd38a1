/*
 * signature.h - whether a signature is that of a key (RFC 7515 section 5.2, RFC 7518 section 3, RFC
 * 8037): the only place where one is verified. It knows bytes alone; what may be signed how is
 * decided before (key_set.h) and what was signed is read afterwards (claims.h).
 */
#ifndef UPWARD_AUTH_SIGNATURE_H
#define UPWARD_AUTH_SIGNATURE_H

#include "auth/key_set.h"

/* alg: one that the key serves (key_serves()), else nothing holds. */
CHECKED bool signature_holds(const struct key *key, enum key_alg alg, const char *text,
	size_t text_length, const unsigned char *signature, size_t signature_length);

#endif
