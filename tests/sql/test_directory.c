/*
 * The search for people against a look at everybody: the same page, by whatever way it is found. And
 * however many are found, it looks at few.
 */
#include "sql/support.h"

static PGconn *admin;

static int company_arrives(void **state)
{
	int failed = sql_set_up(state);
	owned_text char *company = sql_file("tests/sql/directory.sql");
	admin = sql_connect(sql_own(), NULL);
	sql_do(admin, "SELECT setseed(0.5)");
	sql_do(admin, "%s", company);
	return failed;
}

static int company_leaves(void **state)
{
	PQfinish(admin);
	return sql_tear_down(state);
}

static void every_way_finds_the_same(void **state)
{
	(void)state;
	owned_text char *others = sql_text(admin,
		"SELECT string_agg(concat_ws(' / ', o.n, o.text, o.condition, o.size), E'\\n') "
		"FROM otherwise_found() o");
	assert_string_equal(others, "");
}

/* People that this connection has looked at. */
#define LOOKED                                                                                     \
	"SELECT pg_stat_get_xact_tuples_returned('profiles.person'::regclass)"                     \
	" + pg_stat_get_xact_tuples_fetched('profiles.person'::regclass)"

static void a_page_looks_at_few(void **state)
{
	(void)state;
	static const char *const texts[] = { "'wei'", "'ann'", "'anna nowak'", "'legal'", "NULL" };
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
		sql_do(admin, "BEGIN");
		int64_t before = sql_number(admin, LOOKED);
		int64_t found = sql_number(admin,
			"SELECT least(count(*), 21) FROM "
			"profiles.people_found(profiles.words_typed(%s), "
			"'p.status <> ''inactive''', NULL, 21)",
			texts[i]);
		int64_t looked = sql_number(admin, LOOKED) - before;
		sql_do(admin, "COMMIT");
		assert_int_equal(found, 21);
		if (looked > 1000)
			fail_msg("%s: %lld people were looked at", texts[i], (long long)looked);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_way_finds_the_same),
		cmocka_unit_test(a_page_looks_at_few),
	};

	return cmocka_run_group_tests_name("directory", tests, company_arrives, company_leaves);
}
