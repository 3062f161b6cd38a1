/* An HR system that keeps people in step by REST alone: a row, its key, and the file of everybody. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>
#include "base/cleanup.h"
#include "company.h"
#include "support/story.h"

#define KEY     "/api/v1/people/by-external-id/"
#define BATCHES "/api/v1/people/batches"

static struct api *hris(void)
{
	return api_as("hris", NULL);
}

static const char *row_of(const char *name, const char *members)
{
	return api_path(
		"{\"user_name\": \"%s\", \"given_name\": \"X\", \"level\": 1, %s}", name, members);
}

static void a_row_adds_a_person_and_updates_them(void **state)
{
	(void)state;
	struct api_reply *made = api_expect(
		api_put(hris(), KEY "H-1",
			"{\"user_name\": \"hana\", \"given_name\": \"Hana\", \"family_name\": "
			"\"Ito\", \"level\": 2, "
			"\"country\": \"jp\", \"manager_external_id\": \"p-1\", \"languages\": "
			"[\"ja\", \"en\"]}"),
		201);
	assert_string_equal(api_text(made, "country"), "JP");
	assert_string_equal(api_text(made, "manager_external_id"), "P-1");
	assert_true(api_truth(made, "active"));
	assert_true(list_has(made, "languages", "ja"));
	assert_non_null(strstr(api_header_of(made, "Location"), api_text(made, "id")));
	api_expect(api_get(as("hana"), "/api/v1/me"), 200);
	api_if_match(hris(), made);
	struct api_reply *now = api_expect(api_put(hris(), KEY "H-1",
						   "{\"user_name\": \"hana\", \"given_name\": "
						   "\"Hana\", \"level\": 3, \"title\": \"Lead\"}"),
		200);
	assert_string_equal(api_text(now, "id"), api_text(made, "id"));
	assert_string_equal(api_text(now, "family_name"), "Ito");
	assert_int_equal(api_integer(now, "level"), 3);
	api_if_match(hris(), made);
	api_expect_problem(
		api_put(hris(), KEY "H-1",
			"{\"user_name\": \"hana\", \"given_name\": \"Hana\", \"level\": 4}"),
		412, "stale");
	struct api_reply *same = api_expect(api_put(hris(), KEY "H-1",
						    "{\"user_name\": \"hana\", \"given_name\": "
						    "\"Hana\", \"level\": 3, \"title\": \"Lead\"}"),
		200);
	assert_int_equal(api_integer(same, "version"), api_integer(now, "version"));
	struct api_reply *read = api_expect(api_get(hris(), KEY "H-1"), 200);
	assert_true(json_equal(read->body, same->body));
	read = api_expect_problem(
		api_put(hris(), KEY "h-1",
			"{\"user_name\": \"hana\", \"given_name\": \"Hana\", \"level\": 3}"),
		422, "unprocessable");
	assert_string_equal(api_text(read, "errors.0.code"), "case_differs");
	api_expect_problem(api_get(as("ada"), KEY "H-1"), 403, "forbidden");
	api_expect_problem(api_get(hris(), KEY "H-99"), 404, "not_found");
}

static void only_new_is_only_new(void **state)
{
	(void)state;
	const char *row = "{\"user_name\": \"ivo\", \"given_name\": \"Ivo\", \"level\": 1}";
	api_header(hris(), "If-None-Match: *");
	api_expect(api_put(hris(), KEY "H-2", "%s", row), 201);
	api_header(hris(), "If-None-Match: *");
	api_expect_problem(api_put(hris(), KEY "H-2", "%s", row), 412, "already_exists");
	api_header(hris(), "If-Match: *");
	api_expect_problem(api_put(hris(), KEY "H-3", "%s", row), 412, "stale");
	assert_string_equal(column_of("H-3", "count(*)"), "0");
}

static void a_row_is_refused_with_every_fault(void **state)
{
	(void)state;
	struct api_reply *refused = api_expect_problem(
		api_put(hris(), KEY "H-4",
			"{\"user_name\": \"ben\", \"given_name\": \"B\\u0007\", \"level\": -1, "
			"\"country\": \"UK\", "
			"\"hired_on\": \"03.01.2016\", \"languages\": [\"klingon language\"]}"),
		422, "unprocessable");
	static const char *const pointers[] = { "/user_name", "/given_name", "/level", "/country",
		"/hired_on", "/languages" };
	for (size_t i = 0; i < sizeof pointers / sizeof *pointers; i++)
		api_expect_fault(refused, pointers[i]);
	assert_int_equal(api_count(refused, "errors"), 6);
	api_expect_fault(api_expect_problem(api_put(hris(), KEY "H-4",
						    "{\"given_name\": \"B\", \"level\": 1}"),
				 422, "unprocessable"),
		"/user_name");
	api_expect_fault(
		api_expect_problem(
			api_put(hris(), KEY "P-1",
				"{\"user_name\": \"ada\", \"given_name\": \"Ada\", \"level\": 5, "
				"\"manager_external_id\": \"P-3\"}"),
			422, "unprocessable"),
		"/manager_external_id");
	api_expect_problem(api_put(hris(), KEY "H-4", "{\"level\": \"1\"}"), 400, "invalid_body");
	api_expect_problem(api_put(as("ada"), KEY "H-4", "{}"), 403, "forbidden");
	assert_string_equal(column_of("H-4", "count(*)"), "0");
	assert_string_equal(
		api_sql("superuser", "SELECT count(*) FROM profiles.import WHERE direct"), "0");
}

static void who_is_deleted_has_left(void **state)
{
	(void)state;
	api_expect(api_put(hris(), KEY "H-5",
			   "{\"user_name\": \"jo\", \"given_name\": \"Jo\", \"level\": 1}"),
		201);
	api_header(hris(), "If-Match: \"9.00000000\"");
	api_expect_problem(api_delete(hris(), KEY "H-5"), 412, "stale");
	api_expect(api_delete(hris(), KEY "H-5"), 204);
	api_expect(api_delete(hris(), KEY "h-5"), 204);
	assert_string_equal(column_of("H-5", "status || version"), "inactive2");
	assert_string_equal(
		api_sql("superuser",
			"SELECT count(*) FROM common.outbox o JOIN profiles.person p ON p.id = "
			"o.subject_id "
			"WHERE p.external_id = 'H-5' AND o.type = 'person.deactivated'"),
		"1");
	api_expect_problem(api_delete(hris(), KEY "H-99"), 404, "not_found");
	api_expect_problem(api_delete(as("ada"), KEY "H-5"), 403, "forbidden");
	api_wait_until(10, api_get(as("jo"), "/api/v1/me")->status == 403);
	/* the name is somebody else's only when nobody remembers whose it was */
	const char *next = "{\"user_name\": \"jo\", \"given_name\": \"Joan\", \"level\": 1}";
	struct api_reply *early = api_put(hris(), KEY "H-6", "%s", next);
	if (early->status != 201)
		api_expect_fault(api_expect_problem(early, 422, "unprocessable"), "/user_name");
	api_wait_until(60, api_put(hris(), KEY "H-6", "%s", next)->status < 300);
	assert_string_equal(
		api_text(api_expect(api_get(as("jo"), "/api/v1/me"), 200), "person.display_name"),
		"Joan");
	api_expect_problem(api_put(hris(), KEY "H-5",
				   "{\"user_name\": \"jo\", \"given_name\": \"Jo\", \"level\": 1, "
				   "\"active\": true}"),
		422, "unprocessable");
}

