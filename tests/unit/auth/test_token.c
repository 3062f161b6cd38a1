/* LINK: -Wl,--wrap=jwt_decode -Wl,--wrap=clock_monotonic_us */
/* Which tokens are taken and which are refused: header, signature, form. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include <jwt.h>
#include "base/buf.h"
#include "base/clock.h"
#include "base/str.h"
#include "unit/auth/fixture.h"
#include "unit/auth/tokens.h"

static int decodes;         /* how often a signature was checked */
static const char *instead; /* decoded without a key in place of what was asked */
static int decode_said;
static _Atomic uint64_t later_us;

int __real_jwt_decode(jwt_t **jwt, const char *token, const unsigned char *key, int key_len);
int __wrap_jwt_decode(jwt_t **jwt, const char *token, const unsigned char *key, int key_len);
uint64_t __real_clock_monotonic_us(void);
uint64_t __wrap_clock_monotonic_us(void);

int __wrap_jwt_decode(jwt_t **jwt, const char *token, const unsigned char *key, int key_len)
{
	decodes++;
	decode_said = instead ? __real_jwt_decode(jwt, instead, NULL, 0)
			      : __real_jwt_decode(jwt, token, key, key_len);
	return decode_said;
}

uint64_t __wrap_clock_monotonic_us(void)
{
	return __real_clock_monotonic_us() + later_us;
}

static void a_good_token_gives_its_identity(void **state)
{
	struct identity who;
	(void)state;
	assert_true(taken(by_ec(EC_HEADER, "{" C_GOOD ",\"nbf\":1799999000,\"iat\":1799999000,"
					   "\"extra\":{\"a\":[1,2.5,null]}}"),
		&who));
	assert_string_equal(who.issuer, ISSUER);
	assert_string_equal(who.subject, "mira.okafor");
	assert_string_equal(who.person_key, "mira.okafor");
	assert_string_equal(who.key_kind, "user_name");
	assert_int_equal(who.roles, 0);
	assert_int_equal(who.expires_at, 1800000600);
}

static void every_bound_algorithm_verifies(void **state)
{
	(void)state;
	assert_true(taken(
		forge_token(tokens.rsa, "RS256", "{\"alg\":\"RS256\",\"kid\":\"rsa\"}", EC_CLAIMS),
		NULL));
	assert_true(
		taken(forge_token(tokens.rsa512, "RS512",
			      "{\"alg\":\"RS512\",\"kid\":\"rsa512\",\"typ\":\"JWT\"}", EC_CLAIMS),
			NULL));
	assert_true(taken(forge_token(tokens.p384, "ES384", "{\"alg\":\"ES384\",\"kid\":\"p384\"}",
				  EC_CLAIMS),
		NULL));
	assert_true(taken(forge_token(tokens.p521, "ES512", "{\"alg\":\"ES512\",\"kid\":\"p521\"}",
				  EC_CLAIMS),
		NULL));
}

static void hs256_keyed_with_the_public_key_is_refused(void **state)
{
	(void)state;
	owned_text char *rsa = forge_public_pem(tokens.rsa), *ec = forge_public_pem(tokens.ec);
	assert_false(taken(
		forge_token_hs256(rsa, "{\"alg\":\"HS256\",\"kid\":\"rsa\"}", EC_CLAIMS), NULL));
	assert_false(taken(
		forge_token_hs256(ec, "{\"alg\":\"HS256\",\"kid\":\"ec\"}", EC_CLAIMS), NULL));
	assert_false(taken(
		forge_token_hs256(rsa, "{\"alg\":\"RS256\",\"kid\":\"rsa\"}", EC_CLAIMS), NULL));
	assert_false(
		taken(forge_token_hs256("", "{\"alg\":\"HS256\",\"kid\":\"\"}", EC_CLAIMS), NULL));
}

static void alg_none_is_refused(void **state)
{
	(void)state;
	static const char *const names[] = { "none", "None", "NONE", "nOnE", "" };
	for (size_t i = 0; i < COUNT(names); i++) {
		char header[64];
		snprintf(header, sizeof header, "{\"alg\":\"%s\",\"kid\":\"ec\"}", names[i]);
		assert_false(taken(forge_token_plain(header, EC_CLAIMS, ""), NULL));
		assert_false(taken(forge_token_plain(header, EC_CLAIMS, "AA"), NULL));
		assert_false(taken(by_ec(header, EC_CLAIMS), NULL));
	}
	assert_false(taken(forge_token_plain(EC_HEADER, EC_CLAIMS, ""), NULL));
}

