/*
 * Disks are full: the folder of large bodies, the log, PostgreSQL's tables, its temporary files,
 * its write-ahead log. What needs room is answered with 503 and nothing acknowledged is lost; the
 * rest goes on, and all of it as soon as there is room.
 */
#include <libpq-fe.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include "load.h"
#include "shim.h"
#include "support/client.h"
#include "support/story.h"

#define PEOPLE 3000 /* of a file that is larger than a small body */

static struct faults *faults;

static int set_up(void **state)
{
	(void)state;
	load_prepare();
	return 0;
}

static int tear_down(void **state)
{
	if (faults) {
		atomic_store(&faults->full, 0);
		shim_end("postgres");
		for (int i = 0; i < LOAD_SERVICES; i++)
			shim_end(load_services[i]);
		shim_close();
	}
	return api_release(state);
}

static int ready(int service)
{
	return api_admin(load_services[service], "/readyz")->status;
}

static void all_are_ready(void)
{
	for (int i = 0; i < LOAD_SERVICES; i++)
		api_wait_until(120.0, ready(i) == 200);
}

static void with_the_library(void **state)
{
	(void)state;
	if (!shim_possible())
		skip();
	faults = shim_open();
	shim_start("postgres", NULL);
	for (int i = 0; i < LOAD_SERVICES; i++)
		shim_start(load_services[i], NULL);
	all_are_ready();
}

/* ---- the services' own files ---- */

/* A file of many people, who are the same each time. */
static struct api_reply *send_people(void)
{
	size_t room = (size_t)PEOPLE * 96 + 128, used;
	char *csv = malloc(room);
	assert_non_null(csv);
	used = (size_t)snprintf(csv, room,
		"external_id,user_name,given_name,family_name,level,manager_external_id,"
		"department\n");
	for (int i = 0; i < PEOPLE; i++)
		used += (size_t)snprintf(
			csv + used, room - used, "F-%d,file%d,Fi,Le,2,C-1,Files\n", i, i);
	struct api_reply *reply = api_send(
		api_as("hris", NULL), "POST", "/api/v1/imports", "text/csv", csv, used);
	free(csv);
	return reply;
}

static void end_import(struct api_reply *import)
{
	const char *path = api_text(api_expect(import, 202), "links.self"), *status;
	api_wait_until(120.0,
		(status = api_text(
			 api_expect(api_get(api_as("hris", NULL), "%s", path), 200), "status"),
			strcmp(status, "done") == 0 || strcmp(status, "failed") == 0));
	assert_string_equal(status, "done");
}

static void expect_no_room_for_bodies(void)
{
	struct api_reply *no = send_people();
	assert_int_equal(no->status, 503);
	assert_non_null(api_header_of(no, "Retry-After"));
	print_message("a large body: 503 %s\n", api_text(no, "code"));
	assert_int_equal(ready(0), 200);
	api_expect(api_get(api_as("participant", "chief"), "/api/v1/people/me"), 200);
}

static void a_full_spool_folder_is_503_for_large_bodies_alone(void **state)
{
	(void)state;
	if (!faults)
		skip();
	atomic_store(&faults->full, FULL_SPOOL);
	expect_no_room_for_bodies();
	story_skill("While bodies have no room");
	atomic_store(&faults->full, 0);
	end_import(send_people());
}

/* Beyond RLIMIT_FSIZE the kernel sends a signal that ends a process which does not expect it. */
static void a_limit_of_file_sizes_ends_no_service(void **state)
{
	(void)state;
	if (!faults)
		skip();
	int pid = api_pid("profiles");
	struct rlimit before, little = { 1000, RLIM_INFINITY };
	assert_int_equal(prlimit(pid, RLIMIT_FSIZE, NULL, &before), 0);
	little.rlim_max = before.rlim_max;
	assert_int_equal(prlimit(pid, RLIMIT_FSIZE, &little, NULL), 0);
	expect_no_room_for_bodies();
	assert_int_equal(prlimit(pid, RLIMIT_FSIZE, &before, NULL), 0);
	end_import(send_people());
	assert_int_equal(api_pid("profiles"), pid);
}

static off_t length_of_log(int service)
{
	struct stat log;
	const char *path = api_path("%s/log/%s.log", api_stack("dir"), load_services[service]);
	assert_int_equal(stat(path, &log), 0);
	return log.st_size;
}

static void a_full_log_costs_its_lines_alone(void **state)
{
	(void)state;
	off_t before[LOAD_SERVICES];
	int written[LOAD_SERVICES];
	if (!faults)
		skip();
	atomic_store(&faults->full, FULL_LOG);
	for (int i = 0; i < LOAD_SERVICES; i++) {
		before[i] = length_of_log(i);
		written[i] = load_acknowledged(i);
	}
	load_start();
	for (int i = 0; i < LOAD_SERVICES; i++)
		api_wait_until(60.0, load_acknowledged(i) > written[i] + 5);
	for (int i = 0; i < LOAD_SERVICES; i++)
		assert_int_equal(length_of_log(i), before[i]);
	atomic_store(&faults->full, 0);
	for (int i = 0; i < LOAD_SERVICES; i++)
		api_wait_until(60.0, length_of_log(i) > before[i]);
	load_stop();
	load_check();
}