/* A name that somebody gives up while they stay is not the next one's at once. */
static void a_name_given_up_waits(void **state)
{
	(void)state;
	api_expect(api_put(hris(), KEY "H-7",
			   "{\"user_name\": \"kit\", \"given_name\": \"Kit\", \"level\": 1}"),
		201);
	struct api_reply *batch = api_expect(
		api_post(hris(), BATCHES,
			"{\"items\": [{\"external_id\": \"H-8\", \"user_name\": \"kit\", "
			"\"given_name\": \"Kitty\", "
			"\"level\": 1}, {\"external_id\": \"H-7\", \"user_name\": \"kit.one\", "
			"\"given_name\": "
			"\"Kit\", \"level\": 1}]}"),
		201);
	assert_string_equal(api_text(batch, "items.0.status"), "refused");
	assert_string_equal(api_text(batch, "items.0.errors.0.code"), "name_not_free_yet");
	assert_string_equal(api_text(batch, "items.0.errors.0.pointer"), "/items/0/user_name");
	assert_string_equal(api_text(batch, "items.1.status"), "updated");
	api_expect(api_get(as("kit.one"), "/api/v1/me"), 200);
	const char *next = "{\"user_name\": \"kit\", \"given_name\": \"Kitty\", \"level\": 1}";
	struct api_reply *early = api_put(hris(), KEY "H-8", "%s", next);
	if (early->status != 201)
		assert_string_equal(api_text(early, "errors.0.code"), "name_not_free_yet");
	api_wait_until(60, api_put(hris(), KEY "H-8", "%s", next)->status < 300);
	assert_string_equal(
		api_text(api_expect(api_get(as("kit"), "/api/v1/me"), 200), "person.display_name"),
		"Kitty");
}

