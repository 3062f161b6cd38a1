/* An employee file as COPY texts: columns by name, every fault of a cell, keys of faulty rows. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>
#include "profiles/employee_file/file.h"

/* skills, interests, the four dates, executive and the region */
#define NOTHING_MORE "\t\\N\t\\N\t\\N\t\\N\t\\N\t\\N\t\\N\t\\N"
#define HEADER       "external_id,user_name,given_name,level"

static struct import_file file;

static void read_text(const char *text)
{
	import_file_release(&file);
	assert_true(import_file_read("I", NULL, text, strlen(text), &file));
}

static int release(void **state)
{
	(void)state;
	import_file_release(&file);
	return 0;
}

static const char *text_of(const struct buf *b)
{
	return b->data ? b->data : "";
}

static void a_row_has_every_column_in_the_order_of_the_table(void **state)
{
	(void)state;
	read_text("active,level,hired_on,user_name,external_id,given_name,family_name,email,title,"
		  "department,location,country,time_zone,manager_external_id,languages\n"
		  "false,3,2020-02-29,u,E,G,F,a@b.example,T,D,L,DE,Europe/Berlin,M,de|pt-BR\n");
	assert_string_equal(text_of(&file.faults), "");
	assert_string_equal(text_of(&file.rows),
		"I\t2\tE\tu\tG\tF\ta@b.example\tT\tD\tL\tDE\tEurope/Berlin\t3\tM\t2020-02-29\t"
		"inactive\t{de,pt-BR}" NOTHING_MORE "\tf\tf\n");
	assert_true(file.readable);
	assert_int_equal(file.row_count, 1);
}

static void what_is_missing_is_null(void **state)
{
	(void)state;
	read_text(HEADER ",title,active\nE,u,G,0,,\n");
	assert_string_equal(text_of(&file.rows), "I\t2\tE\tu\tG\t\\N\t\\N\t\\N\t\\N\t\\N\t\\N\t\\N"
						 "\t0\t\\N\t\\N\t\\N\t\\N" NOTHING_MORE "\tf\tf\n");
	assert_string_equal(
		text_of(&file.columns), "{external_id,user_name,given_name,title,level,active}");
}

static void true_and_false_may_stand_in_capitals(void **state)
{
	(void)state;
	static const char *const cells[] = { "true", "TRUE", "True", "yes", "Y", "1", "WAHR", "Ja", "false",
		"FALSE", "False", "fAlSe", "no", "N", "0", "FALSCH", "nein" };
	for (size_t i = 0; i < sizeof cells / sizeof *cells; i++) {
		char text[200];
		snprintf(text, sizeof text, HEADER ",active\nE,u,G,1,%s\n", cells[i]);
		read_text(text);
		assert_int_equal(file.fault_count, 0);
		assert_non_null(strstr(text_of(&file.rows), i < 8 ? "\tactive\t" : "\tinactive\t"));
	}
}

/* What HR systems put out for every purpose at once. */
static void a_wide_file_is_read(void **state)
{
	(void)state;
	char text[4000], *at = text;
	at += sprintf(at, HEADER);
	for (int i = 0; i < 400; i++)
		at += sprintf(at, ",f%d", i);
	at += sprintf(at, "\nE,u,G,1");
	for (int i = 0; i < 400; i++)
		at += sprintf(at, ",");
	read_text(text);
	assert_int_equal(file.fault_count, 0);
	assert_int_equal(file.warning_count, 400);
	assert_int_equal(file.row_count, 1);
}

static void cells_are_taken_in(void **state)
{
	(void)state;
	read_text(HEADER ",country,title\n E-1\u00a0,u@x.example ,G\u0301 , 2 , gb ,\"T\r\"\r\r\n");
	assert_int_equal(file.fault_count, 0);
	assert_non_null(
		strstr(text_of(&file.rows), "I\t2\tE-1\tu@x.example\t\u01f4\t\\N\t\\N\tT\t"));
	assert_non_null(strstr(text_of(&file.rows), "\tGB\t\\N\t2\t"));
}

