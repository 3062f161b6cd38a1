/*
 * The data catalogue against the tables, and against what exports and erasures do to random lives.
 * Every column has its rules; an export shows what is said to be shown of one's own rows and
 * nothing else; after an erasure no word of the person is left, and their id only where it is said
 * to stay. That each of these can fail is shown by catalogues that are wrong.
 */
#include "sql/support.h"

#include <stdio.h>
#include "base/str.h"

#define DATABASE "upward_test_catalogue"
#define PEOPLE   12
#define FIVE     "('common', 'profiles', 'matching', 'scheduling', 'evaluation')"

static PGconn *admin;

static int set_up(void **state)
{
	(void)state;
	sql_create_migrated(DATABASE);
	admin = sql_connect(DATABASE, NULL);
	sql_do(admin, "SET client_min_messages = warning");
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	PQfinish(admin);
	sql_drop(DATABASE);
	return 0;
}

/* Twelve people with lives that a seed makes, and the functions that judge. */
static void live(double seed)
{
	owned_text char *lives = sql_file("tests/sql/lives.sql");
	owned_text char *judge = sql_file("tests/sql/lives_judge.sql");

	sql_do(admin, "SELECT setseed(%f)", seed);
	sql_do(admin, "%s", lives);
	sql_do(admin, "%s", judge);
}

/* Columns without rules, and rules without a column; owned. */
static char *strangers(void)
{
	return sql_text(admin,
		"SELECT string_agg(coalesce(c.name, 'no ' || r.name), ' ' ORDER BY 1)"
		" FROM (SELECT t.relnamespace::regnamespace || '.' || t.relname || '.' || a.attname"
		"	FROM pg_class t JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum > 0"
		"		AND NOT a.attisdropped"
		"	WHERE t.relkind IN ('r', 'p') AND t.relnamespace::regnamespace::text "
		"IN " FIVE ") c (name) FULL JOIN (SELECT schema_name || '.' || table_name || '.' "
		"|| column_name"
		"	FROM common.catalogue) r (name) ON r.name = c.name"
		" WHERE c.name IS NULL OR r.name IS NULL");
}

static void every_column_of_every_table_has_its_rules(void **state)
{
	(void)state;
	owned_text char *found = strangers();
	assert_string_equal(found, "");

	sql_do(admin, "BEGIN; ALTER TABLE profiles.person ADD shoe_size int");
	owned_text char *new_column = strangers();
	sql_do(admin, "ROLLBACK");
	assert_string_equal(new_column, "profiles.person.shoe_size");
}

static void every_table_has_rows_in_random_lives(void **state)
{
	(void)state;
	live(0.1);
	owned_text char *empty = sql_text(admin,
		"SELECT string_agg(t.oid::regclass::text, ' ') FROM pg_class t WHERE t.relkind = "
		"'r'"
		" AND t.relnamespace::regnamespace::text IN " FIVE
		" AND t.relnamespace::regnamespace::text <> 'common'"
		" AND query_to_xml(format('SELECT 1 FROM %%s LIMIT 1', t.oid::regclass), false, "
		"true,"
		" '')::text = ''");
	assert_string_equal(empty, "");
}

/* Is everything right with the exports and erasures of everybody, one after the other? Else the
 * first fault in ret_first (owned). */
static bool judge(char **ret_first)
{
	for (int n = 1; n <= PEOPLE; n++) {
		owned_text char *before = sql_text(admin, "SELECT lives.words_of_others(%d)", n);
		owned_result PGresult *shown = sql_rows(admin, "SELECT lives.export_faults(%d)", n);
		sql_do(admin,
			"SELECT profiles.erase_person(i), matching.erase_person(i),"
			" scheduling.erase_person(i), evaluation.erase_person(i) FROM lives.id(1, "
			"%d) i",
			n);
		owned_result PGresult *left = sql_rows(admin, "SELECT lives.erasure_faults(%d)", n);
		owned_text char *after = sql_text(admin, "SELECT lives.words_of_others(%d)", n);
		const char *fault = PQntuples(shown)           ? PQgetvalue(shown, 0, 0)
				    : PQntuples(left)          ? PQgetvalue(left, 0, 0)
				    : str_equal(before, after) ? NULL
							       : "words of others went";
		if (fault) {
			*ret_first = str_copy(fault);
			return false;
		}
	}
	return true;
}

