#include "keyring.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "support/client.h"

static void publish(const struct keyring *keys, const char *text)
{
	char *aside = NULL;
	assert_true(asprintf(&aside, "%s.test", keys->path) > 0);
	FILE *file = fopen(aside, "w");
	assert_non_null(file);
	assert_true(fputs(text, file) >= 0 && fclose(file) == 0);
	assert_int_equal(rename(aside, keys->path), 0);
	free(aside);
}

static void add_key(json_t *set, char *jwk)
{
	json_t *key = json_loads(jwk, 0, NULL);
	assert_non_null(key);
	json_array_append_new(json_object_get(set, "keys"), key);
}

void keyring_open(struct keyring *ret_keys)
{
	struct keyring *k = ret_keys;
	assert_true(asprintf(&k->path, "%s/jwks.json", api_stack("keys")) > 0);
	json_t *set = json_load_file(k->path, 0, NULL);
	assert_non_null(set);
	k->published = json_dumps(set, JSON_COMPACT);
	k->rsa = forge_key_new(FORGE_RSA);
	k->ec = forge_key_new(FORGE_P256);
	k->ed = forge_key_new(FORGE_ED25519);
	k->pss = forge_key_new(FORGE_RSA);
	k->public_pem = forge_public_pem(k->rsa);
	k->rsa_jwk = forge_jwk(k->rsa, KEYRING_RSA, ",\"alg\":\"RS256\",\"use\":\"sig\"");
	char *ec = forge_jwk(k->ec, KEYRING_EC, ",\"alg\":\"ES256\",\"use\":\"sig\"");
	add_key(set, k->rsa_jwk);
	char *ed = forge_jwk(k->ed, KEYRING_ED, "");
	char *pss = forge_jwk(k->pss, KEYRING_PSS, ",\"use\":\"sig\"");
	add_key(set, ec);
	add_key(set, ed);
	add_key(set, pss);
	free(ed);
	free(pss);
	char *text = json_dumps(set, JSON_COMPACT);
	publish(k, text);
	free(text);
	free(ec);
	json_decref(set);
}

void keyring_add(const struct keyring *keys, const json_t *jwks)
{
	json_t *set = json_load_file(keys->path, 0, NULL), *one;
	size_t i;
	assert_non_null(set);
	json_array_foreach(jwks, i, one) json_array_append(json_object_get(set, "keys"), one);
	char *text = json_dumps(set, JSON_COMPACT);
	publish(keys, text);
	free(text);
	json_decref(set);
}

void keyring_close(struct keyring *keys)
{
	publish(keys, keys->published);
	forge_key_free(keys->rsa);
	forge_key_free(keys->ec);
	forge_key_free(keys->ed);
	forge_key_free(keys->pss);
	free(keys->public_pem);
	free(keys->rsa_jwk);
	free(keys->published);
	free(keys->path);
}

const char *keyring_claims(const char *user_name, const char *without, const char *more)
{
	long long now = (long long)time(NULL);
	static _Thread_local char out[16384];
	char parts[6][160];
	static const char *const names[] = { "iss", "aud", "sub", "exp", "iat", "roles" };
	size_t used = 1;
	out[0] = '{';
	snprintf(parts[0], sizeof parts[0], "\"urn:upward:local\"");
	snprintf(parts[1], sizeof parts[1], "\"upward\"");
	snprintf(parts[2], sizeof parts[2], "\"%s\"", user_name);
	snprintf(parts[3], sizeof parts[3], "%lld", now + 600);
	snprintf(parts[4], sizeof parts[4], "%lld", now - 60);
	snprintf(parts[5], sizeof parts[5], "[\"participant\"]");
	for (int i = 0; i < 6; i++)
		if (!without || strcmp(without, names[i]) != 0)
			used += (size_t)snprintf(out + used, sizeof out - used, "%s\"%s\":%s",
				used > 1 ? "," : "", names[i], parts[i]);
	snprintf(out + used, sizeof out - used, "%s}", more);
	return api_path("%s", out);
}

const char *keyring_header(const char *alg, const char *kid, const char *more)
{
	return api_path("{\"alg\":\"%s\",\"typ\":\"JWT\",\"kid\":\"%s\"%s}", alg, kid, more);
}

char *keyring_token(const struct keyring *keys, const char *claims)
{
	return forge_token(keys->rsa, "RS256", keyring_header("RS256", KEYRING_RSA, ""), claims);
}
