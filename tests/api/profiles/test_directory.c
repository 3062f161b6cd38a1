/* The directory: type-ahead, filters, and pages that show everybody once. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>
#include "company.h"

/* The family names of a page, in order, joined by blanks. */
static const char *names(const struct api_reply *page)
{
	static char joined[2000];
	size_t at, used = 0;
	json_t *item;
	joined[0] = '\0';
	json_array_foreach(api_member(page, "items"), at, item)
	{
		const char *name = json_string_value(json_object_get(item, "display_name"));
		used += (size_t)snprintf(
			joined + used, sizeof joined - used, "%s%s", used ? ", " : "", name);
		assert_true(used < sizeof joined);
	}
	return joined;
}

static const char *found(const char *query)
{
	return names(api_expect(api_get(as("cem"), "/api/v1/people?%s", query), 200));
}

static void the_directory_is_sorted_and_has_no_leavers(void **state)
{
	(void)state;
	assert_string_equal(
		found("limit=50"), "Ada Osei, Ben Brook, Cem Arslan, Dora Diaz, Eve Arslan");
}

static void type_ahead_finds_the_beginning_of_a_word(void **state)
{
	(void)state;
	assert_string_equal(found("q=ars"), "Cem Arslan, Eve Arslan");
	assert_string_equal(found("q=CEM"), "Cem Arslan");
	assert_string_equal(found("q=analy"), "Cem Arslan, Dora Diaz");
	assert_string_equal(found("q=slan"), "");
	assert_string_equal(found("q=data%20an"), "Dora Diaz");
	assert_string_equal(found("q=an%20dat%20dia"), "Dora Diaz"); /* in any order */
	assert_string_equal(found("q=data%20arslan"), "");
	assert_string_equal(found("q=%25%25"), "");
	assert_string_equal(found("q=__"), "");
	api_expect_fault(api_expect_problem(api_get(as("cem"), "/api/v1/people?q=a"), 400,
				 "invalid_parameter"),
		"q");
}

static void filters_narrow(void **state)
{
	(void)state;
	assert_string_equal(found("department=Finance"), "Ben Brook, Cem Arslan, Dora Diaz");
	assert_string_equal(found("department=finance"), "");
	assert_string_equal(found("location=Paris"), "Eve Arslan");
	assert_string_equal(found("level_min=3"), "Ada Osei, Ben Brook, Eve Arslan");
	assert_string_equal(found("level_min=2&level_max=3&q=ev"), "Eve Arslan");
	char query[200];
	snprintf(query, sizeof query, "ids=%s,%s", id_of("dora"), id_of("ada"));
	assert_string_equal(found(query), "Ada Osei, Dora Diaz");
	api_expect_problem(
		api_get(as("cem"), "/api/v1/people?departement=x"), 400, "unknown_parameter");
	api_expect_problem(api_get(as("cem"), "/api/v1/people?level_min=1&level_min=2"), 400,
		"invalid_parameter");
}

/* Where somebody works is HR's to know; whoever runs a programme may choose by it. */
static void a_country_narrows_for_whoever_may_know(void **state)
{
	(void)state;
	struct api *admin = api_as("programme_admin", "ada"), *hr = api_as("hris", NULL);
	assert_string_equal(names(api_expect(api_get(admin, "/api/v1/people?country=DE&q=ars"), 200)),
		"Cem Arslan");
	assert_string_equal(names(api_expect(api_get(hr, "/api/v1/people?country=FR"), 200)), "Eve Arslan");
	assert_string_equal(found("country=DE"), "");
	api_expect(api_get(admin, "/api/v1/people?country=Germany"), 400);
}

/* The total is that of all pages, on each of them. */
static void the_whole_list_is_counted_where_it_is_asked_for(void **state)
{
	(void)state;
	struct api_reply *page = api_expect(
		api_get(as("cem"), "/api/v1/people?limit=2&include_total=true"), 200);
	assert_int_equal(api_integer(page, "total"), 5);
	assert_int_equal(api_count(page, "items"), 2);
	page = api_expect(api_get(as("cem"), "/api/v1/people?limit=2&include_total=true&cursor=%s",
				  api_text(page, "next_cursor")),
		200);
	assert_int_equal(api_integer(page, "total"), 5);
	page = api_expect(api_get(as("cem"), "/api/v1/people?q=ars&include_total=true"), 200);
	assert_int_equal(api_integer(page, "total"), 2);
	page = api_expect(api_get(as("cem"), "/api/v1/people?q=zzz&include_total=true"), 200);
	assert_int_equal(api_integer(page, "total"), 0);
	static const char *const without[] = { "limit=2", "include_total=false" };
	for (int i = 0; i < 2; i++)
		assert_null(api_member(
			api_expect(api_get(as("cem"), "/api/v1/people?%s", without[i]), 200), "total"));
}