static void exports_and_erasures_do_what_the_catalogue_says(void **state)
{
	(void)state;
	int lives = getenv("UPWARD_LONG") ? 60 : 2;

	for (int i = 0; i < lives; i++) {
		owned_text char *first = NULL;
		live(0.01 + 0.9 * i / lives);
		if (!judge(&first))
			fail_msg("lives %d: %s", i, first);
	}
}

/* Each is wrong about one thing, and must be found out. */
static const struct {
	const char *what, *change;
} wrong[] = {
	{ "feedback about a person is shown to them",
		"SET person = 'author_id = $1 OR subject_id = $1' WHERE table_name = 'feedback'" },
	{ "everybody's interests are shown",
		"SET person = 'true' WHERE table_name = 'person_interest'" },
	{ "an export lacks a column",
		"SET export = 'NULL' WHERE table_name = 'person' AND column_name = 'email'" },
	{ "an export lacks rows",
		"SET person = person || ' AND rating IS NULL' WHERE table_name = 'feedback'" },
	{ "the partner's words are shown", "SET owned = NULL WHERE table_name = 'goal'" },
	{ "drafts of lists are shown",
		"SET person = 'mentee_id = $1' WHERE table_name = 'shortlist'" },
	{ "a card is somebody else's", "SET export = 'profiles.card_json(mentor_id)' WHERE "
				       "table_name = 'pair' AND column_name = "
				       "'mentee_id'" },
	{ "a word is not erased",
		"SET erase = 'bio' WHERE table_name = 'person' AND column_name = 'bio'" },
	{ "rows are not removed", "SET gone = NULL WHERE table_name = 'exclusion'" },
	{ "of a conflict of interest one side alone is removed",
		"SET gone = 'author_id = $1' WHERE table_name = 'exclusion'" },
	{ "the partner's words are erased", "SET owned = 'true' WHERE table_name = 'agreement' AND "
					    "column_name = 'expectations'" },
	{ "the leaver stays active",
		"SET erase = 'status' WHERE table_name = 'person' AND column_name = 'status'" },
};

static void a_catalogue_that_is_wrong_is_found_out(void **state)
{
	(void)state;
	live(0.5);
	for (size_t i = 0; i < COUNT(wrong); i++) {
		owned_text char *first = NULL;
		sql_do(admin, "BEGIN; UPDATE common.catalogue %s", wrong[i].change);
		bool passed = judge(&first);
		sql_do(admin, "ROLLBACK");
		if (passed)
			fail_msg("nobody noticed that %s", wrong[i].what);
	}
}

static void each_service_reaches_its_own_part_alone(void **state)
{
	(void)state;
	static const char *const services[] = { "profiles", "matching", "scheduling",
		"evaluation" };

	for (size_t i = 0; i < COUNT(services); i++) {
		char role[64];
		snprintf(role, sizeof role, "upward_%s", services[i]);
		owned_connection PGconn *pg = sql_connect(DATABASE, role);
		for (size_t j = 0; j < COUNT(services); j++) {
			char refused[128] = "";
			if (i != j)
				snprintf(refused, sizeof refused, "42501 permission denied for %s",
					"function export_person");
			owned_text char *there = sql_text(admin,
				"SELECT has_schema_privilege('%s', '%s', 'USAGE')", role,
				services[j]);
			if (str_equal(there, "f"))
				snprintf(refused, sizeof refused,
					"42501 permission denied for schema %s", services[j]);
			sql_expect(pg, refused, "SELECT %s.export_person(gen_random_uuid())",
				services[j]);
		}
		sql_expect(pg, "42501 permission denied for function erase_rows",
			"SELECT common.erase_rows('%s', gen_random_uuid())", services[i]);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_column_of_every_table_has_its_rules),
		cmocka_unit_test(every_table_has_rows_in_random_lives),
		cmocka_unit_test(exports_and_erasures_do_what_the_catalogue_says),
		cmocka_unit_test(a_catalogue_that_is_wrong_is_found_out),
		cmocka_unit_test(each_service_reaches_its_own_part_alone),
	};

	return cmocka_run_group_tests_name("catalogue", tests, set_up, tear_down);
}
