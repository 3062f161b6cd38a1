/* Imports as a whole: who may send what, a real file there and back, a large one that is stopped,
 * and one whose service is killed in the middle. */
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>
#include "company.h"

#define ORACLE   "../shared/data/oracle_hr_employees.csv"
#define LARGE    12000
#define ROW_MOST 128

/* People <prefix>-0 … in a tree of eight below each. Returns owned. */
static char *large_file(const char *prefix, int count)
{
	size_t used = 0, room = (size_t)(count + 1) * ROW_MOST;
	char *text = malloc(room);
	assert_non_null(text);
	used += (size_t)snprintf(
		text, room, "external_id,user_name,given_name,level,manager_external_id\n");
	for (int i = count - 1; i >= 0; i--) {
		char manager[40] = "";
		if (i)
			snprintf(manager, sizeof manager, "%s-%d", prefix, (i - 1) / 8);
		used += (size_t)snprintf(text + used, room - used, "%s-%d,%s.%d,Person %d,%d,%s\n",
			prefix, i, prefix, i, i, 1 + i % 3, manager);
	}
	return text;
}

static struct api_reply *send_csv(struct api *caller, const char *query, const char *csv)
{
	return api_send(
		caller, "POST", api_path("/api/v1/imports%s", query), "text/csv", csv, strlen(csv));
}

static struct api_reply *read_import(const char *id)
{
	return api_expect(api_get(api_as("hris", NULL), "/api/v1/imports/%s", id), 200);
}

static bool has(const char *id, const char *status)
{
	return strcmp(api_text(read_import(id), "status"), status) == 0;
}

static bool is_amid(const char *id)
{
	struct api_reply *now = read_import(id);
	return strcmp(api_text(now, "status"), "applying") == 0 &&
	       api_integer(now, "progress.done") > 0;
}

/* Sends the file of people <prefix>-0 … and waits until it is amid its chunks. There it stays until
 * the hold is let go: somebody else is about to add one of its last, and may yet think better of it. */
static const char *send_and_hold(const char *prefix, struct api_hold **ret_hold)
{
	*ret_hold = api_hold(
		api_path("INSERT INTO profiles.person (id, external_id, user_name, given_name, "
			 "level) VALUES (gen_random_uuid(), '%s-%d', '%s', 'Other', 1)",
			prefix, LARGE - 1, prefix));
	char *file = large_file(prefix, LARGE);
	const char *id = api_text(api_expect(send_csv(api_as("hris", NULL), "", file), 202), "id");
	free(file);
	api_wait_until(120, is_amid(id));
	return id;
}

static void only_hr_and_admins_import(void **state)
{
	(void)state;
	struct api *hris = api_as("hris", NULL);
	const char *file = "external_id,user_name,given_name,level\nX-1,x1,Xi,1\n";
	api_expect_problem(send_csv(as("ada"), "", file), 403, "forbidden");
	api_expect_problem(send_csv(api_as("auditor", "ben"), "", file), 403, "forbidden");
	api_expect_problem(send_csv(api_as(NULL, NULL), "", file), 401, "unauthenticated");
	api_expect_problem(send_csv(hris, "?mode=some", file), 400, "invalid_parameter");
	api_expect_problem(send_csv(hris, "?dryrun=true", file), 400, "unknown_parameter");
	api_expect_problem(api_post(hris, "/api/v1/imports", "{}"), 415, "unsupported_media_type");
	assert_true(send_csv(hris, "", "")->status == 400);
	assert_true(send_csv(hris, "", "\xff\xfe,x\n")->status == 422);
	assert_string_equal(api_sql("superuser", "SELECT count(*) FROM profiles.person WHERE "
						 "external_id = 'X-1'"),
		"0");
	api_expect_problem(api_get(hris, "/api/v1/imports/019a0000-0000-7000-8000-00000000dead"),
		404, "not_found");
	api_expect_problem(
		api_get(hris, "/api/v1/imports/019a0000-0000-7000-8000-00000000dead/rows"), 404,
		"not_found");
}

static void the_same_key_is_the_same_import(void **state)
{
	(void)state;
	struct api *hris = api_as("hris", NULL);
	const char *file = "external_id,user_name,given_name,level\nY-1,y1,Yu,1\n";
	api_header(hris, "Idempotency-Key: tonight");
	struct api_reply *first = api_expect(send_csv(hris, "", file), 202);
	api_header(hris, "Idempotency-Key: tonight");
	struct api_reply *again = api_expect(send_csv(hris, "", file), 202);
	assert_string_equal(api_text(again, "id"), api_text(first, "id"));
	assert_string_equal(api_header_of(again, "Location"), api_header_of(first, "Location"));
	api_header(hris, "Idempotency-Key: tonight");
	api_expect_problem(send_csv(hris, "", "external_id,user_name,given_name,level\nZ,z,Z,1\n"),
		422, "key_reused");
	api_wait_until(60, has(api_text(first, "id"), "done"));
	struct api_reply *list = api_expect(api_get(hris, "/api/v1/imports?limit=1"), 200);
	assert_string_equal(api_text(list, "items.0.id"), api_text(first, "id"));
	struct api_reply *next = api_expect(
		api_get(hris, "/api/v1/imports?limit=1&cursor=%s", api_text(list, "next_cursor")),
		200);
	assert_string_not_equal(api_text(next, "items.0.id"), api_text(first, "id"));
}

