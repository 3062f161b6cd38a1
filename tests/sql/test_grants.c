/*
 * Who may do what, from the catalogue, line for line as grants.txt has it: roles, memberships,
 * schemas, tables, columns, functions, row security, defaults. A change of grants is a change of
 * that file: the test leaves what it found in build/grants.txt.
 */
#include "sql/support.h"

#include <stdio.h>
#include <string.h>
#include "base/buf.h"
#include "base/str.h"

#define PINNED "tests/sql/grants.txt"
#define FOUND  "build/grants.txt"

#define OURS "('common', 'profiles', 'matching', 'scheduling', 'evaluation')"
/* Entries of an access list but the owner's own. */
#define ENTRIES(list, owner)                                                                       \
	"(SELECT coalesce(r.rolname, 'PUBLIC') AS who, string_agg(a.privilege_type || CASE WHEN "  \
	"a.is_grantable"                                                                           \
	" THEN '*' ELSE '' END, ' ' ORDER BY a.privilege_type) AS may FROM aclexplode(" list ") a" \
	" LEFT JOIN pg_roles r ON r.oid = a.grantee WHERE a.grantee <> " owner " GROUP BY 1) e"

static const char *const catalogue[] = {
	"SELECT format('role %s%s%s%s%s%s%s', rolname, CASE WHEN rolcanlogin THEN ' login' END,"
	" CASE WHEN rolsuper THEN ' superuser' END, CASE WHEN rolcreatedb THEN ' createdb' END,"
	" CASE WHEN rolcreaterole THEN ' createrole' END, CASE WHEN rolreplication THEN ' "
	"replication' END,"
	" CASE WHEN rolbypassrls THEN ' bypassrls' END) FROM pg_roles"
	" WHERE rolname IN ('owner', 'guard', 'migrator') OR rolname LIKE 'upward\\_%' ORDER BY 1",

	"SELECT format('member %s of %s', m.rolname, r.rolname) FROM pg_auth_members a"
	" JOIN pg_roles m ON m.oid = a.member JOIN pg_roles r ON r.oid = a.roleid"
	" WHERE m.rolname IN ('owner', 'guard', 'migrator') OR m.rolname LIKE 'upward\\_%' ORDER "
	"BY 1",

	"SELECT format('database %s: %s', e.who, e.may) FROM pg_database d, LATERAL " ENTRIES(
		"d.datacl", "d.datdba") " WHERE d.datname = current_database() ORDER BY 1",

	"SELECT format('schema %s (%s) %s: %s', n.nspname, n.nspowner::regrole, e.who, e.may) FROM "
	"pg_namespace n,"
	" LATERAL " ENTRIES(
		"n.nspacl", "n.nspowner") " WHERE n.nspname IN " OURS
					  " OR n.nspname IN ('public', 'extensions') ORDER BY 1",

	"SELECT format('%s %s (%s)%s', CASE c.relkind WHEN 'v' THEN 'view' WHEN 'S' THEN "
	"'sequence' ELSE 'table' END,"
	" c.oid::regclass, c.relowner::regrole, ' ' || e.who || ': ' || e.may) FROM pg_class c "
	"LEFT JOIN LATERAL " ENTRIES("c.relacl",
		"c.relowner") " ON true WHERE c.relnamespace::regnamespace::text IN " OURS
			      " AND c.relkind IN ('r', 'p', 'v', 'm', 'f', 'S') ORDER BY 1",

	"SELECT format('columns %s %s: %s (%s)', c.oid::regclass, g.who, g.may, "
	"string_agg(a.attname, ', ' ORDER BY a.attnum))"
	" FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid, LATERAL"
	" (SELECT coalesce(r.rolname, 'PUBLIC') AS who, x.privilege_type AS may FROM "
	"aclexplode(a.attacl) x"
	" LEFT JOIN pg_roles r ON r.oid = x.grantee) g"
	" WHERE c.relnamespace::regnamespace::text IN " OURS
	" GROUP BY c.oid, g.who, g.may ORDER BY 1",

	"SELECT format('function %s (%s%s)%s', p.oid::regprocedure, p.proowner::regrole, CASE WHEN "
	"p.prosecdef"
	" THEN ', definer' END, ' ' || e.who || ': ' || e.may) FROM pg_proc p LEFT JOIN "
	"LATERAL " ENTRIES("coalesce(p.proacl, acldefault('f', p.proowner))",
		"p.proowner") " ON true WHERE p.pronamespace::regnamespace::text IN " OURS
			      " ORDER BY 1",

	"SELECT format('rows %s%s', c.oid::regclass, CASE WHEN c.relforcerowsecurity THEN ' "
	"forced' END) FROM pg_class c"
	" WHERE c.relrowsecurity AND c.relnamespace::regnamespace::text IN " OURS " ORDER BY 1",

	"SELECT format('policy %s.%s %s %s to %s: %s / %s', schemaname, tablename, policyname, "
	"cmd, roles, qual, with_check)"
	" FROM pg_policies WHERE schemaname IN " OURS " ORDER BY 1",

	"SELECT format('default of %s for %s: %s', defaclrole::regrole, defaclobjtype, defaclacl) "
	"FROM pg_default_acl ORDER BY 1",
};