static void who_offers_a_skill_is_found(void **state)
{
	(void)state;
	struct api_reply *skill = api_expect(
		api_post(api_as("admin", NULL), "/api/v1/skills", "{\"name\": \"Juggling\"}"), 201);
	api_expect(
		api_put(as("dora"), "/api/v1/people/me/skills",
			"{\"skills\": [{\"skill_id\": \"%s\", \"current\": 4, \"offered\": true}]}",
			api_text(skill, "id")),
		200);
	api_expect(api_put(as("ben"), "/api/v1/people/me/skills",
			   "{\"skills\": [{\"skill_id\": \"%s\", \"current\": 4}]}",
			   api_text(skill, "id")),
		200);
	char query[100];
	snprintf(query, sizeof query, "skill_id=%s", api_text(skill, "id"));
	assert_string_equal(found(query), "Dora Diaz");
}

static void pages_show_everybody_once(void **state)
{
	(void)state;
	char seen[1000] = "";
	struct api *cem = as("cem");
	struct api_reply *page = api_expect(api_get(cem, "/api/v1/people?limit=2"), 200);
	for (int i = 0;; i++) {
		assert_true(i < 4);
		strncat(seen, seen[0] ? ", " : "", sizeof seen - strlen(seen) - 1);
		strncat(seen, names(page), sizeof seen - strlen(seen) - 1);
		if (json_is_null(api_member(page, "next_cursor")))
			break;
		assert_int_equal(api_count(page, "items"), 2);
		assert_non_null(strstr(api_header_of(page, "Link"), "rel=\"next\""));
		page = api_expect(api_get(cem, "/api/v1/people?limit=2&cursor=%s",
					  api_text(page, "next_cursor")),
			200);
	}
	assert_string_equal(seen, "Ada Osei, Ben Brook, Cem Arslan, Dora Diaz, Eve Arslan");
}

static void a_cursor_is_good_for_its_caller_and_filter_alone(void **state)
{
	(void)state;
	struct api *cem = as("cem");
	struct api_reply *page = api_expect(api_get(cem, "/api/v1/people?limit=2"), 200);
	char cursor[1000];
	snprintf(cursor, sizeof cursor, "%s", api_text(page, "next_cursor"));
	const char *path = api_path("/api/v1/people?limit=2&cursor=%s", cursor);
	api_expect(api_get(cem, "%s", path), 200);
	api_expect_problem(api_get(as("dora"), "%s", path), 400, "invalid_cursor");
	api_expect_problem(
		api_get(cem, "/api/v1/people?limit=2&department=Finance&cursor=%s", cursor), 400,
		"invalid_cursor");
	api_expect_problem(
		api_get(cem, "/api/v1/skills?limit=2&cursor=%s", cursor), 400, "invalid_cursor");
	size_t middle = strlen(cursor) / 2;
	cursor[middle] = cursor[middle] == 'A' ? 'B' : 'A';
	api_expect_problem(
		api_get(cem, "/api/v1/people?limit=2&cursor=%s", cursor), 400, "invalid_cursor");
	api_expect(api_get(cem, "/api/v1/people?limit=0"), 400);
	api_expect(api_get(cem, "/api/v1/people?limit=201"), 400);
}

/* HR and admins look people up by their keys; for others the keys are no filter that finds. */
static void keys_find_exactly_one_for_hr(void **state)
{
	static const char *const queries[] = { "external_id=P-1", "external_id=p-1%20",
		"user_name=ADA", "email=ada%40example.org", "external_id=P-1&user_name=ada" };
	(void)state;
	for (size_t i = 0; i < sizeof queries / sizeof *queries; i++) {
		const char *path = api_path("/api/v1/people?%s", queries[i]);
		struct api_reply *found = api_expect(
			api_get(api_as("hris", NULL), "%s", path), 200);
		assert_int_equal(api_count(found, "items"), 1);
		assert_string_equal(api_text(found, "items.0.id"), id_of("ada"));
		found = api_expect(api_get(as("ben"), "%s", path), 200);
		assert_int_equal(api_count(found, "items"), 0);
	}
	struct api *hris = api_as("hris", NULL);
	assert_int_equal(api_count(api_expect(api_get(hris, "/api/v1/people?external_id=P-6"), 200),
				 "items"),
		1); /* who has left */
	assert_int_equal(
		api_count(api_expect(api_get(hris, "/api/v1/people?external_id=P-"), 200), "items"),
		0);
	assert_int_equal(
		api_count(api_expect(api_get(hris, "/api/v1/people?external_id=P-1&user_name=ben"),
				  200),
			"items"),
		0);
}

