/*
 * Tokens at the real door: whatever is wrong with one, the answer is the same 401, byte for byte
 * but for the request_id and WWW-Authenticate, which says what is wrong with a token that the
 * issuer did sign; the log always says it; who is no person, or has left, is told so.
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

#define BAD "Bearer error=\"invalid_token\""

/* Every service gives this Authorization value the body that no token gets, and this challenge. */
static void refused_so(const char *what, const char *authorization, const char *challenge)
{
	struct api *caller = api_with_token(authorization);
	for (int i = 0; i < SERVICES; i++) {
		struct api_reply *reply = api_get(caller, "%s", pages[i]);
		const char *said = api_header_of(reply, "www-authenticate");
		if (!masked_same_body(reply, nobody[i]))
			fail_msg("%s: %s answered %d %s\nnot as without a token: %s", what,
				pages[i], reply->status, reply->text, nobody[i]->text);
		if (!said || strcmp(said, challenge) != 0)
			fail_msg("%s: %s said %s, not %s", what, pages[i], said, challenge);
	}
}

/* Where nothing is told beyond that the token is bad. */
static void refused(const char *what, const char *authorization)
{
	refused_so(what, authorization, strncmp(authorization, "Bearer ", 7) ? "Bearer" : BAD);
}

/* Takes the token. */
static void refused_token(const char *what, char *token)
{
	refused(what, api_path("Bearer %s", token));
	free(token);
}

/* told: the error_description, or NULL. Takes the token. */
static void refused_told(const char *what, char *token, const char *told)
{
	refused_so(what, api_path("Bearer %s", token),
		told ? api_path(BAD ", error_description=\"%s\"", told) : BAD);
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
	return keyring_token(&keys, claims);
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
	accepted_token(
		forge_token(keys.ed, "EdDSA", keyring_header("EdDSA", KEYRING_ED, ""), claims));
	accepted_token(
		forge_token(keys.pss, "PS256", keyring_header("PS256", KEYRING_PSS, ""), claims));
	/* times with fractions, as some issuers write them */
	accepted_token(rsa_token(keyring_claims(USER, "exp",
		api_path(",\"exp\":%lld.5,\"nbf\":%lld.25", (long long)time(NULL) + 60,
			(long long)time(NULL) - 60))));
	/* within the leeway of half a minute */
	accepted_token(rsa_token(keyring_claims(
		USER, "exp", api_path(",\"exp\":%lld", (long long)time(NULL) - 10))));
}

/* RFC 9068 section 4: the type says that this is an access token; an id token is none. */
static void the_type_of_an_access_token_is_taken_in_any_case(void **state)
{
	(void)state;
	static const char *const good[] = { "at+jwt", "application/at+jwt", "at+JWT", "AT+JWT",
		"Application/At+Jwt", "jwt", "JWT", NULL };
	static const char *const bad[] = { "id+jwt", "dpop+jwt", "logout+jwt", "jwe", "at+jwts" };
	const char *claims = keyring_claims(USER, NULL, "");
	for (int i = 0; i < 8; i++) {
		const char *type = good[i] ? api_path("\"typ\":\"%s\",", good[i]) : "";
		accepted_token(forge_token(keys.rsa, "RS256",
			api_path("{%s\"alg\":\"RS256\",\"kid\":\"" KEYRING_RSA "\"}", type),
			claims));
	}
	for (int i = 0; i < 5; i++)
		refused_token(bad[i], forge_token(keys.rsa, "RS256",
					      api_path("{\"typ\":\"%s\",\"alg\":\"RS256\",\"kid\":"
						       "\"" KEYRING_RSA "\"}",
						      bad[i]),
					      claims));
}

