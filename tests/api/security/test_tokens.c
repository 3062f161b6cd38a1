/*
 * Tokens at the real door: whatever is wrong with one, the answer is the same 401, byte for byte
 * but for the request_id; who is no person is told so; keys rotate under load without refusing
 * anybody, and a retired key opens nothing (P24).
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "keyring.h"
#include "masked.h"
#include "world.h"

#define USER     "max.mentor"
#define NOTICE   20.0 /* four times the five seconds that are promised */
#define SERVICES 4

/* One page of each service. */
static const char *const pages[SERVICES] = { "/api/v1/me", "/api/v1/enrolments", "/api/v1/sessions",
	"/api/v1/feedback" };

static struct keyring keys;
static struct api_reply *nobody[SERVICES]; /* what a caller without a token is told */

static int open_keys(void **state)
{
	(void)state;
	assert_string_equal(api_text(api_import(world_people, NULL), "status"), "done");
	keyring_open(&keys);
	for (int i = 0; i < SERVICES; i++)
		nobody[i] = api_expect_problem(
			api_get(api_as(NULL, NULL), "%s", pages[i]), 401, "unauthenticated");
	return 0;
}

static int close_keys(void **state)
{
	keyring_close(&keys);
	return api_release(state);
}

/* Every service gives this Authorization value the answer that no token gets. */
static void refused(const char *what, const char *authorization)
{
	struct api *caller = api_with_token(authorization);
	for (int i = 0; i < SERVICES; i++) {
		struct api_reply *reply = api_get(caller, "%s", pages[i]);
		if (!masked_same(reply, nobody[i]))
			fail_msg("%s: %s answered %d %s\nnot as without a token: %s", what,
				pages[i], reply->status, reply->text, nobody[i]->text);
	}
}

/* Takes the token. */
static void refused_token(const char *what, char *token)
{
	refused(what, api_path("Bearer %s", token));
	free(token);
}

static void accepted_token(char *token)
{
	struct api *caller = api_with_token(api_path("Bearer %s", token));
	for (int i = 0; i < SERVICES; i++)
		api_expect(api_get(caller, "%s", pages[i]), 200);
	free(token);
}

static char *rsa_token(const char *claims)
{
	return forge_token(keys.rsa, "RS256", keyring_header("RS256", KEYRING_RSA, ""), claims);
}

static void a_good_token_is_accepted(void **state)
{
	(void)state;
	const char *claims = keyring_claims(USER, NULL, "");
	accepted_token(rsa_token(claims));
	accepted_token(
		forge_token(keys.ec, "ES256", keyring_header("ES256", KEYRING_EC, ""), claims));
	accepted_token(
		rsa_token(keyring_claims(USER, "aud", ",\"aud\":[\"somebody\",\"upward\"]")));
	/* within the leeway of half a minute */
	accepted_token(rsa_token(keyring_claims(
		USER, "exp", api_path(",\"exp\":%lld", (long long)time(NULL) - 10))));
}

static void a_public_key_is_no_secret(void **state)
{
	(void)state;
	const char *claims = keyring_claims(USER, NULL, "");
	const char *header = keyring_header("HS256", KEYRING_RSA, "");
	refused_token(
		"HS256 keyed with the PEM", forge_token_hs256(keys.public_pem, header, claims));
	char *trimmed = strdup(keys.public_pem);
	trimmed[strcspn(trimmed, "\0")] = '\0';
	while (*trimmed && trimmed[strlen(trimmed) - 1] == '\n')
		trimmed[strlen(trimmed) - 1] = '\0';
	refused_token(
		"HS256 keyed with the trimmed PEM", forge_token_hs256(trimmed, header, claims));
	free(trimmed);
	refused_token("HS256 keyed with the JWK", forge_token_hs256(keys.rsa_jwk, header, claims));
	refused_token("HS256 with an empty key", forge_token_hs256("", header, claims));
	refused_token("RS256 said, HS256 made",
		forge_token_hs256(
			keys.public_pem, keyring_header("RS256", KEYRING_RSA, ""), claims));
}

static void a_token_without_a_signature_is_refused(void **state)
{
	(void)state;
	static const char *const names[] = { "none", "None", "NONE", "nOnE" };
	const char *claims = keyring_claims(USER, NULL, "");
	for (int i = 0; i < 4; i++)
		refused_token(names[i],
			forge_token_plain(keyring_header(names[i], KEYRING_RSA, ""), claims, ""));
	refused_token("RS256 without a signature",
		forge_token_plain(keyring_header("RS256", KEYRING_RSA, ""), claims, ""));
}

