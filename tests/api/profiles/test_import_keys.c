/* Keys of people: how they are compared, who holds them, and what a file may do with them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>
#include "company.h"

#define HEADER                                                                                     \
	"external_id,user_name,given_name,family_name,email,level,manager_external_id,active\n"
#define SHORT  "external_id,user_name,given_name,level\n"
#define KELVIN "\xe2\x84\xaa"
#define DOTTED "\xc4\xb0"

/* What the file's rows say of the people known, as a full file that changes nothing; without those
 * whose external_id matches. */
static const char *everybody_but(const char *pattern)
{
	return api_sql("superuser",
		"SELECT 'external_id,user_name,given_name,email,level' UNION ALL "
		"SELECT concat_ws(',', external_id, user_name, given_name, coalesce(email, ''), "
		"level) FROM profiles.person WHERE status <> 'inactive' AND external_id !~ '%s'",
		pattern);
}

static const char *fault_text(const struct api_reply *import)
{
	return api_expect(api_get(api_as("hris", NULL), "/api/v1/imports/%s/rows?limit=200",
				  api_text(import, "id")),
		200)
		->text;
}

/* Whose account a sign-in name opens: the external_id, or the problem's code. */
static const char *opens(const char *user_name)
{
	struct api_reply *me = api_get(as(user_name), "/api/v1/people/me");
	return api_text(me, me->status == 200 ? "hr.external_id" : "code");
}

static void expect_untouched(const char *external_id)
{
	assert_string_equal(column_of(external_id, "status || ' ' || version"), "active 1");
}

static struct api_reply *takes(const char *csv, const char *query, int created, int updated)
{
	struct api_reply *import = api_import(csv, query);
	if (strcmp(api_text(import, "status"), "done") != 0)
		fail_msg("%s: %s", import->text, fault_text(import));
	assert_int_equal(api_integer(import, "counts.created"), created);
	assert_int_equal(api_integer(import, "counts.updated"), updated);
	assert_int_equal(api_integer(import, "counts.deactivated"), 0);
	assert_string_equal(faults_of(import), "");
	return import;
}

static void sign_in_folds_ascii_alone(void **state)
{
	(void)state;
	static const char *const strangers[] = { KELVIN "im.oduya@co.example",
		"k" DOTTED "m.oduya@co.example", "k\xc4\xb1m.oduya@co.example",
		"kim.oduya@co.e\xef\xbd\x98"
		"ample",
		"\xef\xbd\x8bim.oduya@co.example", "kim.oduya@co.example\xcc\x87",
		"k\xd1\x96m.oduya@co.example" };
	takes(HEADER "K-1,kim.oduya@co.example,Kim,Oduya,kim.oduya@co.example,2,,true\n"
		     "K-2,si.sun@co.example,Si,Sun,,2,,true\n",
		NULL, 2, 0);
	for (size_t i = 0; i < sizeof strangers / sizeof *strangers; i++)
		api_expect_problem(api_get(as(strangers[i]), "/api/v1/me"), 403, "person_unknown");
	assert_string_equal(opens("KIM.ODUYA@CO.EXAMPLE"), "K-1");
	assert_string_equal(opens("kim.oduya@co.EXAMPLE"), "K-1");
	assert_string_equal(opens("\xc5\xbf"
				  "i.sun@co.example"),
		"person_unknown");
	/* every way that sign-in may be set to look a person up */
	assert_string_equal(
		api_sql("superuser",
			"SELECT count(*) FROM profiles.identity i, (VALUES ('K-1', "
			"'kim.oduya@co.example')) k(external_id, name) WHERE i.external_id = "
			"lower(translate(k.external_id, 'K', '" KELVIN "') COLLATE \"C\") OR "
			"i.email IN (lower(translate(k.name, 'k', '" KELVIN "') COLLATE \"C\"), "
			"lower(translate(k.name, 'i', '" DOTTED "') COLLATE \"C\"))"),
		"0");
}

static void another_spelling_of_an_external_id_is_nobody(void **state)
{
	(void)state;
	const char *file = SHORT "k-1,other@co.example,Kay,2\n";
	struct api_reply *import = api_import(file, NULL);
	expect_status(import, "faulty", "faults");
	assert_string_equal(faults_of(import), "2 external_id case_differs; ");
	assert_non_null(strstr(fault_text(import), "K-1"));
	import = api_import(file, "skip_errors=true");
	assert_int_equal(api_integer(import, "counts.skipped"), 1);
	import = api_import(api_path("%s\nk-1,kim.oduya@co.example,Kay,,2", everybody_but("^K-1$")),
		"mode=full&skip_errors=true");
	expect_status(import, "done", NULL);
	assert_int_equal(api_integer(import, "counts.deactivated"), 0);
	expect_untouched("K-1");
	/* other characters make other keys: people of their own */
	takes(SHORT KELVIN "-1,other@co.example,Kay,2\n", NULL, 1, 0);
	takes(SHORT "K-3," KELVIN "im.oduya@co.example,Kai,2\n", NULL, 1, 0);
	expect_untouched("K-1");
	assert_string_equal(column_of("K-1", "given_name || user_name"), "Kimkim.oduya@co.example");
	assert_string_equal(opens("kim.oduya@co.example"), "K-1");
	assert_string_equal(opens(KELVIN "im.oduya@co.example"), "K-3");
}

