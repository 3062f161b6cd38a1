/* Reporting lines through imports, and whole companies of namesakes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include "company.h"

#define SHORT "external_id,user_name,given_name,level,manager_external_id\n"
#define NAMES 20

static struct api_reply *imports(const char *csv, const char *query)
{
	struct api_reply *import = api_import(csv, query);
	if (strcmp(api_text(import, "status"), "done") != 0)
		fail_msg("%s %s", import->text, faults_of(import));
	return import;
}

/* "T-3<T-2 T-2<T-1 …": who reports to whom, of the ids that begin so. */
static const char *line_of(const char *prefix)
{
	return api_sql("superuser",
		"SELECT string_agg(p.external_id || '<' || m.external_id, ' ' ORDER BY "
		"p.external_id) FROM profiles.person p JOIN profiles.person m ON m.id = "
		"p.manager_id WHERE p.external_id LIKE '%s-%%'",
		prefix);
}

/* The line turns over in one file, whichever of the two rows comes first. */
static void a_line_turns_over_in_one_file(void **state)
{
	(void)state;
	static const char *const prefixes[] = { "T", "U" };
	for (int i = 0; i < 2; i++) {
		const char *p = prefixes[i];
		imports(api_path(SHORT
				"%s-1,%s1,Top,5,\n%s-2,%s2,Two,3,%s-1\n%s-3,%s3,Tre,2,%s-2\n",
				p, p, p, p, p, p, p, p),
			NULL);
		assert_string_equal(line_of(p), api_path("%s-2<%s-1 %s-3<%s-2", p, p, p, p));
		const char *up = api_path("%s-3,%s3,Tre,4,%s-1\n", p, p, p),
			   *down = api_path("%s-2,%s2,Two,3,%s-3\n", p, p, p);
		struct api_reply *turned = imports(
			api_path(SHORT "%s%s", i ? up : down, i ? down : up), NULL);
		assert_int_equal(api_integer(turned, "counts.updated"), 2);
		assert_string_equal(line_of(p), api_path("%s-2<%s-3 %s-3<%s-1", p, p, p, p));
	}
}

/* Who has left may still be somebody's manager in the files that follow. */
static void a_manager_who_has_left_is_still_named(void **state)
{
	(void)state;
	char all[4000], rest[4000];
	size_t used = (size_t)snprintf(
		all, sizeof all, SHORT "M-1,m1,Top,5,\nM-2,m2,Two,3,M-1\nM-3,m3,Tre,2,M-2\n");
	size_t kept = (size_t)snprintf(
		rest, sizeof rest, SHORT "M-1,m1,Top,5,\nM-3,m3,Tre,2,M-2\n");
	for (int i = 4; i < 15; i++) {
		used += (size_t)snprintf(all + used, sizeof all - used, "M-%d,m%d,M,1,M-1\n", i, i);
		kept += (size_t)snprintf(
			rest + kept, sizeof rest - kept, "M-%d,m%d,M,1,M-1\n", i, i);
	}
	api_sql("superuser", "UPDATE profiles.person SET status = 'inactive'");
	imports(all, "mode=full");
	struct api_reply *without = imports(rest, "mode=full");
	assert_int_equal(api_integer(without, "counts.deactivated"), 1);
	struct api_reply *again = imports(rest, "mode=full");
	assert_int_equal(api_integer(again, "counts.unchanged"), 13);
	assert_int_equal(api_integer(again, "counts.deactivated"), 0);
	struct api_reply *titled = imports(
		"external_id,user_name,given_name,level,title,manager_external_id\n"
		"M-3,m3,Tre,2,Expert,M-2\n",
		NULL);
	assert_int_equal(api_integer(titled, "counts.updated"), 1);
	struct api_reply *exported = api_expect(api_get(as("m3"), "/api/v1/people/me"), 200);
	assert_string_equal(api_text(exported, "hr.manager.display_name"), "Two");
}

/* Every namesake once, by any size of page. */
static void namesakes_come_once_each(void **state)
{
	(void)state;
	static const char *const given[] = { "Thomas", "Anna", "Noor", "Eva" };
	char *csv = malloc(80 * NAMES * NAMES + 200);
	assert_non_null(csv);
	size_t used = (size_t)sprintf(csv, "external_id,user_name,given_name,family_name,level\n");
	for (int i = 0; i < NAMES * NAMES; i++)
		used += (size_t)sprintf(csv + used, "N-%d,n%d,%s,Family%c,1\n", i, i, given[i % 4],
			'A' + i / 4 % 5);
	imports(csv, NULL);
	free(csv);
	static const int limits[] = { 1, 7 };
	for (int l = 0; l < 2; l++) {
		char *seen = calloc(NAMES * NAMES, 40);
		assert_non_null(seen);
		int count = 0;
		const char *cursor = "";
		do {
			struct api_reply *page = api_expect(
				api_get(as("n0"), "/api/v1/people?q=thomas&limit=%d%s", limits[l],
					cursor),
				200);
			for (size_t i = 0; i < api_count(page, "items"); i++) {
				const char *id = api_text(page, api_path("items.%zu.id", i));
				assert_null(strstr(seen, id));
				strcat(seen, id);
				count++;
			}
			json_t *next = api_member(page, "next_cursor");
			cursor = json_is_null(next)
					 ? NULL
					 : api_path("&cursor=%s", json_string_value(next));
		} while (cursor);
		assert_int_equal(count, NAMES * NAMES / 4);
		free(seen);
	}
}

/* A file of another system: each column that is not known, and each that is missing, is named. */
static void foreign_headers_are_named_one_by_one(void **state)
{
	(void)state;
	struct api_reply *import = api_import(
		"\"Empl No\",First,Last,\"Pay Grade\"\n1,Al,Bo,3\n", NULL);
	assert_string_equal(api_text(import, "status"), "faulty");
	const char *faults = faults_of(import);
	static const char *const said[] = { "empl_no unknown_column", "first unknown_column",
		"last unknown_column", "pay_grade unknown_column", "external_id missing_column",
		"user_name missing_column", "level missing_column" };
	for (size_t i = 0; i < sizeof said / sizeof *said; i++)
		if (!strstr(faults, said[i]))
			fail_msg("no %s in %s", said[i], faults);
	assert_string_equal(api_sql("superuser",
				    "SELECT count(*) FROM profiles.person WHERE given_name = 'Al'"),
		"0");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_line_turns_over_in_one_file),
		cmocka_unit_test(a_manager_who_has_left_is_still_named),
		cmocka_unit_test(namesakes_come_once_each),
		cmocka_unit_test(foreign_headers_are_named_one_by_one),
	};
	return cmocka_run_group_tests_name("lines and namesakes", tests, NULL, api_release);
}
