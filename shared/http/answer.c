#include "http/answer.h"

#include <string.h>
#include "base/clock.h"
#include "base/hash.h"
#include "base/str.h"
#include "http/condition.h"
#include "http/request.h"
#include "http/router.h"
#include "ops/log.h"
#include "http/state.h"
#include "ops/metrics.h"

static struct reply problem(const struct request *r, enum problem_code code)
{
	return reply_problem(&r->call, code, NULL, NULL, NULL);
}

/* Finds the operation. false: *ret_reply says why not (or answers OPTIONS). */
static bool route_request(struct request *r, struct route *route, struct reply *ret_reply)
{
	static const enum problem_code refusals[] = {
		[TARGET_MALFORMED] = PROBLEM_BAD_REQUEST,
		[TARGET_UNKNOWN] = PROBLEM_NOT_FOUND,
		[TARGET_TOO_LONG] = PROBLEM_URI_TOO_LONG,
	};
	enum target_outcome outcome = target_parse(r->raw->target, r->target_room, &r->target);
	if (outcome != TARGET_OK) {
		*ret_reply = problem(r, refusals[outcome]);
		return false;
	}
	router_find(r->call.service->router, r->raw->method, &r->target, route);
	if (route->methods == 0) {
		*ret_reply = problem(r, PROBLEM_NOT_FOUND);
		return false;
	}
	r->call.operation = route->operation;
	if (route->operation)
		return true;
	*ret_reply = str_equal(r->raw->method, "OPTIONS") ? reply_empty(204)
							  : problem(r, PROBLEM_METHOD_NOT_ALLOWED);
	router_allow(route->methods, ret_reply->allow, sizeof ret_reply->allow);
	return false;
}

static enum problem_code problem_of_caller(enum principal_outcome outcome)
{
	switch (outcome) {
	case PRINCIPAL_UNKNOWN:
		return PROBLEM_PERSON_UNKNOWN;
	case PRINCIPAL_NO_DELEGATE:
		return PROBLEM_NOT_DELEGATE;
	case PRINCIPAL_INACTIVE:
		return PROBLEM_PERSON_INACTIVE;
	case PRINCIPAL_UNAVAILABLE:
		return PROBLEM_UNAVAILABLE;
	case PRINCIPAL_OK:
	case PRINCIPAL_REFUSED:
		break;
	}
	return PROBLEM_UNAUTHENTICATED;
}

/* Whether the operation is open to an identified caller, possibly acting for another person. If it
 * is not open to delegates, the header is refused: ignoring it would let assistants act in their
 * own name without noticing. */
static bool admits(struct request *r, enum problem_code *ret_code)
{
	const struct operation *op = r->call.operation;
	const char *for_whom = r->raw->headers[HTTP_ON_BEHALF_OF];
	bool person = r->principal.person_id[0] || (r->principal.roles & op->roles);
	*ret_code = person ? PROBLEM_FORBIDDEN : PROBLEM_PERSON_UNKNOWN;
	if (!person || !(r->principal.scopes & SCOPE_BIT(op->scope)))
		return false;
	if (!for_whom)
		return true;
	*ret_code = PROBLEM_NOT_DELEGATE;
	if (!op->delegates || http_repeated(r->raw, HTTP_ON_BEHALF_OF))
		return false;
	enum principal_outcome outcome = authority_act_for(
		r->call.service->authority, for_whom, &r->principal);
	*ret_code = problem_of_caller(outcome);
	return outcome == PRINCIPAL_OK && (r->principal.scopes & SCOPE_BIT(op->scope));
}

/* Identifies the caller, and checks that the operation is open to them. */
static bool identify(struct request *r, struct reply *ret_reply)
{
	const struct operation *op = r->call.operation;
	const char *header = r->raw->headers[HTTP_AUTHORIZATION];
	enum token_fault fault = TOKEN_ABSENT;
	if (op->scope == SCOPE_PUBLIC)
		return true;
	enum principal_outcome outcome = PRINCIPAL_REFUSED;
	if (header && !http_repeated(r->raw, HTTP_AUTHORIZATION))
		outcome = authority_identify(
			r->call.service->authority, header, &r->principal, &fault);
	enum problem_code code = problem_of_caller(outcome);
	if (outcome == PRINCIPAL_OK) {
		r->call.principal = &r->principal;
		if (admits(r, &code))
			return true;
	}
	*ret_reply = problem(r, code);
	r->refused = problem_kinds[code].code;
	if (code == PROBLEM_UNAUTHENTICATED) {
		r->refused = token_fault_texts[fault].code;
		ret_reply->challenge = token_fault_texts[fault].challenge;
	}
	return false;
}