static void two_exchange_their_keys(void **state)
{
	(void)state;
	static const char *const names[] = { "anna.k@co.example", "anna.w@co.example" };
	takes(HEADER "S-1,anna.k@co.example,Anna,K,anna.k@co.example,2,,true\n"
		     "S-2,anna.w@co.example,Anna,W,anna.w@co.example,2,,true\n",
		NULL, 2, 0);
	assert_string_equal(opens(names[0]), "S-1");
	for (int full = 0; full < 2; full++) {
		const char *rows = api_path("S-1,%s,Anna,%s,2\nS-2,%s,Anna,%s,2\n", names[!full],
			names[!full], names[full], names[full]);
		takes(full ? api_path("%s\n%s", everybody_but("^S-[12]$"), rows)
			   : api_path("external_id,user_name,given_name,email,level\n%s", rows),
			full ? "mode=full" : NULL, 0, 2);
		assert_string_equal(opens(names[!full]), "S-1");
		assert_string_equal(opens(names[full]), "S-2");
	}
}

static void a_key_given_up_can_be_taken_in_any_order(void **state)
{
	(void)state;
	takes(SHORT "G-1,greta,Greta,2\nH-1,hanna,Hanna,2\n", NULL, 2, 0);
	takes(api_path("%s\nG-1,greta.new,Greta,greta.new@co.example,2\n"
		       "G-3,greta,Greta,greta@co.example,2\nH-3,hanna,Hanna,hanna@co.example,2\n"
		       "H-1,hanna.new,Hanna,,2\n",
		      everybody_but("^[GH]-")),
		"mode=full", 2, 2);
	assert_string_equal(opens("greta.new"), "G-1");
	assert_string_equal(opens("greta"), "G-3");
	assert_string_equal(opens("hanna.new"), "H-1");
	assert_string_equal(opens("hanna"), "H-3");
}

static void whose_key_a_row_bears_is_not_missing(void **state)
{
	(void)state;
	char file[8000] = HEADER;
	for (int i = 100; i < 140; i++)
		sprintf(file + strlen(file),
			"000%d,p%d@co.example,Person,,p%d@co.example,2,,true\n", i, i, i);
	takes(file, NULL, 40, 0);
	const char *everybody = everybody_but("^00011[78]$");
	struct api_reply *import = api_import(
		api_path(
			"%s\n117,p117@co.example,Paul,,4\n118,P118@co.example,Pia,,2\n", everybody),
		"mode=full&skip_errors=true");
	expect_status(import, "done", NULL);
	assert_non_null(strstr(faults_of(import), " user_name taken; "));
	assert_int_equal(api_integer(import, "counts.faults"), 2);
	assert_int_equal(api_integer(import, "counts.skipped"), 2);
	assert_int_equal(api_integer(import, "counts.deactivated"), 0);
	const char *told = fault_text(import);
	assert_non_null(strstr(told, "000117"));
	assert_non_null(strstr(told, "000118"));
	/* by the address alone, and by a row that is out for another reason too */
	import = api_import(api_path("%s\n117,paul@co.example,Paul,P117@co.example,4\n"
				     "118,p118@co.example,Pia,,two\n",
				    everybody),
		"mode=full&skip_errors=true");
	expect_status(import, "done", NULL);
	assert_non_null(strstr(faults_of(import), " email taken; "));
	assert_non_null(strstr(faults_of(import), " level not_a_level; "));
	assert_int_equal(api_integer(import, "counts.deactivated"), 0);
	/* a delta takes nobody for missing */
	import = api_import("external_id,user_name,given_name,level\n117,p117@co.example,Paul,4\n",
		"skip_errors=true");
	assert_int_equal(api_integer(import, "counts.deactivated"), 0);
	expect_untouched("000117");
	expect_untouched("000118");
	/* nobody means them any more: they are missing */
	import = api_import(everybody, "mode=full&dry_run=true");
	assert_int_equal(api_integer(import, "counts.deactivated"), 2);
	assert_string_equal(api_sql("superuser", "SELECT count(*) FROM common.outbox o JOIN "
						 "profiles.person p ON p.id = o.subject_id WHERE "
						 "o.type <> 'person.created' AND "
						 "p.external_id LIKE '0001%%'"),
		"0");
}