static void a_key_serves_its_own_algorithm_alone(void **state)
{
	(void)state;
	/* truly signed so, by the right key, and yet not what the key is for */
	assert_false(taken(
		forge_token(tokens.rsa, "RS512", "{\"alg\":\"RS512\",\"kid\":\"rsa\"}", EC_CLAIMS),
		NULL));
	assert_false(taken(forge_token(tokens.rsa512, "RS256",
				   "{\"alg\":\"RS256\",\"kid\":\"rsa512\"}", EC_CLAIMS),
		NULL));
	assert_false(taken(forge_token(tokens.p384, "ES384", "{\"alg\":\"ES256\",\"kid\":\"p384\"}",
				   EC_CLAIMS),
		NULL));
	assert_false(taken(by_ec("{\"alg\":\"RS256\",\"kid\":\"ec\"}", EC_CLAIMS), NULL));
}

static void bad_headers_are_refused(void **state)
{
	(void)state;
	static const char *const headers[] = {
		"{}",
		"[]",
		"null",
		"",
		"{\"alg\":\"ES256\"}",
		"{\"kid\":\"ec\"}",
		"{\"alg\":\"ES256\",\"kid\":\"unknown\"}",
		"{\"alg\":\"ES256\",\"kid\":\"\"}",
		"{\"alg\":\"ES256\",\"kid\":7}",
		"{\"alg\":\"ES256\",\"kid\":null}",
		"{\"alg\":\"ES256\",\"kid\":[\"ec\"]}",
		"{\"alg\":\"es256\",\"kid\":\"ec\"}",
		"{\"alg\":\"ES256 \",\"kid\":\"ec\"}",
		"{\"alg\":[\"ES256\"],\"kid\":\"ec\"}",
		"{\"alg\":\"PS256\",\"kid\":\"ec\"}",
		"{\"alg\":\"EdDSA\",\"kid\":\"ec\"}",
		"{\"alg\":\"ES256\",\"kid\":\"EC\"}",
		"{\"alg\":\"ES256\",\"kid\":\"ec\",\"typ\":1}",
		/* libjwt 1.10.2 knows no other type, not even that of RFC 9068 */
		"{\"alg\":\"ES256\",\"kid\":\"ec\",\"typ\":\"at+jwt\"}",
		"{\"alg\":\"ES256\",\"kid\":\"ec\",\"crit\":[\"exp\"]}",
		"{\"alg\":\"ES256\",\"kid\":\"ec\",\"crit\":[]}",
		"{\"alg\":\"ES256\",\"kid\":\"ec\",\"crit\":null}",
		"{\"alg\":\"ES256\",\"kid\":\"ec\",\"jku\":\"https://evil.example/jwks\"}",
		"{\"alg\":\"ES256\",\"kid\":\"ec\",\"x5u\":\"https://evil.example/crt\"}",
		"{\"alg\":\"ES256\",\"kid\":\"ec\",\"x5c\":[\"MIIB\"]}",
		"{\"alg\":\"ES256\",\"kid\":\"ec\",\"jwk\":{\"kty\":\"EC\"}}",
		"{\"alg\":\"none\",\"alg\":\"ES256\",\"kid\":\"ec\"}",
		"{\"alg\":\"ES256\",\"kid\":\"rsa\",\"kid\":\"ec\"}",
		"{\"alg\":\"ES256\",\"\\u0061lg\":\"ES256\",\"kid\":\"ec\"}",
		"{\"alg\":\"ES256\",\"kid\":\"ec\"}x",
		"{\"alg\":\"ES256\",\"kid\":\"ec\"}{}",
		"{\"alg\":\"ES256\",\"kid\":\"ec\",}",
		"\xef\xbb\xbf{\"alg\":\"ES256\",\"kid\":\"ec\"}",
		"{\"alg\":\"ES256\",\"kid\":\"ec\\u0000\"}",
		"{\"alg\":\"ES256\",\"kid\":\"ec\xff\"}",
	};
	for (size_t i = 0; i < COUNT(headers); i++)
		if (taken(by_ec(headers[i], EC_CLAIMS), NULL))
			fail_msg("taken: %s", headers[i]);
	assert_true(taken(by_ec(EC_HEADER, EC_CLAIMS), NULL));
}

static void a_kid_of_one_issuer_is_no_kid_of_another(void **state)
{
	(void)state;
	const char *theirs = "{\"iss\":\"" OTHER "\"," C_SUB "," C_AUD "," C_EXP
			     ",\"preferred_username\":\"Mira@Example.COM\"}";
	struct identity who;
	/* same kid, other issuer: each issuer's own key decides */
	assert_false(taken(by_ec(EC_HEADER, theirs), NULL));
	assert_false(taken(forge_token(tokens.other_ec, "ES256", EC_HEADER, EC_CLAIMS), NULL));
	assert_false(taken(forge_token(tokens.other_ec, "ES256",
				   "{\"alg\":\"ES256\",\"kid\":\"elsewhere\"}", EC_CLAIMS),
		NULL));
	assert_true(taken(forge_token(tokens.other_ec, "ES256", EC_HEADER, theirs), &who));
	assert_string_equal(who.subject, "mira.okafor");
	assert_string_equal(who.person_key, "Mira@Example.COM");
	assert_string_equal(who.key_kind, "email");
}

