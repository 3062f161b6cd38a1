/* The audit: every table has it or says why not; it names what changed and who did it, never
 * values; it shares the fate of its transaction; nobody but triggers writes it. */
#include "sql/crowd.h"

#include <stdio.h>
#include <string.h>
#include "base/clock.h"
#include "base/str.h"

#define DATABASE "upward_test_audit"
#define FOUR     "('profiles', 'matching', 'scheduling', 'evaluation')"
#define CANARY   "kestrel-7731"

static PGconn *admin;

/* Forgets what the audit holds so far. */
static void forget(void)
{
	sql_do(admin, "TRUNCATE common.audit");
}

/* The audit as text: object, change, columns, actor, operation, request, in order. */
static char *audit_text(const char *which)
{
	return sql_text(admin,
		"SELECT coalesce(string_agg(concat_ws(' ', object, "
		"right(object_id::text, 2), change, columns,"
		" right(actor::text, 2), operation, request_id, role), '; ' ORDER "
		"BY id), '') FROM common.audit WHERE %s",
		which);
}

static void every_table_is_audited_or_says_why_not(void **state)
{
	(void)state;
	owned_text char *bare = sql_text(admin,
		"SELECT string_agg(c.oid::regclass::text, ' ') FROM pg_class c WHERE c.relkind IN "
		"('r', 'p')"
		" AND c.relnamespace::regnamespace::text IN " FOUR
		" AND coalesce(obj_description(c.oid), '') !~ '^unaudited: .{10}' AND (SELECT "
		"count(*) FROM pg_trigger t"
		" WHERE t.tgrelid = c.oid AND t.tgname IN ('audit_insert', 'audit_update', "
		"'audit_delete')"
		" AND t.tgenabled = 'O') <> 3");

	assert_string_equal(bare, "");
	assert_true(sql_number(admin, "SELECT count(DISTINCT tgrelid) FROM pg_trigger WHERE tgname "
				      "= 'audit_update'") > 15);
}

static void a_change_names_object_columns_and_request(void **state)
{
	(void)state;
	owned_connection PGconn *pg = sql_connect(DATABASE, "upward_profiles");

	forget();
	sql_do(pg, "BEGIN; SELECT set_config('app.actor', " P(
			   1) ", true), set_config('app.operation', 'person_patch', true),"
			      " set_config('app.request_id', 'r-1', true)");
	sql_do(pg, "UPDATE person SET bio = '" CANARY "', pronouns = '" CANARY
		   "', version = version + 1 WHERE id = " P(4));
	sql_do(pg, "INSERT INTO person_interest (person_id, interest) VALUES (" P(4) ", '" CANARY
										     "')");
	sql_do(pg, "DELETE FROM person_interest WHERE person_id = " P(4));
	sql_do(pg, "COMMIT");
	owned_text char *found = audit_text("true");
	assert_string_equal(found,
		"profiles.person 04 update {bio,pronouns,version} 01 person_patch r-1 "
		"upward_profiles; "
		"profiles.person_interest 04 insert 01 person_patch r-1 upward_profiles; "
		"profiles.person_interest 04 delete 01 person_patch r-1 upward_profiles");
	/* the context ended with its transaction */
	sql_do(pg, "UPDATE person SET bio = NULL WHERE id = " P(4));
	assert_int_equal(sql_number(admin, "SELECT count(*) FROM common.audit WHERE actor IS NULL "
					   "AND request_id IS NULL"),
		1);
}

#define GUARD(version)                                                                             \
	"BEGIN; SELECT set_config('app.if_match', " P(4) " || ' ' || (" version "), true)"
#define CHANGE "UPDATE person SET bio = 'x', version = version + 1 WHERE id = " P(4)

