/* LINK: -Wl,--wrap=authority_identify */
/* The life of a process: start without a database, the admin listener, drain, exit codes. */
#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <sys/xattr.h>
#include <unistd.h>
#include "auth/signer.h"
#include "base/clock.h"
#include "base/str.h"
#include "http/steps.h"
#include "http/server.h"
#include "service/service.h"
#include "support/unit/cluster.h"
#include "support/unit/unit.h"
#include "support/unit/wire.h"

/* ---- the service that the child runs ---- */

static int hold_pipe[2]; /* /held waits for a byte from here */

static struct reply held(const struct call *call)
{
	char byte;
	(void)call;
	while (read(hold_pipe[0], &byte, 1) < 0)
		;
	return reply_json(200, str_copy("{\"held\":true}"), 0);
}

static const struct statement now_sql = { .name = "now_read",
	.sql = "SELECT json_build_object('now', 1)::text AS body, 1 AS version" };

static const struct operation operations[] = {
	{ .id = "held_read",
		.method = HTTP_GET,
		.path = "/held",
		.kind = OPERATION_READ,
		.success = 200,
		.produces = "application/json",
		.scope = SCOPE_PUBLIC,
		.handler = held },
	{ .id = "now_read",
		.method = HTTP_GET,
		.path = "/now",
		.kind = OPERATION_READ,
		.success = 200,
		.produces = "application/json",
		.scope = SCOPE_PUBLIC,
		.run = { &now_sql, NULL } },
	{ .id = "mine_read",
		.method = HTTP_GET,
		.path = "/mine",
		.kind = OPERATION_READ,
		.success = 200,
		.produces = "application/json",
		.scope = SCOPE_PEOPLE_READ,
		.run = { &now_sql, NULL } },
};
static const size_t operation_count = COUNT(operations);
static const struct statement *const statements[] = { &now_sql };
static const size_t statement_count = COUNT(statements);
static const struct service service = { .name = "tested",
	.operations = operations,
	.operation_count = &operation_count,
	.statements = statements,
	.statement_count = &statement_count };

enum principal_outcome __wrap_authority_identify(struct authority *a, const char *header,
	struct principal *ret_principal, enum token_fault *ret_fault);
enum principal_outcome __wrap_authority_identify(struct authority *a, const char *header,
	struct principal *ret_principal, enum token_fault *ret_fault)
{
	(void)a, (void)header, (void)ret_principal, (void)ret_fault;
	return PRINCIPAL_UNAVAILABLE;
}

/* ---- the parent ---- */

static char folder[] = "/tmp/upward-service-XXXXXX";
static int port, admin_port;
static pid_t child;

static void set(const char *name, const char *format, ...)
{
	char value[1500];
	va_list args;
	va_start(args, format);
	vsnprintf(value, sizeof value, format, args);
	va_end(args);
	assert_int_equal(setenv(name, value, 1), 0);
}

/* A port that was free a moment ago. */
static int free_port(void)
{
	char reason[128];
	struct server_settings settings = {
		.address = "127.0.0.1", .connection_limit = 1, .timeout_seconds = 1
	};
	struct server *server = server_open(&settings, reason, sizeof reason);
	assert_non_null(server);
	int found = server_port(server);
	server_close(server);
	return found;
}

static int prepare(void **state)
{
	(void)state;
	char reason[256] = "", path[256];
	assert_non_null(mkdtemp(folder));
	setenv("APP_ENV", "development", 1);
	if (!signer_keys(folder, reason, sizeof reason))
		fail_msg("%s", reason);
	snprintf(path, sizeof path, "%s/secret", folder);
	FILE *file = fopen(path, "w");
	fputs("0123456789abcdef0123456789abcdef", file);
	fclose(file);
	set("SECRET_KEY_FILE", "%s", path);
	set("ISSUERS_FILE", "%s/issuers.json", folder);
	set("DATABASE_URL", "host=%s dbname=none user=none", folder);
	set("LOG_LEVEL", "error");
	set("STOP_SECONDS", "5");
	return 0;
}

