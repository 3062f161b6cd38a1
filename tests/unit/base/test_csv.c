/* The reader of comma-separated text: RFC 4180 to the letter, faults by line, nothing repaired. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include "base/csv.h"

/* The whole text as "line:a|b|c;" a record, and "line!outcome;" a fault. Borrowed. */
static const char *read_all(const char *text)
{
	static char told[4000];
	size_t used = 0;
	struct csv csv = csv_open(text, strlen(text));
	struct csv_record record;
	enum csv_outcome outcome;
	told[0] = '\0';
	while ((outcome = csv_next(&csv, &record)) != CSV_END) {
		used += (size_t)snprintf(told + used, sizeof told - used, "%d", (int)record.line);
		if (outcome != CSV_RECORD)
			used += (size_t)snprintf(told + used, sizeof told - used, "!%d", outcome);
		for (size_t i = 0; outcome == CSV_RECORD && i < record.count; i++)
			used += (size_t)snprintf(told + used, sizeof told - used, "%c%s",
				i ? '|' : ':', record.fields[i]);
		used += (size_t)snprintf(told + used, sizeof told - used, ";");
		assert_true(used < sizeof told);
	}
	csv_release(&csv);
	return told;
}

static void records_and_fields_are_told_apart(void **state)
{
	(void)state;
	assert_string_equal(read_all(""), "");
	assert_string_equal(read_all("a,b,c\n1,2,3\n"), "1:a|b|c;2:1|2|3;");
	assert_string_equal(read_all("a,b\r\n1,2\r\n"), "1:a|b;2:1|2;");
	assert_string_equal(read_all("a,b\n1,2"), "1:a|b;2:1|2;");
	assert_string_equal(read_all("a,,\n,,\n"), "1:a||;2:||;");
	assert_string_equal(read_all(" a , b \n"), "1: a | b ;");
	assert_string_equal(read_all("a\rb,c\n"), "1:a\rb|c;");
	assert_string_equal(read_all("a,b\r\r\n1,\"2\"\r\r\n"), "1:a|b;2:1|2;");
}

static void the_first_line_tells_the_delimiter(void **state)
{
	(void)state;
	assert_string_equal(read_all("a;b\n1,5;2\n"), "1:a|b;2:1,5|2;");
	assert_string_equal(read_all("\"x;y;z\",b\n1,2\n"), "1:x;y;z|b;2:1|2;");
	assert_string_equal(read_all("a\n1;2\n"), "1:a;2:1;2;");
}

static void returns_end_lines_where_nothing_else_does(void **state)
{
	(void)state;
	assert_string_equal(read_all("a,b\r1,2\r"), "1:a|b;2:1|2;");
	assert_string_equal(read_all("sep=;\ra;b\r1,5;2"), "2:a|b;3:1,5|2;");
	assert_string_equal(read_all("a\r\"x\ry\"\r\rz\r\r"), "1:a;2:x\ry;4:;5:z;");
	assert_string_equal(read_all("a\rb,c\n"), "1:a\rb|c;");
}

static void quotes_hold_anything(void **state)
{
	(void)state;
	assert_string_equal(read_all("a,b\n\"x,\"\"y\"\"\",\"\"\n"), "1:a|b;2:x,\"y\"|;");
	assert_string_equal(read_all("a\n\"1\n2\r\n3\"\nz\n"), "1:a;2:1\n2\r\n3;5:z;");
}

static void column_names_ignore_case_and_blanks(void **state)
{
	static const char *const rows[][2] = { { "name", "name" }, { "External ID", "external_id" },
		{ " E-Mail\t", "e_mail" }, { "\xc2\xa0LEVEL\xe3\x80\x80", "level" }, { "", "" },
		{ "  ", "" }, { "a\x07", "" }, { "\xe2\x80\x8b", "" },
		{ "\xc3\x89tage", "\xc3\x89tage" } };
	char name[CSV_NAME_BYTES], text[80];
	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		csv_column_name(rows[i][0], name);
		assert_string_equal(name, rows[i][1]);
	}
	memset(text, 'a', 65);
	text[65] = '\0';
	csv_column_name(text, name);
	assert_string_equal(name, "");
	csv_column_name(text + 1, name);
	assert_string_equal(name, text + 1);
}

static void a_list_ends_at_bars_that_nothing_escapes(void **state)
{
	(void)state;
	char cell[] = "a|b\\|c||\\\\\\|d|\\e|\\";
	static const char *const values[] = { "a", "b|c", "", "\\|d", "\\e", "\\" };
	char *at = cell;
	for (size_t i = 0; i < COUNT(values); i++) {
		assert_non_null(at);
		assert_string_equal(csv_list_next(&at), values[i]);
	}
	assert_null(at);
}

