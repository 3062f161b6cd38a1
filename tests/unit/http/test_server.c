/* The transport over real sockets: limits, framing, drain. */
#include <pthread.h>
#include <stdatomic.h>
#include <unistd.h>
#include "base/clock.h"
#include "base/str.h"
#include "http/answer.h"
#include "http/server.h"
#include "support/unit/cluster.h"
#include "support/unit/unit.h"
#include "unit/http/fixture.h"
#include "support/unit/wire.h"

static struct service_state service;
static struct server *server;
static struct body_budget *budget;
static int port, patience = 200; /* a reset may overtake an answer: RFC 9112 section 9.6 */

/* Requests for /hold wait here until they are let go. */
static pthread_mutex_t gate = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t moved = PTHREAD_COND_INITIALIZER;
static bool held_open;
static atomic_int holding;

static void answer(void *context, const struct http_request *in, struct http_response *out)
{
	if (!str_equal(in->target, "/hold")) {
		answer_request(context, in, out);
		return;
	}
	pthread_mutex_lock(&gate);
	holding++;
	while (!held_open)
		pthread_cond_wait(&moved, &gate);
	holding--;
	pthread_mutex_unlock(&gate);
	out->status = 204;
}

static void let_go(bool open)
{
	pthread_mutex_lock(&gate);
	held_open = open;
	pthread_cond_broadcast(&moved);
	pthread_mutex_unlock(&gate);
}

static void start(int connections, int timeout)
{
	char reason[128] = "";
	budget = body_budget_new(4 << 20, 8 << 20, "/var/tmp");
	assert_non_null(budget);
	struct server_settings settings = { .address = "127.0.0.1",
		.connection_limit = connections,
		.timeout_seconds = timeout,
		.body_most = 1 << 20,
		.bodies = budget,
		.answer = answer,
		.context = &service };
	fixture_open(&service);
	server = server_open(&settings, reason, sizeof reason);
	assert_string_equal(reason, "");
	assert_non_null(server);
	port = server_port(server);
	assert_in_range(port, 1, 65535);
	let_go(false);
}

static int open_one(void **state)
{
	(void)state;
	start(64, 20);
	return 0;
}

static int close_one(void **state)
{
	(void)state;
	let_go(true);
	server_close(server);
	assert_int_equal(body_budget_held(budget), 0);
	body_budget_free(budget);
	server = NULL;
	fixture_close(&service);
	return 0;
}

static bool one_holds(void *context)
{
	return holding >= *(int *)context;
}

static bool none_in_flight(void *context)
{
	(void)context;
	return server_in_flight(server) == 0;
}

#define GET(path) "GET " path " HTTP/1.1\r\nHost: x\r\n\r\n"
#define THING     "/api/v1/things/" THING_ID

static void server_keeps_connections_alive(void **state)
{
	(void)state;
	int fd = wire_open(port);
	for (int i = 0; i < 50; i++) {
		wire_text(fd, GET(THING));
		const char *got = wire_answer(fd);
		assert_int_equal(wire_status(got), 200);
		assert_non_null(strstr(got, "\r\n\r\n{\"id\":1}"));
		assert_non_null(strstr(got, "X-Content-Type-Options: nosniff"));
		assert_null(strstr(got, "Connection: close"));
	}
	close(fd);
	await_true(none_in_flight, NULL, "no request left");
	assert_int_equal(seen.calls, 50);
}

static void server_answers_pipelined_requests(void **state)
{
	(void)state;
	int fd = wire_open(port);
	wire_text(fd, GET(THING) GET("/api/v1/nothing"));
	char both[1 << 14] = "";
	const char *got = wire_answer(fd);
	snprintf(both, sizeof both, "%s", got);
	if (!strstr(both, "404 Not Found"))
		snprintf(both + strlen(both), sizeof both - strlen(both), "%s", wire_answer(fd));
	assert_non_null(strstr(both, "200 OK"));
	assert_non_null(strstr(both, "404 Not Found"));
	close(fd);
}

static void server_head_and_options(void **state)
{
	(void)state;
	int fd = wire_open(port);
	wire_text(fd, "HEAD " THING " HTTP/1.1\r\nHost: x\r\n\r\n");
	const char *got = wire_head(fd);
	assert_int_equal(wire_status(got), 200);
	assert_non_null(strstr(got, "Content-Length: 9\r\n")); /* JSON ends with a line feed */
	wire_text(fd, "OPTIONS " THING " HTTP/1.1\r\nHost: x\r\n\r\n");
	got = wire_head(fd);
	assert_int_equal(wire_status(got), 204);
	assert_non_null(strstr(got, "Allow: DELETE, GET, HEAD, OPTIONS, PATCH\r\n"));
	wire_text(fd, "PUT " THING " HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n");
	assert_int_equal(wire_status(wire_answer(fd)), 405);
	close(fd);
}

