/* LINK: -Wl,--wrap=authority_identify */
/* A request from its raw form to the handler, or to its refusal: the whole of answer_request(). */
#include "base/str.h"
#include "support/unit/unit.h"
#include "unit/http/fixture.h"

static struct service_state service;
static struct http_response response;
static enum principal_outcome outcome;
static struct principal principal;
static enum token_fault token_fault;

enum principal_outcome __wrap_authority_identify(struct authority *a, const char *header,
	struct principal *ret_principal, enum token_fault *ret_fault);
enum principal_outcome __wrap_authority_identify(struct authority *a, const char *header,
	struct principal *ret_principal, enum token_fault *ret_fault)
{
	(void)a;
	*ret_fault = token_fault;
	assert_string_equal(header, "Bearer t");
	*ret_principal = principal;
	return outcome;
}

static int open_all(void **state)
{
	(void)state;
	fixture_open(&service);
	return 0;
}

static int close_all(void **state)
{
	(void)state;
	fixture_close(&service);
	return 0;
}

#define SENT(...) ((const struct header[]){ __VA_ARGS__, { HTTP_HEADERS, NULL } })
#define JSON                                                                                       \
	{                                                                                          \
		HTTP_CONTENT_TYPE, "application/json"                                              \
	}
#define THING "/api/v1/things/" THING_ID

/* Sends, and checks status and problem code ("" for none). */
static void expect(int status, const char *code, const char *method, const char *target,
	const struct header *headers, const char *body)
{
	free(response.body);
	seen.calls = 0;
	ask(&service, method, target, headers, body, &response);
	if (response.status != status || !str_equal(code_of(&response), code))
		fail_msg("%s %s %s: %d %s", method, target, body ? body : "", response.status,
			response.body ? response.body : "");
	assert_int_equal(seen.calls, status < 400 && !str_equal(method, "OPTIONS"));
}

static int forget_all(void **state)
{
	(void)state;
	free(response.body);
	response.body = NULL;
	return 0;
}

/* The fault at `index` names this place with this code. */
static void expect_fault(size_t index, const char *kind, const char *place, const char *code)
{
	json_t *problem = json_loadb(response.body, response.length, 0, NULL);
	const json_t *fault = json_array_get(json_object_get(problem, "errors"), index);
	assert_string_equal(json_string_value(json_object_get(fault, kind)), place);
	assert_string_equal(json_string_value(json_object_get(fault, "code")), code);
	json_decref(problem);
}

static size_t fault_count(void)
{
	json_t *problem = json_loadb(response.body, response.length, 0, NULL);
	size_t count = json_array_size(json_object_get(problem, "errors"));
	json_decref(problem);
	return count;
}

static void request_refuses_bad_targets(void **state)
{
	(void)state;
	expect(400, "bad_request", "GET", "/api/v1/things%00", NULL, NULL);
	expect(400, "bad_request", "GET", "/api/v1/things?q=%", NULL, NULL);
	expect(404, "not_found", "GET", "/api/v1//things", NULL, NULL);
	expect(404, "not_found", "GET", "/api/v1/things/", NULL, NULL);
	expect(404, "not_found", "GET", "/api/v1/nothing", NULL, NULL);
	expect(404, "not_found", "OPTIONS", "/api/v1/nothing", NULL, NULL);
	static char longest[TARGET_BYTES_MOST + 8];
	memset(longest, 'a', sizeof longest - 1);
	longest[0] = '/';
	expect(414, "uri_too_long", "GET", longest, NULL, NULL);
}

static void request_knows_its_methods(void **state)
{
	(void)state;
	expect(405, "method_not_allowed", "PUT", "/api/v1/things", NULL, NULL);
	assert_string_equal(header_of(&response, "Allow"), "GET, HEAD, OPTIONS, POST");
	expect(405, "method_not_allowed", "BREW", "/api/v1/things", NULL, NULL);
	expect(204, "", "OPTIONS", "/api/v1/things", NULL, NULL);
	assert_string_equal(header_of(&response, "Allow"), "GET, HEAD, OPTIONS, POST");
	assert_null(response.body);
	expect(200, "", "HEAD", THING, NULL, NULL);
	assert_string_equal(seen.operation, "thing_read");
}

