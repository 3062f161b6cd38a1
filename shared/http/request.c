#include "http/request.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "base/str.h"
#include "http/csv_reply.h"
#include "http/etag.h"
#include "http/media.h"
#include "http/state.h"

/* {} with white space */
#define EMPTY_OBJECT_MOST 64
#define JSON_BLANKS " \t\r\n"

static const struct principal nobody = { .roles_sql = "{}" };

struct request *request_new(struct service_state *service, const struct http_request *raw)
{
	const char *sent = raw->headers[HTTP_REQUEST_ID];
	size_t path_len = strcspn(raw->target, "?");
	if (path_len > TARGET_BYTES_MOST)
		path_len = TARGET_BYTES_MOST;
	struct request *r = malloc(sizeof *r + path_len + 1 + strlen(raw->target) + 1);
	if (!r)
		return NULL;
	if (sent && !http_repeated(raw, HTTP_REQUEST_ID) &&
		str_is_visible_ascii(sent, REQUEST_ID_MOST)) {
		memcpy(r->request_id, sent, strlen(sent) + 1);
	} else {
		struct id made = id_v7();
		memcpy(r->request_id, made.text, sizeof made.text);
	}
	memcpy(r->url_path, raw->target, path_len);
	r->url_path[path_len] = '\0';
	r->target_room = r->url_path + path_len + 1;
	r->raw = raw;
	r->owned_value_count = 0;
	r->owned_body = NULL;
	r->charset = CHARSET_NONE;
	r->refused = NULL;
	r->after = (struct page_after){ 0 };
	r->faults = (struct faults){ 0 };
	r->call = (struct call){
		.service = service,
		.db = service->db,
		.principal = &nobody,
		.request_id = r->request_id,
		.url_path = r->url_path,
		.target = &r->target,
		.if_match = -1,
		.limit = PAGE_LIMIT_USUAL,
	};
	return r;
}

void request_free(struct request *r)
{
	const struct operation *op = r->call.operation;
	for (size_t i = 0; r->call.member_values && i < op->body_count; i++)
		free(r->call.member_values[i]);
	free(r->call.member_values);
	json_decref(r->call.body);
	for (size_t i = 0; i < r->owned_value_count; i++)
		free(r->owned_values[i]);
	free(r->owned_body);
	faults_release(&r->faults);
	free(r->after.text);
	free(r);
}

static bool refuse(struct request *r, enum problem_code code, struct reply *ret_reply)
{
	*ret_reply = reply_problem(&r->call, code, NULL, NULL, NULL);
	return false;
}

/* Refuses the request and names the header. */
static bool refuse_header(
	struct request *r, enum problem_code code, const char *name, struct reply *ret_reply)
{
	r->faults.count = 0;
	faults_add(
		&r->faults, true, name, problem_kinds[code].code, "%s", problem_kinds[code].title);
	*ret_reply = reply_faults(&r->call, code, &r->faults);
	return false;
}

bool request_frame(struct request *r, struct reply *ret_reply)
{
	static const struct {
		enum http_header header;
		const char *name;
	} single[] = {
		{ HTTP_CONTENT_TYPE, "Content-Type" },
		{ HTTP_IF_MATCH, "If-Match" },
		{ HTTP_IDEMPOTENCY_KEY, "Idempotency-Key" },
		{ HTTP_REQUEST_ID, "X-Request-Id" },
		{ HTTP_ORIGIN, "Origin" },
	};
	const struct http_request *raw = r->raw;
	if (raw->head_too_large)
		return refuse(r, PROBLEM_HEADER_TOO_LARGE, ret_reply);
	/* two ways to say where the body ends: a proxy in front may have used the other */
	if (http_repeated(raw, HTTP_CONTENT_LENGTH) || http_repeated(raw, HTTP_TRANSFER_ENCODING) ||
		(raw->headers[HTTP_CONTENT_LENGTH] && raw->headers[HTTP_TRANSFER_ENCODING]))
		return refuse(r, PROBLEM_BAD_REQUEST, ret_reply);
	for (size_t i = 0; raw->repeated && i < COUNT(single); i++) {
		if (http_repeated(raw, single[i].header))
			return refuse_header(r, PROBLEM_INVALID_HEADER, single[i].name, ret_reply);
	}
	return true;
}

