/*
 * admin.h - the second, small listener: GET /livez, /readyz, /metrics, and outside production
 * PUT /clock {"offset_seconds": n}. Never behind the gateway. The GETs touch no connection pool, so
 * an exhausted one cannot starve them.
 */
#ifndef UPWARD_SERVICE_ADMIN_H
#define UPWARD_SERVICE_ADMIN_H

#include "http/exchange.h"

/* The admin server's answer function; context is a struct service_state. */
void admin_answer(
	void *context, const struct http_request *request, struct http_response *response);

#endif
