/*
 * request_values.c - the values of a request: path parameters, query, cursor and body, checked by
 * the operation's field tables and turned into PostgreSQL's input text.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "base/str.h"
#include "http/request.h"
#include "http/state.h"

#define BYTES_AN_ELEMENT 32 /* of a large body, at least */

/* Keeps the converted value of a parameter until the end of the request. */
static const char *keep(struct request *r, char *text)
{
	r->owned_values[r->owned_value_count++] = text;
	return text;
}

/* ---- path ---- */

/* Replaces "me" by the actor. false: the caller is not a person, so "me" has no meaning. */
static bool take_path(struct request *r, const struct route *route)
{
	const struct operation *op = r->call.operation;
	for (size_t i = 0; i < op->path_count; i++) {
		const char *value = route->values[i];
		char *other = NULL;
		if ((op->path_fields[i].flags & FIELD_ME) && str_equal(value, "me")) {
			value = principal_actor(r->call.principal);
			if (!value)
				return false;
		} else if (!field_check_text(&op->path_fields[i], value, &r->faults, &other)) {
			value = NULL;
		}
		if (other)
			value = keep(r, other);
		r->call.path_values[i] = value;
	}
	return true;
}

/* ---- query ---- */

static void take_limit(struct request *r, const char *value)
{
	int64_t limit;
	if (!str_to_i64(value, &limit))
		faults_add(&r->faults, true, "limit", "type", "must be an integer");
	else if (limit < 1 || limit > PAGE_LIMIT_MOST)
		faults_add(&r->faults, true, "limit", limit < 1 ? "too_small" : "too_large",
			"must be from 1 to %d", PAGE_LIMIT_MOST);
	else
		r->call.limit = limit;
}

/* The index of a parameter's field, or one of the constants below. */
enum { PARAMETER_LIMIT = CALL_QUERY_MOST, PARAMETER_CURSOR, PARAMETER_UNKNOWN };

static size_t parameter_place(const struct operation *op, const char *name)
{
	for (size_t i = 0; i < op->query_count; i++) {
		if (str_equal(op->query_fields[i].name, name))
			return i;
	}
	if (op->kind == OPERATION_LIST && str_equal(name, "limit"))
		return PARAMETER_LIMIT;
	if (op->kind == OPERATION_LIST && str_equal(name, "cursor"))
		return PARAMETER_CURSOR;
	return PARAMETER_UNKNOWN;
}

/* Turns an array into an array literal; other types are the same in PostgreSQL. */
static bool to_sql(struct request *r, const struct field *field, const char **value)
{
	bool failed = false;
	if (field->type != FIELD_ARRAY)
		return true;
	char *text = field_text_to_sql(field, *value, &failed);
	*value = text;
	if (text)
		keep(r, text);
	return !failed;
}

/* Takes one value of a declared parameter; "me" is the actor. false: out of memory. */
static bool take_value(struct request *r, size_t place, const char *value)
{
	const struct field *field = &r->call.operation->query_fields[place];
	const char *actor = principal_actor(r->call.principal);
	char *other = NULL;
	if ((field->flags & FIELD_ME) && str_equal(value, "me") && actor) {
		r->call.query_values[place] = actor;
		return true;
	}
	if (!field_check_text(field, value, &r->faults, &other))
		return true;
	r->call.query_values[place] = other ? keep(r, other) : value;
	return to_sql(r, field, &r->call.query_values[place]);
}

/* false: out of memory. */
static bool take_query(struct request *r, const char **ret_cursor)
{
	const struct operation *op = r->call.operation;
	uint64_t seen = 0;
	bool memory = true;
	for (size_t i = 0; i < r->target.query_count; i++) {
		const struct parameter *p = &r->target.query[i];
		size_t place = parameter_place(op, p->name);
		if (place == PARAMETER_UNKNOWN) {
			faults_add(&r->faults, true, p->name, "unknown_parameter",
				"is not a parameter of this operation");
			continue;
		}
		if (seen >> place & 1) {
			faults_add(&r->faults, true, p->name, "repeated", "is given twice");
			continue;
		}
		seen |= UINT64_C(1) << place;
		if (place == PARAMETER_LIMIT) {
			take_limit(r, p->value);
		} else if (place == PARAMETER_CURSOR) {
			*ret_cursor = p->value;
		} else {
			memory = take_value(r, place, p->value) && memory;
		}
	}
	for (size_t i = 0; i < op->query_count; i++) {
		if ((op->query_fields[i].flags & FIELD_REQUIRED) && !(seen >> i & 1))
			faults_add(&r->faults, true, op->query_fields[i].name, "required",
				"is required");
	}
	return memory;
}

/* ---- body ---- */

