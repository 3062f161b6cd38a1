#include "cut.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "support/client.h"

#define LINES_MOST  400
#define BACKLOG     400
#define PIECE_BYTES 65536
#define TURN_MS     20 /* how often the wire looks whether it is cut or ended */

/* One connection: what came from either end and goes to the other. */
static struct line {
	int ends[2]; /* the service's, PostgreSQL's */
	size_t from[2], till[2];
	char held[2][PIECE_BYTES];
} lines[LINES_MOST];

static int line_count; /* of the wire's own thread, as is all above */
static struct sockaddr_un postgres;
static int listener;
static atomic_bool is_cut, ended;
static pthread_t thread;

static void let_in(void)
{
	int service = accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
	if (service < 0)
		return;
	int server = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (line_count == LINES_MOST ||
		connect(server, (struct sockaddr *)&postgres, sizeof postgres) != 0) {
		close(service);
		close(server);
		return;
	}
	struct line *line = &lines[line_count++];
	line->ends[0] = service;
	line->ends[1] = server;
	line->from[0] = line->from[1] = line->till[0] = line->till[1] = 0;
}

/* Passes on what is there in one direction. false: one end has closed. */
static bool pass(struct line *line, int from)
{
	if (line->from[from] == line->till[from]) {
		ssize_t got = recv(line->ends[from], line->held[from], PIECE_BYTES, 0);
		if (got <= 0)
			return got < 0 && (errno == EAGAIN || errno == EINTR);
		line->from[from] = 0;
		line->till[from] = (size_t)got;
	}
	ssize_t sent = send(line->ends[!from], line->held[from] + line->from[from],
		line->till[from] - line->from[from], MSG_NOSIGNAL);
	if (sent < 0)
		return errno == EAGAIN || errno == EINTR;
	line->from[from] += (size_t)sent;
	return true;
}

static void end_line(int i)
{
	close(lines[i].ends[0]);
	close(lines[i].ends[1]);
	lines[i] = lines[--line_count];
}

static void pass_all(void)
{
	struct pollfd waits[2 * LINES_MOST + 1] = { { .fd = listener, .events = POLLIN } };
	for (int i = 0; i < line_count; i++)
		for (int end = 0; end < 2; end++) {
			bool held = lines[i].from[end] < lines[i].till[end];
			bool wanted = lines[i].from[!end] < lines[i].till[!end];
			waits[1 + 2 * i + end] = (struct pollfd){ .fd = lines[i].ends[end],
				.events = (short)((held ? 0 : POLLIN) | (wanted ? POLLOUT : 0)) };
		}
	if (poll(waits, 1 + 2 * (nfds_t)line_count, TURN_MS) <= 0)
		return;
	for (int i = line_count - 1; i >= 0; i--)
		if ((waits[1 + 2 * i].revents || waits[2 + 2 * i].revents) &&
			(!pass(&lines[i], 0) || !pass(&lines[i], 1)))
			end_line(i);
	if (waits[0].revents)
		let_in();
}

static void *wire_main(void *context)
{
	(void)context;
	while (!atomic_load(&ended))
		if (atomic_load(&is_cut))
			poll(NULL, 0, TURN_MS);
		else
			pass_all();
	while (line_count > 0)
		end_line(0);
	return NULL;
}

int wire_open(void)
{
	struct sockaddr_in at = { .sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t length = sizeof at;
	postgres.sun_family = AF_UNIX;
	assert_true(snprintf(postgres.sun_path, sizeof postgres.sun_path, "%s/.s.PGSQL.5432",
			    api_stack("socket")) < (int)sizeof postgres.sun_path);
	listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	assert_int_equal(bind(listener, (struct sockaddr *)&at, sizeof at), 0);
	assert_int_equal(listen(listener, BACKLOG), 0);
	assert_int_equal(getsockname(listener, (struct sockaddr *)&at, &length), 0);
	assert_int_equal(pthread_create(&thread, NULL, wire_main, NULL), 0);
	return ntohs(at.sin_port);
}

void wire_cut(bool cut)
{
	atomic_store(&is_cut, cut);
	/* with a full backlog the kernel drops what asks for a connection */
	assert_int_equal(listen(listener, cut ? 0 : BACKLOG), 0);
}

void wire_close(void)
{
	atomic_store(&ended, true);
	pthread_join(thread, NULL);
	close(listener);
}