/* The whole table, a line each; owned. */
static char *read_catalogue(PGconn *pg)
{
	struct buf lines = BUF_INIT(1 << 20);

	sql_do(pg, "SET search_path = pg_catalog");
	for (size_t i = 0; i < COUNT(catalogue); i++) {
		owned_result PGresult *rows = sql_rows(pg, "%s", catalogue[i]);
		for (int row = 0; row < PQntuples(rows); row++)
			buf_print(&lines, "%s\n", PQgetvalue(rows, row, 0));
	}
	return buf_take(&lines);
}

/* Prints the lines of one that the other lacks; how many. */
static int print_lacking(const char *sign, const char *one, const char *other)
{
	int lacking = 0;

	for (const char *line = one; *line;) {
		int len = (int)strcspn(line, "\n");
		bool found = false;
		for (const char *at = other; at && *at && !found;) {
			found = strncmp(at, line, (size_t)len + 1) == 0;
			at = strchr(at, '\n');
			at = at ? at + 1 : NULL;
		}
		if (!found && ++lacking <= 40)
			print_error("%s %.*s\n", sign, len, line);
		line += len + (line[len] == '\n');
	}
	return lacking;
}

static void the_grant_table_is_as_pinned(void **state)
{
	(void)state;
	owned_connection PGconn *pg = sql_connect(sql_own(), NULL);
	owned_text char *found = read_catalogue(pg), *pinned = sql_file(PINNED);
	FILE *file = fopen(FOUND, "we");

	if (file) {
		fputs(found, file);
		fclose(file);
	}
	int differences = print_lacking("-", pinned, found) + print_lacking("+", found, pinned);
	if (differences)
		fail_msg("%d differences; what is there now stands in %s", differences, FOUND);
	assert_string_equal(found, pinned);
}

static const char *const services[] = { "profiles", "matching", "scheduling", "evaluation" };

static void nothing_of_ours_is_open_to_everybody(void **state)
{
	(void)state;
	owned_connection PGconn *pg = sql_connect(sql_own(), NULL);
	owned_text char *found = read_catalogue(pg);

	assert_null(strstr(found, " PUBLIC: "));
	/* nor will be what comes: functions of both owners are closed until granted */
	sql_do(pg, "BEGIN; SET LOCAL ROLE owner; CREATE FUNCTION common.probe() RETURNS int "
		   "LANGUAGE sql RETURN 1;"
		   " GRANT CREATE ON SCHEMA common TO guard; SET LOCAL ROLE guard;"
		   " CREATE FUNCTION common.probe_of_guard() RETURNS int LANGUAGE sql RETURN 1; "
		   "RESET ROLE");
	for (size_t i = 0; i < COUNT(services); i++)
		assert_int_equal(sql_number(pg,
					 "SELECT has_function_privilege('upward_%s', "
					 "'common.probe()', 'EXECUTE')::int"
					 " + has_function_privilege('upward_%s', "
					 "'common.probe_of_guard()', 'EXECUTE')::int",
					 services[i], services[i]),
			0);
	sql_do(pg, "ROLLBACK");
}

