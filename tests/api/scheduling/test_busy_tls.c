/*
 * Busy calendars on a server of the own network, whose certificate comes from an authority of its own:
 * they are read if the configuration names host and authority, and not otherwise.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "support/client.h"
#include "support/company.h"

#define BUSY "/api/v1/busy-calendars"
#define CALENDAR                                                                                   \
	"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//Own//EN\r\nBEGIN:VEVENT\r\nUID:1\r\n"         \
	"DTSTAMP:20261101T000000Z\r\nDTSTART:20270503T080000Z\r\nDTEND:20270503T093000Z\r\n"       \
	"END:VEVENT\r\nEND:VCALENDAR\r\n"

static struct api *leader;

static int set_up(void **state)
{
	(void)state;
	company_import();
	leader = api_as("participant", "chief");
	return 0;
}

#define TLS_DIR "build/test/tls"

static pid_t tls_server;

/* An authority of our own, a certificate of it for localhost, and a calendar. */
static void make_certificate(void)
{
	const char *const steps[] = {
		"rm -rf " TLS_DIR " && mkdir -p " TLS_DIR,
		"cd " TLS_DIR
		" && openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj '/CN=Own authority' "
		"-keyout ca.key -out ca.pem",
		"cd " TLS_DIR
		" && openssl req -newkey rsa:2048 -nodes -subj /CN=localhost -keyout key.pem -out "
		"one.csr && printf 'subjectAltName=DNS:localhost' > san && openssl x509 -req -in "
		"one.csr -CA "
		"ca.pem -CAkey ca.key -CAcreateserial -days 2 -extfile san -out cert.pem",
	};
	for (size_t i = 0; i < sizeof steps / sizeof *steps; i++)
		api_run((const char *const[]){ "sh", "-c", steps[i], NULL });
	FILE *file = fopen(TLS_DIR "/mine.ics", "w");
	assert_non_null(file);
	assert_true(fputs(CALENDAR, file) >= 0);
	fclose(file);
}

/* Serves that folder over TLS at a port that is free now. */
static int begin_tls(void)
{
	struct sockaddr_in at = { .sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t length = sizeof at;
	char where[32];
	int one = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	assert_int_equal(bind(one, (struct sockaddr *)&at, sizeof at), 0);
	assert_int_equal(getsockname(one, (struct sockaddr *)&at, &length), 0);
	close(one);
	snprintf(where, sizeof where, "127.0.0.1:%d", ntohs(at.sin_port));
	tls_server = fork();
	assert_true(tls_server >= 0);
	if (tls_server == 0) {
		if (chdir(TLS_DIR) == 0)
			execlp("openssl", "openssl", "s_server", "-quiet", "-accept", where,
				"-cert", "cert.pem", "-key", "key.pem", "-WWW", (char *)NULL);
		_exit(127);
	}
	return ntohs(at.sin_port);
}

/* What becomes of a calendar at this host: "" if it is read, or the reason why not. */
static const char *read_from(const char *host, int port)
{
	struct api_reply *now = api_expect(
		api_post(leader, BUSY,
			"{\"name\": \"Exchange\", \"url\": \"https://%s:%d/mine.ics\"}", host,
			port),
		201);
	const char *self = api_text(now, "links.self");
	api_wait_until(30, (now = api_get(leader, "%s", self),
				   json_is_string(api_member(now, "last_fetched_at")) ||
					   json_is_string(api_member(now, "last_error"))));
	json_t *error = api_member(now, "last_error");
	const char *why = json_is_string(error) ? api_path("%s", json_string_value(error)) : "";
	api_if_match(leader, api_expect(api_get(leader, "%s", self), 200));
	api_expect(api_delete(leader, "%s", self), 204);
	return why;
}

static void a_calendar_inside_the_own_network_is_read_over_tls(void **state)
{
	(void)state;
	char here[4096];
	make_certificate();
	const int port = begin_tls();
	assert_string_equal(read_from("localhost", port), "forbidden_address");
	api_stop("scheduling");
	api_start_with("scheduling", "CALENDAR_HOSTS=localhost,127.0.0.1", NULL);
	assert_string_equal(read_from("localhost", port), "unreachable"); /* an unknown authority */
	api_stop("scheduling");
	assert_non_null(getcwd(here, sizeof here));
	api_start_with("scheduling", "CALENDAR_HOSTS=localhost,127.0.0.1",
		api_path("CALENDAR_CA_FILE=%s/" TLS_DIR "/ca.pem", here), NULL);
	assert_string_equal(read_from("localhost", port), "");
	assert_string_equal(read_from("127.0.0.1", port), "unreachable"); /* another name */
	kill(tls_server, SIGTERM);
	waitpid(tls_server, NULL, 0);
	api_stop("scheduling");
	api_start("scheduling");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_calendar_inside_the_own_network_is_read_over_tls),
	};
	return cmocka_run_group_tests(tests, set_up, api_release);
}