static void altered_or_foreign_signatures_are_refused(void **state)
{
	(void)state;
	assert_false(taken(forge_token(tokens.stranger, "ES256", EC_HEADER, EC_CLAIMS), NULL));
	assert_false(taken(forge_token_der(tokens.ec, EC_HEADER, EC_CLAIMS), NULL));
	char *token = by_ec(EC_HEADER, EC_CLAIMS);
	char *other = by_ec(EC_HEADER, "{" C_ISS ",\"sub\":\"nia\"," C_AUD "," C_EXP "}");
	owned_text char *mixed = NULL; /* the claims of one under the signature of the other */
	assert_true(asprintf(&mixed, "%.*s%s", (int)(strrchr(other, '.') - other), other,
			    strrchr(token, '.')) > 0);
	assert_false(taken(TAKE(mixed), NULL));
	for (size_t at = strlen(token) - 86; at < strlen(token); at += 5) { /* no byte is idle */
		char *changed = str_copy(token);
		changed[at] = changed[at] == 'A' ? 'B' : 'A';
		assert_false(taken(changed, NULL));
	}
	char *longer = NULL;
	assert_true(asprintf(&longer, "%sAAAA", token) > 0);
	assert_false(taken(longer, NULL));
	free(other);
	assert_true(taken(token, NULL));
}