static bool item_of(const struct api_reply *page, const char *external_id)
{
	size_t at;
	json_t *item;
	json_array_foreach(api_member(page, "items"), at, item)
	{
		const char *key = json_string_value(json_object_get(item, "external_id"));
		if (key && strcmp(key, external_id) == 0)
			return true;
	}
	return false;
}

/* What a transaction changed that was open all the time, and ended after the list was read. */
static void a_late_change_is_not_missed(void **state)
{
	(void)state;
	const char *list = "/api/v1/people/records?active=true&limit=200&updated_since=";
	struct api_reply *first = api_expect(api_get(hris(), "%s2000-01-01T00:00:00Z", list), 200);
	assert_false(item_of(first, "H-99"));
	struct api_hold *slow = api_hold("UPDATE profiles.person SET title = 'Slow', updated_at = "
					 "common.now() WHERE external_id = 'P-2'");
	const char *began = api_sql("superuser",
		"SELECT min(xact_start) FROM pg_stat_activity WHERE state = 'idle in transaction'");
	api_expect(api_put(hris(), KEY "P-5",
			   "{\"user_name\": \"eve\", \"given_name\": \"Eve\", \"level\": 3, "
			   "\"title\": \"Quick\"}"),
		200);
	struct api_reply *page = api_expect(
		api_get(hris(), "%s%s&limit=1",
			"/api/v1/people/records?updated_since=", api_text(first, "as_of")),
		200);
	const char *as_of = api_text(page, "as_of");
	assert_string_equal(
		api_sql("superuser", "SELECT '%s'::timestamptz - (common.now() - now()) < '%s'",
			as_of, began),
		"t");
	for (const char *next; (next = json_string_value(api_member(page, "next_cursor")));) {
		page = api_expect(
			api_get(hris(), "/api/v1/people/records?updated_since=%s&limit=1&cursor=%s",
				api_text(first, "as_of"), next),
			200);
		assert_string_equal(api_text(page, "as_of"), as_of);
		assert_false(item_of(page, "P-2") &&
			     strcmp(api_text(page, "items.0.title"), "Slow") == 0);
	}
	api_hold_commit(slow);
	page = api_expect(api_get(hris(), "%s%s", list, as_of), 200);
	assert_true(item_of(page, "P-2"));
	assert_true(item_of(page, "P-5"));
	api_expect_problem(api_get(hris(), "%sx", list), 400, "invalid_parameter");
}

/* Export and import again: nothing changes. */
static void the_export_is_a_file(void **state)
{
	(void)state;
	api_expect(api_put(hris(), KEY "X-1",
			   "{\"user_name\": \"x1\", \"given_name\": \"Ö, \\\"X\\\"\", \"level\": "
			   "1, \"title\": "
			   "\"=1+1\", \"department\": \"-\", \"languages\": [\"de\", \"en-GB\"], "
			   "\"hired_on\": "
			   "\"1969-02-28\"}"),
		201);
	if (access(ORACLE_FILE, R_OK) == 0)
		assert_string_equal(api_text(api_import_file(ORACLE_FILE, NULL), "status"), "done");
	else
		print_message("../shared/data is not there: without its company\n");
	api_header(hris(), "Accept: text/csv");
	struct api_reply *file = api_expect(
		api_get(hris(), "/api/v1/people/records?active=true"), 200);
	struct api_reply *import = api_import(file->text, "mode=full");
	assert_string_equal(api_text(import, "status"), "done");
	assert_string_equal(faults_of(import), "");
	assert_int_equal(
		api_integer(import, "counts.unchanged"), api_integer(import, "counts.rows"));
	assert_int_equal(api_integer(import, "counts.deactivated"), 0);
	assert_true(api_integer(import, "counts.rows") > 5);
	api_header(hris(), "Accept: application/x-ndjson");
	struct api_reply *lines = api_expect(
		api_get(hris(), "/api/v1/people/records?limit=2"), 200);
	assert_string_equal(api_header_of(lines, "Content-Type"), "application/x-ndjson");
	const char *end = strchr(lines->text, '\n');
	assert_non_null(end);
	json_t *record = json_loadb(lines->text, (size_t)(end - lines->text), 0, NULL);
	assert_non_null(json_string_value(json_object_get(record, "external_id")));
	json_decref(record);
	assert_non_null(strstr(api_header_of(lines, "Link"), "rel=\"next\""));
	api_expect_problem(api_get(as("ada"), "/api/v1/people/records"), 403, "forbidden");
}