static void words_begin_behind_whatever_is_no_letter(void **state)
{
	static const char *const found[] = { "brandt", "rourke", "o%27rourke", "o%E2%80%99rourke",
		"nina", "germain", "%20maya%20%20keller", "ETIENNE", "%C3%89tienne",
		"E%CC%81tienne", "orourke", "ORourke%20sean", "rourke%20sean", "vries%20jan",
		"jan%20dvries", "aydin", "AYDIN", "ayd%C4%B1n", "oyku", "strasse", "stra%C3%9Fe",
		"STRASSE", "soren", "s%C3%B8ren", "kjaer", "lukasz", "%C5%81ukasz", "wojcik" };
	static const char *const lost[] = { "randt", "%28%28", "__", "%25%25" };
	(void)state;
	struct api_reply *import = api_import(
		"external_id,user_name,given_name,family_name,level,department\n"
		"Q-1,q1,Maya,Keller-Brandt,1,Seekers\nQ-2,q2,Sean,O'Rourke,1,Seekers\n"
		"Q-3,q3,Noor (Nina),Sayed,1,Seekers\nQ-4,q4,Luc,St.Germain,1,Seekers\n"
		"Q-5,q5,\u00c9tienne,Roux,1,Seekers\nQ-6,q6,\u00d6yk\u00fc,Ayd\u0131n,1,Seekers\n"
		"Q-7,q7,Anna,Stra\u00dfe,1,Seekers\nQ-8,q8,S\u00f8ren,Kj\u00e6r,1,Seekers\n"
		"Q-9,q9,\u0141ukasz,W\u00f3jcik,1,Seekers\nQ-10,q10,Jan,d'Vries,1,Seekers\n",
		NULL);
	expect_status(import, "done", NULL);
	for (size_t i = 0; i < sizeof found / sizeof *found; i++)
		assert_int_equal(
			api_count(api_expect(api_get(as("ada"),
						     "/api/v1/people?department=Seekers&q=%s",
						     found[i]),
					  200),
				"items"),
			1);
	for (size_t i = 0; i < sizeof lost / sizeof *lost; i++)
		assert_int_equal(
			api_count(api_expect(api_get(as("ada"),
						     "/api/v1/people?department=Seekers&q=%s",
						     lost[i]),
					  200),
				"items"),
			0);
}

/* Capitals and accents do not tear names apart; each comes once, page by page. */
static void names_stand_as_in_a_dictionary(void **state)
{
	static const char *const names[] = { "adam Zeller", "\u00c9mile Roux", "Jan de Vries",
		"\u00d6yk\u00fc Ayd\u0131n", "Zoe Adams" };
	char path[2000] = "/api/v1/people?department=Dictionary&limit=1";
	(void)state;
	struct api_reply *import = api_import("external_id,user_name,given_name,family_name,level,"
					      "department\nO-1,o1,Zoe,Adams,1,Dictionary\n"
					      "O-2,o2,\u00d6yk\u00fc,Ayd\u0131n,1,Dictionary\n"
					      "O-3,o3,adam,Zeller,1,Dictionary\n"
					      "O-4,o4,Jan,de Vries,1,Dictionary\n"
					      "O-5,o5,E\u0301mile,Roux,1,Dictionary\n",
		NULL);
	expect_status(import, "done", NULL);
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		struct api_reply *page = api_expect(api_get(as("ada"), "%s", path), 200);
		assert_string_equal(api_text(page, "items.0.display_name"), names[i]);
		if (json_is_string(json_object_get(page->body, "next_cursor")))
			snprintf(path, sizeof path,
				"/api/v1/people?department=Dictionary&limit=1&cursor=%s",
				api_text(page, "next_cursor"));
		else
			assert_int_equal(i, sizeof names / sizeof *names - 1);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_directory_is_sorted_and_has_no_leavers),
		cmocka_unit_test(type_ahead_finds_the_beginning_of_a_word),
		cmocka_unit_test(filters_narrow),
		cmocka_unit_test(a_country_narrows_for_whoever_may_know),
		cmocka_unit_test(the_whole_list_is_counted_where_it_is_asked_for),
		cmocka_unit_test(who_offers_a_skill_is_found),
		cmocka_unit_test(pages_show_everybody_once),
		cmocka_unit_test(a_cursor_is_good_for_its_caller_and_filter_alone),
		cmocka_unit_test(keys_find_exactly_one_for_hr),
		cmocka_unit_test(words_begin_behind_whatever_is_no_letter),
		cmocka_unit_test(names_stand_as_in_a_dictionary),
	};
	return cmocka_run_group_tests(tests, company_arrives, api_release);
}