/* ---- PostgreSQL's ---- */

static const char *const reads[LOAD_SERVICES] = { "/api/v1/people/me", "/api/v1/enrolments",
	"/api/v1/sessions", "/api/v1/goals" };

static void full_tables_refuse_writes_alone(void **state)
{
	(void)state;
	int before[LOAD_SERVICES];
	if (!faults)
		skip();
	load_start();
	for (int i = 0; i < LOAD_SERVICES; i++) {
		before[i] = load_acknowledged(i);
		api_wait_until(60.0, load_acknowledged(i) > before[i] + 5);
	}
	int refused = load_refused();
	atomic_store(&faults->full, FULL_DATA);
	api_wait_until(120.0, load_refused() > refused + 40);
	for (int i = 0; i < LOAD_SERVICES; i++) {
		api_expect(api_get(api_as("participant", "chief"), "%s", reads[i]), 200);
		assert_int_equal(ready(i), 200);
		before[i] = load_acknowledged(i);
	}
	print_message("%d writes were refused\n", load_refused() - refused);
	atomic_store(&faults->full, 0);
	double began = api_now();
	for (int i = 0; i < LOAD_SERVICES; i++)
		api_wait_until(60.0, load_acknowledged(i) > before[i] + 5);
	print_message("all written %.2f s after there was room\n", api_now() - began);
	load_stop();
	load_check();
}

/* With as little memory as there can be, an import sorts on disk. It waits for room, and its people
 * with it. */
static void without_temporary_files_an_import_waits(void **state)
{
	(void)state;
	if (!faults)
		skip();
	shim_start("profiles",
		api_path("WORKER_URL=%s options='-c work_mem=64kB -c statement_timeout=60s'",
			api_stack("dsn.profiles")));
	api_wait_until(60.0, ready(0) == 200);
	long refused = atomic_load(&faults->refused);
	atomic_store(&faults->full, FULL_TEMP);
	struct api_reply *import = send_people();
	api_wait_until(60.0, atomic_load(&faults->refused) > refused);
	api_expect(api_get(api_as("participant", "chief"), "/api/v1/people/me"), 200);
	assert_int_equal(ready(0), 200);
	atomic_store(&faults->full, 0);
	end_import(import);
}

/* false: PostgreSQL has given up. */
static bool fill_segment(void)
{
	PGconn *connection = PQconnectdb(api_stack("dsn.superuser"));
	PGresult *result = PQexec(
		connection, "SELECT pg_logical_emit_message(false, '', 'x'), pg_switch_wal()");
	bool good = PQresultStatus(result) == PGRES_TUPLES_OK;
	PQclear(result);
	PQfinish(connection);
	return good;
}

static void a_full_write_ahead_log_stops_writing_until_there_is_room(void **state)
{
	(void)state;
	int before[LOAD_SERVICES];
	if (!faults)
		skip();
	load_start();
	for (int i = 0; i < LOAD_SERVICES; i++) {
		before[i] = load_acknowledged(i);
		api_wait_until(60.0, load_acknowledged(i) > before[i] + 5);
	}
	int refused = load_refused();
	atomic_store(&faults->full, FULL_WAL);
	api_wait_until(120.0, !fill_segment());
	for (int i = 0; i < LOAD_SERVICES; i++) {
		api_wait_until(60.0, ready(i) == 503);
		api_expect_problem(api_get(api_as("participant", "chief"), "%s", reads[i]), 503,
			"unavailable");
		assert_int_equal(api_admin(load_services[i], "/livez")->status, 200);
	}
	for (int i = 0; i < LOAD_SERVICES; i++)
		before[i] = load_acknowledged(i);
	atomic_store(&faults->full, 0);
	double began = api_now();
	all_are_ready();
	for (int i = 0; i < LOAD_SERVICES; i++)
		api_wait_until(60.0, load_acknowledged(i) > before[i] + 5);
	print_message(
		"all written %.2f s after there was room; %d answers asked for a repetition\n",
		api_now() - began, load_refused() - refused);
	load_stop();
	load_check();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(with_the_library),
		cmocka_unit_test(a_full_spool_folder_is_503_for_large_bodies_alone),
		cmocka_unit_test(a_limit_of_file_sizes_ends_no_service),
		cmocka_unit_test(a_full_log_costs_its_lines_alone),
		cmocka_unit_test(full_tables_refuse_writes_alone),
		cmocka_unit_test(without_temporary_files_an_import_waits),
		cmocka_unit_test(a_full_write_ahead_log_stops_writing_until_there_is_room),
	};
	return cmocka_run_group_tests_name("full disks", tests, set_up, tear_down);
}