static void spreadsheets_are_read_as_they_write(void **state)
{
	static const char *const files[] = {
		"sep=;\r\nExternal ID;User Name;Given-Name; LEVEL \r\nE;u;G;1\r\n",
		"\xef\xbb\xbf"
		"External ID\tuser_name\tGIVEN_NAME\tlevel\nE\tu\tG\t1\n",
		HEADER "\nE,u,G,1\n,,,\n , ,,\n\n,,,\n",
		HEADER "\r\r\nE,u,G,1\r\r\n",
		HEADER "\rE,u,G,1\r",
	};
	(void)state;
	for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
		read_text(files[i]);
		assert_string_equal(text_of(&file.faults), "");
		assert_int_equal(file.row_count, 1);
		assert_non_null(strstr(text_of(&file.rows), "\tE\tu\tG\t"));
	}
}

/* One fault that says what was found, with no raw control character in it. */
static void what_is_no_header_is_one_fault(void **state)
{
	(void)state;
	read_text("version:v1.0\n" HEADER "\nE,u,G,1\n");
	assert_false(file.readable);
	assert_int_equal(file.fault_count, 1);
	assert_ptr_equal(strstr(text_of(&file.faults), "I\t1\t\\N\tno_header\t"), file.faults.data);
}

static void unknown_columns_are_passed_over_with_a_warning(void **state)
{
	(void)state;
	read_text(HEADER ",Shoe size,a\u200b\nE,u,G,1,9,x\n");
	assert_int_equal(file.fault_count, 0);
	assert_int_equal(file.warning_count, 2);
	assert_non_null(strstr(text_of(&file.faults), "I\t1\tshoe_size\tunknown_column\t"));
	assert_non_null(strstr(text_of(&file.faults), "I\t1\t\\N\tunknown_column\t"));
	assert_non_null(strstr(text_of(&file.faults), "\tt\n"));
	assert_int_equal(file.row_count, 1);
}

static void a_single_name_is_the_given_one(void **state)
{
	(void)state;
	read_text(HEADER ",family_name\nE,u, ,1,Suryati\n");
	assert_int_equal(file.fault_count, 0);
	assert_non_null(strstr(text_of(&file.rows), "\tE\tu\tSuryati\t\\N\t"));
}

static void a_date_that_is_none_is_named(void **state)
{
	static const char *const found[] = { "03.01.2016", "44256", "1/14/2009" };
	(void)state;
	for (size_t i = 0; i < sizeof found / sizeof *found; i++) {
		char text[200];
		snprintf(text, sizeof text, HEADER ",hired_on\nE,u,G,1,%s\n", found[i]);
		read_text(text);
		assert_non_null(strstr(text_of(&file.faults), "I\t2\thired_on\tnot_a_date\t"));
		assert_non_null(strstr(text_of(&file.faults), found[i]));
	}
}

/* Its user_name says whom it means; what is wrong has no value. */
static void a_faulty_row_keeps_what_is_well_formed(void **state)
{
	(void)state;
	read_text("external_id,user_name,given_name,level,email,hired_on,languages,active\n"
		  "E,u,G,4,e@co.example,03.01.2016,de|x!,FALSE\n");
	assert_int_equal(file.fault_count, 2);
	assert_string_equal(text_of(&file.rows),
		"I\t2\tE\tu\tG\t\\N\te@co.example\t\\N\t\\N\t\\N\t\\N\t\\N\t4\t\\N\t"
		"\\N\tinactive\t\\N" NOTHING_MORE "\tt\tf\n");
}

static void what_copy_reads_as_a_sign_is_escaped(void **state)
{
	(void)state;
	read_text(HEADER "\n\\N,u\\tv,\"G\\nH\\.\r\",1\n");
	assert_non_null(strstr(text_of(&file.rows), "I\t2\t\\\\N\tu\\\\tv\tG\\\\nH\\\\.\t"));
	assert_int_equal(file.fault_count, 0);
}

