/* Which claims are believed, and what they are turned into. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "base/clock.h"
#include "unit/auth/fixture.h"
#include "unit/auth/tokens.h"

#define NO_EXP   C_ISS "," C_SUB "," C_AUD "," C_IAT
#define NO_IAT   C_ISS "," C_SUB "," C_AUD "," C_EXP
#define NO_TIMES C_ISS "," C_SUB "," C_AUD
#define NO_ISS   C_SUB "," C_AUD "," C_EXP "," C_IAT
#define NO_SUB   C_ISS "," C_AUD "," C_EXP "," C_IAT
#define NO_AUD   C_ISS "," C_SUB "," C_EXP "," C_IAT

static void refuse_all(const char *const *list, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (claims_taken(list[i]))
			fail_msg("taken: %s", list[i]);
	assert_true(claims_taken(EC_CLAIMS));
}

static void exp_must_be_a_sane_number(void **state)
{
	(void)state;
	static const char *const refused[] = {
		"{" NO_EXP "}",
		"{" NO_EXP ",\"exp\":\"1800000600\"}",
		"{" NO_EXP ",\"exp\":null}",
		"{" NO_EXP ",\"exp\":true}",
		"{" NO_EXP ",\"exp\":[1800000600]}",
		"{" NO_EXP ",\"exp\":{}}",
		"{" NO_EXP ",\"exp\":-1}",
		"{" NO_EXP ",\"exp\":0}",
		"{" NO_EXP ",\"exp\":253402300800}",
		"{" NO_EXP ",\"exp\":9223372036854775807}",
		"{" NO_EXP ",\"exp\":9223372036854775808}",
		"{" NO_EXP ",\"exp\":99999999999999999999999}",
		"{" NO_EXP ",\"exp\":1e400}",
		"{" NO_EXP ",\"EXP\":1800000600}",
		"{" NO_EXP ",\"exp\":01800000600}",
	};
	refuse_all(refused, COUNT(refused));
	/* a NumericDate may have a fraction (RFC 7519 section 2) */
	assert_true(claims_taken("{" NO_EXP ",\"exp\":1800000600.0}"));
	assert_true(claims_taken("{" NO_EXP ",\"exp\":1800000600.987654321}"));
	assert_true(claims_taken("{" NO_EXP ",\"exp\":18000006e2}"));
}

static enum token_fault fault_in(const char *claims)
{
	return fault_of(by_ec(EC_HEADER, claims), NULL);
}

static void a_token_says_when_it_was_issued_and_does_not_live_too_long(void **state)
{
	(void)state;
	assert_int_equal(fault_in("{" NO_IAT "}"), TOKEN_NOT_ISSUED);
	assert_int_equal(fault_in("{" NO_IAT ",\"iat\":1800000601}"), TOKEN_ISSUED_LATE);
	assert_int_equal(fault_in("{" NO_IAT ",\"iat\":1800000600}"), TOKEN_ISSUED_LATE);
	assert_int_equal(fault_in("{" NO_IAT ",\"iat\":1800000300}"), TOKEN_NOT_YET_VALID);
	assert_int_equal(fault_in("{" NO_TIMES ",\"iat\":1800000000,\"exp\":1800086400}"), 0);
	assert_int_equal(
		fault_in("{" NO_TIMES ",\"iat\":1800000000,\"exp\":1800086401}"), TOKEN_LIFE);
	assert_int_equal(fault_in("{" NO_TIMES ",\"iat\":1799999999.75,\"exp\":1800086399.75}"), 0);
	assert_int_equal(
		fault_in("{" NO_TIMES ",\"iat\":1799999999.75,\"exp\":1800086400}"), TOKEN_LIFE);
	/* ten years */
	assert_int_equal(
		fault_in("{" NO_TIMES ",\"iat\":1800000000,\"exp\":2115360000}"), TOKEN_LIFE);
	assert_int_equal(fault_in("{" NO_TIMES ",\"iat\":0,\"exp\":253402300799}"), TOKEN_LIFE);
	assert_int_equal(fault_in("{" NO_TIMES ",\"iat\":0,\"exp\":86400}"), TOKEN_EXPIRED);
}

