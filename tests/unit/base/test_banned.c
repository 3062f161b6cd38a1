/* banned.h: code that calls a banned function does not compile; code that does not, does. */
#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include "support/unit/unit.h"

extern char **environ;

/* Compiles a function body from standard input; true when the compiler took it. */
static bool compiles(const char *body)
{
	static const char *const command[] = { "gcc", "-std=gnu17", "-fsyntax-only", "-Ishared",
		"-include", "shared/base/banned.h", "-x", "c", "-", NULL };
	posix_spawn_file_actions_t actions;
	char source[400];
	int ends[2], status;
	pid_t pid;
	int len = snprintf(source, sizeof source,
		"void *body(char *to, const char *from, const time_t *when);\n"
		"void *body(char *to, const char *from, const time_t *when)\n"
		"{ (void)to; (void)from; (void)when; %s; return 0; }\n",
		body);
	assert_int_equal(pipe2(ends, O_CLOEXEC), 0);
	assert_int_equal(write(ends[1], source, (size_t)len), len);
	close(ends[1]);
	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_adddup2(&actions, ends[0], 0);
	posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0);
	assert_int_equal(
		posix_spawnp(&pid, "gcc", &actions, NULL, (char *const *)command, environ), 0);
	posix_spawn_file_actions_destroy(&actions);
	close(ends[0]);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

static void banned_calls_do_not_compile(void **state)
{
	static const char *const calls[] = { "strcpy(to, from)", "strcat(to, from)",
		"sprintf(to, \"%s\", from)", "gets(to)", "(void)atoi(from)", "(void)atol(from)",
		"(void)atof(from)", "strtok(to, from)", "localtime(when)", "gmtime(when)",
		"ctime(when)", "asctime(gmtime_r(when, 0))", "(void)!system(from)",
		"return (void *)strcpy" };
	(void)state;
	for (size_t i = 0; i < sizeof calls / sizeof *calls; i++) {
		if (compiles(calls[i]))
			fail_msg("'%s' compiles", calls[i]);
	}
}

static void other_calls_compile(void **state)
{
	(void)state;
	assert_true(compiles("memcpy(to, from, 3); snprintf(to, 3, \"%s\", from)"));
	assert_true(compiles("struct tm tm; gmtime_r(when, &tm); localtime_r(when, &tm)"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(banned_calls_do_not_compile),
		cmocka_unit_test(other_calls_compile),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
