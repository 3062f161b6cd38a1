/*
 * Keys that come in by JSON, by a query and by CSV: A to Z ignore case, and what other characters
 * some case mapping of Unicode would make ASCII letters of are other keys. Claims of tokens:
 * tests/api/security/test_names.c.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>
#include "company.h"
#include "support/lookalike.h"

/* composed (NFC) it is K: so it is in texts, and in keys it is not */
#define KELVIN "\xe2\x84\xaa"
#define HEADER "external_id,user_name,given_name,email,level,manager_external_id\n"

static char others[LOOKALIKES][64], upper[sizeof LOOKALIKE_KEY];

static int names_are_written(void **state)
{
	company_arrives(state);
	for (size_t i = 0; i < LOOKALIKES; i++)
		lookalike_of(LOOKALIKE_KEY, i, others[i], sizeof others[i]);
	for (size_t i = 0; i < sizeof upper; i++) /* no setlocale: ASCII alone */
		upper[i] = LOOKALIKE_KEY[i] >= 'a' && LOOKALIKE_KEY[i] <= 'z'
				   ? (char)(LOOKALIKE_KEY[i] - 'a' + 'A')
				   : LOOKALIKE_KEY[i];
	return 0;
}

/* ---- people -----------------------------------------------------------------------------------*/

static const char *found_by(const char *key, const char *value)
{
	char query[300];
	size_t used = (size_t)snprintf(query, sizeof query, "/api/v1/people?%s=", key);
	for (const char *at = value; *at; at++)
		used += (size_t)sprintf(query + used, "%%%02x", (unsigned char)*at);
	struct api_reply *page = api_expect(api_get(api_as("hris", NULL), "%s", query), 200);
	assert_true(api_count(page, "items") <= 1);
	return api_count(page, "items") ? api_text(page, "items.0.display_name") : "";
}

/* An address of other letters than ASCII is none: the file says so, and the search finds nobody. */
static void people_with_other_keys_are_others(void **state)
{
	(void)state;
	char file[8000];
	size_t used = (size_t)sprintf(
		file, HEADER "%s,%s,Own,%s,2,\n", LOOKALIKE_KEY, LOOKALIKE_KEY, LOOKALIKE_KEY);
	for (size_t i = 0; i < LOOKALIKES; i++)
		used += (size_t)sprintf(
			file + used, "%s,%s,Other%zu,,1,%s\n", others[i], others[i], i, upper);
	struct api_reply *import = api_import(file, NULL);
	if (strcmp(api_text(import, "status"), "done") != 0)
		fail_msg("%s: %s", import->text, faults_of(import));
	assert_int_equal(api_integer(import, "counts.created"), LOOKALIKES + 1);
	assert_string_equal(found_by("external_id", upper), "Own");
	assert_string_equal(found_by("user_name", upper), "Own");
	assert_string_equal(found_by("email", upper), "Own");
	for (size_t i = 0; i < LOOKALIKES; i++) {
		assert_string_equal(found_by("external_id", others[i]), api_path("Other%zu", i));
		assert_string_equal(found_by("user_name", others[i]), api_path("Other%zu", i));
		assert_string_equal(found_by("email", others[i]), "");
		import = api_import(api_path("external_id,user_name,given_name,email,level\n"
					     "A-1,a-1,Ann,%s,1\n",
					    others[i]),
			NULL);
		assert_string_equal(faults_of(import), "2 email not_an_email; ");
	}
	/* and the manager that all of them named is the one whose key it is */
	assert_string_equal(api_sql("superuser",
				    "SELECT count(*) FROM profiles.person p JOIN profiles.person m "
				    "ON m.id = p.manager_id WHERE m.given_name = 'Own'"),
		api_path("%zu", LOOKALIKES));
}

static void a_manager_with_another_key_is_another(void **state)
{
	(void)state;
	struct api_reply *import = api_import(
		"external_id,user_name,given_name,level,manager_external_id\n"
		"M-1,mia,Mia,3,\nM-2,max,Max,1,\xc5\xbf-1\nS-1,sue,Sue,3,\nM-3,moe,Moe,1,s-1\n",
		NULL);
	assert_non_null(strstr(faults_of(import), "3 manager_external_id"));
	assert_string_equal(column_of("M-2", "coalesce(manager_id::text, '')"), "");
	assert_string_equal(column_of("M-3", "manager_id"), column_of("S-1", "id"));
}

