/*
 * exchange.h - one HTTP request as received and its response as sent, independent of any library: the
 * interface between the transport (server.h) and everything above it.
 */
#ifndef UPWARD_HTTP_EXCHANGE_H
#define UPWARD_HTTP_EXCHANGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "base/charset.h"

/* The request headers that are used here; all others are ignored. */
enum http_header {
	HTTP_ACCEPT,
	HTTP_AUTHORIZATION,
	HTTP_CONTENT_ENCODING,
	HTTP_CONTENT_LENGTH,
	HTTP_CONTENT_TYPE,
	HTTP_CORS_METHOD, /* Access-Control-Request-Method */
	HTTP_IDEMPOTENCY_KEY,
	HTTP_IF_MATCH,
	HTTP_IF_NONE_MATCH,
	HTTP_ON_BEHALF_OF, /* X-On-Behalf-Of */
	HTTP_ORIGIN,
	HTTP_REQUEST_ID, /* X-Request-Id */
	HTTP_TRACEPARENT,
	HTTP_TRANSFER_ENCODING,
	HTTP_HEADERS
};

/* What went wrong with a body before it was complete. */
enum http_body_fault {
	HTTP_BODY_FINE,
	HTTP_BODY_TOO_LARGE,
	HTTP_BODY_TOO_SLOW,
	HTTP_BODY_GREEDY,   /* the caller sends too many at once */
	HTTP_BODY_CROWDED,  /* all callers together do */
	HTTP_BODY_MALFORMED /* it is not in its charset */
};

struct http_request {
	const char *method;
	const char *target; /* the request target as sent, neither decoded nor truncated */
	const char *headers[HTTP_HEADERS]; /* the first of that name, or NULL */
	unsigned repeated;                 /* one bit per header that was sent more than once */
	size_t head_bytes;                 /* size of the headers in memory */
	bool head_too_large;               /* no room is left for response headers: 431 */
	const char *body;                  /* followed by a NUL; NULL if empty */
	size_t body_length;
	bool announced;                  /* when only the headers are here: a body follows, */
	int64_t announced_length;        /* of this length; -1: in chunks */
	enum http_body_fault body_fault; /* the body was not taken, and is not here */
};

/* What the headers say about the body that follows. */
struct http_body_terms {
	size_t most;          /* bytes */
	uint64_t caller;      /* who sends it; 0: unknown */
	enum charset charset; /* its encoding */
};

static inline bool http_repeated(const struct http_request *request, enum http_header header)
{
	return (request->repeated >> header) & 1U;
}

#define RESPONSE_HEADERS_MOST 24
#define RESPONSE_TEXT_MOST    1536

struct http_response {
	int status;
	char *body; /* owned; the server takes it */
	size_t length;
	size_t header_count;
	struct {
		const char *name;  /* static text */
		const char *value; /* static text, or inside `text` */
	} headers[RESPONSE_HEADERS_MOST];
	size_t used;
	char text[RESPONSE_TEXT_MOST];
};

/* Name and value are static texts. */
void response_constant(struct http_response *response, const char *name, const char *value);
/* Copies the value. A value that does not fit, or contains a control character, is left out: headers
 * are never truncated. */
void response_header(struct http_response *response, const char *name, const char *value);

#endif
