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

/* A first page for these words finds 21 and looks at no more than most. */
static void expect_few_looked_at(const char *text, int64_t most)
{
	int64_t before = sql_number(admin, LOOKED);
	int64_t found = sql_number(admin,
		"SELECT least(count(*), 21) FROM "
		"profiles.people_found(profiles.words_typed(%s), profiles.people_here(), NULL, 21)",
		text);
	int64_t looked = sql_number(admin, LOOKED) - before;
	assert_int_equal(found, 21);
	if (looked > most)
		fail_msg("%s: %lld people were looked at", text, (long long)looked);
}

static const char *const texts[] = { "'wei'", "'ann'", "'anna nowak'", "'legal'", "NULL" };
#define TEXTS (sizeof texts / sizeof *texts)

static void a_page_looks_at_few(void **state)
{
	(void)state;
	for (size_t i = 0; i < TEXTS; i++) {
		sql_do(admin, "BEGIN");
		expect_few_looked_at(texts[i], 1000);
		sql_do(admin, "COMMIT");
	}
}

/* The same once a large import has counted the words that many bear. */
static void every_way_finds_the_same_by_counted_words(void **state)
{
	sql_do(admin, "BEGIN");
	sql_do(admin, "SELECT profiles.count_words()");
	assert_int_equal(sql_number(admin, "SELECT count(*) FROM profiles.word_figure WHERE word = '^anna'"), 1);
	assert_int_equal(sql_number(admin, "SELECT count(*) FROM profiles.word_figure WHERE share * 7000 < 9.9"), 0);
	every_way_finds_the_same(state);
	for (size_t i = 0; i < TEXTS; i++)
		expect_few_looked_at(texts[i], 1000);
	sql_do(admin, "ROLLBACK");
}

static int64_t counted(void)
{
	return sql_number(admin, "SELECT count(*) FROM profiles.word_figure WHERE word = '^anna'");
}

/* Figures do not grow old: those from before PostgreSQL last looked are counted anew, and no others. */
static void words_are_counted_anew_when_people_have_been_looked_at(void **state)
{
	(void)state;
	sql_do(admin, "ANALYZE profiles.person");
	sql_do(admin, "SELECT profiles.count_words_anew()");
	assert_int_equal(counted(), 0); /* no large import has counted them */
	sql_do(admin, "INSERT INTO profiles.word_figure (word, share, counted_at) VALUES ('old', 0.5, '-infinity')");
	sql_do(admin, "SELECT profiles.count_words_anew()");
	assert_int_equal(counted(), 1);
	assert_int_equal(sql_number(admin, "SELECT count(*) FROM profiles.word_figure WHERE word = 'old'"), 0);
	sql_do(admin, "UPDATE profiles.word_figure SET counted_at = 'infinity'");
	sql_do(admin, "DELETE FROM profiles.word_figure WHERE word = '^anna'");
	sql_do(admin, "SELECT profiles.count_words_anew()");
	assert_int_equal(counted(), 0);
	sql_do(admin, "DELETE FROM profiles.word_figure");
}

/* Just after the first import, before anybody has counted: nothing depends on figures that are not there. */
static void it_looks_at_few_before_there_are_figures(void **state)
{
	(void)state;
	for (size_t i = 0; i < TEXTS; i++) {
		sql_do(admin, "BEGIN");
		sql_do(admin,
			"DELETE FROM pg_statistic WHERE starelid IN ('profiles.person'::regclass, "
			"'profiles.person_words'::regclass)");
		sql_do(admin, "UPDATE pg_class SET reltuples = -1, relpages = 0 WHERE oid IN "
			      "('profiles.person'::regclass, 'profiles.person_words'::regclass)");
		expect_few_looked_at(texts[i], 2500);
		sql_do(admin, "ROLLBACK");
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_way_finds_the_same),
		cmocka_unit_test(a_page_looks_at_few),
		cmocka_unit_test(every_way_finds_the_same_by_counted_words),
		cmocka_unit_test(words_are_counted_anew_when_people_have_been_looked_at),
		cmocka_unit_test(it_looks_at_few_before_there_are_figures),
	};

	return cmocka_run_group_tests_name("directory", tests, company_arrives, company_leaves);
}
