/*
 * Large bodies: thirty at once of 31 MiB, without a token, without the scope and with both. The
 * services keep a small part of them, whoever is refused hears it, and what was taken is there
 * whole.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "support/client.h"
#include "support/company.h"

#define SENDERS     30
#define FILE_BYTES  ((size_t)31 << 20)
#define GROWTH      (192L << 10) /* KiB; the unit's MemoryMax is 512 MiB */
#define GROWTH_ASAN (640L << 10) /* its quarantine, and shadow memory */

static char *request; /* a head in front of the file: set for each case */
static size_t request_length;
static char *room;

static int build(void **state)
{
	(void)state;
	company_import();
	room = malloc(FILE_BYTES + 4096);
	assert_non_null(room);
	memset(room, 'x', FILE_BYTES + 4096);
	return 0;
}

static int finish(void **state)
{
	free(room);
	return api_release(state);
}

/* The head ends where the file begins, which says nothing but its header. */
static void prepare(const char *authorization)
{
	static const char columns[] = "external_id,user_name,given_name,level\n";
	char head[3072];
	int len = snprintf(head, sizeof head,
		"POST /api/v1/imports?dry_run=true HTTP/1.1\r\nHost: 127.0.0.1\r\n%s%s%s"
		"Content-Type: text/csv\r\nContent-Length: %zu\r\nConnection: close\r\n\r\n",
		authorization ? "Authorization: " : "", authorization ? authorization : "",
		authorization ? "\r\n" : "", FILE_BYTES);
	assert_in_range(len, 1, sizeof head - 1);
	request = room + 4096 - len;
	memcpy(request, head, (size_t)len);
	memcpy(room + 4096, columns, sizeof columns - 1);
	request_length = (size_t)len + FILE_BYTES;
}

/* A line of /proc/<pid>/status in KiB. */
static long memory_of(const char *service, const char *name)
{
	char path[64], line[256], form[40];
	long kib = -1;
	snprintf(path, sizeof path, "/proc/%d/status", api_pid(service));
	snprintf(form, sizeof form, "%s: %%ld kB", name);
	FILE *file = fopen(path, "r");
	assert_non_null(file);
	while (kib < 0 && fgets(line, sizeof line, file))
		if (sscanf(line, form, &kib) != 1)
			kib = -1;
	fclose(file);
	assert_true(kib > 0);
	return kib;
}

/* The peak from now on. */
static void forget_peak(const char *service)
{
	char path[64];
	snprintf(path, sizeof path, "/proc/%d/clear_refs", api_pid(service));
	FILE *file = fopen(path, "w");
	if (!file || fputs("5", file) < 0)
		print_message("the peak is that since the start\n");
	if (file)
		fclose(file);
}

static void *send_one(void *service)
{
	return api_raw(service, request, request_length);
}

/* How many of thirty at once were answered by each status; what the service grew by stays bounded.
 */
static void send_many(const char *door, int counts[600])
{
	bool asan = strcmp(api_stack("flavour"), "release") != 0;
	pthread_t threads[SENDERS];
	long before = memory_of("profiles", "VmRSS");
	forget_peak("profiles");
	for (int i = 0; i < SENDERS; i++)
		assert_int_equal(pthread_create(&threads[i], NULL, send_one, (void *)door), 0);
	for (int i = 0; i < SENDERS; i++) {
		void *reply;
		pthread_join(threads[i], &reply);
		int status = ((struct api_reply *)reply)->status;
		counts[status >= 0 && status < 600 ? status : 0]++;
	}
	long grown = memory_of("profiles", "VmHWM") - before;
	print_message("%s: %ld MiB grown\n", door ? door : "gateway", grown >> 10);
	assert_true(grown < (asan ? GROWTH_ASAN : GROWTH));
	assert_true(memory_of("profiles", "VmRSS") - before < (asan ? GROWTH_ASAN : GROWTH));
}

static void refused_by_all(const char *authorization, int status)
{
	static const char *const doors[] = { NULL, "profiles" };
	for (size_t door = 0; door < 2; door++) {
		int counts[600] = { 0 };
		prepare(authorization);
		send_many(doors[door], counts);
		assert_int_equal(counts[status], SENDERS);
	}
}