static void an_apostrophe_before_a_formula_is_removed_once(void **state)
{
	(void)state;
	static const char *const cells[][2] = { { "'=1", "=1" }, { "''=1", "'=1" }, { "'", "'" },
		{ "'a", "'a" }, { "=1", "=1" }, { "''", "''" }, { "'-", "-" }, { "", "" } };
	for (size_t i = 0; i < COUNT(cells); i++) {
		char cell[8];
		struct csv_record record = { .count = 1, .fields = { cell } };
		snprintf(cell, sizeof cell, "%s", cells[i][0]);
		csv_unquote_formulas(&record);
		assert_string_equal(record.fields[0], cells[i][1]);
	}
}

static void blank_rows_are_empty(void **state)
{
	struct csv_record row = { .count = 2, .fields = { "", " \t" } };
	(void)state;
	assert_true(csv_row_is_empty(&row));
	row.fields[1] = " 0";
	assert_false(csv_row_is_empty(&row));
}

static void a_byte_order_mark_is_passed_over(void **state)
{
	(void)state;
	assert_string_equal(read_all("\xef\xbb\xbf"
				     "a,b\n"),
		"1:a|b;");
	assert_string_equal(read_all("\xef\xbb\xbf"), "");
}

static void a_blank_last_line_is_no_record(void **state)
{
	(void)state;
	assert_string_equal(read_all("a\n1\n\n"), "1:a;2:1;");
	assert_string_equal(read_all("a\n1\n\r\n"), "1:a;2:1;");
	assert_string_equal(read_all("a\r1\r\r"), "1:a;2:1;");
	assert_string_equal(read_all("a\n\n1\n"), "1:a;2:;3:1;");
	assert_string_equal(read_all("a\n\n\n"), "1:a;2:;");
	assert_string_equal(read_all("a\n\"\"\n"), "1:a;2:;");
}

static void faults_are_named_by_line_and_the_next_line_is_read(void **state)
{
	(void)state;
	char wanted[100];
	snprintf(wanted, sizeof wanted, "1:a|b;2!%d;3:1|2;", CSV_BARE_QUOTE);
	assert_string_equal(read_all("a,b\nx\"y,2\n1,2\n"), wanted);
	assert_string_equal(read_all("a,b\n\"x\"y,2\n1,2\n"), wanted);
	snprintf(wanted, sizeof wanted, "1:a|b;2!%d;", CSV_UNTERMINATED);
	assert_string_equal(read_all("a,b\n\"x,2\n1,2\n"), wanted);
	snprintf(wanted, sizeof wanted, "1:a|b;2!%d;5:1|2;", CSV_BARE_QUOTE);
	assert_string_equal(read_all("a,b\n\"x\n\n\"y,2\n1,2\n"), wanted);
}

static void too_much_is_a_fault_not_an_overflow(void **state)
{
	(void)state;
	char many[2 * CSV_FIELDS_MOST + 8], wanted[100];
	memset(many, ',', sizeof many);
	memcpy(many + CSV_FIELDS_MOST, "\nok\n", 5);
	snprintf(wanted, sizeof wanted, "1!%d;2:ok;", CSV_TOO_MANY_FIELDS);
	assert_string_equal(read_all(many), wanted);
	memcpy(many + CSV_FIELDS_MOST - 1, "\nok\n", 5);
	assert_non_null(strstr(read_all(many), ";2:ok;"));
	char *large = malloc(CSV_FIELD_BYTES + 8);
	assert_non_null(large);
	memset(large, 'x', CSV_FIELD_BYTES);
	memcpy(large + CSV_FIELD_BYTES, "\nok\n", 5);
	snprintf(wanted, sizeof wanted, "1!%d;2:ok;", CSV_FIELD_TOO_LONG);
	assert_string_equal(read_all(large), wanted);
	free(large);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(records_and_fields_are_told_apart),
		cmocka_unit_test(the_first_line_tells_the_delimiter),
		cmocka_unit_test(returns_end_lines_where_nothing_else_does),
		cmocka_unit_test(quotes_hold_anything),
		cmocka_unit_test(column_names_ignore_case_and_blanks),
		cmocka_unit_test(a_list_ends_at_bars_that_nothing_escapes),
		cmocka_unit_test(an_apostrophe_before_a_formula_is_removed_once),
		cmocka_unit_test(blank_rows_are_empty),
		cmocka_unit_test(a_byte_order_mark_is_passed_over),
		cmocka_unit_test(a_blank_last_line_is_no_record),
		cmocka_unit_test(faults_are_named_by_line_and_the_next_line_is_read),
		cmocka_unit_test(too_much_is_a_fault_not_an_overflow),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
