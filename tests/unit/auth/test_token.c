/* LINK: -Wl,--wrap=signature_holds -Wl,--wrap=clock_monotonic_us */
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

#include "auth/signature.h"
#include "base/buf.h"
#include "base/clock.h"
#include "base/str.h"
#include "unit/auth/fixture.h"
#include "unit/auth/tokens.h"

static int verified; /* how often a signature was checked */
static _Atomic uint64_t later_us;

bool __real_signature_holds(
	const struct key *key, enum key_alg alg, const struct signed_token *token);
bool __wrap_signature_holds(
	const struct key *key, enum key_alg alg, const struct signed_token *token);
uint64_t __real_clock_monotonic_us(void);
uint64_t __wrap_clock_monotonic_us(void);

bool __wrap_signature_holds(
	const struct key *key, enum key_alg alg, const struct signed_token *token)
{
	verified++;
	return __real_signature_holds(key, alg, token);
}

uint64_t __wrap_clock_monotonic_us(void)
{
	return __real_clock_monotonic_us() + later_us;
}

static void a_good_token_gives_its_identity(void **state)
{
	struct identity who;
	(void)state;
	assert_true(taken(by_ec(EC_HEADER, "{" C_GOOD ",\"nbf\":1799999000,"
					   "\"extra\":{\"a\":[1,2.5,null]}}"),
		&who));
	assert_string_equal(who.issuer, ISSUER);
	assert_string_equal(who.subject, "mira.okafor");
	assert_string_equal(who.person_key, "mira.okafor");
	assert_string_equal(who.key_kind, "user_name");
	assert_int_equal(who.roles, 0);
	assert_int_equal(who.issued_at, 1799996000);
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
	/* an RSA key that names no algorithm is for RS256 or PS256 */
	assert_true(taken(
		forge_token(tokens.rsa, "PS256", "{\"alg\":\"PS256\",\"kid\":\"rsa\"}", EC_CLAIMS),
		NULL));
	assert_true(taken(
		forge_token(tokens.pss, "PS384", "{\"alg\":\"PS384\",\"kid\":\"pss\"}", EC_CLAIMS),
		NULL));
	assert_true(taken(forge_token(tokens.ed25519, "EdDSA",
				  "{\"alg\":\"EdDSA\",\"kid\":\"ed25519\"}", EC_CLAIMS),
		NULL));
	assert_true(taken(forge_token(tokens.ed448, "EdDSA",
				  "{\"alg\":\"EdDSA\",\"kid\":\"ed448\"}", EC_CLAIMS),
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
	static const struct {
		struct forge_key **key;
		const char *made, *said, *kid;
	} rows[] = {
		{ &tokens.rsa, "PS384", "PS384", "rsa" },
		{ &tokens.rsa512, "PS512", "PS512", "rsa512" },
		{ &tokens.rsa512, "PS256", "PS256", "rsa512" },
		{ &tokens.pss, "RS384", "RS384", "pss" },
		{ &tokens.pss, "PS256", "PS256", "pss" },
		{ &tokens.pss, "PS256", "PS384", "pss" },
		{ &tokens.rsa, "RS256", "PS256", "rsa" },
		{ &tokens.rsa, "PS256", "RS256", "rsa" },
		{ &tokens.ed25519, "EdDSA", "EdDSA", "ed448" },
		{ &tokens.ed25519, "EdDSA", "ES256", "ed25519" },
		{ &tokens.ec, "ES256", "EdDSA", "ec" },
		{ &tokens.ec, "ES256", "EdDSA", "ed25519" },
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		char header[64];
		snprintf(header, sizeof header, "{\"alg\":\"%s\",\"kid\":\"%s\"}", rows[i].said,
			rows[i].kid);
		if (taken(forge_token(*rows[i].key, rows[i].made, header, EC_CLAIMS), NULL))
			fail_msg("taken: %s made as %s", header, rows[i].made);
	}
}

static const char *const bad_headers[] = {
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
	"{\"alg\":\"ES256\",\"kid\":\"ec\",\"typ\":\"id+jwt\"}",
	"{\"alg\":\"ES256\",\"kid\":\"ec\",\"typ\":\"\"}",
	"{\"alg\":\"ES256\",\"kid\":\"ec\",\"typ\":\"at+jwt \"}",
	"{\"alg\":\"ES256\",\"kid\":\"ec\",\"typ\":\"at\"}",
	"{\"alg\":\"ES256\",\"kid\":\"ec\",\"typ\":\"dpop+jwt\"}",
	"{\"alg\":\"ES256\",\"kid\":\"ec\",\"typ\":\"logout+jwt\"}",
	"{\"alg\":\"ES256\",\"kid\":\"ec\",\"typ\":\"secevent+jwt\"}",
	"{\"alg\":\"ES256\",\"kid\":\"ec\",\"typ\":\"application/id+jwt\"}",
	"{\"alg\":\"ES256\",\"kid\":\"ec\",\"typ\":\"application/application/jwt\"}",
	"{\"alg\":\"ES256\",\"kid\":\"ec\",\"typ\":\"application/\"}",
	"{\"alg\":\"ES256\",\"kid\":\"ec\",\"typ\":\"text/jwt\"}",
	"{\"alg\":\"ES256\",\"kid\":\"ec\",\"typ\":\"at+jw\\u0131\"}",
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

static void bad_headers_are_refused(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(bad_headers); i++)
		if (taken(by_ec(bad_headers[i], EC_CLAIMS), NULL))
			fail_msg("taken: %s", bad_headers[i]);
	assert_true(taken(by_ec(EC_HEADER, EC_CLAIMS), NULL));
}

static void types_of_access_tokens_are_taken_in_any_case(void **state)
{
	(void)state;
	static const char *const types[] = { "at+jwt", "AT+JWT", "at+JWT", "application/at+jwt",
		"Application/AT+JWT", "JWT", "jwt", "Jwt", "application/jwt" };
	for (size_t i = 0; i < COUNT(types); i++) {
		char header[96];
		snprintf(header, sizeof header, "{\"alg\":\"ES256\",\"kid\":\"ec\",\"typ\":\"%s\"}",
			types[i]);
		if (!taken(by_ec(header, EC_CLAIMS), NULL))
			fail_msg("refused: %s", header);
	}
}

/* Only what the issuer has signed is spoken of. */
static void each_fault_has_its_code_and_says_nothing_before_the_signature(void **state)
{
	(void)state;
	static const char *const foreign = "{\"iss\":\"https://nobody.example\"," C_SUB "," C_AUD
					   "," C_EXP "," C_IAT "}";
	const struct {
		enum token_fault fault;
		char *token;
	} rows[] = {
		{ TOKEN_MALFORMED, str_copy("x") },
		{ TOKEN_MALFORMED, by_ec("", EC_CLAIMS) },
		{ TOKEN_HEADER, by_ec("{\"alg\":\"ES256\"}", EC_CLAIMS) },
		{ TOKEN_TYPE,
			by_ec("{\"alg\":\"ES256\",\"kid\":\"ec\",\"typ\":\"id+jwt\"}", "{}") },
		{ TOKEN_ALGORITHM, by_ec("{\"alg\":\"HS256\",\"kid\":\"ec\"}", "{}") },
		{ TOKEN_ISSUER, by_ec(EC_HEADER, foreign) },
		{ TOKEN_KEY, by_ec("{\"alg\":\"ES256\",\"kid\":\"other\"}", EC_CLAIMS) },
		{ TOKEN_KEY_ALGORITHM, by_ec("{\"alg\":\"RS256\",\"kid\":\"ec\"}", EC_CLAIMS) },
		{ TOKEN_SIGNATURE,
			forge_token(tokens.stranger, "ES256", EC_HEADER, "{" C_ISS ",\"exp\":1}") },
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		assert_int_equal(fault_of(rows[i].token, NULL), rows[i].fault);
		assert_string_equal(token_fault_texts[rows[i].fault].challenge,
			"Bearer error=\"invalid_token\"");
	}
	for (int i = TOKEN_ABSENT; i < TOKEN_FAULTS; i++) {
		assert_true(*token_fault_texts[i].code);
		assert_int_equal(strstr(token_fault_texts[i].challenge, "description") != NULL,
			i > TOKEN_SIGNATURE);
	}
}

static void a_kid_of_one_issuer_is_no_kid_of_another(void **state)
{
	(void)state;
	const char *theirs = "{\"iss\":\"" OTHER "\"," C_SUB "," C_AUD "," C_EXP "," C_IAT
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
	char *other = by_ec(EC_HEADER, "{" C_ISS ",\"sub\":\"nia\"," C_AUD "," C_EXP "," C_IAT "}");
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
	return token_verify(tokens.cache, tokens.ring, header, &who) == TOKEN_GOOD;
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
	static char padding[32768];
	size_t pad = (length - strlen("..") - 86) * 3 / 4;
	pad -= strlen(EC_HEADER) + strlen(EC_CLAIMS) + strlen(",\"pad\":\"\"");
	memset(padding, 'x', pad);
	padding[pad] = 0;
	owned_text char *claims = NULL;
	assert_true(asprintf(&claims, "{" C_GOOD ",\"pad\":\"%s\"}", padding) > 0);
	return by_ec(EC_HEADER, claims);
}

static void tokens_over_fifteen_kibibytes_are_refused(void **state)
{
	(void)state;
	char *longest = token_of_length(TOKEN_BYTES_MOST - 2),
	     *longer = token_of_length(TOKEN_BYTES_MOST + 4);
	assert_in_range(strlen(longest), TOKEN_BYTES_MOST - 8, TOKEN_BYTES_MOST);
	assert_in_range(strlen(longer), TOKEN_BYTES_MOST + 1, TOKEN_BYTES_MOST + 8);
	assert_true(taken(longest, NULL));
	verified = 0;
	assert_false(taken(longer, NULL));
	assert_false(taken(token_of_length(20000), NULL));
	assert_int_equal(verified, 0);
}

static void a_key_without_text_verifies_nothing(void **state)
{
	(void)state;
	static const unsigned char bytes[64] = { 1 };
	struct signed_token plain = { "a.b.c", 3, bytes, sizeof bytes, true };
	struct signed_token other = { "a.b.c", 3, bytes, sizeof bytes, false };
	struct key key = { .kid = "k", .alg = KEY_ES256 };
	assert_false(signature_holds(&key, KEY_ES256, &plain));
	assert_false(signature_holds(&key, KEY_ES256, &other));
	key.pem_length = 4;
	memcpy(key.pem, "junk", 4);
	assert_false(signature_holds(&key, KEY_ES256, &plain));
	assert_false(signature_holds(&key, KEY_ES256, &other));
}

static void a_verified_token_is_not_verified_again(void **state)
{
	(void)state;
	struct identity first, again;
	char *token = by_ec(EC_HEADER, "{" C_GOOD ",\"roles\":[\"HR-Admins\",\"audit\"]}");
	memset(&first, 0, sizeof first);
	memset(&again, 0, sizeof again);
	verified = 0;
	assert_true(taken(str_copy(token), &first));
	assert_true(taken(token, &again));
	assert_int_equal(verified, 1);
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
	verified = 0;
	assert_true(taken(str_copy(token), NULL));
	later_us = 58000000;
	assert_true(taken(str_copy(token), NULL));
	assert_int_equal(verified, 1);
	later_us = 61000000;
	assert_true(taken(str_copy(token), NULL));
	assert_int_equal(verified, 2);
	later_us = 0;
}

static void a_remembered_token_ends_with_its_exp(void **state)
{
	(void)state;
	owned_text char *token = by_ec(EC_HEADER, EC_CLAIMS);
	verified = 0;
	clock_set_for_test(1800000590);
	assert_true(taken(str_copy(token), NULL));
	clock_set_for_test(1800000599);
	assert_true(taken(str_copy(token), NULL));
	assert_int_equal(verified, 1);
	clock_set_for_test(1800000629); /* within the leeway: taken, not remembered */
	assert_true(taken(str_copy(token), NULL));
	assert_true(taken(str_copy(token), NULL));
	assert_int_equal(verified, 3);
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
		TEST(types_of_access_tokens_are_taken_in_any_case),
		TEST(each_fault_has_its_code_and_says_nothing_before_the_signature),
		TEST(a_kid_of_one_issuer_is_no_kid_of_another),
		TEST(altered_or_foreign_signatures_are_refused),
		TEST(each_part_has_one_spelling),
		TEST(only_the_bearer_scheme_with_one_space_is_taken),
		TEST(tokens_over_fifteen_kibibytes_are_refused),
		TEST(a_key_without_text_verifies_nothing),
		TEST(a_verified_token_is_not_verified_again),
		TEST(a_refused_token_is_not_remembered),
		TEST(a_remembered_token_is_verified_anew_after_a_minute),
		TEST(a_remembered_token_ends_with_its_exp),
	};
	return cmocka_run_group_tests(tests, tokens_open, tokens_close);
}