static void a_service_cannot_step_out_of_its_schema(void **state)
{
	(void)state;
	static const char *const refused[] = {
		"CREATE TABLE public.t (id int)",
		"CREATE TABLE common.t (id int)",
		"CREATE TABLE profiles.t (id int)",
		"CREATE TABLE evaluation.t (id int)",
		"CREATE TEMPORARY TABLE t (id int)",
		"CREATE SCHEMA mine",
		"SET ROLE owner",
		"SET ROLE guard",
		"INSERT INTO common.audit (object, object_id, change) VALUES ('a', "
		"gen_random_uuid(), 'insert')",
		"DELETE FROM common.audit",
		"SELECT count(*) FROM common.audit",
		"SELECT count(*) FROM common.access_log",
		"DELETE FROM common.outbox",
		"UPDATE common.setting SET value = 'development'",
		"SELECT setval('common.clock', 86400)",
		"INSERT INTO common.migration (module, number, name, checksum) VALUES ('a', 1, "
		"'a', 'a')",
		"SELECT common.attach_audit()",
		"SET session_replication_role = replica",
		"SET log_min_error_statement = error",
		"ALTER TABLE common.outbox DISABLE TRIGGER ALL",
	};

	for (size_t i = 0; i < COUNT(services); i++) {
		char role[64];
		snprintf(role, sizeof role, "upward_%s", services[i]);
		owned_connection PGconn *pg = sql_connect(sql_own(), role);
		for (size_t j = 0; j < COUNT(refused); j++) {
			owned_text char *outcome = sql_outcome(pg, refused[j]);
			if (strncmp(outcome, "42501", 5) != 0)
				fail_msg("%s: %s: %s", role, refused[j],
					*outcome ? outcome : "done");
		}
	}
}

static void a_service_sees_others_through_views_alone(void **state)
{
	(void)state;
	owned_connection PGconn *matching = sql_connect(sql_own(), "upward_matching");
	owned_connection PGconn *scheduling = sql_connect(sql_own(), "upward_scheduling");

	sql_do(matching, "SELECT count(*) FROM profiles.card");
	sql_do(scheduling, "SELECT count(*) FROM matching.pair_member");
	sql_expect(matching, "42501 permission denied for table person",
		"SELECT count(*) FROM profiles.person");
	sql_expect(matching, "42501 permission denied for schema scheduling",
		"SELECT count(*) FROM scheduling.session_view");
	sql_expect(scheduling, "42501 permission denied for table pair",
		"SELECT count(*) FROM matching.pair");
	sql_expect(matching, "42501 permission denied for function unsafe",
		"SELECT matching.unsafe(NULL, NULL, NULL, NULL)");
	sql_expect(matching, "42501 permission denied for table enrolment",
		"UPDATE matching.enrolment SET taken = 0");
	sql_expect(matching, "42501 permission denied for table pair",
		"UPDATE matching.pair SET min_gap = NULL");
}

static void a_service_role_has_its_own_limits(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(services); i++) {
		char role[64], path[64];
		snprintf(role, sizeof role, "upward_%s", services[i]);
		snprintf(path, sizeof path, "%s, pg_catalog, pg_temp", services[i]);
		owned_connection PGconn *pg = sql_connect(sql_own(), role);
		const char *const settings[][2] = { { "search_path", path },
			{ "statement_timeout", "2s" }, { "lock_timeout", "500ms" },
			{ "idle_in_transaction_session_timeout", "5s" },
			{ "deadlock_timeout", "100ms" }, { "log_min_error_statement", "panic" },
			{ "log_error_verbosity", "terse" },
			{ "transaction_isolation", "read committed" }, { "TimeZone", "UTC" },
			{ "jit", "off" } };
		for (size_t j = 0; j < COUNT(settings); j++) {
			owned_text char *value = sql_text(pg, "SHOW %s", settings[j][0]);
			assert_string_equal(value, settings[j][1]);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_grant_table_is_as_pinned),
		cmocka_unit_test(nothing_of_ours_is_open_to_everybody),
		cmocka_unit_test(a_service_cannot_step_out_of_its_schema),
		cmocka_unit_test(a_service_sees_others_through_views_alone),
		cmocka_unit_test(a_service_role_has_its_own_limits),
	};

	return cmocka_run_group_tests_name("grants", tests, sql_set_up, sql_tear_down);
}