static void without_a_token_they_are_not_taken(void **state)
{
	(void)state;
	refused_by_all(NULL, 401);
}

static void without_the_scope_they_are_not_taken(void **state)
{
	(void)state;
	refused_by_all(api_path("Bearer %s", api_token(api_as("participant", "chief"))), 403);
}

static bool at_rest(void)
{
	return strcmp(api_sql("superuser",
			      "SELECT NOT EXISTS (SELECT FROM profiles.import WHERE status IN"
			      " ('queued', 'checking', 'applying'))"),
		       "t") == 0;
}

static void one_caller_has_a_share_of_what_there_is(void **state)
{
	(void)state;
	int counts[600] = { 0 };
	const char *before = api_sql("superuser", "SELECT count(*) FROM profiles.import");
	prepare(api_path("Bearer %s", api_token(api_as("hris", NULL))));
	send_many(NULL, counts);
	assert_true(counts[202] >= 1);
	assert_int_equal(counts[202] + counts[429] + counts[503], SENDERS);
	print_message("%d taken, %d by 429, %d by 503\n", counts[202], counts[429], counts[503]);
	/* each one that was taken is there, and no other */
	assert_int_equal(
		atoi(api_sql("superuser", "SELECT count(*) FROM profiles.import")) - atoi(before),
		counts[202]);
	api_wait_until(120.0, at_rest());
}

/* ---- slow ones ---- */

#define SLOW         100
#define ROUNDS_MOST  400 /* a byte each, a tenth of a second apart */
#define SLOW_ANSWERS 600

static int open_gateway(void)
{
	struct sockaddr_in at = { .sin_family = AF_INET,
		.sin_port = htons((uint16_t)api_stack_integer("port")),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	assert_true(fd >= 0);
	assert_int_equal(connect(fd, (struct sockaddr *)&at, sizeof at), 0);
	return fd;
}

/* The status of what came, 0 when the connection was just closed. */
static int status_of(int fd)
{
	char head[16] = "";
	ssize_t got = recv(fd, head, sizeof head - 1, 0);
	return got > 12 ? atoi(head + 9) : 0;
}

/* Sends a byte to all that are open, and closes those that were answered. How many are left. */
static int one_round(struct pollfd *slow, int counts[SLOW_ANSWERS])
{
	int alive = 0;
	poll(NULL, 0, 100); /* the pace of the callers, nothing that is waited for */
	poll(slow, SLOW, 0);
	for (int i = 0; i < SLOW; i++) {
		if (slow[i].fd < 0)
			continue;
		if (slow[i].revents) {
			counts[status_of(slow[i].fd) % SLOW_ANSWERS]++;
			close(slow[i].fd);
			slow[i].fd = -1;
			continue;
		}
		alive += send(slow[i].fd, "x", 1, MSG_NOSIGNAL) == 1;
	}
	return alive;
}

/* A byte now and then keeps nobody's connection for long. */
static void bodies_that_trickle_are_cut(void **state)
{
	(void)state;
	struct pollfd slow[SLOW];
	int counts[SLOW_ANSWERS] = { 0 }, rounds = 0;
	char head[3072];
	int len = snprintf(head, sizeof head,
		"POST /api/v1/skills HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer %s\r\n"
		"Content-Type: application/json\r\nContent-Length: 60000\r\n\r\n",
		api_token(api_as("admin", NULL)));
	for (int i = 0; i < SLOW; i++) {
		slow[i] = (struct pollfd){ .fd = open_gateway(), .events = POLLIN };
		assert_int_equal(send(slow[i].fd, head, (size_t)len, MSG_NOSIGNAL), len);
	}
	while (one_round(slow, counts) > 0)
		assert_true(++rounds < ROUNDS_MOST);
	print_message("%d heard 408, %d others, after %d bytes\n", counts[408], SLOW - counts[408],
		rounds);
	assert_true(counts[408] > SLOW / 2);
	api_expect(api_get(api_as("participant", "chief"), "/api/v1/me"), 200);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(without_a_token_they_are_not_taken),
		cmocka_unit_test(without_the_scope_they_are_not_taken),
		cmocka_unit_test(one_caller_has_a_share_of_what_there_is),
		cmocka_unit_test(bodies_that_trickle_are_cut),
	};
	return cmocka_run_group_tests(tests, build, finish);
}
