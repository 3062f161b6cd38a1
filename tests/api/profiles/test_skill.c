/* The taxonomy: search that forgives typing errors, unique names, retirement, import. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include "company.h"

static struct api_reply *taxonomy(const char *csv)
{
	return api_send(api_as("admin", NULL), "POST", "/api/v1/skills/imports", "text/csv", csv,
		strlen(csv));
}

static const char *first(const char *query)
{
	struct api_reply *page = api_expect(api_get(as("cem"), "/api/v1/skills?%s", query), 200);
	return api_count(page, "items") ? api_text(page, "items.0.name") : "";
}

static int taxonomy_arrives(void **state)
{
	company_arrives(state);
	struct api_reply *done = api_expect(
		taxonomy("name,code,aliases\ndata analysis,K1,analytics|Statistics\n"
			 "\"negotiation, hard\",,\nproject management,K3,\n"),
		200);
	assert_int_equal(api_integer(done, "created"), 3);
	return 0;
}

static void search_finds_names_aliases_and_typing_errors(void **state)
{
	(void)state;
	assert_string_equal(first("q=analysis"), "data analysis");
	assert_string_equal(first("q=STATISTICS"), "data analysis");
	assert_string_equal(first("q=data%20analisys"), "data analysis");
	assert_string_equal(first("q=project%20managment"), "project management");
	assert_string_equal(first("q=analisys"), "data analysis");
	assert_string_equal(first("q=managment"), "project management");
	assert_string_equal(first("q=beekeeping"), "");
	assert_string_equal(first("q=%25%25"), "");
}

static void an_import_again_changes_what_changed(void **state)
{
	(void)state;
	struct api_reply *done = api_expect(
		taxonomy("\xef\xbb\xbfname;aliases\r\nData Analysis;analytics|numbers\r\n"
			 "project management;\r\nsailing;\r\n"),
		200);
	assert_int_equal(api_integer(done, "created"), 1);
	assert_int_equal(api_integer(done, "updated"), 1);
	assert_int_equal(api_integer(done, "unchanged"), 1);
	assert_string_equal(first("q=numbers"), "data analysis");
}

static void what_the_file_does_not_have_stays(void **state)
{
	(void)state;
	struct api *cem = as("cem");
	api_expect(taxonomy("name,code,aliases\ncloud computing,CC,Cloud|aws|azure\n"), 200);
	struct api_reply *done = api_expect(taxonomy("name,code\nCloud Computing,CC2\n"), 200);
	assert_int_equal(api_integer(done, "updated"), 1);
	assert_string_equal(first("q=aws"), "cloud computing");
	done = api_expect(taxonomy("name\ncloud computing\n"), 200);
	assert_int_equal(api_integer(done, "unchanged"), 1);
	struct api_reply *page = api_expect(api_get(cem, "/api/v1/skills?q=azure"), 200);
	assert_string_equal(api_text(page, "items.0.code"), "CC2");
	assert_int_equal(api_count(page, "items.0.aliases"), 3);
	done = api_expect(taxonomy("name,aliases\ncloud computing,\n"), 200);
	assert_int_equal(api_integer(done, "updated"), 1);
	assert_string_equal(first("q=azure"), "");
}

static void a_list_sent_back_changes_nothing(void **state)
{
	(void)state;
	struct api *admin = api_as("admin", NULL);
	for (unsigned i = 0; i < 40; i++) {
		char name[200], alias[200];
		snprintf(name, sizeof name, "%s", awkward(i));
		snprintf(alias, sizeof alias, "%s", awkward(100 + i));
		api_expect(api_post(admin, "/api/v1/skills",
				   "{\"name\": \"%s\", \"aliases\": [\"%s\", \"%s\"]}", name, alias,
				   awkward(200 + i)),
			201);
	}
	const char *gone = api_text(
		api_expect(api_post(admin, "/api/v1/skills", "{\"name\": \"Telex\"}"), 201), "id");
	api_if_match(admin, api_expect(api_get(admin, "/api/v1/skills/%s", gone), 200));
	api_expect(
		api_patch(admin, api_path("/api/v1/skills/%s", gone), "{\"retired\": true}"), 200);
	api_header(admin, "Accept: text/csv");
	struct api_reply *file = api_expect(
		api_get(admin, "/api/v1/skills?retired=true&limit=200"), 200);
	assert_non_null(strstr(file->text, "Telex"));
	struct api_reply *done = api_expect(taxonomy(file->text), 200);
	assert_int_equal(api_integer(done, "created"), 0);
	assert_int_equal(api_integer(done, "updated"), 0);
	assert_true(api_integer(done, "unchanged") >= 40);
}

/* An alias of so many characters, of two bytes each. */
static const char *with_alias(int characters)
{
	static char csv[2400];
	int used = sprintf(csv, "name,aliases\nlong,short|");
	for (int i = 0; i < characters; i++)
		used += sprintf(csv + used, "\xc3\xa9");
	sprintf(csv + used, "\n");
	return csv;
}