static void each_part_has_one_spelling(void **state)
{
	(void)state;
	static const char *const ends[] = { "=", "==", ".", ".AAAA", " ", "\n", "\t", "+", "/",
		"%3D" };
	char *token = by_ec(EC_HEADER, EC_CLAIMS);
	for (size_t i = 0; i < COUNT(ends); i++) {
		char *text = NULL;
		assert_true(asprintf(&text, "%s%s", token, ends[i]) > 0);
		if (taken(text, NULL))
			fail_msg("taken with %s behind", ends[i]);
	}
	/* 64 bytes take 86 characters, the last of which carries 2 idle bits of 6 */
	char *idle = str_copy(token), *last = idle + strlen(idle) - 1;
	static const char alphabet[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
	*last = alphabet[(strchr(alphabet, *last) - alphabet) | 1];
	assert_false(taken(idle, NULL));
	char *dotted = str_copy(token);
	*strchr(dotted, '.') = '_';
	assert_false(taken(dotted, NULL));
	assert_false(taken(str_copy(".."), NULL));
	assert_false(taken(str_copy(""), NULL));
	assert_true(taken(token, NULL));
}

static bool header_taken(const char *format, const char *token)
{
	char header[8192];
	struct identity who;
	snprintf(header, sizeof header, format, token);
	return token_verify(tokens.cache, tokens.ring, header, &who);
}

static void only_the_bearer_scheme_with_one_space_is_taken(void **state)
{
	(void)state;
	owned_text char *token = by_ec(EC_HEADER, EC_CLAIMS);
	static const char *const refused[] = { "%s", "Bearer%s", "Bearer  %s", "Bearer\t%s",
		" Bearer %s", "Basic %s", "Bearer %s ", "Bearer Bearer %s", "Bearer %s, Bearer x",
		"DPoP %s", "Bearer: %s", "" };
	for (size_t i = 0; i < COUNT(refused); i++)
		if (header_taken(refused[i], token))
			fail_msg("taken: %s", refused[i]);
	assert_true(header_taken("Bearer %s", token));
	assert_true(header_taken("bearer %s", token)); /* RFC 9110 section 11.1 */
}

/* A good token of as many bytes, give or take three. */
static char *token_of_length(size_t length)
{
	char padding[8192];
	size_t pad = (length - strlen("..") - 86) * 3 / 4;
	pad -= strlen(EC_HEADER) + strlen(EC_CLAIMS) + strlen(",\"pad\":\"\"");
	memset(padding, 'x', pad);
	padding[pad] = 0;
	owned_text char *claims = NULL;
	assert_true(asprintf(&claims, "{" C_GOOD ",\"pad\":\"%s\"}", padding) > 0);
	return by_ec(EC_HEADER, claims);
}

static void tokens_over_four_kibibytes_are_refused(void **state)
{
	(void)state;
	char *longest = token_of_length(TOKEN_BYTES_MOST - 2), *longer = token_of_length(4100);
	assert_in_range(strlen(longest), TOKEN_BYTES_MOST - 8, TOKEN_BYTES_MOST);
	assert_in_range(strlen(longer), TOKEN_BYTES_MOST + 1, TOKEN_BYTES_MOST + 8);
	assert_true(taken(longest, NULL));
	decodes = 0;
	assert_false(taken(longer, NULL));
	assert_false(taken(token_of_length(5120), NULL));
	assert_int_equal(decodes, 0);
}

/* libjwt that cannot allocate its copy of the key returns 0 and an object that used no algorithm:
 * the same as it makes of an unsigned token. */
static void success_without_an_algorithm_verifies_nothing(void **state)
{
	(void)state;
	owned_text char *unsigned_token = forge_token_plain(
		"{\"alg\":\"none\",\"kid\":\"ec\"}", EC_CLAIMS, "");
	instead = unsigned_token;
	bool good = taken(by_ec(EC_HEADER, EC_CLAIMS), NULL);
	instead = NULL;
	assert_int_equal(decode_said, 0); /* the trap is real: it reports success */
	assert_false(good);
}

static void a_verified_token_is_not_verified_again(void **state)
{
	(void)state;
	struct identity first, again;
	char *token = by_ec(EC_HEADER, "{" C_GOOD ",\"roles\":[\"HR-Admins\",\"audit\"]}");
	memset(&first, 0, sizeof first);
	memset(&again, 0, sizeof again);
	decodes = 0;
	assert_true(taken(str_copy(token), &first));
	assert_true(taken(token, &again));
	assert_int_equal(decodes, 1);
	assert_string_equal(first.issuer, again.issuer);
	assert_string_equal(first.subject, again.subject);
	assert_string_equal(first.person_key, again.person_key);
	assert_string_equal(first.key_kind, again.key_kind);
	assert_int_equal(first.expires_at, again.expires_at);
	assert_int_equal(again.roles, ROLE_HRIS | ROLE_AUDITOR);
}

static void a_refused_token_is_not_remembered(void **state)
{
	(void)state;
	char *token = forge_token(tokens.stranger, "ES256", EC_HEADER, EC_CLAIMS);
	assert_false(taken(str_copy(token), NULL));
	assert_false(taken(token, NULL));
}

static void a_remembered_token_is_verified_anew_after_a_minute(void **state)
{
	(void)state;
	owned_text char *token = by_ec(EC_HEADER, EC_CLAIMS);
	decodes = 0;
	assert_true(taken(str_copy(token), NULL));
	later_us = 58000000;
	assert_true(taken(str_copy(token), NULL));
	assert_int_equal(decodes, 1);
	later_us = 61000000;
	assert_true(taken(str_copy(token), NULL));
	assert_int_equal(decodes, 2);
	later_us = 0;
}

static void a_remembered_token_ends_with_its_exp(void **state)
{
	(void)state;
	owned_text char *token = by_ec(EC_HEADER, EC_CLAIMS);
	decodes = 0;
	clock_set_for_test(1800000590);
	assert_true(taken(str_copy(token), NULL));
	clock_set_for_test(1800000599);
	assert_true(taken(str_copy(token), NULL));
	assert_int_equal(decodes, 1);
	clock_set_for_test(1800000629); /* within the leeway: taken, not remembered */
	assert_true(taken(str_copy(token), NULL));
	assert_true(taken(str_copy(token), NULL));
	assert_int_equal(decodes, 3);
	clock_set_for_test(1800000630);
	assert_false(taken(str_copy(token), NULL));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, tokens_fresh, tokens_stale)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_good_token_gives_its_identity),
		TEST(every_bound_algorithm_verifies),
		TEST(hs256_keyed_with_the_public_key_is_refused),
		TEST(alg_none_is_refused),
		TEST(a_key_serves_its_own_algorithm_alone),
		TEST(bad_headers_are_refused),
		TEST(a_kid_of_one_issuer_is_no_kid_of_another),
		TEST(altered_or_foreign_signatures_are_refused),
		TEST(each_part_has_one_spelling),
		TEST(only_the_bearer_scheme_with_one_space_is_taken),
		TEST(tokens_over_four_kibibytes_are_refused),
		TEST(success_without_an_algorithm_verifies_nothing),
		TEST(a_verified_token_is_not_verified_again),
		TEST(a_refused_token_is_not_remembered),
		TEST(a_remembered_token_is_verified_anew_after_a_minute),
		TEST(a_remembered_token_ends_with_its_exp),
	};
	return cmocka_run_group_tests(tests, tokens_open, tokens_close);
}
