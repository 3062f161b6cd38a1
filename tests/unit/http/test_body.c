/* Bodies on their way in: judged on the head, bounded together and for each caller, cut when slow.
 */
#include <unistd.h>
#include "base/clock.h"
#include "base/str.h"
#include "http/answer.h"
#include "http/server.h"
#include "support/unit/cluster.h"
#include "support/unit/unit.h"
#include "support/unit/wire.h"
#include "unit/http/fixture.h"

#define MIB ((size_t)1 << 20)

static struct service_state service;
static struct server *server;
static struct body_budget *budget;
static int port;

static int open_one(void **state)
{
	char reason[128] = "";
	(void)state;
	budget = body_budget_new(MIB, 4 * MIB, "/var/tmp");
	assert_non_null(budget);
	struct server_settings settings = { .address = "127.0.0.1",
		.connection_limit = 64,
		.timeout_seconds = 20,
		.body_rate = 1 << 20,
		.bodies = budget,
		.judge = answer_judge,
		.answer = answer_request,
		.context = &service };
	fixture_open(&service);
	server = server_open(&settings, reason, sizeof reason);
	assert_string_equal(reason, "");
	port = server_port(server);
	return 0;
}

static int close_one(void **state)
{
	(void)state;
	server_close(server);
	assert_int_equal(body_budget_held(budget), 0);
	body_budget_free(budget);
	fixture_close(&service);
	return 0;
}

#define UPLOAD "POST /api/v1/uploads HTTP/1.1\r\nHost: h\r\nContent-Type: text/csv\r\n"
#define CREATE "POST /api/v1/things HTTP/1.1\r\nHost: h\r\nContent-Type: application/json\r\n"

static bool holds_nothing(void *context)
{
	(void)context;
	return body_budget_held(budget) == 0;
}

/* What the head already forbids is answered before anything else comes. */
static void the_head_alone_is_judged(void **state)
{
	(void)state;
	static const struct {
		const char *head;
		int status;
	} cases[] = {
		{ UPLOAD "Content-Length: 2000000\r\n\r\n", 413 },
		{ "POST /api/v1/uploads HTTP/1.1\r\nHost: h\r\nContent-Type: text/html\r\n"
		  "Content-Length: 1000000\r\n\r\n",
			415 },
		{ "POST /api/v1/nothing HTTP/1.1\r\nHost: h\r\nContent-Length: 1000000\r\n\r\n",
			404 },
		{ "GET /api/v1/things HTTP/1.1\r\nHost: h\r\nContent-Length: 1000000\r\n\r\n",
			400 },
		{ "GET /api/v1/secrets HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n",
			401 },
	};
	for (size_t i = 0; i < COUNT(cases); i++) {
		int fd = wire_open(port);
		wire_text(fd, cases[i].head);
		const char *answer = wire_answer(fd);
		if (wire_status(answer) != cases[i].status)
			fail_msg("%s: %s", cases[i].head, answer);
		assert_non_null(strstr(answer, "Connection: close"));
		close(fd);
	}
	assert_true(holds_nothing(NULL));
}

/* Who is refused while still sending hears of it, and can send all of it. */
static void what_is_refused_is_read_and_not_kept(void **state)
{
	(void)state;
	static char block[65536];
	memset(block, 'x', sizeof block);
	for (int i = 0; i < 8; i++) {
		int fd = wire_open(port);
		wire_text(fd, "POST /api/v1/nothing HTTP/1.1\r\nHost: h\r\nContent-Length: "
			      "8388608\r\n\r\n");
		for (int sent = 0; sent < 128; sent++)
			wire_send(fd, block, sizeof block);
		assert_int_equal(wire_status(wire_answer(fd)), 404);
		assert_true(holds_nothing(NULL));
		close(fd);
	}
}

static void a_body_comes_whole(void **state)
{
	(void)state;
	static char text[MIB + 64];
	memset(text, 'y', MIB);
	int fd = wire_open(port);
	wire_text(fd, UPLOAD "Content-Length: 1048576\r\n\r\n");
	wire_send(fd, text, MIB);
	assert_int_equal(wire_status(wire_answer(fd)), 202);
	assert_int_equal(strspn(seen.body, "y"), strlen(seen.body));
	/* the connection is kept; in chunks, small and without any */
	wire_text(fd, CREATE "Content-Length: 12\r\n\r\n{\"name\":\"a\"}");
	assert_int_equal(wire_status(wire_answer(fd)), 201);
	assert_string_equal(seen.body, "{\"name\":\"a\"}");
	wire_text(fd, CREATE
		"Transfer-Encoding: chunked\r\n\r\n4\r\n{\"na\r\n8\r\nme\":\"b\"}\r\n0\r\n\r\n");
	assert_int_equal(wire_status(wire_answer(fd)), 201);
	assert_string_equal(seen.body, "{\"name\":\"b\"}");
	wire_text(fd, CREATE "Content-Length: 0\r\n\r\n");
	assert_int_equal(wire_status(wire_answer(fd)), 400);
	close(fd);
}

