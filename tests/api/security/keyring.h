/*
 * keyring.h - keys of the tests' own among those that the stack's issuer publishes, and whatever
 * tokens can be made with them.
 */
#ifndef UPWARD_TESTS_KEYRING_H
#define UPWARD_TESTS_KEYRING_H

#include <jansson.h>
#include "support/forge.h"

#define KEYRING_RSA "test-rsa" /* kid; RS256 */
#define KEYRING_EC  "test-ec"  /* kid; ES256 */
#define KEYRING_ED  "test-ed"  /* kid; Ed25519 without alg */
#define KEYRING_PSS "test-pss" /* kid; RSA without alg, as oidc-provider publishes its keys */

struct keyring {
	struct forge_key *rsa, *ec, *ed, *pss;
	char *public_pem; /* of rsa */
	char *rsa_jwk;
	char *published; /* what the issuer published before */
	char *path;
};

/* Publishes the keys beside the stack's; the services see them on the first unknown kid. */
void keyring_open(struct keyring *ret_keys);
/* Publishes more keys (a JSON array of JWKs, borrowed). */
void keyring_add(const struct keyring *keys, const json_t *jwks);
/* Publishes what there was before. */
void keyring_close(struct keyring *keys);

/* The claims of a participant that every service accepts for the next minutes, with more members
 * behind them (",\"x\":1") and, where it is named, one left out. Borrowed. */
const char *keyring_claims(const char *user_name, const char *without, const char *more);
/* {"alg":alg,"kid":kid…more}, borrowed. */
const char *keyring_header(const char *alg, const char *kid, const char *more);
/* These claims under the key rsa. Returns owned. */
char *keyring_token(const struct keyring *keys, const char *claims);

#endif