/* How often each of the people who were there when it began is in the lines, page after page, while others come,
 * leave and change their names and keys. */
static void the_whole_company_is_exported_while_it_changes(void **state)
{
	(void)state;
	const char *next = "/api/v1/people/records?limit=20";
	struct api_reply *all = api_expect(api_get(hris(), "/api/v1/people/records?limit=200"), 200);
	size_t count = api_count(all, "items"), pages = 0;
	int *seen = calloc(count, sizeof *seen);
	assert_non_null(seen);
	for (; next; pages++) {
		api_header(hris(), "Accept: application/x-ndjson");
		struct api_reply *page = api_expect(api_get(hris(), "%s", next), 200);
		size_t lines = 0;
		for (const char *at = page->text; *at; at = strchr(at, '\n') + 1, lines++)
			for (size_t i = 0; i < count; i++)
				seen[i] += strstr(at, api_text(all, api_path("items.%zu.id", i))) != NULL &&
					   strstr(at, api_text(all, api_path("items.%zu.id", i))) < strchr(at, '\n');
		assert_true(lines <= 20);
		api_expect(api_put(hris(), api_path(KEY "E-%zu", pages),
				   "{\"user_name\": \"e%zu\", \"given_name\": \"New\", \"level\": 1}", pages),
			201);
		if (pages == 1)
			api_expect(api_delete(hris(), KEY "E-0"), 204);
		api_sql("superuser",
			"UPDATE profiles.person SET given_name = 'Page %zu', version = version + 1, updated_at = "
			"common.now() WHERE external_id LIKE 'P-%%'",
			pages);
		const char *link = api_header_of(page, "Link");
		const char *from = link ? strstr(link, "/api/v1/people/records") : NULL;
		next = from && strstr(link, "rel=\"next\"") ? api_path("%.*s", (int)strcspn(from, ">"), from) : NULL;
		assert_true(pages < 60);
	}
	for (size_t i = 0; i < count; i++)
		assert_int_equal(seen[i], 1);
	assert_true(pages > 2);
	free(seen);
}

/* The records of everybody, in the shape of a batch: without what no file has. */
static json_t *records(void)
{
	size_t at;
	json_t *item;
	json_t *items = json_deep_copy(api_member(
		api_expect(api_get(hris(), "/api/v1/people/records?limit=200"), 200), "items"));
	json_array_foreach(items, at, item)
	{
		static const char *const others[] = { "id", "version", "can", "links" };
		for (size_t i = 0; i < sizeof others / sizeof *others; i++)
			assert_int_equal(json_object_del(item, others[i]), 0);
	}
	return items;
}

static const char *day(int ahead)
{
	return api_sql("superuser", "SELECT common.today() + %d", ahead);
}

static void expect_sets_and_dates(const struct api_reply *person, const char *last)
{
	assert_true(list_has(person, "skills", "Vis: a viva:4:5:yes"));
	assert_true(list_has(person, "skills", "Bars | and \\ more:1::no"));
	assert_true(list_has(person, "interests", "rock | roll"));
	assert_true(list_has(person, "interests", "back\\slash"));
	assert_string_equal(api_text(person, "active_until"), last);
	assert_true(api_truth(person, "executive"));
	assert_string_equal(api_text(person, "holiday_region"), "AT-9");
}

static const char *skill(const char *name)
{
	return api_text(api_expect(api_post(api_as("admin", NULL), "/api/v1/skills",
					   "{\"name\": \"%s\"}", name),
				201),
		"id");
}

/* A date alone is judged with those that are known: neither begins early nor ends what has begun. */
static void rows_have_dates(void **state)
{
	(void)state;
	api_expect(api_put(hris(), KEY "X-3", "%s",
			   row_of("x3", api_path("\"active_from\": \"%s\"", day(9)))),
		201);
	assert_string_equal(column_of("X-3", "status"), "inactive");
	api_expect(api_put(hris(), KEY "X-3", "%s",
			   row_of("x3", api_path("\"active_until\": \"%s\"", day(90)))),
		200);
	assert_string_equal(column_of("X-3", "status"), "inactive");
	struct api_reply *refused = api_expect_problem(
		api_put(hris(), KEY "X-3", "%s",
			row_of("x3",
				api_path("\"active_until\": \"%s\", \"skills\": [\"No skill\"]",
					day(5)))),
		422, "unprocessable");
	api_expect_fault(refused, "/active_until");
	api_expect_fault(refused, "/skills");
	api_expect(api_put(hris(), KEY "X-4", "%s",
			   row_of("x4", api_path("\"on_leave_from\": \"%s\"", day(-9)))),
		201);
	assert_string_equal(column_of("X-4", "status"), "on_leave");
}