#define UPLOAD_IN(charset)                                                                         \
	"POST /api/v1/uploads HTTP/1.1\r\nHost: h\r\nContent-Type: text/csv; charset=" charset     \
	"\r\n"

/* Text in another encoding is UTF-8 to whoever reads it, whatever the pieces it came in. */
static void a_body_comes_in_its_charset(void **state)
{
	(void)state;
	int fd = wire_open(port);
	wire_text(fd, UPLOAD_IN("windows-1252") "Content-Length: 8\r\n\r\nname\nA\xe9\x80");
	assert_int_equal(wire_status(wire_answer(fd)), 202);
	assert_string_equal(seen.body, "name\nA\u00e9\u20ac");
	wire_text(fd, UPLOAD "Transfer-Encoding: chunked\r\n\r\n");
	for (size_t i = 0; i < 8; i++) {
		wire_text(fd, "1\r\n");
		wire_send(fd,
			"\xff\xfe"
			"a\0\xac\x20\n\0" +
				i,
			1);
		wire_text(fd, "\r\n");
	}
	wire_text(fd, "0\r\n\r\n");
	assert_int_equal(wire_status(wire_answer(fd)), 202);
	assert_string_equal(seen.body, "a\u20ac\n");
	wire_text(fd, UPLOAD_IN("utf-16") "Content-Length: 4\r\n\r\na,b\n");
	const char *answer = wire_answer(fd);
	assert_int_equal(wire_status(answer), 422);
	assert_non_null(strstr(answer, "invalid_csv"));
	wire_text(fd, UPLOAD "Content-Length: 3\r\n\r\n\xff\xfe\x0a");
	assert_int_equal(wire_status(wire_answer(fd)), 422);
	close(fd);
}

/* What it grows to as UTF-8 is counted, and has the same limit. */
static void a_recoded_body_keeps_to_its_share(void **state)
{
	(void)state;
	static char euros[MIB];
	struct body bodies[3];
	memset(euros, 0x80, sizeof euros);
	for (int i = 0; i < 2; i++) {
		assert_int_equal(body_begin(&bodies[i], budget, 1, MIB, MIB / 4), BODY_TAKEN);
		body_recode(&bodies[i], CHARSET_WINDOWS_1252);
		assert_int_equal(body_add(&bodies[i], euros, MIB / 4), BODY_TAKEN);
		assert_int_equal(bodies[i].length, 3 * (MIB / 4));
		assert_true(bodies[i].held >= bodies[i].length);
	}
	assert_int_equal(body_begin(&bodies[2], budget, 1, MIB, MIB / 4), BODY_TAKEN);
	body_recode(&bodies[2], CHARSET_WINDOWS_1252);
	assert_int_equal(body_add(&bodies[2], euros, MIB / 4), BODY_GREEDY);
	assert_int_equal(body_add(&bodies[0], euros, MIB / 4), BODY_TOO_LARGE);
	body_release(&bodies[1]);
	assert_true(holds_nothing(NULL));
	assert_int_equal(body_begin(&bodies[0], budget, 1, BODY_SMALL, -1), BODY_TAKEN);
	body_recode(&bodies[0], CHARSET_WINDOWS_1252);
	assert_int_equal(body_add(&bodies[0], euros, 5), BODY_TAKEN);
	assert_int_equal(body_end(&bodies[0]), BODY_TAKEN);
	assert_int_equal(strlen(bodies[0].data), 15);
	body_release(&bodies[0]);
}

static void a_body_in_chunks_has_the_same_limit(void **state)
{
	(void)state;
	static char chunk[32768];
	memset(chunk, 'z', sizeof chunk);
	int fd = wire_open(port);
	wire_text(fd, CREATE "Transfer-Encoding: chunked\r\n\r\n");
	for (int i = 0; i < 3; i++) {
		wire_text(fd, "8000\r\n");
		wire_send(fd, chunk, sizeof chunk);
		wire_text(fd, "\r\n");
	}
	wire_text(fd, "0\r\n\r\n");
	assert_int_equal(wire_status(wire_answer(fd)), 413);
	close(fd);
}

