/* Whose account a token opens: keys are compared with ASCII letters folded, and nothing else. */
#include "sql/support.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>
#include "auth/principal.h"
#include "gen/shared/statements.h"
#include "support/lookalike.h"

#define DATABASE "upward_test_identity"
#define PERSON   "10000000-0000-4000-8000-000000000001"

static PGconn *admin, *service;
static const struct statement *const statements[] = { &stmt_identity_by_user_name,
	&stmt_identity_by_external_id, &stmt_identity_by_email };

/* How many people the key opens. */
static int found(const struct statement *statement, const char *key)
{
	const char *values[] = { key, "subject" };
	owned_result PGresult *rows = PQexecParams(
		service, statement->sql, statement->param_count, NULL, values, NULL, NULL, 0);
	if (PQresultStatus(rows) != PGRES_TUPLES_OK)
		fail_msg("%s: %s", statement->name, PQerrorMessage(service));
	return PQntuples(rows);
}

static void ascii_letters_are_folded(void **state)
{
	(void)state;
	char other[sizeof LOOKALIKE_KEY];
	for (size_t i = 0; i < sizeof other; i++) /* no setlocale: ASCII alone */
		other[i] = LOOKALIKE_KEY[i] >= 'a' && LOOKALIKE_KEY[i] <= 'z'
				   ? (char)(LOOKALIKE_KEY[i] - 'a' + 'A')
				   : LOOKALIKE_KEY[i];
	for (int i = 0; i < 3; i++) {
		assert_int_equal(found(statements[i], LOOKALIKE_KEY), 1);
		assert_int_equal(found(statements[i], other), 1);
		assert_int_equal(found(statements[i], LOOKALIKE_KEY " "), 0);
		assert_int_equal(found(statements[i], ""), 0);
	}
}

static void what_only_looks_alike_is_somebody_else(void **state)
{
	(void)state;
	char key[128];
	for (size_t i = 0; i < LOOKALIKES; i++) {
		lookalike_of(LOOKALIKE_KEY, i, key, sizeof key);
		assert_true(*key && strcmp(key, LOOKALIKE_KEY) != 0);
		for (int kind = 0; kind < 3; kind++)
			if (found(statements[kind], key))
				fail_msg("%s opens the account of " LOOKALIKE_KEY " by %s", key,
					statements[kind]->name);
	}
}

/* Other letters beyond ASCII are not folded either: they count as they stand. */
static void letters_beyond_ascii_count_as_they_stand(void **state)
{
	(void)state;
	static const char own[] = "\xc3\xa9lodie.\xc3\xb6z\xc4\xb1l@co.example";
	static const char *const others[] = { "\xc3\x89lodie.\xc3\xb6z\xc4\xb1l@co.example",
		"\xc3\xa9lodie.\xc3\x96z\xc4\xb1l@co.example",
		"\xc3\xa9lodie.\xc3\xb6zil@co.example", "\xc3\xa9lodie.\xc3\xb6zIl@co.example",
		"elodie.ozil@co.example", "e\xcc\x81lodie.\xc3\xb6z\xc4\xb1l@co.example" };
	sql_do(admin,
		"UPDATE profiles.person SET user_name = '%s', external_id = '%s', email = '%s'",
		own, own, own);
	for (int kind = 0; kind < 3; kind++) {
		assert_int_equal(found(statements[kind], own), 1);
		assert_int_equal(
			found(statements[kind], "\xc3\xa9LODIE.\xc3\xb6Z\xc4\xb1L@CO.EXAMPLE"), 1);
		for (size_t i = 0; i < sizeof others / sizeof *others; i++)
			assert_int_equal(found(statements[kind], others[i]), 0);
	}
}

#define ROW(n, status)                                                                             \
	"INSERT INTO profiles.person (id, external_id, user_name, email, given_name, level, "      \
	"status) VALUES "                                                                          \
	"('20000000-0000-4000-8000-00000000000" n "', 'R-" n                                       \
	"', 'rest', 'rest@co.example', 'R', 2, '" status "')"
#define STATUS(n, status)                                                                          \
	"UPDATE profiles.person SET status = '" status "' WHERE external_id = 'R-" n "'"

/* Any way to come to hold a key waits until those are forgotten who gave it up. */
static void keys_rest_before_another_has_them(void **state)
{
	(void)state;
	static const char *const ways[] = { ROW("2", "active"), ROW("2", "on_leave"),
		STATUS("3", "active"), STATUS("3", "on_leave"),
		"UPDATE profiles.person SET user_name = 'REST' WHERE external_id = 'R-4'",
		"UPDATE profiles.person SET email = 'Rest@co.example' WHERE external_id = 'R-4'" };
	assert_int_equal(
		sql_number(admin, "SELECT (extract(epoch FROM profiles.keys_rest()) * 1000)::int"),
		PRINCIPAL_LIFE_MS);
	sql_do(admin, ROW("1", "active"));
	sql_do(admin, ROW("3", "inactive"));
	sql_do(admin, "INSERT INTO profiles.person (id, external_id, user_name, given_name, level) "
		      "VALUES "
		      "('20000000-0000-4000-8000-000000000004', 'R-4', 'other', 'R', 2)");
	sql_do(admin, STATUS("1", "inactive"));
	for (int rested = 0; rested < 2; rested++) {
		for (size_t i = 0; i < sizeof ways / sizeof *ways; i++) {
			sql_do(admin, "BEGIN");
			owned_text char *outcome = sql_outcome(admin, ways[i]);
			sql_do(admin, "ROLLBACK");
			assert_string_equal(outcome, rested ? "" : "UP001 name_not_free_yet");
		}
		sql_do(admin, "UPDATE profiles.person SET keys_left_at = keys_left_at - "
			      "interval '1 hour' WHERE external_id = 'R-1'");
	}
	sql_do(admin, STATUS("1", "active")); /* one's own */
	sql_do(admin, STATUS("1", "inactive"));
	sql_do(admin, STATUS("1", "active"));
}

static int begin(void **state)
{
	(void)state;
	sql_create_migrated(DATABASE);
	admin = sql_connect(DATABASE, NULL);
	service = sql_connect(DATABASE, "upward_evaluation");
	sql_do(admin, "INSERT INTO profiles.person (id, external_id, user_name, email, given_name, "
		      "family_name, "
		      "level) VALUES ('" PERSON "', '" LOOKALIKE_KEY "', '" LOOKALIKE_KEY
		      "', '" LOOKALIKE_KEY "', 'Kim', 'Oduya', 2)");
	return 0;
}

static int end(void **state)
{
	(void)state;
	PQfinish(admin);
	PQfinish(service);
	sql_drop(DATABASE);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(ascii_letters_are_folded),
		cmocka_unit_test(what_only_looks_alike_is_somebody_else),
		cmocka_unit_test(letters_beyond_ascii_count_as_they_stand),
		cmocka_unit_test(keys_rest_before_another_has_them),
	};
	return cmocka_run_group_tests(tests, begin, end);
}
