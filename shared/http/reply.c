#include "http/reply.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "base/str.h"
#include "http/call.h"
#include "http/etag.h"
#include "http/media.h"
#include "ops/config.h"
#include "http/state.h"

#define PROBLEM_BYTES 65536

struct reply reply_empty(int status)
{
	return (struct reply){ .status = status };
}

struct reply reply_text(int status, const char *content_type, char *body, size_t length)
{
	if (!body)
		return (struct reply){ .status = 503, .retry_after = 1, .no_store = true };
	return (struct reply){
		.status = status, .body = body, .length = length, .content_type = content_type
	};
}

struct reply reply_json(int status, char *body, int64_t version)
{
	struct reply reply = reply_text(status, "application/json", body, body ? strlen(body) : 0);
	reply.version = body ? version : 0;
	return reply;
}

static int pause_before(int status)
{
	return status == 503 || status == 429 ? 1 : 0;
}

static struct reply write_problem(const struct problem *problem)
{
	int status = problem_kinds[problem->code].status;
	struct buf out = BUF_INIT(PROBLEM_BYTES);
	problem_write(&out, problem);
	size_t len = out.len;
	char *body = buf_ok(&out) ? buf_take(&out) : NULL;
	buf_release(&out);
	struct reply reply = reply_text(status, "application/problem+json", body, len);
	if (!body)
		return reply;
	reply.retry_after = pause_before(status);
	reply.no_store = true;
	reply.problem = problem->code;
	return reply;
}

/* The path of the request if it may appear in a URI reference (RFC 3986 section 3.3), otherwise
 * NULL. */
static const char *instance_of(const struct call *call)
{
	for (const char *at = call->url_path; *at; at++) {
		bool hex = at[0] == '%' && isxdigit((unsigned char)at[1]) &&
			   isxdigit((unsigned char)at[2]);
		if (!hex && !isalnum((unsigned char)*at) && !strchr("-._~!$&'()*+,;=:@/", *at))
			return NULL;
	}
	return call->url_path;
}

struct reply reply_faults(const struct call *call, enum problem_code code, const struct faults *f)
{
	if (f->lost)
		return reply_problem(call, PROBLEM_OVERLOADED, NULL, NULL, NULL);
	struct problem problem = { .code = code,
		.instance = instance_of(call),
		.request_id = call->request_id,
		.base_url = call->service->base_url,
		.faults = f };
	return write_problem(&problem);
}

static struct reply problem_at(struct problem *problem, const char *pointer)
{
	owned(faults_release) struct faults faults = { 0 };
	const struct problem_kind *kind = &problem_kinds[problem->code];
	bool parameter = *pointer && *pointer != '/'; /* a pointer begins with a slash */
	faults_add(&faults, parameter, pointer, kind->code, "%s",
		problem->detail ? problem->detail : kind->title);
	problem->faults = &faults;
	return write_problem(problem);
}

struct reply reply_problem(const struct call *call, enum problem_code code, const char *pointer,
	const char *detail, const char *extra)
{
	struct problem problem = { .code = code,
		.detail = detail,
		.instance = instance_of(call),
		.request_id = call->request_id,
		.base_url = call->service->base_url,
		.extra = extra };
	return pointer ? problem_at(&problem, pointer) : write_problem(&problem);
}

void reply_release(struct reply *reply)
{
	free(reply->body);
	free(reply->link);
	reply->body = reply->link = NULL;
}

/* Lets browsers of the listed origins read the response (Fetch standard, CORS protocol). */
static void send_cors(const struct call *call, const struct http_request *request, bool preflight,
	struct http_response *response)
{
	const struct config *config = call->service->config;
	const char *origin = request->headers[HTTP_ORIGIN];
	if (!config || !config_text(config, "CORS_ORIGINS"))
		return;
	response_constant(response, "Vary", "Origin");
	if (!origin || !config_has_origin(config, "CORS_ORIGINS", origin))
		return;
	response_header(response, "Access-Control-Allow-Origin", origin);
	if (!preflight) {
		response_constant(response, "Access-Control-Expose-Headers",
			"ETag, Link, Location, Content-Disposition, Retry-After, RateLimit, "
			"RateLimit-Policy, X-Request-Id, Idempotency-Replayed, Accept-Post, "
			"Accept-Patch");
		return;
	}
	response_constant(
		response, "Access-Control-Allow-Methods", "GET, HEAD, POST, PUT, PATCH, DELETE");
	response_constant(response, "Access-Control-Allow-Headers",
		"Authorization, Content-Type, If-Match, If-None-Match, Idempotency-Key, "
		"X-Request-Id, X-On-Behalf-Of, traceparent");
	response_constant(response, "Access-Control-Max-Age", "600");
}