/* By row, by file and back nothing is lost; what people have set themselves is neither shown nor changed. */
static void rows_and_files_have_every_column(void **state)
{
	(void)state;
	const char *old = skill("Old craft"), *last = day(20);
	(void)(skill("Vis: a viva"), skill("Bars | and \\\\ more"));
	struct api_reply *made = api_expect(
		api_put(hris(), KEY "X-2", "%s",
			row_of("x2", api_path("\"executive\": true, \"country\": \"AT\", \"holiday_region\": "
					      "\"at-9\", \"skills\": [\"vis: A "
					      "viva:4:5:yes\", "
					      "\"Bars | and \\\\ more\", \"Old craft:3\", \"old "
					      "CRAFT:1\"], \"interests\": "
					      "[\"Rock | roll\", \"back\\\\slash\"], "
					      "\"active_until\": \"%s\"",
					     last))),
		201);
	expect_sets_and_dates(made, last);
	api_if_match(api_as("admin", NULL),
		api_expect(api_get(api_as("admin", NULL), "/api/v1/skills/%s", old), 200));
	api_expect(api_patch(api_as("admin", NULL), api_path("/api/v1/skills/%s", old),
			   "{\"retired\": true}"),
		200);
	const char *interests = "/api/v1/people/me/interests";
	api_expect(api_put(as("eve"), interests, "{\"interests\": [\"her own\"]}"), 200);
	api_header(hris(), "Accept: text/csv");
	struct api_reply *file = api_get(hris(), "/api/v1/people/records?limit=200");
	assert_null(strstr(api_expect(file, 200)->text, "her own"));
	json_t *before = records();
	char *rows = json_dumps(before, 0);
	struct api_reply *batch = api_post(hris(), BATCHES, "{\"items\": %s}", rows);
	free(rows);
	assert_int_equal(
		api_integer(api_expect(batch, 201), "counts.unchanged"), json_array_size(before));
	api_expect(api_put(hris(), KEY "X-2", "%s",
			   row_of("x2", "\"executive\": null, \"holiday_region\": null, \"skills\": null, \"interests\": [], "
					"\"active_until\": null")),
		200);
	api_expect(api_put(hris(), KEY "X-4", "%s", row_of("x4", "\"on_leave_from\": null")), 200);
	assert_string_equal(column_of("X-4", "status"), "active");
	struct api_reply *import = api_import(file->text, NULL);
	expect_status(import, "done", NULL);
	assert_int_equal(api_integer(import, "counts.updated"), 2);
	expect_sets_and_dates(api_expect(api_get(hris(), KEY "X-2"), 200), last);
	json_t *after = records();
	assert_true(json_equal(before, after));
	json_decref(before);
	json_decref(after);
	assert_string_equal(
		api_sql("superuser",
			"SELECT count(*) FROM profiles.person_skill WHERE skill_id = '%s'", old),
		"1");
	assert_true(list_has(api_get(as("eve"), "%s", interests), "interests", "her own"));
}

static void a_person_is_renumbered(void **state)
{
	(void)state;
	struct api_reply *was = api_expect(
		api_put(hris(), KEY "R-1",
			"{\"user_name\": \"rae\", \"given_name\": \"Rae\", \"level\": 1}"),
		201);
	const char *path = api_path("/api/v1/people/%s", api_text(was, "id"));
	api_expect_problem(
		api_post(hris(), api_path("%s/renumbering", path), "{\"external_id\": \"R-2\"}"),
		428, "precondition_required");
	api_expect(
		api_put(hris(), KEY "R-9", "%s", row_of("ria", "\"manager_external_id\": \"r-2\"")),
		201);
	assert_string_equal(
		column_of("R-9", "coalesce(manager_id::text, manager_external_id)"), "r-2");
	api_if_match(hris(), api_expect(api_get(hris(), "%s", path), 200));
	struct api_reply *now = api_expect(
		api_post(hris(), api_path("%s/renumbering", path), "{\"external_id\": \"R-2\"}"),
		200);
	assert_string_equal(api_text(now, "hr.external_id"), "R-2");
	assert_string_equal(column_of("R-9", "coalesce(manager_external_id, manager_id::text)"),
		api_text(was, "id"));
	api_if_match(hris(), now);
	api_expect_fault(api_expect_problem(api_post(hris(), api_path("%s/renumbering", path),
						    "{\"external_id\": \"p-1\"}"),
				 409, "name_taken"),
		"/external_id");
	struct api_reply *early = api_put(hris(), KEY "R-1",
		"{\"user_name\": \"ray\", \"given_name\": \"Ray\", \"level\": 1}");
	if (early->status != 201)
		assert_string_equal(api_text(early, "errors.0.code"), "name_not_free_yet");
	api_expect_problem(
		api_post(as("ada"), api_path("%s/renumbering", path), "{\"external_id\": \"R-3\"}"),
		403, "forbidden");
}