static void every_fault_has_line_column_and_code(void **state)
{
	(void)state;
	static const struct {
		const char *column, *cell, *code;
	} cases[] = {
		{ "email", "nobody", "not_an_email" },
		{ "time_zone", "Mars/Base", "not_a_time_zone" },
		{ "level", "-1", "not_a_level" },
		{ "level", "32768", "not_a_level" },
		{ "level", "2.0", "not_a_level" },
		{ "level", "Manager", "not_a_level" },
		{ "country", "UK", "not_a_country" },
		{ "country", "GBR", "not_a_country" },
		{ "country", "Germany", "not_a_country" },
		{ "title", "A\vB", "not_allowed_here" },
		{ "title", "A\u200bB", "not_allowed_here" },
		{ "title", "\u2800", "nothing_visible" },
		{ "manager_external_id", "M\u00a01", "not_allowed_here" },
		{ "level", "1.0", "not_a_level" },
		{ "hired_on", "2021-02-29", "not_a_date" },
		{ "active", "maybe", "not_true_or_false" },
		{ "active", "TRUES", "not_true_or_false" },
		{ "active",
			"fal\xc5\xbf"
			"e",
			"not_true_or_false" },
		{ "languages", "de|", "not_a_language" },
		{ "languages", "deutsch!", "not_a_language" },
		{ "skills", "sql:6", "not_a_skill" },
		{ "skills", "sql:3:3", "not_a_skill" },
		{ "skills", "sql:0:3:yes", "not_a_skill" },
		{ "skills", "sql:1:2:no:4", "not_a_skill" },
		{ "skills", "a|:2", "not_a_skill" },
		{ "active_until", "1999-12-31", "not_a_date" },
		{ "user_name", "", "required" },
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		bool has = strcmp(cases[i].column, "level") == 0 ||
			   strcmp(cases[i].column, "user_name") == 0;
		char text[300], wanted[100];
		snprintf(text, sizeof text, "external_id,given_name%s,%s\nE,G%s,%s\n",
			has ? strcmp(cases[i].column, "level") == 0 ? ",user_name" : ",level"
			    : ",user_name,level",
			cases[i].column, has ? ",1" : ",u,1", cases[i].cell);
		read_text(text);
		snprintf(wanted, sizeof wanted, "I\t2\t%s\t%s\t", cases[i].column, cases[i].code);
		assert_int_equal(file.fault_count, 1);
		assert_ptr_equal(strstr(text_of(&file.faults), wanted), file.faults.data);
	}
}

static void a_faulty_row_keeps_its_key(void **state)
{
	(void)state;
	read_text(HEADER "\nE-1,u,G,x\n,u,G,1\nE-3,u\nE-4,u,G,1\n");
	assert_int_equal(file.row_count, 4);
	assert_int_equal(file.fault_count, 3);
	assert_ptr_equal(strstr(text_of(&file.rows), "I\t2\tE-1\tu\tG\t"), file.rows.data);
	assert_null(strstr(text_of(&file.rows), "I\t3\t"));
	assert_null(strstr(text_of(&file.rows), "I\t4\t"));
	const char *good = strstr(text_of(&file.rows), "I\t5\tE-4\tu\t");
	assert_non_null(good);
	assert_string_equal(good - 5,
		"\tt\tf\n" /* left out */ "I\t5\tE-4\tu\tG\t\\N\t\\N\t\\N\t\\N\t\\N\t"
		"\\N\t\\N\t1\t\\N\t\\N\t\\N\t\\N" NOTHING_MORE "\tf\tf\n");
}