static void a_long_alias_is_a_fault_and_never_cut(void **state)
{
	(void)state;
	static const int too_long[] = { 201, 255, 256, 257, 511, 512, 900 };
	for (size_t i = 0; i < sizeof too_long / sizeof *too_long; i++) {
		struct api_reply *no = api_expect_problem(
			taxonomy(with_alias(too_long[i])), 422, "invalid_csv");
		assert_non_null(strstr(no->text, "Line 2"));
		assert_non_null(strstr(no->text, "too_long"));
	}
	assert_string_equal(first("q=short"), "");
	api_expect(taxonomy(with_alias(200)), 200);
	assert_string_equal(
		api_sql("superuser", "SELECT char_length(aliases[2]) FROM profiles.skill "
				     "WHERE name = 'long'"),
		"200");
}

/* Kelvin sign and I with a dot: they fold to ASCII letters elsewhere, not here. */
static void codes_and_aliases_fold_ascii_alone(void **state)
{
	(void)state;
	struct api *admin = api_as("admin", NULL);
	api_expect(api_post(admin, "/api/v1/skills",
			   "{\"name\": \"kiting\", \"code\": \"KI\", \"aliases\": [\"Kite\"]}"),
		201);
	api_expect_fault(api_expect_problem(api_post(admin, "/api/v1/skills",
						    "{\"name\": \"k1\", \"code\": \"ki\"}"),
				 409, "name_taken"),
		"/code");
	api_expect_problem(taxonomy("name,code\nk1,Ki\n"), 409, "name_taken");
	api_expect(api_post(admin, "/api/v1/skills",
			   "{\"name\": \"k2\", \"code\": \"\xe2\x84\xaaI\"}"),
		201);
	api_expect(api_post(admin, "/api/v1/skills",
			   "{\"name\": \"k3\", \"code\": \"K\xc4\xb0\", "
			   "\"aliases\": [\"K\xc4\xb0te\"]}"),
		201);
	assert_string_equal(api_sql("superuser", "SELECT count(*) FROM profiles.skill WHERE "
						 "'kite' = ANY (aliases)"),
		"1");
	assert_string_equal(first("q=KITE"), "k3"); /* who searches is not asked for accents */
}

/* The names of all pages, one entry each, joined by bars. */
static const char *names_of(const char *query)
{
	static char names[2000];
	char cursor[600] = "";
	names[0] = '\0';
	for (int i = 0; i < 20; i++) {
		struct api_reply *page = api_expect(
			api_get(as("cem"), "/api/v1/skills?limit=1&%s%s", query, cursor), 200);
		if (api_count(page, "items") == 0)
			break;
		size_t used = strlen(names);
		snprintf(names + used, sizeof names - used, "%s%s", used ? "|" : "",
			api_text(page, "items.0.name"));
		if (json_is_null(api_member(page, "next_cursor")))
			break;
		snprintf(cursor, sizeof cursor, "&cursor=%s", api_text(page, "next_cursor"));
	}
	return names;
}

/* Where words begin, whatever stands before them; composed or not, in any case. */
static void skills_stand_and_are_found_as_in_a_dictionary(void **state)
{
	static const char *const found[] = { "zqx", "zqx%20eclair", "ZQX%20%C3%89CLAIR",
		"zqx%20e%CC%81clair", "%C2%A0zqx-%C3%A9clair%20", "p%C3%A2tisserie%20zqx" };
	(void)state;
	api_expect(taxonomy("name,aliases\nZqx \u00c9clair,(P\u00e2tisserie) Zqx\n"
			    "zqx eclat,\nZqx Delta,\nzqx \u00f6kologie,\nZqx Zulu,\n"),
		200);
	assert_string_equal(names_of("q=zqx"),
		"Zqx Delta|Zqx \u00c9clair|zqx eclat|zqx \u00f6kologie|Zqx Zulu");
	for (size_t i = 0; i < sizeof found / sizeof *found; i++) {
		const char *names = names_of(api_path("q=%s", found[i]));
		if (!strstr(names, "Zqx \u00c9clair"))
			fail_msg("%s: %s", found[i], names);
	}
	assert_string_equal(names_of("q=zulu"), "Zqx Zulu");
	assert_string_equal(names_of("q=ulu"), "");
	assert_string_equal(names_of("q=__"), "");
}

