/* LINK: -Wl,--wrap=database_read -Wl,--wrap=clock_monotonic_us */
/* Token and person together: who may act, as what, and for how long that is believed. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include <libpq-fe.h>
#include "auth/principal.h"
#include "base/str.h"
#include "unit/auth/fixture.h"
#include "unit/auth/tokens.h"

#define MIRA "01923456-789a-7bcd-8ef0-123456789abc"

static struct authority *authority;
static struct principal who;
static enum token_fault fault;
static _Atomic uint64_t later_us;

/* What the database says next, and what it was asked. */
static struct {
	enum db_outcome outcome;
	const char *id, *status, *on_hold, *valid_from;
	int rows, questions;
	char statement[64], key[300], subject[300];
	enum db_lane lane;
} database;

uint64_t __real_clock_monotonic_us(void);
uint64_t __wrap_clock_monotonic_us(void);
enum db_outcome __wrap_database_read(struct database *db, enum db_lane lane,
	const struct step *step, struct db_rows **ret_rows, struct db_error *ret_error);

uint64_t __wrap_clock_monotonic_us(void)
{
	return __real_clock_monotonic_us() + later_us;
}

static void set_value(PGresult *result, int row, int column, const char *text)
{
	if (!PQsetvalue(result, row, column, (char *)text, text ? (int)strlen(text) : -1))
		abort();
}

static struct db_rows *one_value(const char *name, const char *text)
{
	PGresAttDesc column = { .name = (char *)name };
	PGresult *result = PQmakeEmptyPGresult(NULL, PGRES_TUPLES_OK);
	if (!result || !PQsetResultAttrs(result, 1, &column))
		abort();
	set_value(result, 0, 0, text);
	return (struct db_rows *)result;
}

enum db_outcome __wrap_database_read(struct database *db, enum db_lane lane,
	const struct step *step, struct db_rows **ret_rows, struct db_error *ret_error)
{
	(void)db, (void)ret_error;
	database.questions++;
	database.lane = lane;
	snprintf(database.statement, sizeof database.statement, "%s", step->statement->name);
	snprintf(database.key, sizeof database.key, "%s", step->values[0]);
	if (database.outcome != DB_DONE)
		return database.outcome;
	if (str_equal(step->statement->name, "identity_revoked")) {
		*ret_rows = one_value("valid_from", database.valid_from);
		return DB_DONE;
	}
	snprintf(database.subject, sizeof database.subject, "%s", step->values[1]);
	PGresAttDesc columns[] = { { .name = (char *)"person_id" }, { .name = (char *)"status" },
		{ .name = (char *)"on_hold" }, { .name = (char *)"valid_from" } };
	PGresult *result = PQmakeEmptyPGresult(NULL, PGRES_TUPLES_OK);
	if (!result || !PQsetResultAttrs(result, 4, columns))
		abort();
	for (int row = 0; row < database.rows; row++) {
		set_value(result, row, 0, database.id);
		set_value(result, row, 1, database.status);
		set_value(result, row, 2, database.on_hold);
		set_value(result, row, 3, database.valid_from);
	}
	*ret_rows = (struct db_rows *)result; /* shared/db/rows.h: the same under another name */
	return DB_DONE;
}

static void database_says(int rows, const char *status)
{
	database.outcome = DB_DONE;
	database.id = MIRA;
	database.rows = rows;
	database.status = status;
	database.on_hold = "f";
}

static enum principal_outcome ask(char *token)
{
	memset(&who, 'x', sizeof who);
	return authority_identify(authority, fixture_bearer(token), &who, &fault);
}

static enum principal_outcome ask_with_roles(const char *roles)
{
	char claims[400];
	snprintf(claims, sizeof claims, "{" C_GOOD ",\"roles\":[%s]}", roles);
	return ask(by_ec(EC_HEADER, claims));
}

static void a_person_is_found_by_the_issuers_key(void **state)
{
	(void)state;
	assert_int_equal(ask_with_roles(""), PRINCIPAL_OK);
	assert_string_equal(who.person_id, MIRA);
	assert_string_equal(who.subject, ISSUER " mira.okafor");
	assert_int_equal(who.roles, ROLE_PARTICIPANT);
	assert_string_equal(who.roles_sql, "{participant}");
	assert_int_equal(who.scopes, scope_of_roles(ROLE_PARTICIPANT));
	assert_int_equal(database.lane, DB_BATCH);
	assert_string_equal(database.statement, "identity_by_user_name");
	assert_string_equal(database.key, "mira.okafor");
	assert_int_equal(ask(forge_token(tokens.other_ec, "ES256", EC_HEADER,
				 "{\"iss\":\"" OTHER "\"," C_SUB "," C_AUD "," C_EXP "," C_IAT
				 ",\"preferred_username\":\"Mira@Example.COM\"}")),
		PRINCIPAL_OK);
	assert_string_equal(who.subject, OTHER " mira.okafor");
	assert_string_equal(database.statement, "identity_by_email");
	assert_string_equal(database.key, "Mira@Example.COM");
}

