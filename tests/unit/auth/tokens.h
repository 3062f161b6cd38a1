/*
 * tokens.h - two issuers whose keys the tests hold, and texts for their tokens. The clock stands at
 * NOW.
 */
#ifndef UPWARD_TESTS_AUTH_TOKENS_H
#define UPWARD_TESTS_AUTH_TOKENS_H

#include "auth/token.h"
#include "support/forge.h"

#define NOW       1800000000
#define LIFE      86400 /* the longest life of a token, seconds */
#define ISSUER    "https://id.example/realm"
#define OTHER     "https://other.example"
#define EC_HEADER "{\"alg\":\"ES256\",\"kid\":\"ec\"}"

/* Members of the claims of a good token. */
#define C_ISS     "\"iss\":\"" ISSUER "\""
#define C_SUB     "\"sub\":\"mira.okafor\""
#define C_AUD     "\"aud\":\"upward\""
#define C_EXP     "\"exp\":1800000600"
#define C_IAT     "\"iat\":1799996000"
#define C_GOOD    C_ISS "," C_SUB "," C_AUD "," C_EXP "," C_IAT
#define EC_CLAIMS "{" C_GOOD "}"

/* Keys of ISSUER by their kid: ec (ES256), rsa (alg left out: RS256 or PS256), rsa512 (RS512),
 * p384, p521, pss (PS384), ed25519, ed448. OTHER has "ec" too, and "elsewhere": both its own. */
struct tokens {
	struct forge_key *ec, *rsa, *rsa512, *p384, *p521, *pss, *ed25519, *ed448;
	struct forge_key *stranger, *other_ec;
	struct key_ring *ring;
	struct token_cache *cache;
};
extern struct tokens tokens;

/* Group set-up and tear-down: makes keys, files, ring. */
int tokens_open(void **state);
int tokens_close(void **state);
/* Before each test: the clock at NOW, an empty cache. */
int tokens_fresh(void **state);
int tokens_stale(void **state);

/* Is this token (owned, freed) taken behind "Bearer "? */
enum token_fault fault_of(char *token, struct identity *ret_identity);
bool taken(char *token, struct identity *ret_identity);
/* Signed by the key "ec" of ISSUER. */
char *by_ec(const char *header, const char *claims);
bool claims_taken(const char *claims);

#endif
