/*
 * exchange.h - one HTTP request as it came in and the answer as it goes out, free of any library:
 * what the transport (server.h) and everything above it agree on.
 */
#ifndef UPWARD_HTTP_EXCHANGE_H
#define UPWARD_HTTP_EXCHANGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "base/charset.h"

/* The request headers that mean anything here; all others are passed over. */
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

/* What went wrong with a body before it was whole. */
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
	const char *target; /* the request target as sent: nothing decoded, nothing cut */
	const char *headers[HTTP_HEADERS]; /* the first of that name, or NULL */
	unsigned repeated;                 /* bit per header that came more than once */
	size_t head_bytes;                 /* what the head takes in memory */
	bool head_too_large;               /* it leaves no room for an answer's: 431 */
	const char *body;                  /* a NUL behind it; NULL when empty */
	size_t body_length;
	bool announced;                  /* of a head alone: a body is to come, */
	int64_t announced_length;        /* of this length; -1: in chunks */
	enum http_body_fault body_fault; /* the body was not taken, and is not here */
};

/* What the head says about the body to come. */
struct http_body_terms {
	size_t most;          /* bytes */
	uint64_t caller;      /* who sends it; 0: nobody known */
	enum charset charset; /* in which it comes */
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

/* The name and the value are static texts. */
void response_constant(struct http_response *response, const char *name, const char *value);
/* Copies the value. One that does not fit, or that holds a control character, is left out: a header
 * is never cut. */
void response_header(struct http_response *response, const char *name, const char *value);

#endif
