/*
 * server.h - the transport: a listening socket, a thread per connection, explicit limits, and one
 * function that answers everything. Nothing above this file knows which library carries it.
 *
 * The limits: connections (each is a thread), seconds of silence on a connection, 19 KB for request
 * line and headers together (beyond it 431, beyond 21 KiB without our code), bytes of a body, its
 * lowest rate. A request with a body is judged on its head, before a byte of the body is taken;
 * what is refused then is read no further than a caller needs to hear the answer.
 */
#ifndef UPWARD_HTTP_SERVER_H
#define UPWARD_HTTP_SERVER_H

#include "base/cleanup.h"
#include "http/body.h"
#include "http/exchange.h"

struct server_settings {
	const char *address; /* a numeric IPv4 or IPv6 address */
	int port;            /* 0: any free one, see server_port() */
	int connection_limit;
	int timeout_seconds;
	size_t body_most; /* bytes, where nobody judges */
	int body_rate;    /* bytes a second that a body must bring, 5 s after its head; 0: any */
	struct body_budget *bodies; /* borrowed */
	/* Whether the body of this head is taken, on which terms; else the answer. NULL: yes. */
	bool (*judge)(void *context, const struct http_request *head,
		struct http_body_terms *ret_terms, struct http_response *response);
	/* Called on the connection's thread; fills *response, which is cleared but for `text`. */
	void (*answer)(
		void *context, const struct http_request *request, struct http_response *response);
	void *context; /* borrowed for the server's life */
};

struct server;

/* Returns owned, or NULL with a one-line reason. */
CHECKED struct server *server_open(
	const struct server_settings *settings, char *ret_reason, size_t reason_size);
int server_port(const struct server *server);
/* Stops accepting: new connections are refused by the kernel. Open ones are served on, and told to
 * close with their next answer. */
void server_quiesce(struct server *server);
/* Requests whose request line is read and whose answer is not yet sent. */
int server_in_flight(const struct server *server);
int server_connections(const struct server *server);
/* Cuts what is still open, joins all threads, frees. */
void server_close(struct server *server);

#endif