static void request_refuses_two_framings(void **state)
{
	(void)state;
	expect(400, "bad_request", "POST", "/api/v1/things",
		SENT({ HTTP_CONTENT_LENGTH, "5" }, { HTTP_TRANSFER_ENCODING, "chunked" }, JSON),
		"{}");
	expect(400, "bad_request", "POST", "/api/v1/things",
		SENT({ HTTP_CONTENT_LENGTH, "5" }, { HTTP_CONTENT_LENGTH, "5" }, JSON), "{}");
	static const enum http_header single[] = { HTTP_CONTENT_TYPE, HTTP_IF_MATCH,
		HTTP_IDEMPOTENCY_KEY, HTTP_REQUEST_ID };
	static const char *const names[] = { "Content-Type", "If-Match", "Idempotency-Key",
		"X-Request-Id" };
	for (size_t i = 0; i < COUNT(single); i++) {
		expect(400, "invalid_header", "POST", "/api/v1/things",
			SENT({ single[i], "a" }, { single[i], "a" }), "{}");
		expect_fault(0, "parameter", names[i], "invalid_header");
	}
}

static void request_identifies_the_caller(void **state)
{
	(void)state;
	const struct header *bearer = SENT({ HTTP_AUTHORIZATION, "Bearer t" });
	principal = (struct principal){ .person_id = PERSON_ID,
		.roles = ROLE_PARTICIPANT,
		.scopes = SCOPE_BIT(SCOPE_PEOPLE_READ) };
	outcome = PRINCIPAL_OK;
	expect(200, "", "GET", "/api/v1/secrets", bearer, NULL);
	assert_string_equal(header_of(&response, "Cache-Control"), "no-store");
	expect(401, "unauthenticated", "GET", "/api/v1/secrets", NULL, NULL);
	assert_string_equal(header_of(&response, "WWW-Authenticate"), "Bearer");
	assert_null(strstr(response.body, "instance"));
	expect(401, "unauthenticated", "GET", "/api/v1/secrets",
		SENT({ HTTP_AUTHORIZATION, "Bearer t" }, { HTTP_AUTHORIZATION, "Bearer t" }), NULL);
	expect(403, "not_delegate", "GET", "/api/v1/secrets",
		SENT({ HTTP_AUTHORIZATION, "Bearer t" }, { HTTP_ON_BEHALF_OF, PERSON_ID }), NULL);
	outcome = PRINCIPAL_REFUSED;
	token_fault = TOKEN_SIGNATURE;
	expect(401, "unauthenticated", "GET", "/api/v1/secrets", bearer, NULL);
	assert_string_equal(
		header_of(&response, "WWW-Authenticate"), "Bearer error=\"invalid_token\"");
	token_fault = TOKEN_EXPIRED;
	expect(401, "unauthenticated", "GET", "/api/v1/secrets", bearer, NULL);
	assert_string_equal(header_of(&response, "WWW-Authenticate"),
		"Bearer error=\"invalid_token\", error_description=\"the token has expired\"");
	outcome = PRINCIPAL_INACTIVE;
	expect(403, "person_inactive", "GET", "/api/v1/secrets", bearer, NULL);
	assert_null(header_of(&response, "WWW-Authenticate"));
	outcome = PRINCIPAL_UNKNOWN;
	expect(403, "person_unknown", "GET", "/api/v1/secrets", bearer, NULL);
	outcome = PRINCIPAL_UNAVAILABLE;
	expect(503, "unavailable", "GET", "/api/v1/secrets", bearer, NULL);
	assert_string_equal(header_of(&response, "Retry-After"), "1");
	outcome = PRINCIPAL_OK;
	principal.scopes = SCOPE_BIT(SCOPE_SKILLS_READ);
	expect(403, "forbidden", "GET", "/api/v1/secrets", bearer, NULL);
	/* a role without a person, on an operation that is not open to it */
	principal = (struct principal){ .roles = ROLE_AUDITOR,
		.scopes = SCOPE_BIT(SCOPE_PEOPLE_READ) };
	expect(403, "person_unknown", "GET", "/api/v1/secrets", bearer, NULL);
}

static void request_401_comes_before_anything_about_the_body(void **state)
{
	(void)state;
	expect(401, "unauthenticated", "GET", "/api/v1/secrets?nonsense=1",
		SENT({ HTTP_ACCEPT, "text/html" }), "{");
}