static void roles_of_the_token_join_the_participants(void **state)
{
	(void)state;
	assert_int_equal(ask_with_roles("\"coordinators\",\"HR-Admins\""), PRINCIPAL_OK);
	assert_int_equal(who.roles, ROLE_PARTICIPANT | ROLE_PROGRAMME_ADMIN | ROLE_HRIS);
	assert_string_equal(who.roles_sql, "{participant,programme_admin,hris}");
	assert_int_equal(who.scopes, scope_of_roles(who.roles));
}

static void who_is_on_leave_may_act_and_who_left_may_not(void **state)
{
	(void)state;
	database_says(1, "on_leave");
	assert_int_equal(ask_with_roles(""), PRINCIPAL_OK);
	later_us = 5000000;
	database_says(1, "inactive");
	assert_int_equal(ask_with_roles(""), PRINCIPAL_INACTIVE);
	assert_int_equal(ask_with_roles("\"upward-admin\",\"HR-Admins\""), PRINCIPAL_INACTIVE);
	database_says(1, "something new");
	assert_int_equal(ask_with_roles(""), PRINCIPAL_INACTIVE);
}

static void without_a_person_only_some_roles_act_and_as_nothing_else(void **state)
{
	(void)state;
	database_says(0, "");
	assert_int_equal(ask_with_roles(""), PRINCIPAL_UNKNOWN);
	assert_int_equal(ask_with_roles("\"coordinators\""), PRINCIPAL_UNKNOWN);
	assert_int_equal(ask_with_roles("\"HR-Admins\",\"coordinators\""), PRINCIPAL_OK);
	assert_string_equal(who.person_id, "");
	assert_int_equal(who.roles, ROLE_HRIS);
	assert_string_equal(who.roles_sql, "{hris}");
	assert_int_equal(ask_with_roles("\"upward-admin\""), PRINCIPAL_OK);
	assert_int_equal(ask_with_roles("\"audit\""), PRINCIPAL_OK);
}

static void a_token_without_the_persons_claim_asks_nobody(void **state)
{
	(void)state;
	assert_int_equal(
		ask(forge_token(tokens.other_ec, "ES256", EC_HEADER,
			"{\"iss\":\"" OTHER "\"," C_SUB "," C_AUD "," C_EXP "," C_IAT "}")),
		PRINCIPAL_UNKNOWN);
	assert_int_equal(database.questions, 0);
}

static void a_bad_token_asks_nobody(void **state)
{
	(void)state;
	assert_int_equal(ask(forge_token(tokens.stranger, "ES256", EC_HEADER, EC_CLAIMS)),
		PRINCIPAL_REFUSED);
	assert_int_equal(fault, TOKEN_SIGNATURE);
	assert_int_equal(database.questions, 0);
}

static void two_people_under_one_key_are_nobody(void **state)
{
	(void)state;
	database_says(2, "active");
	assert_int_equal(ask_with_roles(""), PRINCIPAL_UNKNOWN);
}

static void a_database_away_fails_closed(void **state)
{
	(void)state;
	static const enum db_outcome outcomes[] = { DB_UNAVAILABLE, DB_BUSY, DB_NO_MEMORY,
		DB_REFUSED };
	for (size_t i = 0; i < COUNT(outcomes); i++) {
		database.outcome = outcomes[i];
		assert_int_equal(ask_with_roles(""), PRINCIPAL_UNAVAILABLE);
		assert_int_equal(ask_with_roles("\"upward-admin\""), PRINCIPAL_UNAVAILABLE);
	}
	database_says(1, "active");
	database.id = "not an id";
	assert_int_equal(ask_with_roles(""), PRINCIPAL_UNAVAILABLE);
}

static void a_person_is_believed_for_four_seconds_at_most(void **state)
{
	(void)state;
	assert_int_equal(ask_with_roles(""), PRINCIPAL_OK);
	database_says(1, "inactive");
	later_us = 3000000;
	assert_int_equal(ask_with_roles(""), PRINCIPAL_OK);
	assert_int_equal(
		ask_with_roles("\"audit\""), PRINCIPAL_OK); /* another token, same person */
	assert_int_equal(database.questions, 1);
	later_us = 4000001;
	assert_int_equal(ask_with_roles(""), PRINCIPAL_INACTIVE);
	assert_int_equal(database.questions, 2);
}

static void after_a_renewal_a_person_is_looked_up_again(void **state)
{
	(void)state;
	assert_int_equal(ask_with_roles(""), PRINCIPAL_OK);
	database_says(1, "inactive");
	assert_int_equal(ask_with_roles(""), PRINCIPAL_OK);
	authority_renew(authority);
	assert_int_equal(ask_with_roles(""), PRINCIPAL_INACTIVE);
}

static void who_may_not_act_is_asked_for_each_time(void **state)
{
	(void)state;
	database_says(0, "");
	assert_int_equal(ask_with_roles(""), PRINCIPAL_UNKNOWN);
	database_says(1, "inactive");
	assert_int_equal(ask_with_roles(""), PRINCIPAL_INACTIVE);
	database_says(1, "active"); /* imported, let in: at once */
	assert_int_equal(ask_with_roles(""), PRINCIPAL_OK);
	assert_int_equal(database.questions, 3);
}