/* The version is compared where the row is locked, whichever statement changes it. */
static void no_other_version_is_changed_than_the_one_that_was_named(void **state)
{
	(void)state;
	owned_connection PGconn *pg = sql_connect(DATABASE, "upward_profiles");
	owned_connection PGconn *other = sql_connect(DATABASE, "upward_profiles");
	int64_t version = sql_number(pg, "SELECT version FROM person WHERE id = " P(4));

	sql_do(pg, GUARD("%d"), (int)version - 1);
	sql_expect(pg, "UP001 stale", CHANGE);
	sql_do(pg, "ROLLBACK");
	sql_do(pg, GUARD("%d"), (int)version - 1);
	sql_do(pg, "UPDATE person SET bio = 'x' WHERE id = " P(5)); /* another object */
	sql_do(pg, "ROLLBACK");
	/* once it has held, the transaction's own further changes are free */
	sql_do(pg, GUARD("%d"), (int)version);
	sql_do(pg, CHANGE);
	sql_do(pg, CHANGE);
	sql_do(pg, "COMMIT");
	assert_int_equal(
		sql_number(pg, "SELECT version FROM person WHERE id = " P(4)), version + 2);
	/* two who saw the same: the second waits for the first, and then sees its version */
	sql_do(pg, GUARD("%d"), (int)version + 2);
	sql_do(other, GUARD("%d"), (int)version + 2);
	sql_do(pg, CHANGE);
	sql_send(other, CHANGE);
	assert_true(sql_is_blocked(other, admin));
	sql_do(pg, "COMMIT");
	owned_text char *outcome = sql_receive(other);
	assert_string_equal(outcome, "UP001 stale");
	sql_do(other, "ROLLBACK");
	assert_int_equal(
		sql_number(pg, "SELECT version FROM person WHERE id = " P(4)), version + 3);
}

static void every_versioned_table_looks_at_if_match(void **state)
{
	(void)state;
	owned_text char *bare = sql_text(admin,
		"SELECT string_agg(c.oid::regclass::text, ' ') FROM pg_class c WHERE c.relkind = "
		"'r'"
		" AND c.relnamespace::regnamespace::text IN " FOUR
		" AND (SELECT count(*) FROM pg_attribute a WHERE a.attrelid = c.oid"
		" AND a.attname IN ('id', 'version')) = 2"
		" AND NOT EXISTS (SELECT FROM pg_trigger t WHERE t.tgrelid = c.oid"
		" AND t.tgname = 'if_match' AND t.tgenabled = 'O')");

	assert_string_equal(bare, "");
}

static void values_never_get_into_the_audit(void **state)
{
	(void)state;
	owned_connection PGconn *pg = sql_connect(DATABASE, "upward_evaluation");

	forget();
	sql_do(pg, "BEGIN; SELECT set_config('app.actor', " P(1) ", true)");
	sql_do(pg, "INSERT INTO feedback (id, pair_id, programme_id, author_id, subject_id, "
		   "visibility, comment)"
		   " VALUES (gen_random_uuid(), " PAIR_2
		   ", gen_random_uuid(), " P(1) ", " P(2) ", 'private', '" CANARY "')");
	sql_do(pg, "COMMIT");
	assert_int_equal(sql_number(admin, "SELECT count(*) FROM common.audit"), 1);
	assert_int_equal(
		sql_number(admin,
			"SELECT count(*) FROM common.audit a WHERE a::text LIKE '%%" CANARY "%%'"),
		0);
}

static void a_change_without_a_change_leaves_no_trace(void **state)
{
	(void)state;
	forget();
	sql_do(admin, "UPDATE profiles.person SET bio = bio WHERE id = " P(5));
	sql_do(admin, "UPDATE profiles.person SET bio = bio");
	sql_do(admin, "UPDATE profiles.person SET bio = 'x' WHERE false");
	sql_do(admin, "DELETE FROM profiles.person_skill WHERE false");
	sql_do(admin, "BEGIN; UPDATE profiles.person SET bio = 'other'; ROLLBACK");
	assert_int_equal(sql_number(admin, "SELECT count(*) FROM common.audit"), 0);
}