static void each_fault_of_the_claims_has_its_code(void **state)
{
	(void)state;
	assert_int_equal(fault_in("{" NO_SUB "}"), TOKEN_CLAIMS);
	assert_int_equal(fault_in("{" NO_EXP ",\"exp\":\"1800000600\"}"), TOKEN_CLAIMS);
	assert_int_equal(fault_in("{" NO_EXP ",\"exp\":1799996001}"), TOKEN_EXPIRED);
	assert_int_equal(fault_in("{" C_GOOD ",\"nbf\":1800000300}"), TOKEN_NOT_YET_VALID);
	assert_int_equal(fault_in("{" NO_AUD ",\"aud\":\"other\"}"), TOKEN_AUDIENCE);
	assert_int_equal(fault_in(EC_CLAIMS), TOKEN_GOOD);
}

static void times_are_kept_with_thirty_seconds_of_leeway(void **state)
{
	(void)state;
	static const char *const refused[] = {
		"{" NO_EXP ",\"exp\":1799999970}",
		"{" NO_EXP ",\"exp\":1799999700}",
		"{" C_GOOD ",\"nbf\":1800000031}",
		"{" C_GOOD ",\"nbf\":1800000300}",
		"{" NO_IAT ",\"iat\":1800000031}",
		"{" NO_IAT ",\"iat\":1800000030.25}",
		"{" C_GOOD ",\"nbf\":1800000030.25}",
		"{" C_GOOD ",\"nbf\":\"1700000000\"}",
		"{" C_GOOD ",\"nbf\":null}",
		"{" NO_IAT ",\"iat\":\"now\"}",
		"{" NO_IAT ",\"iat\":null}",
		"{" NO_IAT ",\"iat\":-1}",
		"{" NO_IAT ",\"iat\":-0.5}",
		"{" NO_IAT ",\"iat\":true}",
	};
	refuse_all(refused, COUNT(refused));
	assert_true(claims_taken("{" NO_EXP ",\"exp\":1799999971}"));
	assert_true(claims_taken("{" NO_IAT ",\"nbf\":1800000030.0,\"iat\":1800000030}"));
}

static void a_clock_that_steps_back_an_hour_refuses_what_comes_later(void **state)
{
	(void)state;
	assert_true(claims_taken("{" C_GOOD ",\"nbf\":1800000000}"));
	clock_set_for_test(NOW - 3600);
	assert_false(claims_taken("{" C_GOOD ",\"nbf\":1800000001}"));
	assert_true(claims_taken("{" C_GOOD ",\"nbf\":1799996400}"));
}

static void iss_sub_and_aud_must_be_right(void **state)
{
	(void)state;
	static const char *const refused[] = {
		"{" NO_ISS "}",
		"{" NO_ISS ",\"iss\":\"https://id.example\"}",
		"{" NO_ISS ",\"iss\":\"" ISSUER "/\"}",
		"{" NO_ISS ",\"iss\":\"HTTPS://id.example/realm\"}",
		"{" NO_ISS ",\"iss\":[\"" ISSUER "\"]}",
		"{" NO_ISS ",\"iss\":null}",
		"{" NO_ISS ",\"iss\":\"" OTHER "\"}",
		"{" NO_ISS ",\"iss\":\"\"}",
		"{" NO_SUB "}",
		"{" NO_SUB ",\"sub\":\"\"}",
		"{" NO_SUB ",\"sub\":7}",
		"{" NO_SUB ",\"sub\":null}",
		"{" NO_SUB ",\"sub\":[\"mira.okafor\"]}",
		"{" NO_SUB ",\"sub\":\"mira\\u0000okafor\"}",
		"{" NO_AUD "}",
		"{" NO_AUD ",\"aud\":\"\"}",
		"{" NO_AUD ",\"aud\":\"upward2\"}",
		"{" NO_AUD ",\"aud\":\"Upward\"}",
		"{" NO_AUD ",\"aud\":\"upwar\"}",
		"{" NO_AUD ",\"aud\":[]}",
		"{" NO_AUD ",\"aud\":[\"other\"]}",
		"{" NO_AUD ",\"aud\":[[\"upward\"]]}",
		"{" NO_AUD ",\"aud\":[\"upward\",1]}",
		"{" NO_AUD ",\"aud\":{\"upward\":true}}",
		"{" NO_AUD ",\"aud\":null}",
		"{" NO_AUD ",\"aud\":\"upward other\"}",
	};
	refuse_all(refused, COUNT(refused));
	assert_true(claims_taken("{" NO_AUD ",\"aud\":[\"upward\"]}"));
	assert_true(claims_taken("{" NO_AUD ",\"aud\":[\"other\",\"upward\"]}"));
}

