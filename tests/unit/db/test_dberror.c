/* What a refusal says to the caller. */
#include "common.h"
#include "db/dberror.h"

static struct db_problem of(const char *sqlstate, const char *constraint)
{
	struct db_error error = { 0 };

	snprintf(error.sqlstate, sizeof error.sqlstate, "%s", sqlstate);
	snprintf(error.constraint, sizeof error.constraint, "%s", constraint);
	return db_problem_of(DB_REFUSED, &error);
}

static void a_refusal_of_our_own_is_its_code(void **state)
{
	struct db_error error = { .sqlstate = "UP001", .code = "not_found" };
	struct db_problem problem = db_problem_of(DB_REFUSED, &error);

	(void)state;
	assert_int_equal(problem.code, PROBLEM_NOT_FOUND);
	assert_false(problem.alarm);
	snprintf(error.code, sizeof error.code, "no_such_code");
	problem = db_problem_of(DB_REFUSED, &error);
	assert_int_equal(problem.code, PROBLEM_INTERNAL);
	assert_true(problem.alarm);
}

/* Each constraint of the table, under every SQLSTATE by which one may be broken. */
static void a_listed_constraint_is_its_problem(void **state)
{
	static const char *const states[] = { "23505", "23503", "23514", "23P01" };

	(void)state;
	for (size_t i = 0; i < constraint_problem_count; i++) {
		const struct constraint_problem *one = &constraint_problems[i];

		if (strchr(one->constraint, '.'))
			continue;
		for (size_t j = 0; j < COUNT(states); j++) {
			struct db_problem problem = of(states[j], one->constraint);

			assert_int_equal(problem.code, one->code);
			assert_ptr_equal(problem.pointer, one->pointer);
			assert_ptr_equal(problem.detail, one->detail);
			assert_false(problem.alarm);
		}
	}
}

static void an_unlisted_constraint_is_our_defect(void **state)
{
	struct db_error error = { .sqlstate = "23502", .table = "item", .column = "body" };

	(void)state;
	assert_int_equal(of("23505", "nobody_knows").code, PROBLEM_INTERNAL);
	assert_true(of("23505", "nobody_knows").alarm);
	assert_true(of("23505", "").alarm);
	assert_int_equal(db_problem_of(DB_REFUSED, &error).code, PROBLEM_INTERNAL);
	assert_true(db_problem_of(DB_REFUSED, &error).alarm);
}

/* The longest names must fit: 63 bytes each. */
static void a_null_column_is_found_by_table_and_column(void **state)
{
	struct db_error error = { .sqlstate = "23502" };

	(void)state;
	memset(error.table, 't', sizeof error.table - 1);
	memset(error.column, 'c', sizeof error.column - 1);
	assert_true(db_problem_of(DB_REFUSED, &error).alarm);
	for (size_t i = 0; i < constraint_problem_count; i++) {
		const char *name = constraint_problems[i].constraint, *dot = strchr(name, '.');

		if (!dot)
			continue;
		snprintf(error.table, sizeof error.table, "%.*s", (int)(dot - name), name);
		snprintf(error.column, sizeof error.column, "%s", dot + 1);
		assert_int_equal(
			db_problem_of(DB_REFUSED, &error).code, constraint_problems[i].code);
	}
}

static void what_is_too_much_or_away_is_a_503(void **state)
{
	static const struct {
		const char *sqlstate;
		enum problem_code code;
	} cases[] = { { "57014", PROBLEM_OVERLOADED }, { "55P03", PROBLEM_OVERLOADED },
		{ "40P01", PROBLEM_OVERLOADED }, { "40001", PROBLEM_OVERLOADED },
		{ "08006", PROBLEM_UNAVAILABLE }, { "57P01", PROBLEM_UNAVAILABLE },
		{ "57P03", PROBLEM_UNAVAILABLE }, { "53100", PROBLEM_UNAVAILABLE },
		{ "53300", PROBLEM_UNAVAILABLE }, { "25006", PROBLEM_UNAVAILABLE } };

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct db_problem problem = of(cases[i].sqlstate, "");

		assert_int_equal(problem.code, cases[i].code);
		assert_int_equal(problem_kinds[problem.code].status, 503);
		assert_false(problem.alarm);
	}
	assert_int_equal(db_problem_of(DB_UNAVAILABLE, NULL).code, PROBLEM_UNAVAILABLE);
	assert_int_equal(db_problem_of(DB_BUSY, NULL).code, PROBLEM_OVERLOADED);
	assert_int_equal(db_problem_of(DB_NO_MEMORY, NULL).code, PROBLEM_OVERLOADED);
}

static void everything_else_is_a_500_with_an_alarm(void **state)
{
	static const char *const states[] = { "42P01", "22P02", "22012", "XX000", "42501", "25P02",
		"" };

	(void)state;
	for (size_t i = 0; i < COUNT(states); i++) {
		assert_int_equal(of(states[i], "").code, PROBLEM_INTERNAL);
		assert_true(of(states[i], "").alarm);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_refusal_of_our_own_is_its_code),
		cmocka_unit_test(a_listed_constraint_is_its_problem),
		cmocka_unit_test(an_unlisted_constraint_is_our_defect),
		cmocka_unit_test(a_null_column_is_found_by_table_and_column),
		cmocka_unit_test(what_is_too_much_or_away_is_a_503),
		cmocka_unit_test(everything_else_is_a_500_with_an_alarm),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