/* A body is optional if none of its members is required. */
static bool body_optional(const struct operation *op)
{
	for (size_t i = 0; i < op->body_count; i++) {
		if (op->body_fields[i].flags & FIELD_REQUIRED)
			return false;
	}
	return op->body == BODY_JSON;
}

static bool has_body(const struct request *r)
{
	return r->raw->body_length > 0 || r->raw->announced;
}

/* An operation without a body accepts {} as no body, because some clients send JSON with every
 * POST. If only the headers have arrived: whether the body could be that. */
static bool is_no_body(const struct request *r)
{
	const char *at = r->raw->body;
	if (!has_body(r))
		return true;
	if (r->call.operation->method != HTTP_POST)
		return false;
	if (r->raw->announced)
		return r->raw->announced_length <= EMPTY_OBJECT_MOST;
	if (!at || strlen(at) != r->raw->body_length || at[strspn(at, JSON_BLANKS)] != '{')
		return false;
	at += strspn(at, JSON_BLANKS) + 1;
	at += strspn(at, JSON_BLANKS);
	return *at == '}' && at[1 + strspn(at + 1, JSON_BLANKS)] == '\0';
}

/* Refuses the media type and says what is accepted instead. */
static bool refuse_media(struct request *r, struct reply *ret_reply)
{
	const struct operation *op = r->call.operation;
	char types[80];
	char detail[240];
	media_offer(op, types, sizeof types);
	snprintf(detail, sizeof detail, "This operation takes %s in %s, without Content-Encoding.",
		types, op->body == BODY_RAW ? CHARSETS_TAKEN : "UTF-8");
	*ret_reply = reply_problem(&r->call, PROBLEM_UNSUPPORTED_MEDIA_TYPE, NULL, detail, NULL);
	return false;
}

bool request_media(struct request *r, struct reply *ret_reply)
{
	const struct operation *op = r->call.operation;
	const char *encoding = r->raw->headers[HTTP_CONTENT_ENCODING];
	r->call.accept = media_choose(op, r->raw->headers[HTTP_ACCEPT]);
	if (!r->call.accept)
		return refuse(r, PROBLEM_NOT_ACCEPTABLE, ret_reply);
	if (csv_wanted(&r->call) || str_equal(r->call.accept, MEDIA_NDJSON))
		r->call.limit = CSV_LIMIT;
	if (op->body == BODY_NONE) {
		if (is_no_body(r))
			return true;
		*ret_reply = reply_problem(
			&r->call, PROBLEM_INVALID_BODY, "", "This operation takes no body.", NULL);
		return false;
	}
	if (r->raw->body_length > op->body_most ||
		(r->raw->announced && r->raw->announced_length > (int64_t)op->body_most))
		return refuse(r, PROBLEM_TOO_LARGE, ret_reply);
	if (!has_body(r) && body_optional(op))
		return true;
	if (!media_accepts(op, r->raw->headers[HTTP_CONTENT_TYPE], &r->charset) ||
		(encoding && !str_equal(encoding, "identity")))
		return refuse_media(r, ret_reply);
	return true;
}

bool request_conditions(struct request *r, struct reply *ret_reply)
{
	struct call *call = &r->call;
	const struct operation *op = call->operation;
	const char *if_match = r->raw->headers[HTTP_IF_MATCH];
	const char *if_none_match = r->raw->headers[HTTP_IF_NONE_MATCH];
	const char *key = r->raw->headers[HTTP_IDEMPOTENCY_KEY];
	if (op->if_match && !if_match)
		return refuse(r, PROBLEM_PRECONDITION_REQUIRED, ret_reply);
	if (if_match && !etag_is_list(if_match))
		return refuse_header(r, PROBLEM_INVALID_ETAG, "If-Match", ret_reply);
	call->if_match_sent = if_match;
	if (op->method == HTTP_PUT && if_none_match) {
		if (!etag_is_list(if_none_match))
			return refuse_header(r, PROBLEM_INVALID_ETAG, "If-None-Match", ret_reply);
		call->only_new = etag_is_any(if_none_match);
	}
	if (key && op->method == HTTP_POST) {
		if (!str_is_visible_ascii(key, 255))
			return refuse_header(
				r, PROBLEM_INVALID_IDEMPOTENCY_KEY, "Idempotency-Key", ret_reply);
		call->idempotency_key = key;
	}
	return true;
}