static int clean_up(void **state)
{
	(void)state;
	char command[64];
	snprintf(command, sizeof command, "%s", folder);
	pid_t remover = fork();
	if (remover == 0)
		execlp("rm", "rm", "-rf", command, (char *)NULL);
	waitpid(remover, NULL, 0);
	return 0;
}

static pid_t run(char *option)
{
	fflush(NULL);
	pid_t pid = fork();
	assert_true(pid >= 0);
	if (pid == 0) {
		char *argv[] = { (char *)"upward-tested", option, NULL };
		if (option) {
			int nowhere = open("/dev/null", O_WRONLY);
			dup2(nowhere, 1);
			dup2(nowhere, 2);
		}
		_exit(service_main(&service, option ? 2 : 1, argv));
	}
	return pid;
}

static int exit_of(pid_t pid)
{
	int status = 0;
	assert_int_equal(waitpid(pid, &status, 0), pid);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
}

static bool listens(void *context)
{
	int fd = wire_open(*(int *)context);
	if (fd >= 0)
		close(fd);
	return fd >= 0;
}

static int start(void **state)
{
	(void)state;
	assert_int_equal(pipe(hold_pipe), 0);
	port = free_port();
	admin_port = free_port();
	set("PORT", "%d", port);
	set("ADMIN_PORT", "%d", admin_port);
	child = run(NULL);
	await_true(listens, &port, "the service listens");
	return 0;
}

static int stop(void **state)
{
	(void)state;
	if (child > 0) {
		kill(child, SIGKILL);
		waitpid(child, NULL, 0);
	}
	child = 0;
	close(hold_pipe[0]);
	close(hold_pipe[1]);
	return 0;
}

#define GET(path) "GET " path " HTTP/1.1\r\nHost: x\r\n\r\n"

static void service_starts_without_a_database(void **state)
{
	(void)state;
	assert_int_equal(wire_ask(admin_port, GET("/livez")), 200);
	assert_int_equal(wire_ask(admin_port, GET("/readyz")), 503);
	int fd = wire_open(port);
	uint64_t began = clock_monotonic_us();
	wire_text(fd, GET("/now"));
	const char *got = wire_answer(fd);
	assert_int_equal(wire_status(got), 503);
	assert_non_null(strstr(got, "\r\nRetry-After: 1\r\n"));
	print_message("503 after %d ms\n", (int)((clock_monotonic_us() - began) / 1000));
	wire_text(fd, "GET /mine HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer t\r\n\r\n");
	assert_int_equal(wire_status(wire_answer(fd)), 503);
	close(fd);
}

static void admin_listener_tells_figures(void **state)
{
	(void)state;
	assert_int_equal(wire_ask(port, GET("/nowhere")), 404);
	int fd = wire_open(admin_port);
	wire_text(fd, GET("/metrics"));
	const char *got = wire_answer(fd);
	assert_int_equal(wire_status(got), 200);
	assert_non_null(
		strstr(got, "upward_requests_total{operation=\"none\",status=\"4xx\"} 1\n"));
	assert_non_null(strstr(got, "upward_requests_total{operation=\"now_read\""));
	assert_non_null(strstr(got, "upward_statements_total{lane=\"batch\"} 0\n"));
	close(fd);
	assert_int_equal(wire_ask(admin_port, GET("/now")), 404);
	assert_int_equal(wire_ask(admin_port,
				 "POST /livez HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n"),
		405);
	assert_int_equal(wire_ask(admin_port, GET("/clock")), 405);
	assert_int_equal(wire_ask(admin_port, "PUT /clock HTTP/1.1\r\nHost: x\r\nContent-Length: "
					      "24\r\n\r\n{\"offset_seconds\":\"soon\"}"),
		400);
	assert_int_equal(wire_ask(port, GET("/metrics")), 404);
}