static enum problem_code problem_of_body(enum http_body_fault fault)
{
	static const enum problem_code codes[] = {
		[HTTP_BODY_TOO_LARGE] = PROBLEM_TOO_LARGE,
		[HTTP_BODY_TOO_SLOW] = PROBLEM_REQUEST_TIMEOUT,
		[HTTP_BODY_GREEDY] = PROBLEM_RATE_LIMITED,
		[HTTP_BODY_CROWDED] = PROBLEM_OVERLOADED,
		[HTTP_BODY_MALFORMED] = PROBLEM_INVALID_CSV,
	};
	return codes[fault];
}

static struct reply refuse_body(const struct request *r)
{
	const char *detail = r->raw->body_fault == HTTP_BODY_MALFORMED
				     ? "The file is not in the encoding that its charset or its "
				       "byte order mark says."
				     : NULL;
	return reply_problem(&r->call, problem_of_body(r->raw->body_fault), NULL, detail, NULL);
}

/* Whether the body that these headers announce may be sent. */
static bool judge(struct request *r, struct reply *ret_reply)
{
	struct route route;
	return request_frame(r, ret_reply) && route_request(r, &route, ret_reply) &&
	       identify(r, ret_reply) && request_media(r, ret_reply);
}

static struct reply respond(struct request *r)
{
	struct reply reply;
	struct route route;
	if (r->raw->body_fault)
		return route_request(r, &route, &reply) ? refuse_body(r) : reply;
	if (!request_frame(r, &reply) || !route_request(r, &route, &reply) ||
		!identify(r, &reply) || !request_media(r, &reply) ||
		!request_values(r, &route, &reply) || !request_conditions(r, &reply))
		return reply;
	return condition_run(&r->call);
}

/* The trace-id of a W3C traceparent, 00-<32 hex>-<16 hex>-<2 hex>; NULL for anything else. */
static const char *trace_id(const char *traceparent, char id[33])
{
	if (!traceparent || strlen(traceparent) != 55 || memcmp(traceparent, "00-", 3) != 0 ||
		strspn(traceparent + 3, "0123456789abcdef") != 32 || traceparent[35] != '-')
		return NULL;
	memcpy(id, traceparent + 3, 32);
	id[32] = '\0';
	return id;
}

static void account(const struct request *r, int status, uint64_t began)
{
	struct service_state *service = r->call.service;
	const struct operation *op = r->call.operation;
	uint64_t took = clock_monotonic_us() - began;
	char id[33];
	const char *trace = trace_id(r->raw->headers[HTTP_TRACEPARENT], id);
	size_t place = op ? (size_t)(op - service->operations) : service->operation_count;
	if (service->operation_metrics)
		metrics_request(&service->operation_metrics[place], status, took);
	log_info("request", LOG_TEXT(LOG_OPERATION, op ? op->id : "none"),
		LOG_TEXT(LOG_METHOD, r->raw->method), LOG_NUMBER(LOG_STATUS, status),
		LOG_NUMBER(LOG_DURATION_US, (int64_t)took), LOG_TEXT(LOG_REQUEST_ID, r->request_id),
		LOG_TEXT(LOG_REASON, r->refused), LOG_TEXT(LOG_TRACE_ID, trace));
	if (status == 500)
		log_error("request_failed", LOG_TEXT(LOG_OPERATION, op ? op->id : "none"),
			LOG_TEXT(LOG_REQUEST_ID, r->request_id));
}

/* The minimal response when there is no memory for a request. */
static void refuse_all(struct http_response *response)
{
	response->status = 503;
	response_constant(response, "Retry-After", "1");
	response_constant(response, "Cache-Control", "no-store");
}

bool answer_judge(void *context, const struct http_request *head, struct http_body_terms *ret_terms,
	struct http_response *response)
{
	uint64_t began = clock_monotonic_us();
	struct request *r = request_new(context, head);
	if (!r) {
		refuse_all(response);
		return false;
	}
	struct reply reply;
	bool taken = judge(r, &reply);
	if (taken) {
		unsigned char digest[HASH_BYTES];
		const char *who = r->call.principal->subject;
		hash_sha256(who, strlen(who), digest);
		memcpy(&ret_terms->caller, digest, sizeof ret_terms->caller);
		ret_terms->most = r->call.operation->body_most;
		ret_terms->charset = r->charset;
	} else {
		reply_send(&reply, &r->call, head, response);
		account(r, response->status, began);
		reply_release(&reply);
	}
	request_free(r);
	return taken;
}

void answer_request(
	void *context, const struct http_request *request, struct http_response *response)
{
	uint64_t began = clock_monotonic_us();
	/* not on the stack: a thousand idle connections would keep a thousand copies */
	struct request *r = request_new(context, request);
	if (!r) {
		refuse_all(response);
		return;
	}
	struct reply reply = respond(r);
	reply_send(&reply, &r->call, request, response);
	account(r, response->status, began);
	reply_release(&reply);
	request_free(r);
}