static void server_sees_the_raw_target(void **state)
{
	(void)state;
	assert_int_equal(wire_ask(port, GET("/api/v1/things%00x")), 400);
	assert_int_equal(wire_ask(port, GET("/api/v1//things")), 404);
	assert_int_equal(wire_ask(port, GET("/api/v1/things/")), 404);
	assert_int_equal(wire_ask(port, GET("/api/v1/things?colour=red&colour=red")), 400);
	assert_int_equal(wire_ask(port, GET("/api/v1/things?colour=red%2Cgreen")), 400);
	assert_int_equal(wire_ask(port, GET("/api/v1/things?colour=red")), 200);
	assert_int_equal(wire_ask(port, GET("/%2e%2e/api/v1/things")), 404);
	assert_int_equal(wire_ask(port, "OPTIONS * HTTP/1.1\r\nHost: x\r\n\r\n"), 400);
	assert_int_equal(wire_ask(port, "GET http://x" THING " HTTP/1.1\r\nHost: x\r\n\r\n"), 400);
}

static void server_sees_repeated_headers(void **state)
{
	(void)state;
	assert_int_equal(wire_ask(port, "DELETE " THING " HTTP/1.1\r\nHost: x\r\n"
					"If-Match: *\r\nif-match: *\r\n\r\n"),
		400);
	assert_int_equal(wire_ask(port, "DELETE " THING " HTTP/1.1\r\nHost: x\r\n"
					"iF-mAtCh: *\r\n\r\n"),
		204);
	assert_int_equal(wire_ask(port, "GET /api/v1/secrets HTTP/1.1\r\nHost: x\r\nAuthorization: "
					"Bearer a\r\nAuthorization: Bearer b\r\n\r\n"),
		401);
	assert_int_equal(
		wire_ask(port, "POST " THING "/closure HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n"
			       "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
		400);
}

/* Posts a JSON body of exactly this many bytes. */
static int post(size_t bytes, bool chunked)
{
	char *body = malloc(bytes + 64), head[256];
	memset(body, ' ', bytes);
	memcpy(body, "{\"name\":\"a\"}", 12);
	snprintf(head, sizeof head,
		"POST /api/v1/things HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n");
	int fd = wire_open(port);
	wire_text(fd, head);
	if (chunked)
		snprintf(head, sizeof head, "Transfer-Encoding: chunked\r\n\r\n%zx\r\n", bytes);
	else
		snprintf(head, sizeof head, "Content-Length: %zu\r\n\r\n", bytes);
	wire_text(fd, head);
	wire_send(fd, body, bytes);
	if (chunked)
		wire_text(fd, "\r\n0\r\n\r\n");
	int status = wire_status(wire_answer(fd));
	close(fd);
	free(body);
	return status == 0 && patience-- > 0 ? post(bytes, chunked) : status;
}

static void server_limits_bodies_to_the_byte(void **state)
{
	(void)state;
	assert_int_equal(post(65536, false), 201);
	assert_int_equal(post(65537, false), 413);
	assert_int_equal(post(65536, true), 201);
	assert_int_equal(post(65537, true), 413);
	assert_int_equal(post((3 << 20) + 1, false), 413); /* beyond what is kept at all */
	seen.calls = 0;
	assert_int_equal(post(2 << 20, true), 413);
	assert_int_equal(seen.calls, 0);
}

static void server_limits_heads(void **state)
{
	(void)state;
	static char text[32768], filler[28000];
	int refused_by_us = 0;
	for (size_t size = 1000; size <= 25000; size += 50) {
		memset(filler, 'f', size);
		filler[size] = '\0';
		snprintf(text, sizeof text,
			"GET " THING " HTTP/1.1\r\nHost: x\r\nX-Filler: %s\r\n\r\n", filler);
		int fd = wire_open(port);
		wire_text(fd, text);
		const char *got = wire_answer(fd);
		int status = wire_status(got);
		refused_by_us += strstr(got, "header_too_large") != NULL;
		close(fd);
		if (size <= 18900)
			assert_int_equal(status, 200);
		else if (size <= 20700 || size >= 21450)
			assert_true(status == 431 || (size < 19200 && status == 200));
		else /* its own 431 would not fit, the library's is not yet due: cut off */
			assert_true(status == 431 || status == 0);
	}
	assert_in_range(refused_by_us, 30, 45);
}

/* Many small headers and parameters take more room than their bytes: still always an answer. */
static void server_limits_many_small_headers(void **state)
{
	(void)state;
	static char text[16384];
	for (int count = 0; count <= 300; count += 5) {
		size_t used = (size_t)snprintf(
			text, sizeof text, "GET /api/v1/things HTTP/1.1\r\nHost: x\r\n");
		for (int i = 0; i < count; i++)
			used += (size_t)snprintf(
				text + used, sizeof text - used, "X-%d: abcdefgh\r\n", i);
		snprintf(text + used, sizeof text - used, "\r\n");
		int status = wire_ask(port, text);
		if (count <= 225)
			assert_int_equal(status, 200);
		else /* between our own 431 and the library's one that fits no more is cut off */
			assert_true(status == 431 || (count > 260 && count < 270 && status == 0));
	}
}

static void server_waits_for_a_slow_sender(void **state)
{
	(void)state;
	const char *text = "POST /api/v1/things HTTP/1.1\r\nHost: x\r\nContent-Type: "
			   "application/json\r\nContent-Length: 12\r\n\r\n{\"name\":\"a\"}";
	int fd = wire_open(port);
	for (const char *at = text; *at; at++) {
		wire_send(fd, at, 1);
		if (at - text == 40 || at - text == 100)
			assert_int_equal(wire_ask(port, GET(THING)), 200);
	}
	assert_int_equal(wire_status(wire_answer(fd)), 201);
	close(fd);
}

static void server_drops_who_says_nothing(void **state)
{
	(void)state;
	close_one(state);
	start(64, 1);
	int silent = wire_open(port), half = wire_open(port);
	wire_text(half, "GET /api/v1/things HTTP/1.1\r\nHos");
	assert_true(wire_closed(silent));
	assert_true(wire_closed(half) || wire_status(wire_answer(half)) == 408);
	close(silent);
	close(half);
	await_true(none_in_flight, NULL, "half a request forgotten");
}

static bool has_room(void *context)
{
	(void)context;
	int fd = wire_open(port);
	wire_text(fd, GET(THING));
	int status = wire_status(wire_answer(fd));
	close(fd);
	return status == 200;
}

static void server_limits_connections(void **state)
{
	(void)state;
	close_one(state);
	start(4, 20);
	int fds[4];
	for (int i = 0; i < 4; i++) {
		fds[i] = wire_open(port);
		wire_text(fds[i], GET("/hold"));
	}
	await_true(one_holds, &(int){ 4 }, "four requests held");
	int fifth = wire_open(port);
	wire_text(fifth, GET(THING));
	assert_string_equal(wire_answer(fifth), ""); /* closed without an answer */
	close(fifth);
	let_go(true);
	for (int i = 0; i < 4; i++) {
		assert_int_equal(wire_status(wire_head(fds[i])), 204);
		close(fds[i]);
	}
	await_true(has_room, NULL, "room again");
}

static void server_drains(void **state)
{
	(void)state;
	int idle = wire_open(port), busy = wire_open(port);
	wire_text(idle, GET(THING));
	assert_int_equal(wire_status(wire_answer(idle)), 200);
	wire_text(busy, GET("/hold"));
	await_true(one_holds, &(int){ 1 }, "a request held");
	server_quiesce(server);
	assert_int_equal(wire_open(port), -1); /* nobody new */
	assert_int_equal(server_in_flight(server), 1);
	wire_text(idle, GET(THING)); /* who is connected is served once more, and told */
	const char *got = wire_answer(idle);
	assert_int_equal(wire_status(got), 200);
	assert_non_null(strcasestr(got, "\r\nConnection: close\r\n"));
	assert_true(wire_closed(idle));
	let_go(true);
	assert_int_equal(wire_status(wire_head(busy)), 204);
	await_true(none_in_flight, NULL, "nothing in flight");
	assert_true(wire_closed(busy));
	close(idle);
	close(busy);
}

static void server_closes_with_idle_connections_open(void **state)
{
	(void)state;
	int idle = wire_open(port), half = wire_open(port);
	wire_text(idle, GET(THING));
	assert_int_equal(wire_status(wire_answer(idle)), 200);
	wire_text(half, "GET /api/v1/thi");
	uint64_t began = clock_monotonic_us();
	server_quiesce(server);
	server_close(server);
	assert_int_equal(body_budget_held(budget), 0);
	body_budget_free(budget);
	print_message("closed in %d ms\n", (int)((clock_monotonic_us() - began) / 1000));
	assert_true(wire_closed(idle));
	close(idle);
	close(half);
	fixture_close(&service);
	open_one(state); /* the port is free again, and so is everything else */
}

static void server_says_why_it_does_not_start(void **state)
{
	(void)state;
	char reason[128] = "";
	struct server_settings settings = { .address = "localhost",
		.connection_limit = 4,
		.timeout_seconds = 5,
		.answer = answer };
	assert_null(server_open(&settings, reason, sizeof reason));
	assert_string_equal(reason, "localhost is not a numeric address");
	settings.address = "127.0.0.1";
	settings.port = port;
	assert_null(server_open(&settings, reason, sizeof reason));
	assert_non_null(strstr(reason, "Address already in use"));
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, open_one, close_one)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(server_keeps_connections_alive),
		CASE(server_answers_pipelined_requests),
		CASE(server_head_and_options),
		CASE(server_sees_the_raw_target),
		CASE(server_sees_repeated_headers),
		CASE(server_limits_bodies_to_the_byte),
		CASE(server_limits_heads),
		CASE(server_limits_many_small_headers),
		CASE(server_waits_for_a_slow_sender),
		CASE(server_drops_who_says_nothing),
		CASE(server_limits_connections),
		CASE(server_drains),
		CASE(server_closes_with_idle_connections_open),
		CASE(server_says_why_it_does_not_start),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