static void request_checks_media_types(void **state)
{
	(void)state;
	const char *body = "{\"name\":\"a\"}";
	expect(406, "not_acceptable", "GET", THING, SENT({ HTTP_ACCEPT, "text/html" }), NULL);
	expect(415, "unsupported_media_type", "POST", "/api/v1/things", NULL, body);
	assert_string_equal(header_of(&response, "Accept-Post"), "application/json");
	expect(415, "unsupported_media_type", "POST", "/api/v1/things",
		SENT({ HTTP_CONTENT_TYPE, "text/plain" }), body);
	expect(415, "unsupported_media_type", "POST", "/api/v1/things",
		SENT(JSON, { HTTP_CONTENT_ENCODING, "gzip" }), body);
	expect(400, "invalid_body", "GET", THING, SENT(JSON), "{}");
	/* an operation without a body takes an empty object for none, and nothing else */
	expect(200, "", "POST", THING "/closure", SENT(JSON), NULL);
	expect(200, "", "POST", THING "/closure", SENT(JSON), "{}");
	expect(200, "", "POST", THING "/closure", SENT(JSON), " {\t}\r\n");
	static const char *const more[] = { "null", "[]", "{", "}", "{}{}", "{} x", "{\"a\":1}", " " };
	for (size_t i = 0; i < COUNT(more); i++)
		expect(400, "invalid_body", "POST", THING "/closure", SENT(JSON), more[i]);
	expect(202, "", "POST", "/api/v1/uploads", SENT({ HTTP_CONTENT_TYPE, "text/csv" }), "a,b");
	assert_string_equal(seen.body, "a,b");
}

static void request_415_says_what_is_taken(void **state)
{
	(void)state;
	static const char *const taken[] = { "text/csv; charset=UTF-8",
		"TEXT/CSV;charset=\"windows-1252\"", "text/csv; header=present; charset=utf-16",
		"text/csv;mycharset=koi8-r" };
	static const char *const refused[] = { "application/vnd.ms-excel",
		"multipart/form-data; boundary=x", "text/csv; charset=koi8-r",
		"text/csv; header=present; charset=\"utf-8 \"", "text/csv; charset=", "text/csvx" };
	for (size_t i = 0; i < COUNT(taken); i++)
		expect(202, "", "POST", "/api/v1/uploads", SENT({ HTTP_CONTENT_TYPE, taken[i] }),
			"a,b");
	for (size_t i = 0; i < COUNT(refused); i++) {
		expect(415, "unsupported_media_type", "POST", "/api/v1/uploads",
			SENT({ HTTP_CONTENT_TYPE, refused[i] }), "a,b");
		assert_string_equal(header_of(&response, "Accept-Post"), "text/csv");
		assert_non_null(strstr(response.body, "windows-1252"));
	}
	expect(415, "unsupported_media_type", "POST", "/api/v1/things",
		SENT({ HTTP_CONTENT_TYPE, "application/json; charset=utf-16" }), "{}");
	expect(415, "unsupported_media_type", "PATCH", THING,
		SENT({ HTTP_CONTENT_TYPE, "text/plain" }), "{}");
	assert_string_equal(header_of(&response, "Accept-Patch"),
		"application/merge-patch+json, application/json");
	expect(415, "unsupported_media_type", "PUT", "/api/v1/things/by-label/a",
		SENT({ HTTP_CONTENT_TYPE, "text/plain" }), "{}");
	assert_string_equal(header_of(&response, "Accept"), "application/json");
}

static void request_limits_bodies(void **state)
{
	(void)state;
	static char body[65536 + 2];
	memset(body, ' ', sizeof body - 1);
	memcpy(body, "{\"name\":\"a\"}", 12);
	expect(413, "too_large", "POST", "/api/v1/things", SENT(JSON), body);
	body[65536] = '\0';
	expect(201, "", "POST", "/api/v1/things", SENT(JSON), body);
}

static void request_collects_all_faults(void **state)
{
	(void)state;
	expect(400, "invalid_body", "PUT", "/api/v1/things/by-label/123456789012345678901?x=1&x=2",
		SENT(JSON), "{\"amount\":\"1\",\"other\":1}");
	assert_int_equal(fault_count(), 6);
	expect_fault(0, "parameter", "label", "too_long");
	expect_fault(1, "parameter", "x", "unknown_parameter");
	expect(400, "invalid_parameter", "GET",
		"/api/v1/things?q=a&colour=blue&ids=x," THING_ID "&limit=0&limit=1&limit=x", NULL,
		NULL);
	assert_int_equal(fault_count(), 6);
	expect(400, "unknown_parameter", "GET", "/api/v1/things?colr=red", NULL, NULL);
	expect_fault(0, "parameter", "colr", "unknown_parameter");
	expect(400, "invalid_parameter", "GET", "/api/v1/things?colour=red&colour=red", NULL, NULL);
	expect_fault(0, "parameter", "colour", "repeated");
	expect(400, "invalid_parameter", "GET", "/api/v1/things/xyz", NULL, NULL);
	expect_fault(0, "parameter", "thing_id", "format");
}

