/*
 * The skill that a cell of an employee file means. A large file asks for thousands, right after the
 * taxonomy was loaded: a look-up reads a few pages, whatever it is called there.
 */
#include "sql/support.h"

#include <stdlib.h>
#include <string.h>

#define SKILLS 5000
#define PAGES  60 /* at most, of a look-up */

static PGconn *admin;

static int set_up(void **state)
{
	int failed = sql_set_up(state);
	admin = sql_connect(sql_own(), NULL);
	return failed;
}

static int tear_down(void **state)
{
	PQfinish(admin);
	return sql_tear_down(state);
}

static void expect_skill(const char *key, const char *name)
{
	owned_text char *found = sql_text(admin,
		"SELECT (SELECT s.name FROM profiles.skill s WHERE s.id = "
		"profiles.import_skill_id('%s'))",
		key);
	assert_string_equal(found, name);
}

static void a_name_counts_before_a_code_before_an_alias(void **state)
{
	(void)state;
	sql_do(admin, "BEGIN");
	sql_do(admin, "INSERT INTO profiles.skill (id, name, code, aliases, retired) VALUES"
		      " (gen_random_uuid(), 'Charts', 'C1', '{plots,graphs}', false),"
		      " (gen_random_uuid(), 'Graphs', NULL, '{c1}', false),"
		      " (gen_random_uuid(), 'Weaving', 'charts', '{}', false),"
		      " (gen_random_uuid(), 'Telex', 'T1', '{wires}', true)");
	expect_skill("graphs", "Graphs");
	expect_skill("charts", "Charts");
	expect_skill("plots", "Charts");
	expect_skill("c1", "Charts");
	expect_skill("telex", "");
	expect_skill("wires", "");
	expect_skill("t1", "");
	expect_skill("nothing", "");
	sql_do(admin, "ROLLBACK");
}

/* Pages of tables and indexes that a look-up reads. */
static int pages_read(const char *key)
{
	owned_text char *plan = sql_text(admin,
		"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) SELECT profiles.import_skill_id('%s'"
		" || substr(now()::text, 1, 0))",
		key);
	const char *hit = strstr(plan, "\"Shared Hit Blocks\": ");
	const char *read = strstr(plan, "\"Shared Read Blocks\": ");
	assert_true(hit && read);
	return atoi(strchr(hit, ':') + 1) + atoi(strchr(read, ':') + 1);
}

static void a_look_up_reads_few_pages_of_a_new_taxonomy(void **state)
{
	(void)state;
	static const char *const keys[] = { "skill 4711", "code 4711", "alias 4711", "none" };
	sql_do(admin, "BEGIN");
	sql_do(admin,
		"INSERT INTO profiles.skill (id, name, code, aliases) SELECT gen_random_uuid(),"
		" 'Skill ' || n, 'Code ' || n, ARRAY['alias ' || n] FROM generate_series(1, %d) n",
		SKILLS);
	expect_skill(keys[1], "Skill 4711");
	for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
		int pages = pages_read(keys[i]);
		if (pages > PAGES)
			fail_msg("%s: %d pages", keys[i], pages);
	}
	sql_do(admin, "ROLLBACK");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_name_counts_before_a_code_before_an_alias),
		cmocka_unit_test(a_look_up_reads_few_pages_of_a_new_taxonomy),
	};

	return cmocka_run_group_tests_name("skill look-up", tests, set_up, tear_down);
}
