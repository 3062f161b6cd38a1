/*
 * admin.h - the second, small listener: GET /livez, /readyz, /metrics, and outside production
 * PUT /clock {"offset_seconds": n}. Never exposed through the gateway. The GETs use no connection
 * pool, so they work even if it is exhausted.
 */
#ifndef UPWARD_SERVICE_ADMIN_H
#define UPWARD_SERVICE_ADMIN_H

#include "http/exchange.h"

/* The admin server's answer function; context is a struct service_state. */
void admin_answer(
	void *context, const struct http_request *request, struct http_response *response);

#endif
