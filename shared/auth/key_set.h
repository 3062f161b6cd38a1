/*
 * key_set.h - a JSON Web Key Set (RFC 7517) turned into PEM keys, each bound to one algorithm.
 *
 * The algorithm comes from the key, never from a token: the key's `alg`, or else the one for its
 * type: the curve's own for an EC key, EdDSA for Ed25519 and Ed448, RS256 or PS256 for an RSA key
 * (issuers that sign with PSS publish such keys without an alg). Keys for other purposes and keys
 * without a kid are left out. A private or symmetric key, or a duplicate kid, makes the whole
 * set invalid: such a file is a mistake that must be noticed. Immutable once created.
 */
#ifndef UPWARD_AUTH_KEY_SET_H
#define UPWARD_AUTH_KEY_SET_H

#include <stdbool.h>
#include <stddef.h>
#include "base/cleanup.h"

#define KEY_KID_BYTES 256    /* with the NUL */
#define KEY_PEM_BYTES 2048   /* an RSA key of 8,192 bits takes 1,400 */
#define KEY_SET_BYTES 262144 /* longest JWKS text */
#define KEY_SET_MOST  64     /* keys in a set */

enum key_alg {
	KEY_RS256,
	KEY_RS384,
	KEY_RS512,
	KEY_PS256,
	KEY_PS384,
	KEY_PS512,
	KEY_ES256,
	KEY_ES384,
	KEY_ES512,
	KEY_EDDSA,
	KEY_ALGS
};

struct key {
	char kid[KEY_KID_BYTES];
	enum key_alg alg;
	bool pss_too; /* an RSA key that names no alg: RS256 or PS256 */
	size_t pem_length;
	unsigned char pem[KEY_PEM_BYTES];
};

struct key_set {
	size_t count;
	struct key keys[];
};

/* "RS256" -> KEY_RS256. Other names, including none and HS256, are refused. */
CHECKED bool key_alg_find(const char *name, enum key_alg *ret_alg);
/* Whether a token signed with this algorithm may be verified with this key. */
bool key_serves(const struct key *key, enum key_alg alg);

/* Returns owned (free()), or NULL with a one-line reason; a set without a usable key is NULL. */
CHECKED struct key_set *key_set_parse(
	const char *text, size_t len, char *ret_reason, size_t reason_size);
/* Borrowed from the set, or NULL. */
const struct key *key_set_find(const struct key_set *set, const char *kid);

#endif
