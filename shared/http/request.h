/*
 * request.h - turns a raw request into a validated call. All errors in path parameters, query and
 * body are collected and reported at once.
 *
 * Status: a malformed request is 400: unreadable JSON, members that are unknown, missing, null or of
 * the wrong type, and every error in a parameter. If all members of a body have the right type but a
 * value is outside its domain (format, length, range, enumeration), it is 422. If both occur it is
 * 400, and `errors` lists all of them.
 */
#ifndef UPWARD_HTTP_REQUEST_H
#define UPWARD_HTTP_REQUEST_H

#include "http/call.h"
#include "http/exchange.h"
#include "http/page.h"
#include "http/router.h"

#define REQUEST_ID_MOST 128

/* A call and everything that it borrows. Not zeroed as a whole. */
struct request {
	struct call call;
	const struct http_request *raw;
	char request_id[REQUEST_ID_MOST + 1];
	char *owned_values[2 * CALL_QUERY_MOST +
			   CALL_PATH_MOST]; /* of parameters, in another form */
	size_t owned_value_count;
	char *owned_body;     /* NULL: the body as received */
	enum charset charset; /* of the body that follows */
	struct page_after after;
	struct principal principal;
	const char *refused; /* why the caller was refused, as a code for the log; or NULL */
	struct faults faults;
	struct target target;
	/* The raw path, followed by room for the target's texts. No larger than necessary: when a
	 * thousand requests wait, each has its own. */
	char *target_room;
	char url_path[];
};
_Static_assert(sizeof(struct request) <= 3072, "what a waiting request keeps stays small");

/* An empty call with a request id: the caller's X-Request-Id if it is valid. Owned; NULL: out of
 * memory. Borrows `raw` for its lifetime. */
CHECKED struct request *request_new(struct service_state *service, const struct http_request *raw);
void request_free(struct request *r);

/* Each of these checks one thing and returns true, or false with the refusal in *ret_reply. */

/* Framing, and headers that must not be repeated. */
CHECKED bool request_frame(struct request *r, struct reply *ret_reply);
/* Media types, lengths. */
CHECKED bool request_media(struct request *r, struct reply *ret_reply);
/* Path parameters, query, cursor, body. */
CHECKED bool request_values(struct request *r, const struct route *route, struct reply *ret_reply);
/* If-Match and Idempotency-Key: well formed, and present if required. */
CHECKED bool request_conditions(struct request *r, struct reply *ret_reply);

#endif
