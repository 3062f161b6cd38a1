#include "support/unit/wire.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>
#include "support/unit/unit.h"

#define PATIENCE_MS 20000

int wire_open(int port)
{
	struct sockaddr_in to = { .sin_family = AF_INET,
		.sin_port = htons((in_port_t)port),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	int fd = socket(AF_INET, SOCK_STREAM, 0);
	if (fd >= 0 && connect(fd, (struct sockaddr *)&to, sizeof to) < 0) {
		close(fd);
		return -1;
	}
	return fd;
}

void wire_send(int fd, const void *bytes, size_t len)
{
	const char *at = bytes;
	while (len > 0) {
		ssize_t sent = send(fd, at, len, MSG_NOSIGNAL);
		if (sent <= 0)
			return;
		at += sent;
		len -= (size_t)sent;
	}
}

void wire_text(int fd, const char *text)
{
	wire_send(fd, text, strlen(text));
}

static bool more(int fd, char *to, size_t room, size_t *used)
{
	struct pollfd wait = { .fd = fd, .events = POLLIN };
	if (poll(&wait, 1, PATIENCE_MS) <= 0)
		return false;
	ssize_t got = recv(fd, to + *used, room - *used - 1, 0);
	if (got <= 0)
		return false;
	*used += (size_t)got;
	to[*used] = '\0';
	return true;
}

static const char *read_answer(int fd, bool with_body)
{
	static char answer[1 << 16];
	size_t used = 0, body = 0;
	answer[0] = '\0';
	const char *end;
	while (!(end = strstr(answer, "\r\n\r\n"))) {
		if (!more(fd, answer, sizeof answer, &used))
			return "";
	}
	const char *length = strcasestr(answer, "\r\nContent-Length: ");
	if (with_body && length && length < end)
		body = (size_t)strtoul(length + 18, NULL, 10);
	while (used < (size_t)(end + 4 - answer) + body) {
		if (!more(fd, answer, sizeof answer, &used))
			return "";
	}
	return answer;
}

const char *wire_answer(int fd)
{
	return read_answer(fd, true);
}

const char *wire_head(int fd)
{
	return read_answer(fd, false);
}

int wire_status(const char *answer)
{
	return strncmp(answer, "HTTP/1.", 7) == 0 ? (int)strtol(answer + 9, NULL, 10) : 0;
}

bool wire_closed(int fd)
{
	struct pollfd wait = { .fd = fd, .events = POLLIN };
	char byte;
	return poll(&wait, 1, PATIENCE_MS) > 0 && recv(fd, &byte, 1, 0) <= 0;
}

bool wire_readable(int fd)
{
	struct pollfd wait = { .fd = fd, .events = POLLIN };
	return poll(&wait, 1, 0) > 0;
}

int wire_ask(int port, const char *text)
{
	int fd = wire_open(port);
	assert_true(fd >= 0);
	wire_text(fd, text);
	int status = wire_status(wire_answer(fd));
	close(fd);
	return status;
}