static void all_faults_come_in_one_answer(void **state)
{
	(void)state;
	struct api_reply *import = api_import(
		"external_id;user_name;given_name;level;manager_external_id;hired_on;active\n"
		"117;p117@co.example;Paul;4;;03.01.2016;TRUE\n"
		"118;p118@co.example;Pia;2;117;44256;FALSE\n"
		"k-1;p119@co.example;Kim;two;nobody;2020-01-01;True\n",
		NULL);
	expect_status(import, "faulty", "faults");
	assert_string_equal(faults_of(import),
		"2 hired_on not_a_date; 2 user_name taken; 3 hired_on not_a_date; "
		"3 user_name taken; 4 level not_a_level; 4 user_name taken; "
		"4 external_id case_differs; 4 manager_external_id unknown_manager; ");
	assert_string_equal(api_sql("superuser", "SELECT count(*) FROM profiles.person WHERE "
						 "external_id IN ('117', '118', 'k-1')"),
		"0");
	takes("external_id,user_name,given_name,level,active\nT-1,t1,Tia,1,TRUE\n"
	      "T-2,t2,Tom,1,False\n",
		NULL, 2, 0);
	assert_string_equal(column_of("T-1", "status"), "active");
	assert_string_equal(column_of("T-2", "status"), "inactive");
}

static void who_has_left_holds_no_key(void **state)
{
	(void)state;
#define ROSA(id, active) id ",rosa.lind@co.example,Rosa,Lind,rosa.lind@co.example,2,," active "\n"
	takes(HEADER ROSA("R-1", "true"), NULL, 1, 0);
	assert_string_equal(opens("rosa.lind@co.example"), "R-1");
	expect_status(api_import(HEADER ROSA("R-1", "false"), NULL), "done", NULL);
	takes(HEADER ROSA("R-900", "true"), NULL, 1, 0);
	assert_string_equal(column_of("R-1", "status || ' ' || user_name || ' ' || email"),
		"inactive rosa.lind@co.example rosa.lind@co.example");
	assert_string_equal(opens("rosa.lind@co.example"), "R-900");
	/* the former holder cannot come back to it */
	struct api_reply *import = api_import(HEADER ROSA("R-1", "true"), NULL);
	assert_string_equal(faults_of(import), "2 email taken; 2 user_name taken; ");
	assert_non_null(strstr(fault_text(import), "R-900"));
	struct api *hris = api_as("hris", NULL);
	const char *path = api_path("/api/v1/people/%s", column_of("R-1", "id"));
	api_if_match(hris, api_expect(api_get(hris, "%s", path), 200));
	api_expect_problem(api_patch(hris, path, "{\"status\": \"active\"}"), 409, "name_taken");
	assert_string_equal(opens("rosa.lind@co.example"), "R-900");
	/* who leaves in this file leaves it to the next, renamed or not, in any order */
	import = api_import(HEADER ROSA("R-901", "true") ROSA("R-900", "false"), NULL);
	expect_status(import, "done", NULL);
	assert_string_equal(opens("rosa.lind@co.example"), "R-901");
	import = api_import(HEADER "R-901,rosa.left@co.example,Rosa,Lind,rosa.left@co.example,2,,"
				   "false\n" ROSA("R-902", "true"),
		NULL);
	expect_status(import, "done", NULL);
	assert_string_equal(opens("rosa.lind@co.example"), "R-902");
	assert_string_equal(opens("rosa.left@co.example"), "person_inactive");
	/* both at once into a company that knows neither; and the same file again */
	static const char both[] = HEADER "Q-1,quin,Quin,,,2,,false\nQ-2,quin,Quin,,,2,,true\n";
	takes(both, NULL, 2, 0);
	assert_int_equal(api_integer(takes(both, NULL, 0, 0), "counts.unchanged"), 2);
	assert_string_equal(opens("quin"), "Q-2");
}

static void a_row_left_out_keeps_its_keys(void **state)
{
	(void)state;
	takes(SHORT "C-1,c1,Cai,1\nC-2,c2,Cia,1\nC-3,c3,Cleo,1\nC-4,c4,Cole,1\n", NULL, 4, 0);
	/* c1 → c2 → c3 → a new person; C-3's row is out, so the others are; C-4 is not */
	struct api_reply *import = api_import(SHORT "C-5,c1,Cy,1\nC-1,c2,Cai,1\nC-2,c3,Cia,1\n"
						    "C-3,c5,Cleo,high\nC-4,c6,Cole,1\n",
		"skip_errors=true");
	expect_status(import, "done", NULL);
	assert_string_equal(faults_of(import),
		"2 user_name taken; 3 user_name taken; 4 user_name taken; 5 level not_a_level; ");
	assert_non_null(strstr(fault_text(import), "C-3, whose row is skipped"));
	assert_int_equal(api_integer(import, "counts.updated"), 1);
	assert_string_equal(opens("c1"), "C-1");
	assert_string_equal(opens("c3"), "C-3");
	assert_string_equal(opens("c6"), "C-4");
	assert_string_equal(opens("c4"), "person_unknown");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sign_in_folds_ascii_alone),
		cmocka_unit_test(another_spelling_of_an_external_id_is_nobody),
		cmocka_unit_test(two_exchange_their_keys),
		cmocka_unit_test(a_key_given_up_can_be_taken_in_any_order),
		cmocka_unit_test(whose_key_a_row_bears_is_not_missing),
		cmocka_unit_test(all_faults_come_in_one_answer),
		cmocka_unit_test(who_has_left_holds_no_key),
		cmocka_unit_test(a_row_left_out_keeps_its_keys),
	};
	return cmocka_run_group_tests(tests, company_arrives, api_release);
}