/* What a directory of a large company sends: the ids of a hundred groups. */
static void a_token_with_a_hundred_groups_is_accepted(void **state)
{
	(void)state;
	char groups[100 * 39 + 1];
	for (int i = 0; i < 100; i++)
		snprintf(groups + i * 39, 40, "%s\"%08x-4f6e-4d2a-9c1b-%012x\"", i ? "," : "[",
			i * 7919, i * 104729);
	char *token = rsa_token(keyring_claims(USER, NULL, api_path(",\"groups\":%s]", groups)));
	assert_in_range(strlen(token), 5600, 6400);
	accepted_token(token);
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

#define MALFORMED "a claim is missing or malformed"
#define AUDIENCE  "the token is for another audience"

static void claims_that_are_wrong_are_refused(void **state)
{
	(void)state;
	long long now = (long long)time(NULL);
	const struct {
		const char *what, *without, *more, *told;
	} rows[] = {
		{ "no exp", "exp", "", MALFORMED },
		{ "exp as a string", "exp", api_path(",\"exp\":\"%lld\"", now + 600), MALFORMED },
		{ "exp beyond all time", "exp", ",\"exp\":1e300", MALFORMED },
		{ "exp null", "exp", ",\"exp\":null", MALFORMED },
		{ "exp negative", "exp", ",\"exp\":-1", MALFORMED },
		{ "expired", "exp", api_path(",\"exp\":%lld", now - 120), "the token has expired" },
		{ "not yet valid", NULL, api_path(",\"nbf\":%lld", now + 300),
			"the token is not yet valid" },
		{ "nbf as a string", NULL, ",\"nbf\":\"0\"", MALFORMED },
		{ "made in the future", "iat", api_path(",\"iat\":%lld", now + 300),
			"the token is not yet valid" },
		{ "another aud", "aud", ",\"aud\":\"downward\"", AUDIENCE },
		{ "no aud", "aud", "", MALFORMED },
		{ "aud in another case", "aud", ",\"aud\":\"Upward\"", AUDIENCE },
		{ "aud a list of others", "aud", ",\"aud\":[\"a\",\"b\"]", AUDIENCE },
		{ "aud an empty list", "aud", ",\"aud\":[]", AUDIENCE },
		{ "aud an object", "aud", ",\"aud\":{\"upward\":1}", AUDIENCE },
		{ "another iss", "iss", ",\"iss\":\"urn:upward:remote\"", NULL },
		{ "no iss", "iss", "", NULL },
		{ "iss with more behind it", "iss", ",\"iss\":\"urn:upward:local/\"", NULL },
		{ "no sub", "sub", "", MALFORMED },
		{ "sub a number", "sub", ",\"sub\":7", MALFORMED },
		{ "sub empty", "sub", ",\"sub\":\"\"", MALFORMED },
		{ "a claim twice", NULL, ",\"aud\":\"upward\"", NULL },
		{ "claims that are no object", NULL, "}}", NULL },
		{ "no iat", "iat", "", "the token does not say when it was issued" },
		{ "iat after exp", "iat", api_path(",\"iat\":%lld", now + 700),
			"the token was issued after its end" },
		{ "iat null", "iat", ",\"iat\":null", MALFORMED },
		{ "a life of ten years", "exp", api_path(",\"exp\":%lld", now + 315360000),
			"the token lives too long" },
		{ "a life of a day and a minute", "exp", api_path(",\"exp\":%lld", now + 86400),
			"the token lives too long" },
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		refused_told(rows[i].what,
			rsa_token(keyring_claims(USER, rows[i].without, rows[i].more)),
			rows[i].told);
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

static void a_token_has_at_most_15_kib(void **state)
{
	(void)state;
	static char padding[12000];
	memset(padding, 'p', sizeof padding - 1);
	for (int longer = 0; longer < 2; longer++) {
		padding[longer ? 11110 : 11080] = '\0';
		char *token = rsa_token(
			keyring_claims(USER, NULL, api_path(",\"pad\":\"%s\"", padding)));
		assert_int_equal(strlen(token) > 15360, longer);
		if (longer)
			refused_token("more than 15 KiB", token);
		else
			accepted_token(token);
		padding[11110] = 'p';
		padding[11080] = 'p';
	}
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
	for (int i = 0; i < SERVICES; i++) {
		struct api_reply *reply = api_get(caller, "%s", pages[i]);
		if (reply->status == 200)
			return false;
		api_expect_problem(reply, 403, "person_inactive");
		assert_null(api_header_of(reply, "www-authenticate"));
	}
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
	char *fresh = rsa_token(keyring_claims("rita.mentor", NULL, ""));
	assert_true(all_refuse(api_with_token(api_path("Bearer %s", fresh))));
	free(fresh);
	/* nor do roles that need no person help somebody who has left */
	char *admin = rsa_token(keyring_claims("rita.mentor", "roles", ",\"roles\":[\"admin\"]"));
	assert_true(all_refuse(api_with_token(api_path("Bearer %s", admin))));
	free(admin);
}

/* Whether a line of the service's log has both texts. */
static bool logged(const char *service, const char *one, const char *other)
{
	const char *path = api_path("%s/log/%s.log", api_stack("dir"), service);
	FILE *file = fopen(path, "r");
	char line[2048];
	bool found = false;
	assert_non_null(file);
	while (!found && fgets(line, sizeof line, file))
		found = strstr(line, one) && strstr(line, other);
	fclose(file);
	return found;
}

static void the_log_says_why_a_caller_was_turned_away(void **state)
{
	(void)state;
	const char *claims = keyring_claims(USER, NULL, "");
	const char *old = keyring_claims(
		USER, "exp", api_path(",\"exp\":%lld", (long long)time(NULL) - 50));
	const struct {
		const char *reason;
		char *token;
	} rows[] = {
		{ "token_malformed", strdup("x.y") },
		{ "token_key_unknown", forge_token(keys.rsa, "RS256",
					       keyring_header("RS256", "other", ""), claims) },
		{ "token_issuer_unknown",
			rsa_token(keyring_claims(USER, "iss", ",\"iss\":\"urn:somebody\"")) },
		{ "token_signature", forge_token(keys.pss, "RS256",
					     keyring_header("RS256", KEYRING_RSA, ""), claims) },
		{ "token_expired", rsa_token(old) },
		{ "token_audience", rsa_token(keyring_claims(USER, "aud", ",\"aud\":\"x\"")) },
		{ "person_unknown", rsa_token(keyring_claims("una.unknown", NULL, "")) },
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		const char *id = api_path("why-%zu-%lld", i, (long long)time(NULL));
		struct api *caller = api_with_token(api_path("Bearer %s", rows[i].token));
		api_header(caller, "X-Request-Id: %s", id);
		assert_in_range(api_get(caller, "/api/v1/me")->status, 401, 403);
		api_wait_until(NOTICE, logged("profiles", api_path("\"request_id\":\"%s\"", id),
					       api_path("\"reason\":\"%s\"", rows[i].reason)));
		free(rows[i].token);
	}
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
		cmocka_unit_test(the_type_of_an_access_token_is_taken_in_any_case),
		cmocka_unit_test(a_token_with_a_hundred_groups_is_accepted),
		cmocka_unit_test(a_public_key_is_no_secret),
		cmocka_unit_test(a_token_without_a_signature_is_refused),
		cmocka_unit_test(claims_that_are_wrong_are_refused),
		cmocka_unit_test(headers_that_lead_elsewhere_are_refused),
		cmocka_unit_test(tokens_that_were_changed_are_refused),
		cmocka_unit_test(a_token_has_at_most_15_kib),
		cmocka_unit_test(two_authorization_headers_are_refused),
		cmocka_unit_test(who_is_deactivated_is_refused_within_five_seconds),
		cmocka_unit_test(a_token_without_a_person_is_told_so),
		cmocka_unit_test(the_log_says_why_a_caller_was_turned_away),
	};
	return cmocka_run_group_tests(tests, open_keys, close_keys);
}