static void a_wrong_file_stores_nothing(void **state)
{
	(void)state;
	const char *before = api_sql("superuser", "SELECT count(*) FROM profiles.skill");
	api_expect_problem(taxonomy("name,price\nx,1\n"), 422, "invalid_csv");
	api_expect_problem(taxonomy("name,Name\nx,y\n"), 422, "invalid_csv");
	api_expect_problem(taxonomy("name,code\n,x\n"), 422, "invalid_csv");
	api_expect_problem(taxonomy("code\nx\n"), 422, "invalid_csv");
	api_expect_problem(taxonomy("name\nfresh\n\"un\"quoted\n"), 422, "invalid_csv");
	api_expect_problem(taxonomy("name,code\nfresh\n"), 422, "invalid_csv");
	api_expect_problem(taxonomy("name\nfresh\n\xff\n"), 422, "invalid_csv");
	api_expect_problem(taxonomy("name\ntwin\nTwin\n"), 422, "duplicate_items");
	api_expect_problem(taxonomy("name,code\nfresh,K1\n"), 409, "name_taken");
	assert_string_equal(api_sql("superuser", "SELECT count(*) FROM profiles.skill"), before);
	api_expect_problem(api_post(api_as("admin", NULL), "/api/v1/skills/imports", "{}"), 415,
		"unsupported_media_type");
}

/* A published taxonomy has thousands of entries: all of it passes in one request. */
static void a_large_taxonomy_passes_the_gateway(void **state)
{
	(void)state;
	enum { SKILLS = 2000, ROW = 60 };
	char *csv = malloc(SKILLS * ROW + 20), *at = csv;
	assert_non_null(csv);
	at += sprintf(at, "name,code\n");
	for (int i = 0; i < SKILLS; i++)
		at += snprintf(at, ROW, "craft number %d of the large taxonomy,L%d\n", i, i);
	struct api_reply *done = api_expect(taxonomy(csv), 200);
	assert_int_equal(api_integer(done, "created"), SKILLS);
	free(csv);
}

static void names_are_unique_ignoring_case(void **state)
{
	(void)state;
	struct api *admin = api_as("admin", NULL);
	struct api_reply *made = api_expect(
		api_post(admin, "/api/v1/skills",
			"{\"name\": \"Welding\", \"code\": \"W1\", \"aliases\": [\"Brazing\"]}"),
		201);
	assert_true(list_has(made, "aliases", "brazing"));
	api_expect_fault(
		api_expect_problem(api_post(admin, "/api/v1/skills", "{\"name\": \"WELDING\"}"),
			409, "name_taken"),
		"/name");
	api_expect_fault(api_expect_problem(api_post(admin, "/api/v1/skills",
						    "{\"name\": \"Gluing\", \"code\": \"W1\"}"),
				 409, "name_taken"),
		"/code");
	api_expect_fault(
		api_expect(api_post(admin, "/api/v1/skills", "{\"name\": \"\"}"), 422), "/name");
	api_expect_problem(
		api_post(as("cem"), "/api/v1/skills", "{\"name\": \"Mine\"}"), 403, "forbidden");
}

static void a_retired_skill_leaves_the_search_and_frees_its_name(void **state)
{
	(void)state;
	struct api *admin = api_as("admin", NULL);
	struct api_reply *made = api_expect(
		api_post(admin, "/api/v1/skills", "{\"name\": \"Telegraphy\"}"), 201);
	const char *path = api_path("%s", strstr(api_header_of(made, "Location"), "/api/"));
	api_if_match(admin, made);
	struct api_reply *retired = api_expect(
		api_patch(admin, path, "{\"retired\": true, \"aliases\": [\"Morse\"]}"), 200);
	assert_true(api_truth(retired, "retired"));
	assert_string_equal(first("q=telegraphy"), "");
	assert_string_equal(first("q=telegraphy&retired=true"), "Telegraphy");
	api_expect(api_post(admin, "/api/v1/skills", "{\"name\": \"telegraphy\"}"), 201);
	api_if_match(admin, retired);
	api_expect_problem(api_patch(admin, path, "{\"retired\": false}"), 409, "name_taken");
	struct api_reply *seen = api_expect(api_get(as("cem"), "%s", path), 200);
	assert_int_equal(api_count(seen, "can"), 0);
	api_header(admin, "If-Match: *");
	api_expect_problem(api_patch(admin, "/api/v1/skills/019a0000-0000-7000-8000-00000000dead",
				   "{\"retired\": true}"),
		404, "not_found");
}

static void other_names_count_once_and_a_blank_code_is_none(void **state)
{
	(void)state;
	struct api *admin = api_as("admin", NULL);
	for (int i = 0; i < 2; i++) {
		struct api_reply *made = api_expect(api_post(admin, "/api/v1/skills",
							    "{\"name\": \"Sums %d\", \"code\": \" \", "
							    "\"aliases\": [\"Adding\", \"adding\", \"Plus\"]}",
							    i),
			201);
		assert_true(json_is_null(api_member(made, "code")));
		assert_int_equal(api_count(made, "aliases"), 2);
		assert_string_equal(api_text(made, "aliases.0"), "adding");
	}
}

