/*
 * server.h - the transport: a listening socket, a thread per connection, explicit limits, and one
 * function that answers everything. Nothing above this file knows which library is used.
 *
 * The limits: connections (each is a thread), idle seconds of a connection, 19 KB for request line and
 * headers together (beyond that 431, beyond 21 KiB without our code), bytes and minimum rate of a
 * body. A request with a body is checked by its headers, before a byte of the body is read; if it is
 * refused, only as much is read as the caller needs to receive the response.
 */
#ifndef UPWARD_HTTP_SERVER_H
#define UPWARD_HTTP_SERVER_H

#include "base/cleanup.h"
#include "http/body.h"
#include "http/exchange.h"

struct server_settings {
	const char *address; /* a numeric IPv4 or IPv6 address */
	int port;            /* 0: any free port, see server_port() */
	int connection_limit;
	int timeout_seconds;
	size_t body_most; /* bytes, if there is no check */
	int body_rate;    /* minimum bytes per second of a body, from 5 s after its headers; 0: none */
	struct body_budget *bodies; /* borrowed */
	/* Checks the headers: whether the body is read, and with which limits; otherwise the
	 * response. NULL: always read. */
	bool (*judge)(void *context, const struct http_request *head,
		struct http_body_terms *ret_terms, struct http_response *response);
	/* Called on the connection's thread; fills *response, which is zeroed except for `text`. */
	void (*answer)(
		void *context, const struct http_request *request, struct http_response *response);
	void *context; /* borrowed for the server's life */
};

struct server;

/* Returns owned, or NULL with a one-line reason. */
CHECKED struct server *server_open(
	const struct server_settings *settings, char *ret_reason, size_t reason_size);
int server_port(const struct server *server);
/* Stops accepting: the kernel refuses new connections. Open ones are still served, and told to close
 * with their next response. */
void server_quiesce(struct server *server);
/* Requests whose request line has been read and whose response has not been sent. */
int server_in_flight(const struct server *server);
int server_connections(const struct server *server);
/* Closes open connections, joins all threads, frees. */
void server_close(struct server *server);

#endif
