#include "unit/http/fixture.h"

#include <libpq-fe.h>
#include "base/str.h"
#include "http/answer.h"
#include "support/unit/unit.h"

struct seen seen;

static void keep(char *to, size_t size, const char *from)
{
	snprintf(to, size, "%s", from ? from : "(null)");
}

/* Notes what reached it and answers with a constant. */
static struct reply witness(const struct call *call)
{
	const struct operation *op = call->operation;
	seen.calls += !seen.write || op->method != HTTP_GET; /* the look of an If-Match is none */
	keep(seen.operation, sizeof seen.operation, op->id);
	for (size_t i = 0; i < op->path_count; i++)
		keep(seen.path[i], sizeof seen.path[i], call->path_values[i]);
	if (op->body_count > 0) {
		keep(seen.name, sizeof seen.name, call_value(call, "name"));
		keep(seen.tags, sizeof seen.tags, call_value(call, "tags"));
	}
	keep(seen.q, sizeof seen.q, op->query_count ? call->query_values[0] : NULL);
	keep(seen.body, sizeof seen.body, call->body_text);
	keep(seen.key, sizeof seen.key, call->idempotency_key);
	keep(seen.new_id, sizeof seen.new_id, call->new_id.text);
	keep(seen.accept, sizeof seen.accept, call->accept);
	seen.limit = call->limit;
	seen.if_match = call->if_match;
	if (op->success == 204)
		return reply_empty(204);
	return reply_json(op->success, str_copy("{\"id\":1}"), 7);
}

static const struct field id_field[] = {
	{ .name = "thing_id", .type = FIELD_UUID, .flags = FIELD_REQUIRED, .max = 36 },
};
static const struct field person_fields[] = {
	{ .name = "person_id", .type = FIELD_UUID, .flags = FIELD_REQUIRED | FIELD_ME, .max = 36 },
	{ .name = "thing_id", .type = FIELD_UUID, .flags = FIELD_REQUIRED, .max = 36 },
};
static const struct field token_field[] = {
	{ .name = "token", .type = FIELD_STRING, .flags = FIELD_REQUIRED, .min = 1, .max = 64 },
};
static const struct field name_field[] = {
	{ .name = "label", .type = FIELD_STRING, .flags = FIELD_REQUIRED, .min = 1, .max = 20 },
};
static const struct field item_field[] = {
	{ .name = "", .type = FIELD_STRING, .min = 1, .max = 20 },
};
static const struct field uuid_item[] = { { .name = "", .type = FIELD_UUID, .max = 36 } };
static const char *const colours[] = { "red", "green", NULL };
static const struct field list_query[] = {
	{ .name = "q", .type = FIELD_STRING, .min = 2, .max = 20 },
	{ .name = "colour", .type = FIELD_STRING, .max = 5, .values = colours },
	{ .name = "ids", .type = FIELD_ARRAY, .max = 3, .members = uuid_item, .member_count = 1 },
};
static const struct field body_fields[] = {
	{ .name = "name", .type = FIELD_STRING, .flags = FIELD_REQUIRED, .min = 1, .max = 10 },
	{ .name = "amount", .type = FIELD_INTEGER, .min = 1, .max = 9 },
	{ .name = "tags", .type = FIELD_ARRAY, .max = 3, .members = item_field, .member_count = 1 },
};
static const struct field patch_fields[] = {
	{ .name = "name", .type = FIELD_STRING, .min = 1, .max = 10 },
	{ .name = "tags",
		.type = FIELD_ARRAY,
		.flags = FIELD_NULLABLE,
		.max = 3,
		.members = item_field,
		.member_count = 1 },
};
static const struct page_key list_keys[] = { { "name", "text" }, { "id", "uuid" } };

#define JSON_OUT                .produces = "application/json", .scope = SCOPE_PUBLIC, .handler = witness
#define BY_ID                   .path_fields = id_field, .path_count = 1
#define TAKES(kind, type, most) .body = (kind), .consumes = (type), .body_most = (most)