static void request_tells_syntax_from_meaning(void **state)
{
	(void)state;
	static const struct {
		int status;
		const char *code, *body;
	} cases[] = {
		{ 400, "invalid_json", "{" },
		{ 400, "invalid_json", "{\"name\":\"a\",\"name\":\"b\"}" },
		{ 400, "invalid_json", "{\"name\":\"\\u0000\"}" },
		{ 400, "invalid_json", "{\"name\":\"\xff\"}" },
		{ 400, "invalid_json", "   " },
		{ 400, "invalid_json", "{\"name\":[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]}" },
		{ 400, "invalid_body", "[]" },
		{ 400, "invalid_body", "null" },
		{ 400, "invalid_body", "{}" },
		{ 400, "invalid_body", "{\"name\":1}" },
		{ 400, "invalid_body", "{\"name\":null}" },
		{ 400, "invalid_body", "{\"name\":\"a\",\"x\":1}" },
		{ 400, "invalid_body", "{\"name\":\"\",\"x\":1}" },
		{ 422, "unprocessable", "{\"name\":\"\"}" },
		{ 422, "unprocessable", "{\"name\":\"12345678901\"}" },
		{ 422, "unprocessable", "{\"name\":\"a\",\"amount\":10}" },
		{ 422, "unprocessable", "{\"name\":\"a\",\"tags\":[\"1\",\"2\",\"3\",\"4\"]}" },
	};
	for (size_t i = 0; i < COUNT(cases); i++)
		expect(cases[i].status, cases[i].code, "POST", "/api/v1/things", SENT(JSON),
			cases[i].body);
	expect(415, "unsupported_media_type", "POST", "/api/v1/things", NULL, NULL);
	expect(400, "invalid_body", "POST", "/api/v1/things", SENT(JSON), NULL);
}

static void request_hands_checked_values_over(void **state)
{
	(void)state;
	expect(201, "", "POST", "/api/v1/things", SENT(JSON, { HTTP_IDEMPOTENCY_KEY, "k-1" }),
		"{\"name\":\"a\",\"tags\":[\"x\\\"y\",\"z\"]}");
	assert_string_equal(seen.name, "a");
	assert_string_equal(seen.tags, "{\"x\\\"y\",\"z\"}");
	assert_string_equal(seen.key, "k-1");
	assert_true(str_is_uuid(seen.new_id));
	expect(200, "", "GET", "/api/v1/things?q=a+b&limit=200", NULL, NULL);
	assert_string_equal(seen.q, "a b");
	assert_int_equal(seen.limit, 200);
	expect(200, "", "GET", "/api/v1/things", NULL, NULL);
	assert_int_equal(seen.limit, 50);
	expect(200, "", "GET", "/calendar/tok%2een.ics", NULL, NULL);
	assert_string_equal(seen.path[0], "tok.en");
	assert_string_equal(seen.accept, "text/calendar; charset=utf-8");
}

static void request_me_is_the_actor(void **state)
{
	(void)state;
	/* a public operation has no actor: no "me" either */
	expect(404, "not_found", "GET", "/api/v1/people/me/things/" THING_ID, NULL, NULL);
	expect(200, "", "GET", "/api/v1/people/" PERSON_ID "/things/" THING_ID, NULL, NULL);
	struct operation mine = things[PERSON_THINGS];
	mine.scope = SCOPE_PEOPLE_READ;
	mine.roles = ROLE_HRIS;
	char reason[64];
	struct router *kept = service.router;
	service.router = router_new(&mine, 1, reason, sizeof reason);
	const struct service *kept_service = service.service;
	const size_t one = 1;
	const struct service alone = {
		.name = "alone", .operations = &mine, .operation_count = &one
	};
	service.service = &alone;
	service.operations = &mine;
	const struct header *bearer = SENT({ HTTP_AUTHORIZATION, "Bearer t" });
	outcome = PRINCIPAL_OK;
	principal = (struct principal){ .person_id = PERSON_ID,
		.scopes = SCOPE_BIT(SCOPE_PEOPLE_READ) };
	expect(200, "", "GET", "/api/v1/people/me/things/" THING_ID, bearer, NULL);
	assert_string_equal(seen.path[0], PERSON_ID);
	principal.person_id[0] = '\0';
	principal.roles = ROLE_HRIS;
	expect(404, "not_found", "GET", "/api/v1/people/me/things/" THING_ID, bearer, NULL);
	expect(200, "", "GET", "/api/v1/people/" PERSON_ID "/things/" THING_ID, bearer, NULL);
	router_free(service.router);
	service.router = kept;
	service.service = kept_service;
	service.operations = kept_service->operations;
}