static void each_row_of_a_bulk_change_is_named(void **state)
{
	(void)state;
	forget();
	sql_do(admin, "UPDATE profiles.person SET title = 'T', location = CASE WHEN id = " P(
			      8) " THEN 'L' ELSE location END");
	owned_text char *found = sql_text(admin,
		"SELECT string_agg(right(object_id::text, 1) || columns::text, ' ' ORDER BY "
		"object_id) FROM common.audit");
	/* find is made of both */
	assert_string_equal(found, "1{find,title} 2{find,title} 3{find,title} 4{find,title} "
				   "5{find,title} 6{find,title}"
				   " 7{find,title} 8{find,location,title}");
	forget();
	sql_do(admin, "INSERT INTO profiles.person_language (person_id, language) SELECT id, l "
		      "FROM profiles.person,"
		      " unnest(ARRAY['de', 'fr']) l");
	/* one row for each person, however many of its rows changed */
	assert_int_equal(
		sql_number(admin, "SELECT count(*) FROM common.audit WHERE change = 'insert'"), 8);
}

static void what_another_schema_s_trigger_does_is_audited_too(void **state)
{
	(void)state;
	owned_connection PGconn *pg = sql_connect(DATABASE, "upward_profiles");

	forget();
	sql_do(pg, "BEGIN; SELECT set_config('app.operation', 'import', true); UPDATE person SET "
		   "status = 'inactive'"
		   " WHERE id = " P(7) "; COMMIT");
	owned_text char *found = audit_text("object <> 'matching.enrolment'");
	assert_string_equal(found,
		"profiles.person 07 update {keys_left_at,status} import upward_profiles; "
		"matching.pair 01 update "
		"{came_from,reason,status,step,suspended_until,version}"
		" import upward_profiles");
	/* both sides of both programmes */
	assert_int_equal(
		sql_number(admin, "SELECT count(*) FROM common.audit WHERE object = "
				  "'matching.enrolment' AND change = 'update' AND columns = "
				  "'{came_from,status,step,version}' AND operation = "
				  "'import' AND role = 'upward_profiles'"),
		4);
}

/* A plan kept from a change of one row must not be used for a change of many. */
static void a_bulk_change_after_a_small_one_is_quick(void **state)
{
	(void)state;
	sql_do(admin,
		"INSERT INTO profiles.person (id, user_name, given_name, level)"
		" SELECT gen_random_uuid(), 'bulk' || n, 'B', 1 FROM generate_series(1, 20000) n");
	for (int i = 0; i < 8; i++)
		sql_do(admin,
			"UPDATE profiles.person SET title = 'a%d', level = 2 WHERE user_name = "
			"'bulk1'",
			i);
	uint64_t began = clock_monotonic_us();
	sql_do(admin, "SET statement_timeout = '60s'; UPDATE profiles.person SET title = 'b' WHERE "
		      "user_name LIKE 'bulk%%'");
	sql_do(admin, "UPDATE profiles.person SET level = 3 WHERE user_name LIKE 'bulk%%'; RESET "
		      "statement_timeout");
	printf("# 20,000 titles and 20,000 levels in %llu ms\n",
		(unsigned long long)((clock_monotonic_us() - began) / 1000));
	assert_int_equal(
		sql_number(admin, "SELECT count(*) FROM common.audit WHERE columns = '{level}'"),
		20000);
}

static int setup(void **state)
{
	(void)state;
	sql_create_migrated(DATABASE);
	admin = sql_connect(DATABASE, NULL);
	free(crowd_make(admin, NULL));
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	PQfinish(admin);
	sql_drop(DATABASE);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_table_is_audited_or_says_why_not),
		cmocka_unit_test(a_change_names_object_columns_and_request),
		cmocka_unit_test(no_other_version_is_changed_than_the_one_that_was_named),
		cmocka_unit_test(every_versioned_table_looks_at_if_match),
		cmocka_unit_test(values_never_get_into_the_audit),
		cmocka_unit_test(a_change_without_a_change_leaves_no_trace),
		cmocka_unit_test(each_row_of_a_bulk_change_is_named),
		cmocka_unit_test(what_another_schema_s_trigger_does_is_audited_too),
		cmocka_unit_test(a_bulk_change_after_a_small_one_is_quick),
	};

	return cmocka_run_group_tests_name("audit", tests, setup, teardown);
}