static void claims_that_are_wrong_are_refused(void **state)
{
	(void)state;
	long long now = (long long)time(NULL);
	const struct {
		const char *what, *without, *more;
	} rows[] = {
		{ "no exp", "exp", "" },
		{ "exp as a string", "exp", api_path(",\"exp\":\"%lld\"", now + 600) },
		{ "exp as a fraction", "exp", api_path(",\"exp\":%lld.5", now + 600) },
		{ "exp beyond all time", "exp", ",\"exp\":1e300" },
		{ "exp null", "exp", ",\"exp\":null" },
		{ "exp negative", "exp", ",\"exp\":-1" },
		{ "expired", "exp", api_path(",\"exp\":%lld", now - 120) },
		{ "not yet valid", NULL, api_path(",\"nbf\":%lld", now + 300) },
		{ "nbf as a string", NULL, ",\"nbf\":\"0\"" },
		{ "made in the future", "iat", api_path(",\"iat\":%lld", now + 300) },
		{ "another aud", "aud", ",\"aud\":\"downward\"" },
		{ "no aud", "aud", "" },
		{ "aud in another case", "aud", ",\"aud\":\"Upward\"" },
		{ "aud a list of others", "aud", ",\"aud\":[\"a\",\"b\"]" },
		{ "aud an empty list", "aud", ",\"aud\":[]" },
		{ "aud an object", "aud", ",\"aud\":{\"upward\":1}" },
		{ "another iss", "iss", ",\"iss\":\"urn:upward:remote\"" },
		{ "no iss", "iss", "" },
		{ "iss with more behind it", "iss", ",\"iss\":\"urn:upward:local/\"" },
		{ "no sub", "sub", "" },
		{ "sub a number", "sub", ",\"sub\":7" },
		{ "sub empty", "sub", ",\"sub\":\"\"" },
		{ "a claim twice", NULL, ",\"aud\":\"upward\"" },
		{ "claims that are no object", NULL, "}}" },
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		refused_token(rows[i].what,
			rsa_token(keyring_claims(USER, rows[i].without, rows[i].more)));
	refused_token("claims that are a list", rsa_token("[]"));
	refused_token("claims that are nothing", rsa_token(""));
}

static void headers_that_lead_elsewhere_are_refused(void **state)
{
	(void)state;
	const char *claims = keyring_claims(USER, NULL, "");
	const struct {
		const char *what, *alg, *kid, *more;
	} rows[] = {
		{ "crit", "RS256", KEYRING_RSA, ",\"crit\":[\"b64\"],\"b64\":false" },
		{ "jku", "RS256", KEYRING_RSA, ",\"jku\":\"https://example.org/k\"" },
		{ "x5u", "RS256", KEYRING_RSA, ",\"x5u\":\"https://example.org/k\"" },
		{ "x5c", "RS256", KEYRING_RSA, ",\"x5c\":[\"MII=\"]" },
		{ "jwk", "RS256", KEYRING_RSA, api_path(",\"jwk\":%s", keys.rsa_jwk) },
		{ "unknown kid", "RS256", "test-other", "" },
		{ "kid of another key", "RS256", KEYRING_EC, "" },
		{ "kid that is a path", "RS256", "../../../etc/hostname", "" },
		{ "kid that is SQL", "RS256", "x' OR '1'='1", "" },
		{ "kid twice", "RS256", KEYRING_RSA, ",\"kid\":\"" KEYRING_RSA "\"" },
		{ "alg of another family", "ES256", KEYRING_RSA, "" },
		{ "alg not bound to the key", "RS512", KEYRING_RSA, "" },
		{ "alg unknown", "RS255", KEYRING_RSA, "" },
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		refused_token(rows[i].what,
			forge_token(keys.rsa, "RS256",
				keyring_header(rows[i].alg, rows[i].kid, rows[i].more), claims));
	refused_token("no kid",
		forge_token(keys.rsa, "RS256", "{\"alg\":\"RS256\",\"typ\":\"JWT\"}", claims));
	refused_token("no alg", forge_token(keys.rsa, "RS256", "{\"kid\":\"test-rsa\"}", claims));
	refused_token("RS512 made and said",
		forge_token(keys.rsa, "RS512", keyring_header("RS512", KEYRING_RSA, ""), claims));
	refused_token("an ECDSA signature in DER",
		forge_token_der(keys.ec, keyring_header("ES256", KEYRING_EC, ""), claims));
}

static void tokens_that_were_changed_are_refused(void **state)
{
	(void)state;
	char *good = rsa_token(keyring_claims(USER, NULL, ""));
	char *other = rsa_token(keyring_claims("bo.boss", NULL, ""));
	char *tail = strrchr(good, '.');
	char *head_end = strrchr(other, '.');
	refused("claims of one, signature of another",
		api_path("Bearer %.*s%s", (int)(head_end - other), other, tail));
	refused("cut short", api_path("Bearer %.*s", (int)strlen(good) - 4, good));
	refused("no signature part", api_path("Bearer %.*s", (int)(tail - good), good));
	refused("a fourth part", api_path("Bearer %s.x", good));
	refused("padding", api_path("Bearer %s==", good));
	refused("something behind it", api_path("Bearer %s x", good));
	refused("two tokens in one", api_path("Bearer %s,Bearer %s", good, good));
	refused("another scheme", api_path("Basic %s", good));
	refused("no scheme", api_path("%s", good));
	refused("nothing behind the scheme", "Bearer");
	refused("dots", "Bearer ..");
	refused("bytes beyond ASCII", "Bearer \xc3\xa9.\xc3\xa9.\xc3\xa9");
	free(good);
	free(other);
}

static void a_token_of_5_kib_is_refused(void **state)
{
	(void)state;
	char padding[3412], *token;
	memset(padding, 'p', sizeof padding - 1);
	padding[sizeof padding - 1] = '\0';
	token = rsa_token(keyring_claims(USER, NULL, api_path(",\"pad\":\"%s\"", padding)));
	assert_in_range(strlen(token), 5110, 5130);
	refused_token("5 KiB", token);
}

/* The gateway itself takes no request with two (400); a service says what it says to no token. */
static void two_authorization_headers_are_refused(void **state)
{
	(void)state;
	char *good = rsa_token(keyring_claims(USER, NULL, ""));
	struct api *caller = api_with_token(api_path("Bearer %s", good));
	api_header(caller, "Authorization: Bearer %s", good);
	api_expect_problem(api_get(caller, "/api/v1/me"), 400, "bad_request");
	static const char *const services[SERVICES] = { "profiles", "matching", "scheduling",
		"evaluation" };
	for (int i = 0; i < SERVICES; i++) {
		api_direct(caller, services[i]);
		api_header(caller, "Authorization: Bearer %s", good);
		struct api_reply *twice = api_get(caller, "%s", pages[i]);
		struct api *without = api_direct(api_as(NULL, NULL), services[i]);
		if (!masked_same(twice, api_get(without, "%s", pages[i])))
			fail_msg("%s: %d %s", services[i], twice->status, twice->text);
		api_expect_problem(twice, 401, "unauthenticated");
		api_expect(api_get(caller, "%s", pages[i]), 200);
	}
	free(good);
}

static bool all_refuse(struct api *caller)
{
	for (int i = 0; i < SERVICES; i++)
		if (!masked_same(api_get(caller, "%s", pages[i]), nobody[i]))
			return false;
	return true;
}

static void who_is_deactivated_is_refused_within_five_seconds(void **state)
{
	(void)state;
	static const char leaves[] = "external_id,user_name,given_name,family_name,level,active\n"
				     "S-9,rita.mentor,Rita,Mentor,2,false\n";
	struct api *caller = api_with_token(
		api_path("Bearer %s", api_token(api_as("participant", "rita.mentor"))));
	for (int i = 0; i < SERVICES; i++) /* now every service has both in its caches */
		api_expect(api_get(caller, "%s", pages[i]), 200);
	assert_string_equal(api_text(api_import(leaves, NULL), "status"), "done");
	double from = api_now();
	api_wait_until(NOTICE, all_refuse(caller));
	print_message("refused %.1f s after the import was done\n", api_now() - from);
	refused_token("a fresh token of someone deactivated",
		rsa_token(keyring_claims("rita.mentor", NULL, "")));
}

static void a_token_without_a_person_is_told_so(void **state)
{
	(void)state;
	struct api *stranger = api_as("participant", "una.unknown");
	for (int i = 0; i < SERVICES; i++)
		api_expect_problem(api_get(stranger, "%s", pages[i]), 403, "person_unknown");
	api_expect_problem(api_get(api_as("programme_admin", "una.unknown"), "/api/v1/rounds"), 403,
		"person_unknown");
	/* roles that need no person, on what is open to them, and on nothing else */
	api_expect(api_get(api_as("hris", NULL), "/api/v1/imports"), 200);
	api_expect(api_get(api_as("admin", NULL), "/api/v1/skills"), 200);
	api_expect(api_get(api_as("auditor", NULL), "/api/v1/reports"), 200);
	static const char *const roles[] = { "hris", "admin", "auditor" };
	for (int i = 0; i < 3; i++) {
		struct api_reply *me = api_expect(
			api_get(api_as(roles[i], NULL), "/api/v1/me"), 200);
		assert_true(json_is_null(api_member(me, "person")));
		for (int page = 1; page < SERVICES; page++)
			api_expect_problem(api_get(api_as(roles[i], NULL), "%s", pages[page]), 403,
				"person_unknown");
	}
	/* a role that the issuer does not know gives nothing */
	char *odd = rsa_token(keyring_claims("una.unknown", "roles", ",\"roles\":[\"root\"]"));
	api_expect_problem(api_get(api_with_token(api_path("Bearer %s", odd)), "/api/v1/skills"),
		403, "person_unknown");
	free(odd);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_good_token_is_accepted),
		cmocka_unit_test(a_public_key_is_no_secret),
		cmocka_unit_test(a_token_without_a_signature_is_refused),
		cmocka_unit_test(claims_that_are_wrong_are_refused),
		cmocka_unit_test(headers_that_lead_elsewhere_are_refused),
		cmocka_unit_test(tokens_that_were_changed_are_refused),
		cmocka_unit_test(a_token_of_5_kib_is_refused),
		cmocka_unit_test(two_authorization_headers_are_refused),
		cmocka_unit_test(who_is_deactivated_is_refused_within_five_seconds),
		cmocka_unit_test(a_token_without_a_person_is_told_so),
	};
	return cmocka_run_group_tests(tests, open_keys, close_keys);
}
