/* If-Match, from the header to the handler or its refusal. */
#include "base/str.h"
#include "support/unit/unit.h"
#include "unit/http/fixture.h"

static struct service_state service;
static struct http_response response;

static int open_all(void **state)
{
	(void)state;
	fixture_open(&service);
	return 0;
}

static int close_all(void **state)
{
	(void)state;
	free(response.body);
	fixture_close(&service);
	return 0;
}

#define SENT(...) ((const struct header[]){ __VA_ARGS__, { HTTP_HEADERS, NULL } })
#define JSON                                                                                       \
	{                                                                                          \
		HTTP_CONTENT_TYPE, "application/json"                                              \
	}
#define THING "/api/v1/things/" THING_ID

/* Sends, and checks status and problem code ("" for none); a write that is refused never runs. */
static void expect(int status, const char *code, const char *method, const char *target,
	const struct header *headers, const char *body)
{
	free(response.body);
	seen.calls = 0;
	seen.write = !str_equal(method, "GET");
	ask(&service, method, target, headers, body, &response);
	if (response.status != status || !str_equal(code_of(&response), code))
		fail_msg("%s %s %s: %d %s", method, target, body ? body : "", response.status,
			response.body ? response.body : "");
	if (seen.write)
		assert_int_equal(seen.calls, status < 400);
}

static void condition_is_well_formed_and_the_tag_is_compared_whole(void **state)
{
	(void)state;
	expect(428, "precondition_required", "PATCH", THING, SENT(JSON), "{}");
	expect(428, "precondition_required", "DELETE", THING, NULL, NULL);
	expect(400, "invalid_etag", "DELETE", THING, SENT({ HTTP_IF_MATCH, "x" }), NULL);
	assert_non_null(strstr(response.body, "\"parameter\":\"If-Match\""));
	expect(400, "invalid_etag", "POST", "/api/v1/things", SENT(JSON, { HTTP_IF_MATCH, "x" }),
		"{\"name\":\"a\"}");
	expect(412, "stale", "DELETE", THING, SENT({ HTTP_IF_MATCH, "\"7.00000000\"" }), NULL);
	expect(200, "", "GET", THING, NULL, NULL);
	char etag[64], list[160], weak[80];
	snprintf(etag, sizeof etag, "%s", header_of(&response, "ETag"));
	snprintf(list, sizeof list, "\"x\", W/\"y\" ,%s", etag);
	snprintf(weak, sizeof weak, "W/%s", etag);
	const char *const good[] = { etag, list, weak, "*", "\"7\"", "\"6\", \"7\"" };
	for (size_t i = 0; i < COUNT(good); i++) {
		const struct header *sent = SENT(JSON, { HTTP_IF_MATCH, good[i] });
		expect(200, "", "PATCH", THING, sent, "{}");
		assert_int_equal(seen.if_match, 7);
		expect(200, "", "POST", THING "/closure", SENT({ HTTP_IF_MATCH, good[i] }), NULL);
		assert_int_equal(seen.if_match, 7);
		expect(200, "", "GET", THING, SENT({ HTTP_IF_MATCH, good[i] }), NULL);
	}
	expect(200, "", "POST", THING "/closure", NULL, NULL);
	assert_int_equal(seen.if_match, -1);
	const struct header *unknown = SENT(JSON, { HTTP_IF_MATCH, "\"7.0\"" });
	expect(412, "stale", "POST", THING "/closure", SENT({ HTTP_IF_MATCH, "\"7.0\"" }), NULL);
	expect(412, "stale", "GET", THING, unknown, NULL);
	expect(412, "stale", "PATCH", THING, SENT(JSON, { HTTP_IF_MATCH, "\"6\"" }), "{}");
	/* nothing there has a tag: a collection, and what only a PUT knows */
	expect(412, "stale", "POST", "/api/v1/things", unknown, "{\"name\":\"a\"}");
	expect(201, "", "POST", "/api/v1/things", SENT(JSON, { HTTP_IF_MATCH, "*" }),
		"{\"name\":\"a\"}");
	expect(412, "stale", "PUT", "/api/v1/things/by-label/x", unknown, "{\"name\":\"a\"}");
	expect(200, "", "PUT", "/api/v1/things/by-label/x", SENT(JSON), "{\"name\":\"a\"}");
	expect(422, "unprocessable", "PATCH", THING, SENT(JSON), "{\"name\":\"\"}");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(condition_is_well_formed_and_the_tag_is_compared_whole),
	};
	return cmocka_run_group_tests(tests, open_all, close_all);
}
