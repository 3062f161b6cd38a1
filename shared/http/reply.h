/*
 * reply.h - the response of an operation. A handler returns it by value; the server frees the body.
 */
#ifndef UPWARD_HTTP_REPLY_H
#define UPWARD_HTTP_REPLY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "http/etag.h"
#include "http/exchange.h"
#include "json/problem.h"

struct call;

struct reply {
	int status;
	char *body; /* owned, or NULL */
	size_t length;
	const char *content_type; /* static text; NULL without a body */
	int64_t version;          /* > 0: makes the ETag together with the body's crc */
	char etag[ETAG_TEXT];     /* computed from a text other than the body, or "" */
	char location[256];
	char *link;      /* owned, or NULL */
	int retry_after; /* seconds, 0 = none */
	bool replayed;   /* Idempotency-Replayed: true */
	bool no_store;
	enum problem_code problem; /* for a problem; unused below status 400 */
	const char *challenge;     /* 401: WWW-Authenticate, static text; NULL: Bearer */
	char allow[48];            /* 405 and OPTIONS; "" without */
};

/* Takes ownership of the body. NULL body: 503, out of memory. */
struct reply reply_json(int status, char *body, int64_t version);
struct reply reply_text(int status, const char *content_type, char *body, size_t length);
struct reply reply_empty(int status);
/* A problem from api/problems.yaml. pointer, detail and extra may be NULL; extra is JSON text with
 * further members ("\"current_status\":\"draft\""). */
struct reply reply_problem(const struct call *call, enum problem_code code, const char *pointer,
	const char *detail, const char *extra);
struct reply reply_faults(const struct call *call, enum problem_code code, const struct faults *f);
void reply_release(struct reply *reply);

/* Writes a reply with all headers that it and the request require: ETag and 304, caching, CORS,
 * X-Request-Id. Takes the body out of the reply. */
void reply_send(struct reply *reply, const struct call *call, const struct http_request *request,
	struct http_response *response);

#endif