/* Column by column, the line of the file is what the export says. */
static void expect_line(char *line, const char *const *header, struct api_reply *out)
{
	char *rest = line;
	for (int column = 0; header[column]; column++) {
		const char *cell = strsep(&rest, ",");
		assert_non_null(cell);
		json_t *member = json_object_get(out->body, header[column]);
		char text[40];
		if (json_is_integer(member))
			snprintf(text, sizeof text, "%lld", (long long)json_integer_value(member));
		const char *said = json_is_string(member)    ? json_string_value(member)
				   : json_is_integer(member) ? text
				   : json_is_true(member)    ? "true"
				   : json_is_false(member)   ? "false"
				   : json_is_null(member)    ? ""
							     : "(missing)";
		assert_string_equal(said, cell);
	}
	assert_null(rest);
}

static void a_real_file_comes_back_without_loss(void **state)
{
	(void)state;
	FILE *file = fopen(ORACLE, "r");
	if (!file) {
		print_message("skipped: the sample file is not on this machine\n");
		skip();
	}
	struct api_reply *import = api_import_file(ORACLE, NULL);
	assert_string_equal(api_text(import, "status"), "done");
	char line[1000], names[1000];
	const char *header[32] = { NULL };
	int columns = 0, people = 0;
	assert_non_null(fgets(names, sizeof names, file));
	for (char *name = strtok(names, ",\r\n"); name; name = strtok(NULL, ",\r\n"))
		header[columns++] = name;
	while (fgets(line, sizeof line, file)) {
		line[strcspn(line, "\r\n")] = '\0';
		char *town = strstr(line, ",Oxford,"); /* as api_import_file() mends it */
		if (town) {
			memmove(town + 4, town + 8, strlen(town + 8) + 1);
			memcpy(town, ",GB,", 4);
		}
		const char *id = api_sql("superuser",
			"SELECT id FROM profiles.person WHERE external_id = '%.*s'",
			(int)strcspn(line, ","), line);
		expect_line(line, header,
			api_expect(api_get(api_as("hris", NULL), "/api/v1/people/%s/export", id),
				200));
		people++;
	}
	fclose(file);
	assert_int_equal(api_integer(import, "counts.created"), people);
	import = api_import_file(ORACLE, NULL);
	assert_int_equal(api_integer(import, "counts.unchanged"), people);
}

static void an_import_stops_at_its_next_chunk(void **state)
{
	(void)state;
	struct api *hris = api_as("hris", NULL);
	struct api_hold *hold;
	const char *id = send_and_hold("stop", &hold);
	struct api_reply *stopped = NULL; /* a chunk that waits has to give up first */
	api_wait_until(60,
		(stopped = api_post(hris, api_path("/api/v1/imports/%s/cancellation", id), NULL))
				->status != 503);
	api_let_go(hold);
	api_expect(stopped, 200);
	long long created = api_integer(stopped, "counts.created");
	assert_true(created > 0 && created < LARGE);
	assert_int_equal(api_integer(stopped, "progress.done"), created);
	api_wait_until(30, strcmp(api_sql("superuser", "SELECT count(*) FROM profiles.import_step"),
				   "0") == 0);
	assert_int_equal(strtoll(api_sql("superuser", "SELECT count(*) FROM profiles.person WHERE "
						      "external_id LIKE 'stop-%%'"),
				 NULL, 10),
		created);
}

/* Tables of which the planner has known more since then. */
static bool are_counted_since(const char *then)
{
	return strcmp(api_sql("superuser",
			      "SELECT count(*) FROM pg_stat_all_tables WHERE schemaname = "
			      "'profiles' AND relname "
			      "IN ('person', 'person_skill', 'person_interest', 'person_language') "
			      "AND "
			      "last_analyze > '%s'",
			      then),
		       "4") == 0;
}

static void a_killed_import_goes_on(void **state)
{
	(void)state;
	const char *then = api_sql("superuser", "SELECT pg_catalog.now()");
	struct api_hold *hold;
	const char *id = send_and_hold("kill", &hold);
	assert_int_equal(kill(api_pid("profiles"), SIGKILL), 0);
	api_wait_until(20, api_admin("profiles", "/readyz")->status != 200);
	api_let_go(hold);
	api_stop("profiles");
	api_start("profiles");
	api_wait_until(120, has(id, "done"));
	struct api_reply *done = read_import(id);
	assert_int_equal(api_integer(done, "counts.created"), LARGE);
	assert_int_equal(api_integer(done, "progress.done"), LARGE);
	assert_string_equal(
		api_sql("superuser",
			"SELECT count(*) || ' ' || count(DISTINCT external_id) || ' ' || "
			"count(manager_id) FROM profiles.person WHERE external_id LIKE "
			"'kill-%%'"),
		"12000 12000 11999");
	assert_string_equal(
		api_sql("superuser",
			"SELECT count(*) FROM common.outbox o JOIN profiles.person p ON p.id = "
			"o.subject_id WHERE o.type = 'person.created' AND p.external_id LIKE "
			"'kill-%%'"),
		"12000");
	/* the directory is searched by what is known of so many people, without a wait for the server's own turn */
	api_wait_until(60, are_counted_since(then));
	assert_string_equal(
		api_sql("superuser", "SELECT reltuples >= 12000 FROM pg_class WHERE oid = "
				     "'profiles.person'::regclass"),
		"t");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(only_hr_and_admins_import),
		cmocka_unit_test(the_same_key_is_the_same_import),
		cmocka_unit_test(a_real_file_comes_back_without_loss),
		cmocka_unit_test(an_import_stops_at_its_next_chunk),
		cmocka_unit_test(a_killed_import_goes_on),
	};
	return cmocka_run_group_tests(tests, company_arrives, api_release);
}