static void a_skill_that_nothing_names_is_deleted(void **state)
{
	(void)state;
	struct api *admin = api_as("admin", NULL), *cem = as("cem");
	struct api_reply *made = api_expect(api_post(admin, "/api/v1/skills", "{\"name\": \"Slip\"}"), 201);
	const char *path = api_text(made, "links.self"), *own = "/api/v1/people/me/skills";
	api_if_match(cem, made);
	api_expect_problem(api_delete(cem, "%s", path), 403, "forbidden");
	api_expect_problem(api_delete(admin, "%s", path), 428, "precondition_required");
	api_expect(api_put(cem, own, "{\"skills\": [{\"skill_id\": \"%s\", \"current\": 1}]}", api_text(made, "id")),
		200);
	api_if_match(admin, made);
	struct api_reply *kept = api_expect_problem(api_delete(admin, "%s", path), 409, "skill_in_use");
	assert_null(strstr(kept->text, id_of("cem")));
	api_if_match(admin, made);
	struct api_reply *retired = api_expect(api_patch(admin, path, "{\"retired\": true}"), 200);
	api_expect(api_put(cem, own, "{\"skills\": []}"), 200);
	api_if_match(admin, made);
	api_expect_problem(api_delete(admin, "%s", path), 412, "stale");
	api_if_match(admin, retired);
	api_expect(api_delete(admin, "%s", path), 204);
	api_expect_problem(api_get(cem, "%s", path), 404, "not_found");
	api_expect_problem(api_put(cem, own, "{\"skills\": [{\"skill_id\": \"%s\", \"current\": 1}]}",
				   api_text(made, "id")),
		422, "unknown_reference");
	api_if_match(admin, retired);
	api_expect_problem(api_delete(admin, "%s", path), 404, "not_found");
	api_expect(api_post(admin, "/api/v1/skills", "{\"name\": \"Slip\"}"), 201);
}

static void a_key_stands_for_one_request(void **state)
{
	(void)state;
	struct api *admin = api_as("admin", NULL);
	api_header(admin, "Idempotency-Key: one-skill");
	struct api_reply *made = api_expect(
		api_post(admin, "/api/v1/skills", "{\"name\": \"Knots\"}"), 201);
	api_header(admin, "Idempotency-Key: one-skill");
	struct api_reply *again = api_expect(
		api_post(admin, "/api/v1/skills", "{ \"name\":\"Knots\" }"), 201);
	assert_string_equal(again->text, made->text);
	assert_string_equal(api_header_of(again, "Location"), api_header_of(made, "Location"));
	assert_string_equal(api_header_of(again, "Idempotency-Replayed"), "true");
	assert_null(api_header_of(made, "Idempotency-Replayed"));
	api_header(admin, "Idempotency-Key: one-skill");
	api_expect_problem(
		api_post(admin, "/api/v1/skills", "{\"name\": \"Bends\"}"), 422, "key_reused");
	api_header(admin, "Idempotency-Key: another-skill");
	api_expect_problem(
		api_post(admin, "/api/v1/skills", "{\"name\": \"Knots\"}"), 409, "name_taken");
	api_header(admin, "Idempotency-Key: another-skill");
	api_expect(api_post(admin, "/api/v1/skills", "{\"name\": \"Hitches\"}"), 201);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(search_finds_names_aliases_and_typing_errors),
		cmocka_unit_test(an_import_again_changes_what_changed),
		cmocka_unit_test(what_the_file_does_not_have_stays),
		cmocka_unit_test(a_list_sent_back_changes_nothing),
		cmocka_unit_test(a_long_alias_is_a_fault_and_never_cut),
		cmocka_unit_test(codes_and_aliases_fold_ascii_alone),
		cmocka_unit_test(skills_stand_and_are_found_as_in_a_dictionary),
		cmocka_unit_test(a_wrong_file_stores_nothing),
		cmocka_unit_test(a_large_taxonomy_passes_the_gateway),
		cmocka_unit_test(names_are_unique_ignoring_case),
		cmocka_unit_test(a_retired_skill_leaves_the_search_and_frees_its_name),
		cmocka_unit_test(other_names_count_once_and_a_blank_code_is_none),
		cmocka_unit_test(a_skill_that_nothing_names_is_deleted),
		cmocka_unit_test(a_key_stands_for_one_request),
	};
	return cmocka_run_group_tests(tests, taxonomy_arrives, api_release);
}