/* The file of everybody, sent back, changes nobody: whatever stands in it, and whatever of it people have
 * set themselves since. */
static void a_file_sent_back_changes_nothing(void **state)
{
	(void)state;
	enum { PEOPLE = 24 };
	char items[PEOPLE * 900], a[200], b[200];
	size_t used = 0;
	for (unsigned i = 0; i < PEOPLE; i++) {
		snprintf(a, sizeof a, "%s", awkward(300 + i));
		(void)skill(a);
		snprintf(b, sizeof b, "%s", awkward(400 + i));
		used += (size_t)snprintf(items + used, sizeof items - used,
			"%s{\"external_id\": \"F-%u\", \"user_name\": \"f%u\", \"given_name\": "
			"\"%s\", "
			"\"title\": \"%s\", \"department\": \"%s\", \"level\": 1, \"interests\": "
			"[\"%s\", "
			"\"%s\"], \"skills\": [\"%s:2:%s\"], \"languages\": [\"de\", \"en-GB\"]}",
			i ? ", " : "", i, i, b, a, b, a, b, a, i % 2 ? "4:no" : ":yes");
		assert_true(used < sizeof items);
	}
	struct api_reply *batch = api_expect(
		api_post(hris(), BATCHES, "{\"items\": [%s]}", items), 201);
	assert_int_equal(api_integer(batch, "counts.created"), PEOPLE);
	api_expect(api_put(as("f1"), "/api/v1/people/me/interests",
			   "{\"interests\": [\"mine | \\\\\"]}"),
		200);
	api_expect(api_put(as("f2"), "/api/v1/people/me/skills", "{\"skills\": []}"), 200);
	api_expect(
		api_put(as("f3"), "/api/v1/people/me/languages", "{\"languages\": [\"fr\"]}"), 200);
	json_t *before = records();
	api_header(hris(), "Accept: text/csv");
	struct api_reply *file = api_expect(
		api_get(hris(), "/api/v1/people/records?active=true"), 200);
	static const char *const ways[] = { "mode=full", "own_fields=replace",
		"mode=full&own_fields=replace" };
	for (size_t i = 0; i < COUNT(ways); i++) {
		struct api_reply *import = api_import(file->text, ways[i]);
		expect_status(import, "done", NULL);
		assert_string_equal(faults_of(import), "");
		assert_int_equal(api_integer(import, "counts.unchanged"),
			api_integer(import, "counts.rows"));
		assert_int_equal(api_integer(import, "counts.deactivated"), 0);
	}
	json_t *after = records();
	assert_true(json_equal(before, after));
	json_decref(before);
	json_decref(after);
	assert_true(list_has(
		api_get(as("f1"), "/api/v1/people/me/interests"), "interests", "mine | \\"));
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_row_adds_a_person_and_updates_them),
		cmocka_unit_test(only_new_is_only_new),
		cmocka_unit_test(a_row_is_refused_with_every_fault),
		cmocka_unit_test(who_is_deleted_has_left),
		cmocka_unit_test(a_name_given_up_waits),
		cmocka_unit_test(a_late_change_is_not_missed),
		cmocka_unit_test(a_person_is_renumbered),
		cmocka_unit_test(rows_have_dates),
		cmocka_unit_test(rows_and_files_have_every_column),
		cmocka_unit_test(the_export_is_a_file),
		cmocka_unit_test(the_whole_company_is_exported_while_it_changes),
		cmocka_unit_test(a_file_sent_back_changes_nothing),
	};
	return cmocka_run_group_tests(tests, company_arrives, api_release);
}
