#include "unit/auth/tokens.h"

#include <stdio.h>
#include <stdlib.h>
#include "base/clock.h"
#include "unit/auth/fixture.h"

struct tokens tokens;

static void write_keys(void)
{
	char *text = NULL;
	char *a = forge_jwk(tokens.ec, "ec", ",\"use\":\"sig\",\"alg\":\"ES256\"");
	char *b = forge_jwk(tokens.rsa, "rsa", "");
	char *c = forge_jwk(tokens.rsa512, "rsa512", ",\"alg\":\"RS512\"");
	char *d = forge_jwk(tokens.p384, "p384", "");
	char *e = forge_jwk(tokens.p521, "p521", "");
	char *f = forge_jwk(tokens.pss, "pss", ",\"alg\":\"PS384\"");
	char *g = forge_jwk(tokens.ed25519, "ed25519", "");
	char *h = forge_jwk(tokens.ed448, "ed448", ",\"alg\":\"EdDSA\"");
	if (asprintf(&text, "{\"keys\":[%s,%s,%s,%s,%s,%s,%s,%s]}", a, b, c, d, e, f, g, h) < 0)
		abort();
	fixture_write("one.json", text);
	free(text), free(a), free(b), free(c), free(d), free(e), free(f), free(g), free(h);
	text = fixture_jwks(
		forge_jwk(tokens.other_ec, "ec", ""), forge_jwk(tokens.other_ec, "elsewhere", ""));
	fixture_write("two.json", text);
	free(text);
}

static const char *write_issuers(void)
{
	return fixture_write("issuers.json",
		"[{\"issuer\":\"" ISSUER "\",\"audience\":\"upward\",\"jwks_file\":\"one.json\","
		"\"role_claims\":[\"roles\",\"groups\",\"realm_access.roles\","
		"\"https://id.example/roles\",\"https://id.example/up.a.b\"],"
		"\"roles\":{\"HR-Admins\":\"hris\","
		"\"6f9619ff-8b86-d011-b42d-00c04fc964ff\":[\"hris\",\"admin\"],"
		"\"upward-admin\":\"admin\",\"coordinators\":\"programme_admin\","
		"\"audit\":\"auditor\"}},"
		"{\"issuer\":\"" OTHER "\",\"audience\":\"upward\",\"jwks_file\":\"two.json\","
		"\"person_claim\":\"preferred_username\",\"person_key\":\"email\"}]");
}

int tokens_open(void **state)
{
	char reason[FIXTURE_REASON] = "";
	(void)state;
	fixture_enter();
	tokens.ec = forge_key_new(FORGE_P256);
	tokens.other_ec = forge_key_new(FORGE_P256);
	tokens.stranger = forge_key_new(FORGE_P256);
	tokens.p384 = forge_key_new(FORGE_P384);
	tokens.p521 = forge_key_new(FORGE_P521);
	tokens.rsa = forge_key_new(FORGE_RSA);
	tokens.rsa512 = forge_key_new(FORGE_RSA);
	tokens.pss = forge_key_new(FORGE_RSA);
	tokens.ed25519 = forge_key_new(FORGE_ED25519);
	tokens.ed448 = forge_key_new(FORGE_ED448);
	write_keys();
	tokens.ring = key_ring_open(write_issuers(), reason, sizeof reason);
	if (!tokens.ring)
		fprintf(stderr, "%s\n", reason);
	return tokens.ring ? 0 : -1;
}

int tokens_close(void **state)
{
	(void)state;
	key_ring_close(tokens.ring);
	struct forge_key *keys[] = { tokens.ec, tokens.other_ec, tokens.stranger, tokens.p384,
		tokens.p521, tokens.rsa, tokens.rsa512, tokens.pss, tokens.ed25519, tokens.ed448 };
	for (size_t i = 0; i < COUNT(keys); i++)
		forge_key_free(keys[i]);
	fixture_bearer(NULL);
	fixture_leave();
	return 0;
}

int tokens_fresh(void **state)
{
	(void)state;
	clock_set_for_test(NOW);
	tokens.cache = token_cache_new(LIFE);
	return tokens.cache ? 0 : -1;
}

int tokens_stale(void **state)
{
	(void)state;
	token_cache_free(tokens.cache);
	clock_set_for_test(0);
	return 0;
}

enum token_fault fault_of(char *token, struct identity *ret_identity)
{
	struct identity ignored;
	return token_verify(tokens.cache, tokens.ring, fixture_bearer(token),
		ret_identity ? ret_identity : &ignored);
}

bool taken(char *token, struct identity *ret_identity)
{
	return fault_of(token, ret_identity) == TOKEN_GOOD;
}

char *by_ec(const char *header, const char *claims)
{
	return forge_token(tokens.ec, "ES256", header, claims);
}

bool claims_taken(const char *claims)
{
	return taken(by_ec(EC_HEADER, claims), NULL);
}