static void request_checks_idempotency_keys(void **state)
{
	(void)state;
	static char longest[257];
	memset(longest, 'k', 256);
	const char *body = "{\"name\":\"a\"}", *bad[] = { "", "a b", "\xc3\xa9", longest };
	for (size_t i = 0; i < COUNT(bad); i++)
		expect(400, "invalid_idempotency_key", "POST", "/api/v1/things",
			SENT(JSON, { HTTP_IDEMPOTENCY_KEY, bad[i] }), body);
	longest[255] = '\0';
	expect(201, "", "POST", "/api/v1/things", SENT(JSON, { HTTP_IDEMPOTENCY_KEY, longest }),
		body);
	/* it means nothing elsewhere */
	expect(200, "", "GET", THING, SENT({ HTTP_IDEMPOTENCY_KEY, "a b" }), NULL);
}

static void request_answers_304(void **state)
{
	(void)state;
	expect(200, "", "GET", THING, NULL, NULL);
	char etag[64];
	snprintf(etag, sizeof etag, "%s", header_of(&response, "ETag"));
	assert_string_equal(header_of(&response, "Cache-Control"), "private, no-cache");
	expect(304, "", "GET", THING, SENT({ HTTP_IF_NONE_MATCH, etag }), NULL);
	assert_null(response.body);
	assert_string_equal(header_of(&response, "ETag"), etag);
	expect(200, "", "GET", THING, SENT({ HTTP_IF_NONE_MATCH, "\"7.00000000\"" }), NULL);
}

static void request_ids_go_in_and_out(void **state)
{
	(void)state;
	expect(200, "", "GET", THING, SENT({ HTTP_REQUEST_ID, "abc-1" }), NULL);
	assert_string_equal(header_of(&response, "X-Request-Id"), "abc-1");
	static char longest[130];
	memset(longest, 'r', 129);
	const char *bad[] = { "", "a b", "a\tb", longest };
	for (size_t i = 0; i < COUNT(bad); i++) {
		expect(200, "", "GET", THING, SENT({ HTTP_REQUEST_ID, bad[i] }), NULL);
		assert_true(str_is_uuid(header_of(&response, "X-Request-Id")));
	}
}

static void request_refuses_foreign_cursors(void **state)
{
	(void)state;
	expect(400, "invalid_cursor", "GET", "/api/v1/things?cursor=abc", NULL, NULL);
	expect(400, "invalid_cursor", "GET", "/api/v1/things?cursor=", NULL, NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(request_refuses_bad_targets),
		cmocka_unit_test(request_knows_its_methods),
		cmocka_unit_test(request_refuses_two_framings),
		cmocka_unit_test(request_identifies_the_caller),
		cmocka_unit_test(request_401_comes_before_anything_about_the_body),
		cmocka_unit_test(request_checks_media_types),
		cmocka_unit_test(request_415_says_what_is_taken),
		cmocka_unit_test(request_limits_bodies),
		cmocka_unit_test(request_collects_all_faults),
		cmocka_unit_test(request_tells_syntax_from_meaning),
		cmocka_unit_test(request_hands_checked_values_over),
		cmocka_unit_test(request_me_is_the_actor),
		cmocka_unit_test(request_checks_idempotency_keys),
		cmocka_unit_test(request_answers_304),
		cmocka_unit_test(request_ids_go_in_and_out),
		cmocka_unit_test_teardown(request_refuses_foreign_cursors, forget_all),
	};
	return cmocka_run_group_tests(tests, open_all, close_all);
}