static void long_values_are_measured_in_characters(void **state)
{
	(void)state;
	char name[500] = "", text[1200];
	for (int i = 0; i < 100; i++)
		strcat(name, "\xc3\xa9");
	snprintf(text, sizeof text, HEADER "\nE,u,%s,1\nE,u,%sx,1\n", name, name);
	read_text(text);
	assert_int_equal(file.fault_count, 1);
	assert_non_null(strstr(text_of(&file.faults), "I\t3\tgiven_name\ttoo_long\t"));
}

static void a_faulty_header_ends_it(void **state)
{
	(void)state;
	read_text("external_id,user_name,given_name,level,level,shoe\nE,u,G,1,1,9\n");
	assert_false(file.readable);
	assert_int_equal(file.fault_count, 2);
	assert_string_equal(text_of(&file.rows), "");
	read_text("");
	assert_false(file.readable);
	assert_non_null(strstr(text_of(&file.faults), "\\N\tempty_file\t"));
	read_text("\"external_id\n");
	assert_false(file.readable);
	assert_non_null(strstr(text_of(&file.faults), "\tunterminated_quote\t"));
}

static void lists_are_arrays(void **state)
{
	(void)state;
	read_text(HEADER ",skills,interests\nE,u,G,1,\" a \"\"b\"\" :4::Yes | c\\d:1:2 ||"
			 "e\",Chess| go\n");
	assert_int_equal(file.fault_count, 0);
	assert_non_null(strstr(text_of(&file.rows),
		"\t{\"4:0:t:a "
		"\\\\\"b\\\\\"\",\"1:2:f:c\\\\\\\\d\",\"1:0:f:e\"}\t{\"chess\",\"go\"}\t"));
}

static void a_bar_in_a_value_is_escaped(void **state)
{
	(void)state;
	read_text(HEADER ",skills,interests,executive\nE,u,G,1,C: from a\\|b:4:5:no,a\\|b\\\\|c\\,Yes\n");
	assert_int_equal(file.fault_count, 0);
	assert_non_null(strstr(text_of(&file.rows),
		"\t{\"4:5:f:C: from a|b\"}\t{\"a|b\\\\\\\\\",\"c\\\\\\\\\"}\t"));
	assert_non_null(strstr(text_of(&file.rows), "\tt\t\\N\tf\tf\n"));
}

static void a_region_is_a_part_of_a_country(void **state)
{
	(void)state;
	read_text(HEADER ",holiday_region\nE,u,G,1, de-by \n");
	assert_int_equal(file.fault_count, 0);
	assert_non_null(strstr(text_of(&file.rows), "\tDE-BY\tf\tf\n"));
	static const char *const none[] = { "DE", "BY", "XX-BY", "DE-", "DE_BY", "EMEA" };
	for (size_t i = 0; i < sizeof none / sizeof *none; i++) {
		char text[100];
		snprintf(text, sizeof text, HEADER ",holiday_region\nE,u,G,1,%s\n", none[i]);
		read_text(text);
		assert_non_null(strstr(text_of(&file.faults), "\tholiday_region\tnot_a_region\t"));
	}
}

/* Of the separators of a mapping each is read, also where the first line has more of another. */
static void a_mapping_says_the_delimiter(void **state)
{
	static const struct {
		const char *name;
		char sign;
	} cases[] = { { "comma", ',' }, { "semicolon", ';' }, { "tab", '\t' }, { "bar", '|' } };
	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		char rules[60], text[200];
		struct mapping mapping;
		char s = cases[i].sign, other = s == ',' ? ';' : ',';
		snprintf(rules, sizeof rules, "{\"delimiter\":\"%s\"}", cases[i].name);
		snprintf(text, sizeof text,
			"external_id%cuser_name%cgiven_name%clevel%ca%cb%cc%cd%ce%cf\nE%cu%cG%c1%c\n", s, s, s, s,
			other, other, other, other, other, s, s, s, s);
		import_file_release(&file);
		assert_true(mapping_read(rules, &mapping));
		assert_true(import_file_read("I", &mapping, text, strlen(text), &file));
		mapping_release(&mapping);
		assert_int_equal(file.fault_count, 0);
		assert_non_null(strstr(text_of(&file.rows), "I\t2\tE\tu\tG\t"));
	}
}