static void service_finishes_what_it_began(void **state)
{
	(void)state;
	int busy = wire_open(port), idle = wire_open(port);
	wire_text(idle, GET("/nowhere"));
	assert_int_equal(wire_status(wire_answer(idle)), 404);
	wire_text(busy, GET("/held"));
	/* answered by a thread of its own, so this comes after the held one was read */
	while (wire_ask(port, GET("/nowhere")) != 404)
		;
	uint64_t began = clock_monotonic_us();
	kill(child, SIGTERM);
	while (listens(&port))
		;
	assert_int_equal(wire_ask(admin_port, GET("/readyz")), 503);
	assert_int_equal(write(hold_pipe[1], "x", 1), 1);
	const char *got = wire_answer(busy);
	assert_int_equal(wire_status(got), 200);
	assert_non_null(strstr(got, "{\"held\":true}"));
	assert_int_equal(exit_of(child), 0);
	child = 0;
	print_message("ended in %d ms\n", (int)((clock_monotonic_us() - began) / 1000));
	assert_true(wire_closed(idle));
	close(busy);
	close(idle);
}

static void service_gives_up_after_its_time(void **state)
{
	stop(state);
	set("STOP_SECONDS", "1");
	start(state);
	set("STOP_SECONDS", "5");
	int busy = wire_open(port);
	wire_text(busy, "GET /held HTTP/1.1\r\nHos"); /* never ends */
	uint64_t began = clock_monotonic_us();
	kill(child, SIGTERM);
	assert_int_equal(exit_of(child), 0);
	child = 0;
	print_message("ended in %d ms\n", (int)((clock_monotonic_us() - began) / 1000));
	close(busy);
}

static void service_ends_at_once_on_a_second_signal(void **state)
{
	(void)state;
	int busy = wire_open(port);
	wire_text(busy, GET("/held"));
	while (wire_ask(port, GET("/nowhere")) != 404)
		;
	kill(child, SIGTERM);
	while (listens(&port))
		;
	kill(child, SIGINT);
	assert_int_equal(exit_of(child), 1);
	child = 0;
	close(busy);
}

/* SIGHUP ends nothing; what would end a process lets it finish first. */
static void service_drains_on_every_signal_that_ends(void **state)
{
	static const int numbers[] = { SIGQUIT, SIGUSR1, SIGALRM, SIGXCPU };
	for (size_t i = 0; i < COUNT(numbers); i++) {
		int busy = wire_open(port);
		wire_text(busy, GET("/held"));
		while (wire_ask(port, GET("/nowhere")) != 404)
			;
		for (int j = 0; j < 20; j++) {
			kill(child, SIGHUP);
			assert_int_equal(wire_ask(port, GET("/nowhere")), 404);
		}
		kill(child, numbers[i]);
		while (listens(&port))
			;
		assert_int_equal(write(hold_pipe[1], "x", 1), 1);
		assert_int_equal(wire_status(wire_answer(busy)), 200);
		assert_int_equal(exit_of(child), 0);
		child = 0;
		close(busy);
		start(state);
	}
}

static void service_says_what_is_wrong(void **state)
{
	(void)state;
	assert_int_equal(exit_of(run((char *)"--help")), 0);
	assert_int_equal(exit_of(run((char *)"--version")), 0);
	assert_int_equal(exit_of(run((char *)"--check-config")), 0);
	assert_int_equal(exit_of(run((char *)"--print-config")), 0);
	assert_int_equal(exit_of(run((char *)"--nonsense")), 2);
	set("POOL_SIZE", "many");
	assert_int_equal(exit_of(run((char *)"--check-config")), 1);
	assert_int_equal(exit_of(run((char *)"--print-config")), 1); /* printed, and complained */
	unsetenv("POOL_SIZE");
	/* the port is taken by the child of this test */
	assert_int_equal(exit_of(run(NULL)), 1);
}

/* ---- what production does not start with ---- */

static char said[4096]; /* by the child, on stderr */