/* One caller has half of the spool; all together have it whole. */
static void bodies_share_what_there_is(void **state)
{
	(void)state;
	struct body mine[3], other[3];
	for (int i = 0; i < 2; i++)
		assert_int_equal(body_begin(&mine[i], budget, 1, MIB, (int64_t)MIB), BODY_TAKEN);
	assert_int_equal(body_begin(&mine[2], budget, 1, MIB, (int64_t)MIB), BODY_GREEDY);
	assert_int_equal(body_begin(&other[0], budget, 2, MIB, -1), BODY_TAKEN);
	assert_int_equal(body_begin(&other[1], budget, 3, MIB, -1), BODY_TAKEN);
	assert_int_equal(body_begin(&other[2], budget, 4, MIB, 1), BODY_CROWDED);
	body_release(&mine[0]);
	assert_int_equal(body_begin(&mine[2], budget, 1, MIB, (int64_t)MIB), BODY_TAKEN);
	body_release(&mine[1]);
	body_release(&mine[2]);
	body_release(&other[0]);
	body_release(&other[1]);
	/* small ones: a quarter of the memory, counted as they grow */
	static char full[BODY_SMALL - 1];
	struct body small[5];
	for (int i = 0; i < 5; i++)
		assert_int_equal(body_begin(&small[i], budget, 1, BODY_SMALL, -1), BODY_TAKEN);
	assert_true(holds_nothing(NULL));
	for (int i = 0; i < 4; i++)
		assert_int_equal(body_add(&small[i], full, sizeof full), BODY_TAKEN);
	assert_int_equal(body_add(&small[4], full, sizeof full), BODY_GREEDY);
	for (int i = 0; i < 4; i++)
		body_release(&small[i]);
	assert_int_equal(
		body_begin(&small[0], budget, 1, BODY_SMALL, BODY_SMALL + 1), BODY_TOO_LARGE);
	assert_true(holds_nothing(NULL));
}

static void large_bodies_are_worked_on_a_few_at_a_time(void **state)
{
	(void)state;
	struct body bodies[3];
	for (int i = 0; i < 3; i++) {
		assert_int_equal(
			body_begin(&bodies[i], budget, (uint64_t)i + 1, MIB, 4096), BODY_TAKEN);
		for (int j = 0; j < 4096; j++)
			assert_int_equal(body_add(&bodies[i], "a", 1), BODY_TAKEN);
	}
	assert_int_equal(body_end(&bodies[0]), BODY_TAKEN);
	assert_int_equal(strlen(bodies[0].data), 4096); /* a whole page, and a NUL behind it */
	assert_int_equal(body_end(&bodies[1]), BODY_TAKEN);
	assert_int_equal(body_end(&bodies[2]), BODY_CROWDED);
	body_release(&bodies[0]);
	body_release(&bodies[1]);
	assert_int_equal(body_begin(&bodies[2], budget, 9, MIB, 1), BODY_TAKEN);
	assert_int_equal(body_end(&bodies[2]), BODY_TAKEN);
	body_release(&bodies[2]);
}

static void too_many_at_once_hear_429_and_503(void **state)
{
	(void)state;
	int fds[4];
	for (int i = 0; i < 2; i++) {
		fds[i] = wire_open(port);
		wire_text(fds[i], UPLOAD "Content-Length: 1048576\r\n\r\nabc");
	}
	while (body_budget_held(budget) < 2 * MIB) /* the suite's own time-out is the deadline */
		usleep(1000);
	fds[2] = wire_open(port);
	wire_text(fds[2], UPLOAD "Content-Length: 3\r\n\r\nabc");
	const char *answer = wire_answer(fds[2]);
	assert_int_equal(wire_status(answer), 429);
	assert_non_null(strstr(answer, "Retry-After: "));
	close(fds[0]);
	close(fds[1]);
	await_true(holds_nothing, NULL, "all given back");
	wire_text(fds[2], UPLOAD "Content-Length: 3\r\n\r\nabc");
	assert_int_equal(wire_status(wire_answer(fds[2])), 202);
	close(fds[2]);
}

/* A byte now and then keeps no connection: it is told so, and cut. */
static void a_body_that_trickles_is_cut(void **state)
{
	(void)state;
	int fd = wire_open(port), pieces = 0;
	wire_text(fd, CREATE "Content-Length: 60000\r\n\r\n");
	for (; !wire_readable(fd) && pieces < 60000; pieces++) {
		wire_text(fd, "x");
		usleep(20000);
	}
	assert_int_equal(wire_status(wire_answer(fd)), 408);
	assert_true(pieces < 60000);
	close(fd);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, open_one, close_one)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(the_head_alone_is_judged),
		CASE(what_is_refused_is_read_and_not_kept),
		CASE(a_body_comes_whole),
		CASE(a_body_comes_in_its_charset),
		CASE(a_recoded_body_keeps_to_its_share),
		CASE(a_body_in_chunks_has_the_same_limit),
		CASE(bodies_share_what_there_is),
		CASE(large_bodies_are_worked_on_a_few_at_a_time),
		CASE(too_many_at_once_hear_429_and_503),
		CASE(a_body_that_trickles_is_cut),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
