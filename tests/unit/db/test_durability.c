/* A server that may lose what it confirmed is never used where that is asked for. */
#include <fcntl.h>
#include <unistd.h>
#include "common.h"
#include "db/durability.h"
#include "ops/log.h"

static struct cluster *unsafe, *safe;
static int lines = -1; /* the log */
static char path[] = "/tmp/upward-durability-XXXXXX";

static int begin(void **state)
{
	(void)state;
	unsafe = cluster_new();
	safe = cluster_new_durable();
	cluster_start(unsafe);
	cluster_start(safe);
	make_tables(cluster_dsn(unsafe));
	make_tables(cluster_dsn(safe));
	lines = mkstemp(path);
	return lines < 0 ? -1 : 0;
}

static int end(void **state)
{
	(void)state;
	log_set_fd_for_test(2);
	close(lines);
	unlink(path);
	cluster_free(unsafe);
	cluster_free(safe);
	return 0;
}

static int fresh_log(void **state)
{
	(void)state;
	assert_int_equal(ftruncate(lines, 0), 0);
	lseek(lines, 0, SEEK_SET);
	log_set_fd_for_test(lines);
	return 0;
}

static bool logged(void *text)
{
	static char all[65536];
	ssize_t length = pread(lines, all, sizeof all - 1, 0);
	all[length > 0 ? length : 0] = 0;
	return strstr(all, text) != NULL;
}

static void each_setting_is_named(void **state)
{
	(void)state;
	char wrong[DURABILITY_BYTES] = "", dsn[300];
	assert_int_equal(durability_judge(cluster_dsn(safe), wrong), DURABLE);
	assert_int_equal(durability_judge(cluster_dsn(unsafe), wrong), NOT_DURABLE);
	assert_string_equal(wrong, "fsync=off,data_checksums=off");
	snprintf(dsn, sizeof dsn, "%s options='-c synchronous_commit=off'", cluster_dsn(safe));
	assert_int_equal(durability_judge(dsn, wrong), NOT_DURABLE);
	assert_string_equal(wrong, "synchronous_commit=off");
	sql(cluster_dsn(safe), "ALTER ROLE postgres SET synchronous_commit = off");
	assert_int_equal(durability_judge(cluster_dsn(safe), wrong), NOT_DURABLE);
	sql(cluster_dsn(safe), "ALTER ROLE postgres RESET synchronous_commit");
	/* weaker than on, and yet the disk has it before it is confirmed */
	snprintf(dsn, sizeof dsn, "%s options='-c synchronous_commit=local'", cluster_dsn(safe));
	assert_int_equal(durability_judge(dsn, wrong), DURABLE);
	sql(cluster_dsn(unsafe), "ALTER SYSTEM SET full_page_writes = off");
	cluster_stop(unsafe);
	assert_int_equal(durability_judge(cluster_dsn(unsafe), wrong), DURABILITY_UNKNOWN);
	cluster_start(unsafe);
	assert_int_equal(durability_judge(cluster_dsn(unsafe), wrong), NOT_DURABLE);
	assert_string_equal(wrong, "fsync=off,full_page_writes=off,data_checksums=off");
}

static void a_safe_server_is_used(void **state)
{
	(void)state;
	struct db_settings settings = settings_for(cluster_dsn(safe));
	settings.durable = true;
	struct database *db = database_open(&settings);
	assert_non_null(db);
	await_ready(db);
	database_close(db);
	/* and where nothing is asked for, any server is */
	settings = settings_for(cluster_dsn(unsafe));
	db = database_open(&settings);
	assert_non_null(db);
	await_ready(db);
	database_close(db);
}

static void an_unsafe_server_that_comes_late_is_not_used(void **state)
{
	(void)state;
	cluster_stop(unsafe);
	struct db_settings settings = settings_for(cluster_dsn(unsafe));
	settings.durable = true;
	struct database *db = database_open(&settings);
	assert_non_null(db);
	cluster_start(unsafe);
	await_true(logged, "\"event\":\"db_unsafe\",\"lane\":\"slow\",\"setting\":\"fsync=off,",
		"the last lane is refused too");
	assert_true(logged("\"lane\":\"lane\""));
	assert_true(logged("\"lane\":\"pool\""));
	assert_false(database_ready(db));
	struct db_rows *rows = NULL;
	struct db_error error;
	assert_int_not_equal(
		database_read(db, DB_SLOW, &STEP(&st_echo, "x"), &rows, &error), DB_DONE);
	assert_null(rows);
	database_close(db);
}

/* A lane's own connection string may turn off what the server has on. */
static void one_unsafe_lane_keeps_the_service_from_being_ready(void **state)
{
	(void)state;
	char dsn[300];
	snprintf(dsn, sizeof dsn, "%s options='-c synchronous_commit=off'", cluster_dsn(safe));
	struct db_settings settings = settings_for(cluster_dsn(safe));
	settings.durable = true;
	settings.slow_dsn = dsn;
	struct database *db = database_open(&settings);
	assert_non_null(db);
	await_true(logged, "\"lane\":\"slow\",\"setting\":\"synchronous_commit=off\"",
		"the lane is refused");
	assert_false(database_ready(db));
	database_close(db);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(each_setting_is_named, fresh_log),
		cmocka_unit_test_setup(a_safe_server_is_used, fresh_log),
		cmocka_unit_test_setup(an_unsafe_server_that_comes_late_is_not_used, fresh_log),
		cmocka_unit_test_setup(
			one_unsafe_lane_keeps_the_service_from_being_ready, fresh_log),
	};
	return cmocka_run_group_tests(tests, begin, end);
}