static void texts_too_long_are_refused_not_cut(void **state)
{
	(void)state;
	char name[300], claims[800];
	memset(name, 's', sizeof name);
	name[255] = 0;
	snprintf(claims, sizeof claims, "{" NO_SUB ",\"sub\":\"%s\"}", name);
	assert_true(claims_taken(claims));
	name[255] = 's';
	name[256] = 0;
	snprintf(claims, sizeof claims, "{" NO_SUB ",\"sub\":\"%s\"}", name);
	assert_false(claims_taken(claims));
	for (int i = 0; i < 130; i++) /* 130 characters of two bytes each */
		memcpy(name + 2 * (size_t)i, "\xc3\xa9", 2);
	name[260] = 0;
	snprintf(claims, sizeof claims, "{" NO_SUB ",\"sub\":\"%s\"}", name);
	assert_false(claims_taken(claims));
}

static void claims_that_are_not_one_plain_object_are_refused(void **state)
{
	(void)state;
	static const char *const refused[] = {
		"",
		"{",
		"[]",
		"null",
		"\"text\"",
		"1",
		"[" EC_CLAIMS "]",
		"{" C_GOOD ",\"exp\":1800000600}",
		"{" C_GOOD ",\"sub\":\"nia\"}",
		"{\"sub\":\"nia\"," C_GOOD "}",
		"{" C_GOOD ",\"x\":1,\"x\":1}",
		"{" C_GOOD ",\"x\":{\"y\":1,\"y\":2}}",
		"{" C_GOOD ",\"\\u0065xp\":1800009999}",
		EC_CLAIMS "x",
		EC_CLAIMS EC_CLAIMS,
		EC_CLAIMS ",",
		"{" C_GOOD ",}",
		"{" C_GOOD ",\"x\":\"\xff\"}",
		"{" C_GOOD ",\"x\":\"\xc0\x80\"}",
		"{" C_GOOD ",\"x\":\"\xed\xa0\x80\"}",
		"{" C_GOOD ",\"x\":\"\\ud800\"}",
		"{" C_GOOD ",\"x\":NaN}",
		"{" C_GOOD ",\"x\":'1'}",
		"{" C_GOOD "}//",
		"{" C_GOOD ",\"x\":[[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]]}",
	};
	refuse_all(refused, COUNT(refused));
	char many[4000] = "{" C_GOOD ",\"x\":[0";
	for (int i = 0; i < 1100; i++)
		strncat(many, ",0", sizeof many - strlen(many) - 1);
	strncat(many, "]}", sizeof many - strlen(many) - 1);
	assert_false(claims_taken(many));
}

static unsigned roles_of(const char *claims)
{
	struct identity who;
	assert_true(taken(by_ec(EC_HEADER, claims), &who));
	return who.roles;
}

