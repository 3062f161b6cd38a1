/*
 * answer.h - handles one request from raw input to response: framing, route, caller, media types,
 * values, conditions, then the handler or the table; then one log line and the operation's metrics.
 */
#ifndef UPWARD_HTTP_ANSWER_H
#define UPWARD_HTTP_ANSWER_H

#include "http/exchange.h"

/* The server's check of the headers: framing, route, caller, scope, media types, Content-Length. */
bool answer_judge(void *context, const struct http_request *head, struct http_body_terms *ret_terms,
	struct http_response *response);
/* The server's answer function; context is a struct service_state with its router. */
void answer_request(
	void *context, const struct http_request *request, struct http_response *response);

#endif