/* Runs the service to its end, which must be a refusal; what it said is left in said. */
static void refuses(char *option)
{
	int ends[2];
	size_t used = 0;
	ssize_t got;
	assert_int_equal(pipe2(ends, O_CLOEXEC), 0);
	fflush(NULL);
	pid_t pid = fork();
	if (pid == 0) {
		char *argv[] = { (char *)"upward-tested", option, NULL };
		dup2(ends[1], 2);
		_exit(service_main(&service, option ? 2 : 1, argv));
	}
	close(ends[1]);
	while (used < sizeof said - 1 &&
		(got = read(ends[0], said + used, sizeof said - 1 - used)) > 0)
		used += (size_t)got;
	said[used] = 0;
	close(ends[0]);
	assert_int_equal(exit_of(pid), 1);
}

static void expect_said(const char *text)
{
	if (!strstr(said, text))
		fail_msg("\"%s\" does not say \"%s\"", said, text);
}

/* Everything as production wants it, but for the database, which is away. */
static int in_production(void **state)
{
	(void)state;
	char path[128];
	snprintf(path, sizeof path, "%s/good.json", folder);
	FILE *file = fopen(path, "w");
	fputs("[{\"issuer\":\"https://id.example\",\"audience\":\"upward\",\"jwks_file\":"
	      "\"jwks.json\"}]",
		file);
	fclose(file);
	set("APP_ENV", "production");
	set("PUBLIC_BASE_URL", "https://upward.example");
	set("ISSUERS_FILE", "%s", path);
	assert_int_equal(chmod(getenv("SECRET_KEY_FILE"), 0400), 0);
	port = free_port();
	admin_port = free_port();
	set("PORT", "%d", port);
	set("ADMIN_PORT", "%d", admin_port);
	return 0;
}

static int in_development(void **state)
{
	set("APP_ENV", "development");
	unsetenv("PUBLIC_BASE_URL");
	set("ISSUERS_FILE", "%s/issuers.json", folder);
	set("DATABASE_URL", "host=%s dbname=none user=none", folder);
	assert_int_equal(chmod(getenv("SECRET_KEY_FILE"), 0644), 0);
	if (child > 0) {
		kill(child, SIGKILL);
		waitpid(child, NULL, 0);
	}
	child = 0;
	(void)state;
	return 0;
}

static void production_refuses_a_secret_that_others_can_read(void **state)
{
	(void)state;
	static const mode_t modes[] = { 0644, 0604, 0440, 0420, 0410, 0402, 0401, 0777 };
	const char *secret = getenv("SECRET_KEY_FILE");
	for (size_t i = 0; i < COUNT(modes); i++) {
		char mode[8];
		snprintf(mode, sizeof mode, "%04o", (unsigned)modes[i]);
		assert_int_equal(chmod(secret, modes[i]), 0);
		refuses(NULL);
		expect_said("SECRET_KEY_FILE names a file that others");
		expect_said(mode);
		refuses((char *)"--check-config");
		expect_said(mode);
	}
	static const mode_t good[] = { 0400, 0600 };
	for (size_t i = 0; i < COUNT(good); i++) {
		assert_int_equal(chmod(secret, good[i]), 0);
		assert_int_equal(exit_of(run((char *)"--check-config")), 0);
	}
	/* in development it is nobody's business */
	assert_int_equal(chmod(secret, 0644), 0);
	set("APP_ENV", "development");
	assert_int_equal(exit_of(run((char *)"--check-config")), 0);
}

/* The mode's group bits are a mask where there is an access control list: one more user is no
 * group. */