static void roles_come_through_the_mapping_alone(void **state)
{
	(void)state;
	assert_int_equal(roles_of("{" C_GOOD ",\"roles\":[\"HR-Admins\"]}"), ROLE_HRIS);
	assert_int_equal(roles_of("{" C_GOOD ",\"roles\":\"HR-Admins\"}"), ROLE_HRIS);
	assert_int_equal(roles_of("{" C_GOOD ",\"groups\":[\"x\",\"upward-admin\",\"audit\"]}"),
		ROLE_ADMIN | ROLE_AUDITOR);
	assert_int_equal(roles_of("{" C_GOOD ",\"realm_access\":{\"roles\":[\"coordinators\"]}}"),
		ROLE_PROGRAMME_ADMIN);
	assert_int_equal(
		roles_of("{" C_GOOD ",\"https://id.example/roles\":[\"audit\"]}"), ROLE_AUDITOR);
	assert_int_equal(roles_of("{" C_GOOD ",\"roles\":[\"audit\"],\"groups\":[\"HR-Admins\"]}"),
		ROLE_AUDITOR | ROLE_HRIS);
	assert_int_equal(roles_of("{" C_GOOD ",\"roles\":\" HR-Admins  openid audit\"}"),
		ROLE_AUDITOR | ROLE_HRIS);
	/* a name with dots, and a path that goes through one */
	assert_int_equal(roles_of("{" C_GOOD ",\"https://id.example/up\":{\"a.b\":[\"audit\"]}}"),
		ROLE_AUDITOR);
	assert_int_equal(
		roles_of("{" C_GOOD ",\"groups\":[\"6f9619ff-8b86-d011-b42d-00c04fc964ff\"]}"),
		ROLE_HRIS | ROLE_ADMIN);
}

static void nothing_else_gives_a_role(void **state)
{
	(void)state;
	assert_int_equal(roles_of(EC_CLAIMS), 0);
	assert_int_equal(
		roles_of("{" C_GOOD ",\"roles\":[\"admin\",\"hris\",\"hr-admins\",\"\"]}"), 0);
	assert_int_equal(roles_of("{" C_GOOD ",\"roles\":{\"HR-Admins\":true}}"), 0);
	assert_int_equal(roles_of("{" C_GOOD ",\"roles\":[[\"HR-Admins\"],7,null]}"), 0);
	assert_int_equal(roles_of("{" C_GOOD ",\"role\":\"HR-Admins\"}"), 0);
	assert_int_equal(roles_of("{" C_GOOD ",\"realm_access\":[\"coordinators\"]}"), 0);
	assert_int_equal(roles_of("{" C_GOOD ",\"roles\":[\"HR-Admins audit\"]}"), 0);
	assert_int_equal(roles_of("{" C_GOOD ",\"roles\":\"HR-Admins,audit\\tupward-admin\"}"), 0);
}

static char *of_other(const char *more)
{
	char claims[600];
	snprintf(claims, sizeof claims,
		"{\"iss\":\"" OTHER "\"," C_SUB "," C_AUD "," C_EXP "," C_IAT "%s}", more);
	return forge_token(tokens.other_ec, "ES256", EC_HEADER, claims);
}

static void the_person_is_named_by_the_issuers_own_claim(void **state)
{
	(void)state;
	struct identity who;
	assert_true(taken(of_other(",\"preferred_username\":\"mo@example.com\""), &who));
	assert_string_equal(who.person_key, "mo@example.com");
	assert_true(taken(of_other(""), &who));
	assert_string_equal(who.person_key, "");
	assert_false(taken(of_other(",\"preferred_username\":7"), &who));
	assert_false(taken(of_other(",\"preferred_username\":[\"mo@example.com\"]"), &who));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, tokens_fresh, tokens_stale)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(exp_must_be_a_sane_number),
		TEST(a_token_says_when_it_was_issued_and_does_not_live_too_long),
		TEST(each_fault_of_the_claims_has_its_code),
		TEST(times_are_kept_with_thirty_seconds_of_leeway),
		TEST(a_clock_that_steps_back_an_hour_refuses_what_comes_later),
		TEST(iss_sub_and_aud_must_be_right),
		TEST(texts_too_long_are_refused_not_cut),
		TEST(claims_that_are_not_one_plain_object_are_refused),
		TEST(roles_come_through_the_mapping_alone),
		TEST(nothing_else_gives_a_role),
		TEST(the_person_is_named_by_the_issuers_own_claim),
	};
	return cmocka_run_group_tests(tests, tokens_open, tokens_close);
}