/* ---- skills -----------------------------------------------------------------------------------*/

static struct api_reply *taxonomy(const char *csv)
{
	return api_send(api_as("admin", NULL), "POST", "/api/v1/skills/imports", "text/csv", csv,
		strlen(csv));
}

/* A code of the key, each at most 60 characters; names are texts, and so is the Kelvin sign. */
static void skills_with_other_names_and_codes_are_others(void **state)
{
	(void)state;
	struct api *admin = api_as("admin", NULL);
	static const char body[] = "{\"name\": \"%s\", \"code\": \"%s\", \"aliases\": [\"%s\"]}";
	struct api_reply *own = api_expect(
		api_post(admin, "/api/v1/skills", body, LOOKALIKE_KEY, LOOKALIKE_KEY, "k"), 201);
	api_expect_fault(
		api_expect_problem(api_post(admin, "/api/v1/skills", body, upper, "one", "k"), 409,
			"name_taken"),
		"/name");
	api_expect_fault(
		api_expect_problem(api_post(admin, "/api/v1/skills", body, "one", upper, "k"), 409,
			"name_taken"),
		"/code");
	for (size_t i = 0; i < LOOKALIKES; i++) {
		bool kelvin = strcmp(lookalikes[i].bytes, KELVIN) == 0;
		struct api_reply *made = api_post(
			admin, "/api/v1/skills", body, others[i], others[i], lookalikes[i].bytes);
		if (kelvin)
			api_expect_fault(api_expect_problem(made, 409, "name_taken"), "/name");
		else
			assert_string_equal(
				api_text(api_expect(made, 201), "aliases.0"), lookalikes[i].bytes);
	}
	/* a file changes the skills that it names, and no other */
	struct api_reply *done = api_expect(
		taxonomy(api_path("name,code,aliases\n%s,%s,K|changed\n", upper, upper)), 200);
	assert_int_equal(api_integer(done, "updated"), 1);
	assert_string_equal(
		api_sql("superuser",
			"SELECT id FROM profiles.skill WHERE 'changed' = ANY (aliases)"),
		api_text(own, "id"));
}

static void a_taxonomy_may_hold_all_of_them(void **state)
{
	(void)state;
	char file[4000];
	size_t used = (size_t)sprintf(
		file, "name,code\nfile %s,file %s\n", LOOKALIKE_KEY, LOOKALIKE_KEY);
	for (size_t i = 0; i < LOOKALIKES; i++)
		if (strcmp(lookalikes[i].bytes, KELVIN) != 0)
			used += (size_t)sprintf(
				file + used, "file %s,file %s\n", others[i], others[i]);
	assert_int_equal(api_integer(api_expect(taxonomy(file), 200), "created"), LOOKALIKES);
	assert_int_equal(api_integer(api_expect(taxonomy(file), 200), "unchanged"), LOOKALIKES);
	api_expect_problem(taxonomy(api_path("name\nFILE %s\nfile %s\n", LOOKALIKE_KEY, upper)),
		422, "duplicate_items");
}

/* ---- interests --------------------------------------------------------------------------------*/

static void interests_fold_ascii_alone(void **state)
{
	(void)state;
	struct api_reply *set = api_expect(
		api_put(as("cem"), "/api/v1/people/me/interests",
			"{\"interests\": [\"Skiing\", \"SKIING\", \"\xc5\xbfkiing\", "
			"\"s" KELVIN "iing\", \"SK\xc4\xb0\xc4\xb0NG\", \"\xc3\x89toile\"]}"),
		200);
	assert_int_equal(api_count(set, "interests"), 4);
	assert_true(list_has(set, "interests", "skiing"));
	assert_true(list_has(set, "interests", "\xc5\xbfkiing"));
	assert_true(list_has(set, "interests", "sk\xc4\xb0\xc4\xb0ng"));
	assert_true(list_has(set, "interests", "\xc3\x89toile"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(people_with_other_keys_are_others),
		cmocka_unit_test(a_manager_with_another_key_is_another),
		cmocka_unit_test(skills_with_other_names_and_codes_are_others),
		cmocka_unit_test(a_taxonomy_may_hold_all_of_them),
		cmocka_unit_test(interests_fold_ascii_alone),
	};
	return cmocka_run_group_tests(tests, names_are_written, api_release);
}