static void dates_are_read_in_the_format_of_the_mapping(void **state)
{
	static const struct {
		const char *format, *cell, *date;
	} cases[] = {
		{ "DD.MM.YYYY", "3.1.2016", "2016-01-03" },
		{ "DD/MM/YYYY", "31/12/1999", "1999-12-31" },
		{ "MM/DD/YYYY", "12/31/1999", "1999-12-31" },
		{ "MM/DD/YYYY", "31/12/1999", NULL },
		{ "YYYYMMDD", "20160103", "2016-01-03" },
		{ "YYYYMMDD", "201613", NULL },
		{ "YYYY/MM/DD", "2016/01/03", "2016-01-03" },
		{ "DD-MM-YYYY", "03.01.2016", NULL },
		{ "DD.MM.YYYY", "3.1.16", NULL },
		{ "DD.MM.YYYY", "29.2.2021", NULL },
		{ "DD.MM.YYYY", "3.1.20166", NULL },
	};
	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		char rules[60], text[200], wanted[40];
		struct mapping mapping;
		snprintf(rules, sizeof rules, "{\"date_format\":\"%s\"}", cases[i].format);
		snprintf(text, sizeof text, HEADER ",hired_on\nE,u,G,1,%s\n", cases[i].cell);
		snprintf(wanted, sizeof wanted, "\t%s\t",
			cases[i].date ? cases[i].date : "not_a_date");
		import_file_release(&file);
		assert_true(mapping_read(rules, &mapping));
		assert_true(import_file_read("I", &mapping, text, strlen(text), &file));
		mapping_release(&mapping);
		assert_non_null(strstr(text_of(cases[i].date ? &file.rows : &file.faults), wanted));
	}
}

static void rules_that_are_none_are_refused(void **state)
{
	static const char *const rules[] = { "{",
		"{\"columns\":[{\"theirs\":\"a\",\"ours\":\"b\"}]}",
		"{\"fixed\":[{\"column\":\"shoe\",\"value\":\"9\"}]}" };
	(void)state;
	for (size_t i = 0; i < sizeof rules / sizeof *rules; i++) {
		struct mapping mapping;
		assert_false(mapping_read(rules[i], &mapping));
		mapping_release(&mapping);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_row_has_every_column_in_the_order_of_the_table),
		cmocka_unit_test(what_is_missing_is_null),
		cmocka_unit_test(true_and_false_may_stand_in_capitals),
		cmocka_unit_test(a_wide_file_is_read),
		cmocka_unit_test(cells_are_taken_in),
		cmocka_unit_test(spreadsheets_are_read_as_they_write),
		cmocka_unit_test(what_is_no_header_is_one_fault),
		cmocka_unit_test(unknown_columns_are_passed_over_with_a_warning),
		cmocka_unit_test(a_single_name_is_the_given_one),
		cmocka_unit_test(a_date_that_is_none_is_named),
		cmocka_unit_test(a_faulty_row_keeps_what_is_well_formed),
		cmocka_unit_test(what_copy_reads_as_a_sign_is_escaped),
		cmocka_unit_test(every_fault_has_line_column_and_code),
		cmocka_unit_test(a_faulty_row_keeps_its_key),
		cmocka_unit_test(long_values_are_measured_in_characters),
		cmocka_unit_test(a_faulty_header_ends_it),
		cmocka_unit_test(lists_are_arrays),
		cmocka_unit_test(a_bar_in_a_value_is_escaped),
		cmocka_unit_test(a_region_is_a_part_of_a_country),
		cmocka_unit_test(a_mapping_says_the_delimiter),
		cmocka_unit_test(dates_are_read_in_the_format_of_the_mapping),
		cmocka_unit_test(rules_that_are_none_are_refused),
	};
	return cmocka_run_group_tests(tests, NULL, release);
}