static void production_takes_a_secret_that_a_list_opens_to_the_service_alone(void **state)
{
	(void)state;
	enum { ENTRIES = 5 };
	const char *secret = getenv("SECRET_KEY_FILE");
	unsigned char acl[4 + 8 * ENTRIES] = { 2 };
	static const unsigned char rows[ENTRIES][2] = { { 0x01, 4 }, { 0x02, 4 }, { 0x04, 0 },
		{ 0x10, 4 }, { 0x20, 0 } }; /* owner, one user, group, mask, others */
	for (int i = 0; i < ENTRIES; i++) {
		acl[4 + 8 * i] = rows[i][0];
		acl[6 + 8 * i] = rows[i][1];
		memset(acl + 8 + 8 * i, rows[i][0] == 0x02 ? 1 : 0xff, 4);
	}
	if (setxattr(secret, "system.posix_acl_access", acl, sizeof acl, 0) != 0) {
		print_message("this file system has no access control lists\n");
		skip();
	}
	struct stat about;
	assert_int_equal(stat(secret, &about), 0);
	assert_int_equal(about.st_mode & 0777, 0440);
	assert_int_equal(exit_of(run((char *)"--check-config")), 0);
	acl[6 + 8 * 2] = 4; /* now the group may read */
	assert_int_equal(setxattr(secret, "system.posix_acl_access", acl, sizeof acl, 0), 0);
	refuses((char *)"--check-config");
	expect_said("0440");
	assert_int_equal(removexattr(secret, "system.posix_acl_access"), 0);
}

static void production_refuses_the_issuer_of_development_tokens(void **state)
{
	(void)state;
	set("ISSUERS_FILE", "%s/issuers.json", folder);
	refuses(NULL);
	expect_said("ISSUERS_FILE: row 1 trusts urn:upward:local");
	expect_said("APP_ENV=development");
	refuses((char *)"--check-config");
	expect_said("ISSUERS_FILE: row 1 trusts urn:upward:local");
}

static void production_refuses_a_database_that_may_lose_what_it_confirmed(void **state)
{
	(void)state;
	struct cluster *cluster = cluster_new();
	cluster_start(cluster);
	sql(cluster_dsn(cluster), "ALTER SYSTEM SET full_page_writes = off");
	sql(cluster_dsn(cluster), "SELECT pg_reload_conf()");
	set("DATABASE_URL", "%s options='-c synchronous_commit=off'", cluster_dsn(cluster));
	refuses(NULL);
	expect_said("DATABASE_URL: this PostgreSQL may lose what it has confirmed");
	static const char *const settings[] = { "fsync=off", "full_page_writes=off",
		"synchronous_commit=off", "data_checksums=off" };
	for (size_t i = 0; i < COUNT(settings); i++)
		expect_said(settings[i]);
	/* in development it is used */
	set("APP_ENV", "development");
	child = run(NULL);
	await_true(listens, &port, "the service listens");
	in_development(state);
	in_production(state);
	/* when it comes later, the service waits for a better one */
	set("DATABASE_URL", "%s", cluster_dsn(cluster));
	cluster_stop(cluster);
	child = run(NULL);
	await_true(listens, &port, "the service listens");
	cluster_start(cluster);
	for (int i = 0; i < 20; i++) {
		assert_int_equal(wire_ask(port, GET("/now")), 503);
		assert_int_equal(wire_ask(admin_port, GET("/readyz")), 503);
	}
	cluster_free(cluster);
}

#define IN_PRODUCTION(name) cmocka_unit_test_setup_teardown(name, in_production, in_development)
#define CASE(name)          cmocka_unit_test_setup_teardown(name, start, stop)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(service_starts_without_a_database),
		CASE(admin_listener_tells_figures),
		CASE(service_finishes_what_it_began),
		CASE(service_gives_up_after_its_time),
		CASE(service_ends_at_once_on_a_second_signal),
		CASE(service_drains_on_every_signal_that_ends),
		CASE(service_says_what_is_wrong),
		IN_PRODUCTION(production_refuses_a_secret_that_others_can_read),
		IN_PRODUCTION(production_takes_a_secret_that_a_list_opens_to_the_service_alone),
		IN_PRODUCTION(production_refuses_the_issuer_of_development_tokens),
		IN_PRODUCTION(production_refuses_a_database_that_may_lose_what_it_confirmed),
	};
	return cmocka_run_group_tests(tests, prepare, clean_up);
}
