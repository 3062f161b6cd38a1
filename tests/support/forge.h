/*
 * forge.h - tokens that no honest issuer would create, and honest ones too: any header, any claims,
 * any key with any algorithm. Only for tests.
 */
#ifndef UPWARD_TESTS_FORGE_H
#define UPWARD_TESTS_FORGE_H

#include <stddef.h>

enum forge_kind { FORGE_RSA, FORGE_P256, FORGE_P384, FORGE_P521, FORGE_ED25519, FORGE_ED448 };

struct forge_key;

/* A new key pair. Ends the process if the library fails, because nothing can be tested then. */
struct forge_key *forge_key_new(enum forge_kind kind);
void forge_key_free(struct forge_key *key);

/* All functions below return owned texts. */

/* The public JSON Web Key; `more` is appended to its members: ",\"alg\":\"RS512\"" or "". */
char *forge_jwk(const struct forge_key *key, const char *kid, const char *more);
/* The public key as PEM: the HS256 key in an algorithm confusion attack. */
char *forge_public_pem(const struct forge_key *key);
/* Header and claims (texts, JSON or not) signed according to RFC 7515 with alg (RS256 … PS512,
 * ES256 … ES512, EdDSA), whatever the header says. */
char *forge_token(
	const struct forge_key *key, const char *alg, const char *header, const char *claims);
/* The same with the ECDSA signature in DER instead of r || s. */
char *forge_token_der(const struct forge_key *key, const char *header, const char *claims);
/* HMAC-SHA-256 with any secret. */
char *forge_token_hs256(const char *secret, const char *header, const char *claims);
/* header.claims.signature, the last unchanged ("" for none). */
char *forge_token_plain(const char *header, const char *claims, const char *signature);

#endif