const struct operation things[THING_COUNT] = {
	[THING_LIST] = { .id = "thing_list",
		.method = HTTP_GET,
		.path = "/api/v1/things",
		.kind = OPERATION_LIST,
		.success = 200,
		.csv = "name,card.city,card.code,tags,answers.*,two.1.id,two.2.id",
		.query_fields = list_query,
		.query_count = COUNT(list_query),
		.page_keys = list_keys,
		.page_key_count = 2,
		JSON_OUT },
	[THING_CREATE] = { .id = "thing_create",
		.method = HTTP_POST,
		.path = "/api/v1/things",
		.kind = OPERATION_WRITE,
		.success = 201,
		TAKES(BODY_JSON, "application/json", 65536),
		.body_fields = body_fields,
		.body_count = COUNT(body_fields),
		JSON_OUT },
	[THING_READ] = { .id = "thing_read",
		.method = HTTP_GET,
		.path = "/api/v1/things/{thing_id}",
		.kind = OPERATION_READ,
		.success = 200,
		BY_ID,
		JSON_OUT },
	[THING_PATCH] = { .id = "thing_patch",
		.method = HTTP_PATCH,
		.path = "/api/v1/things/{thing_id}",
		.kind = OPERATION_WRITE,
		.success = 200,
		BY_ID,
		.if_match = true,
		.tagged = &things[THING_READ],
		TAKES(BODY_MERGE_PATCH, "application/merge-patch+json", 65536),
		.body_fields = patch_fields,
		.body_count = COUNT(patch_fields),
		JSON_OUT },
	[THING_DELETE] = { .id = "thing_delete",
		.method = HTTP_DELETE,
		.path = "/api/v1/things/{thing_id}",
		.kind = OPERATION_DELETE,
		.success = 204,
		BY_ID,
		.if_match = true,
		.tagged = &things[THING_READ],
		JSON_OUT },
	[THING_CLOSURE] = { .id = "thing_closure",
		.method = HTTP_POST,
		.path = "/api/v1/things/{thing_id}/closure",
		.kind = OPERATION_WRITE,
		.success = 200,
		BY_ID,
		.tagged = &things[THING_READ],
		JSON_OUT },
	[THING_NEWEST] = { .id = "thing_newest",
		.method = HTTP_GET,
		.path = "/api/v1/things/newest",
		.kind = OPERATION_READ,
		.success = 200,
		JSON_OUT },
	[PERSON_THINGS] = { .id = "person_things",
		.method = HTTP_GET,
		.path = "/api/v1/people/{person_id}/things/{thing_id}",
		.kind = OPERATION_READ,
		.success = 200,
		.path_fields = person_fields,
		.path_count = 2,
		JSON_OUT },
	[FEED_READ] = { .id = "feed_read",
		.method = HTTP_GET,
		.path = "/calendar/{token}.ics",
		.kind = OPERATION_READ,
		.success = 200,
		.path_fields = token_field,
		.path_count = 1,
		.produces = "text/calendar; charset=utf-8",
		.scope = SCOPE_PUBLIC,
		.handler = witness },
	[THING_PUT] = { .id = "thing_put",
		.method = HTTP_PUT,
		.path = "/api/v1/things/by-label/{label}",
		.kind = OPERATION_WRITE,
		.success = 200,
		.path_fields = name_field,
		.path_count = 1,
		TAKES(BODY_JSON, "application/json", 65536),
		.body_fields = body_fields,
		.body_count = COUNT(body_fields),
		JSON_OUT },
	[UPLOAD_CREATE] = { .id = "upload_create",
		.method = HTTP_POST,
		.path = "/api/v1/uploads",
		.kind = OPERATION_WRITE,
		.success = 202,
		TAKES(BODY_RAW, "text/csv", 1 << 20),
		JSON_OUT },
	[SECRET_READ] = { .id = "secret_read",
		.method = HTTP_GET,
		.path = "/api/v1/secrets",
		.kind = OPERATION_READ,
		.success = 200,
		.no_store = true,
		.scope = SCOPE_PEOPLE_READ,
		.produces = "application/json",
		.handler = witness },
};

static const size_t thing_count = THING_COUNT;
static const size_t no_statements;
static const struct service thing_service = { .name = "things",
	.operations = things,
	.operation_count = &thing_count,
	.statement_count = &no_statements };

void fixture_open(struct service_state *service)
{
	char reason[256] = "";
	*service = (struct service_state){ .service = &thing_service,
		.operations = things,
		.operation_count = thing_count,
		.base_url = "https://upward.example",
		.secret = "0123456789abcdef0123456789abcde" };
	service->router = router_new(things, THING_COUNT, reason, sizeof reason);
	assert_string_equal(reason, "");
	assert_non_null(service->router);
	memset(&seen, 0, sizeof seen);
}

void fixture_close(struct service_state *service)
{
	router_free(service->router);
}

void ask(struct service_state *service, const char *method, const char *target,
	const struct header *headers, const char *body, struct http_response *ret_response)
{
	struct http_request request = { .method = method,
		.target = target,
		.body = body,
		.body_length = body ? strlen(body) : 0 };
	for (; headers && headers->name != HTTP_HEADERS; headers++) {
		if (request.headers[headers->name])
			request.repeated |= 1U << headers->name;
		else
			request.headers[headers->name] = headers->value;
	}
	*ret_response = (struct http_response){ 0 };
	answer_request(service, &request, ret_response);
}

const char *header_of(const struct http_response *response, const char *name)
{
	for (size_t i = 0; i < response->header_count; i++) {
		if (str_equal(response->headers[i].name, name))
			return response->headers[i].value;
	}
	return NULL;
}

const char *code_of(const struct http_response *response)
{
	static char code[64];
	json_t *problem = response->body ? json_loadb(response->body, response->length, 0, NULL)
					 : NULL;
	const char *found = json_string_value(json_object_get(problem, "code"));
	snprintf(code, sizeof code, "%s", found ? found : "");
	json_decref(problem);
	return code;
}

struct db_rows *rows_make(
	int columns, const char *const *names, int count, const char *const *values)
{
	PGresult *result = PQmakeEmptyPGresult(NULL, PGRES_TUPLES_OK);
	PGresAttDesc attributes[8] = { 0 };
	for (int c = 0; c < columns; c++)
		attributes[c] =
			(PGresAttDesc){ .name = (char *)names[c], .typid = 25, .typlen = -1 };
	assert_true(PQsetResultAttrs(result, columns, attributes));
	for (int r = 0; r < count; r++) {
		for (int c = 0; c < columns; c++) {
			const char *value = values[r * columns + c];
			assert_true(PQsetvalue(
				result, r, c, (char *)value, value ? (int)strlen(value) : -1));
		}
	}
	return (struct db_rows *)result;
}
