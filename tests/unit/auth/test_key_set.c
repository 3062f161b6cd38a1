/* What is taken out of a JWKS: keys bound to one algorithm each, or nothing. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "auth/key_set.h"
#include "unit/auth/fixture.h"
#include "unit/auth/tokens.h"

static struct forge_key *first, *second, *rsa;

/* Frees the text. NULL: the reason stands in reason. */
static char reason[FIXTURE_REASON];

static struct key_set *parse(char *text)
{
	reason[0] = 0;
	struct key_set *set = key_set_parse(text, strlen(text), reason, sizeof reason);
	free(text);
	return set;
}

static void keys_are_bound_to_their_algorithm(void **state)
{
	(void)state;
	struct forge_key *p384 = forge_key_new(FORGE_P384), *p521 = forge_key_new(FORGE_P521);
	struct forge_key *ed = forge_key_new(FORGE_ED25519);
	static const enum key_alg expected[] = { KEY_RS256, KEY_RS384, KEY_RS512, KEY_ES256,
		KEY_ES384, KEY_ES512, KEY_PS256, KEY_PS512, KEY_EDDSA };
	char *texts[] = { forge_jwk(rsa, "0", ""), forge_jwk(rsa, "1", ",\"alg\":\"RS384\""),
		forge_jwk(rsa, "2", ",\"alg\":\"RS512\",\"use\":\"sig\""),
		forge_jwk(first, "3", ""),
		forge_jwk(p384, "4", ",\"key_ops\":[\"sign\",\"verify\"]"),
		forge_jwk(p521, "5", ""), forge_jwk(rsa, "6", ",\"alg\":\"PS256\""),
		forge_jwk(rsa, "7", ",\"alg\":\"PS512\""), forge_jwk(ed, "8", "") };
	for (size_t i = 0; i < COUNT(texts); i++) {
		char kid[2] = { (char)('0' + i), 0 };
		struct key_set *set = parse(fixture_jwks(texts[i], NULL));
		assert_non_null(set);
		assert_int_equal(set->count, 1);
		assert_int_equal(key_set_find(set, kid)->alg, expected[i]);
		for (enum key_alg alg = 0; alg < KEY_ALGS; alg++)
			assert_int_equal(key_serves(&set->keys[0], alg),
				alg == expected[i] || (i == 0 && alg == KEY_PS256));
		assert_memory_equal(set->keys[0].pem, "-----BEGIN PUBLIC KEY-----", 26);
		assert_null(key_set_find(set, "none"));
		free(set);
	}
	forge_key_free(p384);
	forge_key_free(p521);
	forge_key_free(ed);
}

static void keys_for_other_purposes_are_left_out(void **state)
{
	(void)state;
	static const char *const more[] = { ",\"use\":\"enc\"", ",\"use\":1", ",\"alg\":\"RS256\"",
		",\"alg\":\"ES384\"", ",\"alg\":\"PS256\"", ",\"alg\":\"EdDSA\"",
		",\"alg\":\"none\"", ",\"alg\":\"HS256\"", ",\"alg\":7",
		",\"key_ops\":[\"encrypt\"]", ",\"key_ops\":[]", ",\"alg\":\"ECDH-ES\"" };
	for (size_t i = 0; i < COUNT(more); i++) {
		struct key_set *set = parse(fixture_jwks(
			forge_jwk(first, "left out", more[i]), forge_jwk(rsa, "rsa", "")));
		assert_non_null(set);
		assert_int_equal(set->count, 1);
		assert_null(key_set_find(set, "left out"));
		free(set);
	}
	static const char *const others[] = { "{\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"kid\":\"ed\","
					      "\"x\":\"11qYAYKxCrfVS_7TyWQHOg\"}",
		"{\"kty\":\"OKP\",\"crv\":\"X25519\",\"kid\":\"x\","
		"\"x\":\"3p7bfXt9wbTTW2HC7OQ1Nz-DQ8hbeGdNrfx-FG-IK08\"}",
		"{\"kty\":\"EC\",\"crv\":\"Ed25519\",\"kid\":\"ec\","
		"\"x\":\"11qYAYKxCrfVS_7TyWQHOgpz0Qj4e5BgGRmdXMNPa8s\"}",
		"{\"kty\":\"EC\",\"crv\":\"secp256k1\",\"kid\":\"k1\",\"x\":\"AA\",\"y\":\"AA\"}",
		"{\"kty\":\"EC\",\"crv\":\"P-256\",\"kid\":\"short\",\"x\":\"AA\"}",
		"{\"kty\":\"RSA\",\"kid\":\"weak\",\"n\":"
		"\"sXchDaQebHnPiGvyDOAT4saGEUetSyo9MKLOoWFsueri23bOdgWp4Dy1WlUzew"
		"bgBHod5pcM9H95GQRV3JDXboIRROSBigeC5yjU1hGzHHyXss8UDprecbAYxknTcQkhslANGRUZmdTOQ5qT"
		"RsLAt6BTYuyvVRdhS8exSZEy_c4gs_7svlJJQ4H9_NxsiIoLwAEk7-Q3UXERGYw\",\"e\":\"AQAB\"}",
		"{\"kid\":\"no kty\"}", "{\"kty\":7,\"kid\":\"x\"}", "7", "null", "[]" };
	for (size_t i = 0; i < COUNT(others); i++) {
		struct key_set *set = parse(
			fixture_jwks(strdup(others[i]), forge_jwk(first, "ec", "")));
		assert_non_null(set);
		assert_int_equal(set->count, 1);
		assert_non_null(key_set_find(set, "ec"));
		free(set);
	}
}