static bool take_members(struct request *r)
{
	const struct operation *op = r->call.operation;
	r->call.member_values = calloc(op->body_count + 1, sizeof *r->call.member_values);
	if (!r->call.member_values)
		return false;
	for (size_t i = 0; i < op->body_count; i++) {
		bool failed = false;
		const struct field *field = &op->body_fields[i];
		r->call.member_values[i] = field_to_sql(
			field, json_object_get(r->call.body, field->name), &failed);
		if (failed)
			return false;
	}
	return true;
}

/* The body's text with its texts in their stored form. */
static bool rewrite_body(struct request *r)
{
	bool failed = false;
	r->owned_body = field_to_sql(&(struct field){ .type = FIELD_ANY }, r->call.body, &failed);
	r->call.body_text = r->owned_body;
	r->call.body_length = r->owned_body ? strlen(r->owned_body) : 0;
	return r->owned_body != NULL;
}

/* A body that may be larger than usual may have more elements in proportion. */
static size_t elements_most(const struct operation *op)
{
	size_t most = op->body_most / BYTES_AN_ELEMENT;
	return most > FIELD_ELEMENTS_MOST ? most : FIELD_ELEMENTS_MOST;
}

/* false: out of memory. Everything wrong with the body goes to the faults. */
static bool take_body(struct request *r)
{
	const struct operation *op = r->call.operation;
	const char *text = r->raw->body;
	size_t len = r->raw->body_length, before = r->faults.count;
	r->call.body_text = text ? text : "";
	r->call.body_length = len;
	if (op->body != BODY_JSON && op->body != BODY_MERGE_PATCH)
		return true;
	if (len == 0) { /* request_media() has already checked that it may be empty */
		text = "{}";
		len = 2;
	}
	r->call.body_text = text;
	r->call.body = field_parse_most(text, len, elements_most(op), &r->faults);
	if (!r->call.body)
		return r->faults.count > before;
	if (!json_is_object(r->call.body)) {
		faults_add(&r->faults, false, "", "type", "must be an object");
		return true;
	}
	if (!field_check(op->body_fields, op->body_count, r->call.body, "", &r->faults))
		return true;
	if (r->faults.rewritten && !rewrite_body(r))
		return false;
	return op->body_count == 0 || take_members(r);
}

/* ---- what the faults amount to ---- */

static bool one_of(const char *code, const char *const *codes)
{
	for (; *codes; codes++) {
		if (str_equal(code, *codes))
			return true;
	}
	return false;
}

static enum problem_code weigh(const struct faults *f)
{
	static const char *const unreadable[] = { "invalid_json", "invalid_utf8",
		"duplicate_member", "number_out_of_range", "too_deep", "too_many_elements", NULL };
	static const char *const misshapen[] = { "required", "unknown_member", "null", "type",
		NULL };
	bool json = false, shape = false, parameter = false, unknown = true;
	for (size_t i = 0; i < f->count; i++) {
		const struct fault *fault = &f->items[i];
		if (fault->parameter) {
			parameter = true;
			unknown = unknown && str_equal(fault->code, "unknown_parameter");
		} else {
			json = json ||
			       (fault->pointer[0] == '\0' && one_of(fault->code, unreadable));
			shape = shape || one_of(fault->code, misshapen);
		}
	}
	if (json)
		return PROBLEM_INVALID_JSON;
	if (shape)
		return PROBLEM_INVALID_BODY;
	if (parameter)
		return unknown ? PROBLEM_UNKNOWN_PARAMETER : PROBLEM_INVALID_PARAMETER;
	return PROBLEM_UNPROCESSABLE;
}

static bool refuse(struct request *r, enum problem_code code, struct reply *ret_reply)
{
	*ret_reply = reply_problem(&r->call, code, NULL, NULL, NULL);
	return false;
}

bool request_values(struct request *r, const struct route *route, struct reply *ret_reply)
{
	struct call *call = &r->call;
	const struct operation *op = call->operation;
	const char *cursor = NULL;
	if (!take_path(r, route))
		return refuse(r, PROBLEM_NOT_FOUND, ret_reply);
	if (!take_query(r, &cursor) || !take_body(r))
		return refuse(r, PROBLEM_OVERLOADED, ret_reply);
	if (faults_any(&r->faults)) {
		*ret_reply = reply_faults(call, weigh(&r->faults), &r->faults);
		return false;
	}
	if (cursor) {
		if (!page_open(call, call->service->secret, cursor, &r->after))
			return refuse(r, PROBLEM_INVALID_CURSOR, ret_reply);
		memcpy(call->after, r->after.keys, sizeof call->after);
	}
	if (op->kind == OPERATION_LIST)
		snprintf(call->limit_text, sizeof call->limit_text, "%d", (int)call->limit);
	if (op->method == HTTP_POST || op->method == HTTP_PUT)
		call->new_id = op->confidential_time ? id_v4() : id_v7();
	return true;
}