/* Sends an entity tag if the body has a version or the operation is a read; 304 if the caller
 * already has it. */
static void send_etag(struct reply *reply, const struct call *call,
	const struct http_request *request, struct http_response *response)
{
	const struct operation *op = call->operation;
	bool read = op && op->kind == OPERATION_READ;
	char etag[ETAG_TEXT];
	if (!reply->body || reply->status >= 300 || (reply->version <= 0 && !read) ||
		(reply->version <= 0 && reply->no_store))
		return;
	if (reply->etag[0])
		memcpy(etag, reply->etag, sizeof etag);
	else
		etag_write(reply->version, reply->body, reply->length, etag);
	response_header(response, "ETag", etag);
	const char *held = request->headers[HTTP_IF_NONE_MATCH];
	if (read && held && etag_matches(held, etag)) {
		free(reply->body);
		reply->body = NULL;
		reply->length = 0;
		reply->status = 304;
	}
}

/* Says what would have been accepted (LDP 1.0 section 7.1, RFC 5789 section 2.2, RFC 9110 section
 * 15.5.16). */
static void send_offer(const struct operation *op, struct http_response *response)
{
	char types[80];
	media_offer(op, types, sizeof types);
	response_header(response,
		op->method == HTTP_POST    ? "Accept-Post"
		: op->method == HTTP_PATCH ? "Accept-Patch"
					   : "Accept",
		types);
}

/* Names the file after the list: pairs.csv. */
static void send_file_name(const char *path, struct http_response *response)
{
	char text[100];
	snprintf(text, sizeof text, "attachment; filename=\"%s.csv\"", strrchr(path, '/') + 1);
	response_header(response, "Content-Disposition", text);
}

static void send_fields(
	const struct reply *reply, const struct call *call, struct http_response *response)
{
	char number[16];
	if (reply->body && reply->content_type)
		response_constant(response, "Content-Type", reply->content_type);
	if (reply->body && reply->content_type && str_equal(reply->content_type, MEDIA_CSV))
		send_file_name(call->operation->path, response);
	if (reply->location[0])
		response_header(response, "Location", reply->location);
	if (reply->link)
		response_header(response, "Link", reply->link);
	if (reply->allow[0])
		response_header(response, "Allow", reply->allow);
	if (reply->replayed)
		response_constant(response, "Idempotency-Replayed", "true");
	if (reply->status == 401)
		response_constant(response, "WWW-Authenticate",
			reply->challenge ? reply->challenge : "Bearer");
	if (reply->retry_after > 0) {
		snprintf(number, sizeof number, "%d", reply->retry_after);
		response_header(response, "Retry-After", number);
	}
	if (reply->status == 415 && call->operation)
		send_offer(call->operation, response);
	response_constant(response, "X-Content-Type-Options", "nosniff");
	response_header(response, "X-Request-Id", call->request_id);
}

/* Ends JSON with a line feed, for people who read it in a terminal; lines of JSON have theirs. Skipped if out
 * of memory. */
static void end_line(struct reply *reply)
{
	if (!reply->body || !strstr(reply->content_type, "json") ||
		str_equal(reply->content_type, MEDIA_NDJSON))
		return;
	char *longer = realloc(reply->body, reply->length + 2);
	if (!longer)
		return;
	memcpy(longer + reply->length, "\n", 2);
	reply->body = longer;
	reply->length++;
}

void reply_send(struct reply *reply, const struct call *call, const struct http_request *request,
	struct http_response *response)
{
	if (call->operation && call->operation->no_store)
		reply->no_store = true;
	send_etag(reply, call, request, response);
	send_fields(reply, call, response);
	response_constant(
		response, "Cache-Control", reply->no_store ? "no-store" : "private, no-cache");
	send_cors(call, request, str_equal(request->method, "OPTIONS"), response);
	end_line(reply);
	response->status = reply->status;
	response->body = reply->body;
	response->length = reply->length;
	reply->body = NULL;
}
