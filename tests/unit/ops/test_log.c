/* Log lines: one JSON object each, nothing but tokens and numbers, whole lines from many threads.
 */
#include <fcntl.h>
#include <jansson.h>
#include <pthread.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/str.h"
#include "ops/log.h"
#include "support/unit/unit.h"

static int lines_fd;

static int set_up(void **state)
{
	(void)state;
	lines_fd = memfd_create("lines", MFD_CLOEXEC);
	fcntl(lines_fd, F_SETFL, O_APPEND); /* as a service manager opens a log */
	log_set_fd_for_test(lines_fd);
	log_open("profiles", LOG_LEVEL_INFO);
	return lines_fd >= 0 ? 0 : -1;
}

static int tear_down(void **state)
{
	(void)state;
	log_set_fd_for_test(2);
	close(lines_fd);
	return 0;
}

/* All that was written. Owned. */
static char *written(void)
{
	size_t room = 1 << 20;
	char *text = malloc(room + 1);
	ssize_t len = pread(lines_fd, text, room, 0);
	assert_true(len >= 0);
	text[len] = '\0';
	return text;
}

static const char *member(const json_t *line, const char *name)
{
	return json_string_value(json_object_get(line, name));
}

static void log_writes_one_object_a_line(void **state)
{
	(void)state;
	log_info("request", LOG_TEXT(LOG_OPERATION, "goal_create"), LOG_NUMBER(LOG_STATUS, 201),
		LOG_NUMBER(LOG_DURATION_US, -7), LOG_TEXT(LOG_CODE, NULL), LOG_TEXT(LOG_LANE, ""));
	char *text = written();
	assert_ptr_equal(strchr(text, '\n'), text + strlen(text) - 1);
	json_t *line = json_loads(text, JSON_REJECT_DUPLICATES, NULL);
	assert_non_null(line);
	assert_string_equal(member(line, "level"), "info");
	assert_string_equal(member(line, "service"), "profiles");
	assert_string_equal(member(line, "event"), "request");
	assert_string_equal(member(line, "operation"), "goal_create");
	assert_int_equal(json_integer_value(json_object_get(line, "status")), 201);
	assert_int_equal(json_integer_value(json_object_get(line, "duration_us")), -7);
	char utc[STR_INSTANT];
	assert_true(str_to_instant(member(line, "at"), utc));
	assert_int_equal(json_object_size(line), 7);
	json_decref(line);
	free(text);
}

static void log_lets_nothing_but_tokens_in(void **state)
{
	static const char hostile[] = "x\"}\n{\"level\":\"error\"} Anna M\xc3\xbcller\x01\x7f\\";
	char longest[500];
	(void)state;
	memset(longest, 'a', sizeof longest - 1);
	longest[sizeof longest - 1] = '\0';
	log_warning("refused", LOG_TEXT(LOG_REASON, hostile), LOG_TEXT(LOG_TRACE_ID, longest));
	char *text = written();
	assert_ptr_equal(strchr(text, '\n'), text + strlen(text) - 1);
	json_t *line = json_loads(text, JSON_REJECT_DUPLICATES, NULL);
	assert_non_null(line);
	assert_string_equal(member(line, "level"), "warning");
	assert_string_equal(member(line, "reason"), "x\"}_{\"level\":\"error\"}_Anna_M__ller__\\");
	assert_int_equal(strlen(member(line, "trace_id")), LOG_TEXT_MOST);
	json_decref(line);
	free(text);
}

static void log_keeps_quiet_below_its_level(void **state)
{
	enum log_level level = LOG_LEVEL_INFO;
	(void)state;
	assert_true(log_level_find("warning", &level));
	assert_int_equal(level, LOG_LEVEL_WARNING);
	assert_false(log_level_find("Warning", &level) || log_level_find("", &level));
	log_open("profiles", level);
	log_debug("one");
	log_info("two");
	log_warning("three");
	log_error("four");
	char *text = written();
	assert_null(strstr(text, "one"));
	assert_null(strstr(text, "two"));
	assert_non_null(strstr(text, "\"event\":\"three\""));
	assert_non_null(strstr(text, "\"event\":\"four\""));
	free(text);
}

static void *write_lines(void *context)
{
	(void)context;
	for (int i = 0; i < 500; i++)
		log_info("line", LOG_NUMBER(LOG_COUNT, i), LOG_TEXT(LOG_JOB, "abcdefghijklmnop"));
	return NULL;
}

static void log_lines_of_threads_do_not_mix(void **state)
{
	pthread_t threads[4];
	int lines = 0;
	(void)state;
	for (int i = 0; i < 4; i++)
		assert_int_equal(pthread_create(&threads[i], NULL, write_lines, NULL), 0);
	for (int i = 0; i < 4; i++)
		pthread_join(threads[i], NULL);
	char *text = written(), *rest = text;
	for (char *one; (one = strsep(&rest, "\n")) && *one; lines++) {
		json_t *line = json_loads(one, JSON_REJECT_DUPLICATES, NULL);
		assert_non_null(line);
		json_decref(line);
	}
	assert_int_equal(lines, 2000);
	free(text);
}

static void log_has_a_name_for_every_key(void **state)
{
	(void)state;
	for (int key = 0; key < LOG_KEY_COUNT; key++)
		log_info("key", LOG_NUMBER((enum log_key)key, key));
	char *text = written(), *rest = text;
	for (int key = 0; key < LOG_KEY_COUNT; key++) {
		json_t *line = json_loads(strsep(&rest, "\n"), JSON_REJECT_DUPLICATES, NULL);
		assert_non_null(line);
		assert_int_equal(json_object_size(line), 5);
		json_decref(line);
	}
	assert_null(strstr(text, "null"));
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(log_writes_one_object_a_line, set_up, tear_down),
		cmocka_unit_test_setup_teardown(log_lets_nothing_but_tokens_in, set_up, tear_down),
		cmocka_unit_test_setup_teardown(log_keeps_quiet_below_its_level, set_up, tear_down),
		cmocka_unit_test_setup_teardown(log_lines_of_threads_do_not_mix, set_up, tear_down),
		cmocka_unit_test_setup_teardown(log_has_a_name_for_every_key, set_up, tear_down),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
