/*
 * request.h - from a raw request to a checked call. Everything that can be wrong with path
 * parameters, query and body is collected and told at once.
 *
 * Which status: what is not well formed is 400: JSON that cannot be read, members that are unknown,
 * missing, null or of another type, and every fault of a parameter. A body whose members all have
 * their type, but one a value outside its domain (format, length, range, enumeration), is 422.
 * Where both occur it is 400, and `errors` lists all of them.
 */
#ifndef UPWARD_HTTP_REQUEST_H
#define UPWARD_HTTP_REQUEST_H

#include "http/call.h"
#include "http/exchange.h"
#include "http/page.h"
#include "http/router.h"

#define REQUEST_ID_MOST 128

/* A call and all that it borrows. Not cleared as a whole. */
struct request {
	struct call call;
	const struct http_request *raw;
	char request_id[REQUEST_ID_MOST + 1];
	char *owned_values[2 * CALL_QUERY_MOST +
			   CALL_PATH_MOST]; /* of parameters, in another form */
	size_t owned_value_count;
	char *owned_body;     /* NULL: the body as it came */
	enum charset charset; /* of the body to come */
	struct page_after after;
	struct principal principal;
	const char *refused; /* why the caller was turned away, a code for the log; NULL: was not */
	struct faults faults;
	struct target target;
	/* The raw path, and behind it room for the target's texts. No larger than it has to be: of
	 * a thousand requests that wait, each keeps its own. */
	char *target_room;
	char url_path[];
};

/* An empty call with a request id: the caller's own X-Request-Id when it is one. Owned; NULL: no
 * memory. `raw` is borrowed as long as it lives. */
CHECKED struct request *request_new(struct service_state *service, const struct http_request *raw);
void request_free(struct request *r);

/* Each of these looks at one thing and returns true, or false with the refusal in *ret_reply. */

/* Framing and headers that must not come twice. */
CHECKED bool request_frame(struct request *r, struct reply *ret_reply);
/* Media types, lengths. */
CHECKED bool request_media(struct request *r, struct reply *ret_reply);
/* Path parameters, query, cursor, body. */
CHECKED bool request_values(struct request *r, const struct route *route, struct reply *ret_reply);
/* If-Match and Idempotency-Key: whether they are well formed and there. */
CHECKED bool request_conditions(struct request *r, struct reply *ret_reply);

#endif