static void who_is_on_hold_is_asked_for_each_time(void **state)
{
	(void)state;
	database.on_hold = "t";
	assert_int_equal(ask_with_roles(""), PRINCIPAL_OK);
	assert_int_equal(ask_with_roles(""), PRINCIPAL_OK);
	assert_int_equal(database.questions, 2);
	database_says(0, ""); /* renamed */
	assert_int_equal(ask_with_roles(""), PRINCIPAL_UNKNOWN);
	database_says(1, "active");
	assert_int_equal(ask_with_roles(""), PRINCIPAL_OK);
	assert_int_equal(ask_with_roles(""), PRINCIPAL_OK);
	assert_int_equal(database.questions, 4);
}

/* C_IAT is 1799996000. */
static void a_token_issued_before_its_revocation_is_refused(void **state)
{
	(void)state;
	database.valid_from = "1799996000";
	assert_int_equal(ask_with_roles(""), PRINCIPAL_OK);
	assert_string_equal(database.subject, "mira.okafor");
	later_us = 5000000;
	database.valid_from = "1799996001";
	assert_int_equal(ask_with_roles(""), PRINCIPAL_REFUSED);
	assert_int_equal(fault, TOKEN_REVOKED);
	/* remembered with the person: nobody is asked again, and it stays so */
	int asked = database.questions;
	assert_int_equal(ask_with_roles("\"audit\""), PRINCIPAL_REFUSED);
	assert_int_equal(database.questions, asked);
	/* a later token of the same person is good */
	assert_int_equal(ask(by_ec(EC_HEADER,
				 "{" C_ISS "," C_SUB "," C_AUD "," C_EXP ",\"iat\":1799996001.5}")),
		PRINCIPAL_OK);
	/* without a person */
	database_says(0, "");
	database.valid_from = "1799996001";
	later_us = 10000000;
	assert_int_equal(ask_with_roles("\"audit\""), PRINCIPAL_REFUSED);
	assert_int_equal(fault, TOKEN_REVOKED);
	database.valid_from = "1799996000";
	assert_int_equal(ask_with_roles("\"audit\""), PRINCIPAL_OK);
	database.valid_from = "soon";
	assert_int_equal(ask_with_roles("\"audit\""), PRINCIPAL_UNAVAILABLE);
}

/* One person may come under two subjects, of which one is revoked. */
static void a_revocation_of_one_subject_leaves_the_other_alone(void **state)
{
	(void)state;
	static const char *const formats = "{\"iss\":\"" OTHER "\",\"sub\":\"%s\"," C_AUD "," C_EXP
					   "," C_IAT ",\"preferred_username\":\"mo@example.com\"}";
	char first[400], second[400];
	snprintf(first, sizeof first, formats, "first");
	snprintf(second, sizeof second, formats, "second");
	assert_int_equal(
		ask(forge_token(tokens.other_ec, "ES256", EC_HEADER, first)), PRINCIPAL_OK);
	database.valid_from = "1800000000";
	assert_int_equal(
		ask(forge_token(tokens.other_ec, "ES256", EC_HEADER, second)), PRINCIPAL_REFUSED);
	assert_string_equal(database.subject, "second");
	assert_int_equal(
		ask(forge_token(tokens.other_ec, "ES256", EC_HEADER, first)), PRINCIPAL_OK);
}

static void an_authority_without_issuers_does_not_open(void **state)
{
	char reason[FIXTURE_REASON] = "";
	(void)state;
	assert_null(
		authority_open(fixture_path("nowhere.json"), LIFE, NULL, reason, sizeof reason));
	assert_string_not_equal(reason, "");
}

static int fresh(void **state)
{
	char reason[FIXTURE_REASON];
	memset(&database, 0, sizeof database);
	database_says(1, "active");
	later_us = 0;
	authority = authority_open(fixture_path("issuers.json"), LIFE, NULL, reason, sizeof reason);
	return authority ? tokens_fresh(state) : -1;
}

static int stale(void **state)
{
	authority_close(authority);
	return tokens_stale(state);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, fresh, stale)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_person_is_found_by_the_issuers_key),
		TEST(roles_of_the_token_join_the_participants),
		TEST(who_is_on_leave_may_act_and_who_left_may_not),
		TEST(without_a_person_only_some_roles_act_and_as_nothing_else),
		TEST(a_token_without_the_persons_claim_asks_nobody),
		TEST(a_bad_token_asks_nobody),
		TEST(two_people_under_one_key_are_nobody),
		TEST(a_database_away_fails_closed),
		TEST(a_person_is_believed_for_four_seconds_at_most),
		TEST(after_a_renewal_a_person_is_looked_up_again),
		TEST(who_may_not_act_is_asked_for_each_time),
		TEST(who_is_on_hold_is_asked_for_each_time),
		TEST(a_token_issued_before_its_revocation_is_refused),
		TEST(a_revocation_of_one_subject_leaves_the_other_alone),
		TEST(an_authority_without_issuers_does_not_open),
	};
	return cmocka_run_group_tests(tests, tokens_open, tokens_close);
}