static void certificates_beside_a_key_take_no_part(void **state)
{
	(void)state;
	struct key_set *plain = parse(fixture_jwks(forge_jwk(first, "a", ""), NULL));
	struct key_set *set = parse(fixture_jwks(
		forge_jwk(first, "a",
			",\"x5c\":[\"AAAA\"],\"x5u\":\"http://127.0.0.1:1/x\",\"x5t\":\"AA\""),
		NULL));
	assert_non_null(plain);
	assert_non_null(set);
	assert_int_equal(plain->keys[0].pem_length, set->keys[0].pem_length);
	assert_memory_equal(plain->keys[0].pem, set->keys[0].pem, set->keys[0].pem_length);
	free(plain);
	free(set);
}

static void spoilt_sets_are_refused_whole(void **state)
{
	(void)state;
	assert_null(parse(fixture_jwks(
		forge_jwk(first, "a", ",\"d\":\"AAAA\""), forge_jwk(second, "b", ""))));
	assert_string_equal(reason, "holds a private or symmetric key");
	assert_null(parse(fixture_jwks(forge_jwk(first, "a", ""),
		strdup("{\"kty\":\"oct\",\"k\":\"c2VjcmV0\",\"kid\":\"h\",\"alg\":\"HS256\"}"))));
	assert_string_equal(reason, "holds a private or symmetric key");
	assert_null(parse(fixture_jwks(forge_jwk(first, "a", ""), strdup("{\"kty\":\"oct\"}"))));
	assert_null(parse(fixture_jwks(forge_jwk(first, "a", ""), forge_jwk(second, "a", ""))));
	assert_string_equal(reason, "holds one kid twice");
	static const char *const texts[] = { "", "{}", "[]", "null", "{\"keys\":{}}",
		"{\"keys\":[]}", "{\"keys\":[{}]}", "{\"keys\":[],\"keys\":[]}", "<html>",
		"{\"keys\":[" };
	for (size_t i = 0; i < COUNT(texts); i++) {
		assert_null(parse(strdup(texts[i])));
		assert_string_not_equal(reason, "");
	}
}

static int enter(void **state)
{
	(void)state;
	first = forge_key_new(FORGE_P256);
	second = forge_key_new(FORGE_P256);
	rsa = forge_key_new(FORGE_RSA);
	return 0;
}

static int leave(void **state)
{
	(void)state;
	forge_key_free(first);
	forge_key_free(second);
	forge_key_free(rsa);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(keys_are_bound_to_their_algorithm),
		cmocka_unit_test(keys_for_other_purposes_are_left_out),
		cmocka_unit_test(certificates_beside_a_key_take_no_part),
		cmocka_unit_test(spoilt_sets_are_refused_whole),
	};
	return cmocka_run_group_tests(tests, enter, leave);
}
