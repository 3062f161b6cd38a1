/*
 * P19: bad transport. What is wrong with the way a request is sent has one status each, through the
 * gateway and at the service itself, with a pointer or a parameter where there is one; it is never
 * a 5xx, and nothing comes of it.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "memory.h"
#include "world.h"

#define BODY_MOST 65536
#define MEGABYTES 10
#define SKILLS    "/api/v1/skills"
#define JSON      "application/json"

static struct api *admin, *person; /* through the gateway, or not: `door` */
static const char *const doors[] = { NULL, "profiles" };
static const char *skill, *skill_etag;

static int build(void **state)
{
	(void)state;
	assert_string_equal(api_text(api_import(world_people, NULL), "status"), "done");
	struct api_reply *made = api_expect(
		api_post(api_as("admin", NULL), SKILLS, "{\"name\": \"carriage\"}"), 201);
	skill = api_path(SKILLS "/%s", api_text(made, "id"));
	skill_etag = api_header_of(made, "etag");
	memory_note();
	return 0;
}

/* The callers at one of the doors; true while there is another. */
static bool at(size_t door)
{
	if (door == sizeof doors / sizeof *doors)
		return false;
	admin = api_direct(api_as("admin", NULL), doors[door]);
	person = api_direct(api_as("participant", "max.mentor"), doors[door]);
	return true;
}

static struct api_reply *post(const char *type, const char *body, size_t length)
{
	return api_send(admin, "POST", SKILLS, type, body, length);
}

static void refused_body(const char *body, size_t length, const char *code)
{
	struct api_reply *reply = api_expect_problem(post(JSON, body, length), 400, code);
	api_expect_fault(reply, "");
}

static void a_body_that_is_no_json(void **state)
{
	(void)state;
	static const char *const bodies[] = { "{", "{\"name\": \"cut", "{\"name\": }", "nonsense",
		"{\"name\": \"a\"}{\"name\": \"b\"}", "{\"name\": \"a\"} x", "{'name': 'a'}",
		"{\"name\": \"a\",}", "[", "\"", "{\"name\": \"\xff\xfe\"}",
		"{\"name\": \"\xed\xa0\x80\"}", "{\"name\": \"\xc0\x80\"}",
		"\xef\xbb\xbf{\"name\": \"a\"}", "{\"name\": \"a\", \"name\": \"b\"}",
		"[[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]", "{\"name\": 1e999}", " " };
	for (size_t door = 0; at(door); door++) {
		for (size_t i = 0; i < sizeof bodies / sizeof *bodies; i++) {
			struct api_reply *reply = api_expect(
				post(JSON, bodies[i], strlen(bodies[i])), 400);
			assert_true(api_count(reply, "errors") > 0);
			assert_non_null(api_member(reply, "errors.0.pointer"));
		}
		/* nothing at all is as good as an empty object: what is required is missing */
		api_expect_fault(
			api_expect_problem(post(JSON, "", 0), 400, "invalid_body"), "/name");
		refused_body("{\"name\": \"a\0b\"}", 15, "invalid_json");
		refused_body("{\0\"\0n\0\"\0:\0001\0}\0", 14, "invalid_json"); /* UTF-16 */
	}
}

static void a_body_that_is_no_object(void **state)
{
	(void)state;
	static const char *const bodies[] = { "null", "true", "7", "\"name\"", "[]", "[{}]" };
	for (size_t door = 0; at(door); door++)
		for (size_t i = 0; i < sizeof bodies / sizeof *bodies; i++)
			refused_body(bodies[i], strlen(bodies[i]), "invalid_body");
}

static void a_body_beyond_its_limit(void **state)
{
	(void)state;
	size_t huge = (size_t)MEGABYTES << 20;
	char *body = malloc(huge);
	assert_non_null(body);
	memset(body, 'x', huge);
	memcpy(body, "{\"name\": \"", 10);
	for (size_t door = 0; at(door); door++) {
		api_expect_problem(post(JSON, body, BODY_MOST + 1), 413, "too_large");
		/* AddressSanitizer copies the body at each piece that comes: minutes for 10 MiB */
		bool slow = doors[door] && strcmp(api_stack("flavour"), "release") != 0;
		api_expect_problem(post(JSON, body, slow ? 4 * BODY_MOST : huge), 413, "too_large");
		/* just as much as there may be: it is read, and found wanting */
		api_expect_problem(post(JSON, body, BODY_MOST), 400, "invalid_json");
	}
	free(body);
	memory_check();
}

static void a_body_of_the_wrong_kind(void **state)
{
	(void)state;
	static const char body[] = "{\"name\": \"kind\"}";
	static const char *const types[] = { "text/plain", "application/x-www-form-urlencoded",
		"multipart/form-data; boundary=x", "application/xml", "application/jsonx",
		"application/json; charset=utf-16", "application/merge-patch+json", "text/csv",
		"x" };
	for (size_t door = 0; at(door); door++) {
		for (size_t i = 0; i < sizeof types / sizeof *types; i++)
			api_expect_problem(post(types[i], body, sizeof body - 1), 415,
				"unsupported_media_type");
		api_expect_problem(
			post(NULL, body, sizeof body - 1), 415, "unsupported_media_type");
		api_header(admin, "Content-Encoding: gzip");
		api_expect_problem(
			post(JSON, body, sizeof body - 1), 415, "unsupported_media_type");
		api_header(admin, "Accept: text/html");
		api_expect_problem(api_get(admin, SKILLS), 406, "not_acceptable");
	}
}

static void a_body_where_there_is_none(void **state)
{
	(void)state;
	for (size_t door = 0; at(door); door++)
		api_expect_problem(api_send(person, "GET", "/api/v1/people", JSON, "{\"a\": 1}", 8),
			400, "invalid_body");
}

static void a_path_that_is_none(void **state)
{
	(void)state;
	static const char *const malformed[] = { "/api/v1/skills%00", "/api/v1/skills%00/x",
		"/api/v1/%00skills", "/api/v1/people/a%2fb", "/api/v1/people/a%5cb",
		"/api/v1/people/%zz", "/api/v1/people/%", "/api/v1/people/%f",
		"/api/v1/people/%ff%fe", "/api/v1/people/%0d%0aX-Evil:%201" };
	static const char *const unknown[] = { "/api/v1/skills/", "/api/v1//skills",
		"//api/v1/skills", "/api/v1/skills/./", "/api/v1/x/../skills", "/api/v2/skills",
		"/API/v1/skills", "/api/v1/skill", "/api/v1/skills;x=1" };
	for (size_t door = 0; at(door); door++) {
		for (size_t i = 0; i < sizeof malformed / sizeof *malformed; i++)
			api_expect(api_get(person, "%s", malformed[i]), 400);
		for (size_t i = 0; i < sizeof unknown / sizeof *unknown; i++) {
			struct api_reply *reply = api_get(person, "%s", unknown[i]);
			/* the gateway refuses what it and a service might read differently */
			if (reply->status != 404 && (doors[door] || reply->status != 400))
				fail_msg("%s: %d", unknown[i], reply->status);
		}
	}
}

static void a_query_that_is_not_known(void **state)
{
	(void)state;
	static const struct {
		const char *query, *code, *parameter;
	} rows[] = {
		{ "q=chess&q=chess", "invalid_parameter", "q" },
		{ "limit=1&limit=1", "invalid_parameter", "limit" },
		{ "nonsense=1", "unknown_parameter", "nonsense" },
		{ "Q=chess", "unknown_parameter", "Q" },
		{ "limit=0", "invalid_parameter", "limit" },
		{ "limit=201", "invalid_parameter", "limit" },
		{ "limit=-1", "invalid_parameter", "limit" },
		{ "limit=one", "invalid_parameter", "limit" },
		{ "limit=", "invalid_parameter", "limit" },
		{ "limit=1%20", "invalid_parameter", "limit" },
		{ "retired=yes", "invalid_parameter", "retired" },
		{ "q=x", "invalid_parameter", "q" },
	};
	for (size_t door = 0; at(door); door++) {
		for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
			api_expect_fault(
				api_expect_problem(api_get(person, SKILLS "?%s", rows[i].query),
					400, rows[i].code),
				rows[i].parameter);
		static const char *const malformed[] = { "q=%00x", "q=%zz", "q=%ff%fe", "=1",
			"&&" };
		for (size_t i = 0; i < sizeof malformed / sizeof *malformed; i++)
			api_expect(api_get(person, SKILLS "?%s", malformed[i]), 400);
		api_expect_fault(api_expect_problem(api_get(person, "%s?q=chess", skill), 400,
					 "unknown_parameter"),
			"q");
	}
}

static void a_cursor_that_was_not_given(void **state)
{
	(void)state;
	for (size_t door = 0; at(door); door++) {
		struct api_reply *page = api_expect(api_get(person, "/api/v1/people?limit=1"), 200);
		const char *good = api_text(page, "next_cursor");
		size_t length = strlen(good);
		api_expect(api_get(person, "/api/v1/people?limit=1&cursor=%s", good), 200);
		for (size_t i = 0; i < length; i += 1 + length / 20) {
			char *bent = strdup(good);
			bent[i] = bent[i] == 'A' ? 'B' : 'A';
			api_expect_problem(
				api_get(person, "/api/v1/people?limit=1&cursor=%s", bent), 400,
				"invalid_cursor");
			free(bent);
		}
		static const char *const others[] = { "x", "AAAA", "%3D%3D", "null", "0", "-1" };
		for (int i = 0; i < 6; i++)
			api_expect_problem(api_get(person, "/api/v1/people?cursor=%s", others[i]),
				400, "invalid_cursor");
		api_expect_problem(api_get(person, "/api/v1/people?limit=1&cursor=%.*s",
					   (int)length - 1, good),
			400, "invalid_cursor");
		api_expect(api_get(person, "/api/v1/people?cursor="), 400);
	}
}

static void a_condition_that_is_none(void **state)
{
	(void)state;
	static const char *const bad[] = { "1", "\"", "abc", "\"x", "x\"", "**", "* \"x\"", ",",
		"W/", "w/\"x\"", "\"a b\"", "\"x\" \"y\"", "'1.0'" };
	static const char *const other[] = { "\"\"", "\"x\"", "\"1.\"", "\"1.0\"", "\"1.zz\"",
		"\"99999999999999999999.0\"", "\"77.00000000\"", "\"1.00000000\"", "W/\"x\"",
		"\"x\", \"y\"", "\"*\"" };
	for (size_t door = 0; at(door); door++) {
		api_expect_problem(
			api_patch(admin, skill, "{\"code\": \"c\"}"), 428, "precondition_required");
		for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
			api_header(admin, "If-Match: %s", bad[i]);
			struct api_reply *reply = api_patch(admin, skill, "{\"code\": \"c\"}");
			api_expect_fault(
				api_expect_problem(reply, 400, "invalid_etag"), "If-Match");
		}
		for (size_t i = 0; i < sizeof other / sizeof *other; i++) {
			api_header(admin, "If-Match: %s", other[i]);
			api_expect_problem(
				api_patch(admin, skill, "{\"code\": \"c\"}"), 412, "stale");
		}
	}
	struct api_reply *now = api_expect(api_get(api_as("admin", NULL), "%s", skill), 200);
	assert_string_equal(api_header_of(now, "etag"), skill_etag);
}

static void an_idempotency_key_that_is_none(void **state)
{
	(void)state;
	char longest[257];
	memset(longest, 'k', 256);
	longest[256] = '\0';
	const char *const bad[] = { "a b", "caf\xc3\xa9", longest, "tab\there" };
	for (size_t door = 0; at(door); door++) {
		for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
			api_header(admin, "Idempotency-Key: %s", bad[i]);
			api_expect_fault(
				api_expect_problem(api_post(admin, SKILLS, "{\"name\": \"key\"}"),
					400, "invalid_idempotency_key"),
				"Idempotency-Key");
		}
		api_header(admin, "Idempotency-Key: one");
		api_header(admin, "Idempotency-Key: two");
		api_expect_fault(api_expect(api_post(admin, SKILLS, "{\"name\": \"key\"}"), 400),
			"Idempotency-Key");
		api_header(admin, "Idempotency-Key: door-%zu", door);
		api_expect(api_post(admin, SKILLS, "{\"name\": \"door %zu\"}", door), 201);
		api_header(admin, "Idempotency-Key: door-%zu", door);
		api_expect_problem(api_post(admin, SKILLS, "{\"name\": \"window %zu\"}", door), 422,
			"key_reused");
	}
}

static void a_method_that_the_path_does_not_have(void **state)
{
	(void)state;
	static const char *const methods[] = { "DELETE", "PATCH", "PUT" };
	for (size_t door = 0; at(door); door++)
		for (int i = 0; i < 3; i++) {
			struct api_reply *no = api_expect_problem(
				api_send(admin, methods[i], SKILLS, NULL, NULL, 0), 405,
				"method_not_allowed");
			assert_string_equal(api_header_of(no, "allow"), "GET, HEAD, OPTIONS, POST");
		}
	static const char *const odd[] = { "TRACE", "CONNECT", "PROPFIND", "get", "X" };
	for (int i = 0; i < 5; i++) {
		struct api_reply *no = api_send(
			api_direct(api_as("admin", NULL), NULL), odd[i], SKILLS, NULL, NULL, 0);
		assert_in_range(no->status, 400, 405);
	}
}

static void an_address_or_a_head_that_is_too_long(void **state)
{
	(void)state;
	static char text[22000];
	memset(text, 'q', sizeof text);
	for (size_t door = 0; at(door); door++) {
		struct api_reply *reply = api_get(person, SKILLS "?q=%.*s", 4200, text);
		api_expect_problem(reply, 414, "uri_too_long");
		api_header(person, "X-Nothing: %.*s", 19800, text);
		api_expect_problem(api_get(person, SKILLS), 431, "header_too_large");
		/* a bad request id is replaced, not given back */
		api_header(person, "X-Request-Id: %.*s", 200, text);
		reply = api_expect(api_get(person, SKILLS), 200);
		assert_true(strlen(api_header_of(reply, "x-request-id")) <= 128);
		assert_null(strstr(api_header_of(reply, "x-request-id"), "qqqq"));
	}
}

/* Bytes that two readers might read as two different requests. */
static void a_request_that_is_ambiguous(void **state)
{
	(void)state;
	static const char *const heads[] = {
		"Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
		"Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}x",
		"Content-Length: 2, 2\r\n\r\n{}",
		"Content-Length: -2\r\n\r\n{}",
		"Content-Length: 0x2\r\n\r\n{}",
		"Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n",
		"Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n",
		"X-Bad Name: 1\r\nContent-Length: 2\r\n\r\n{}",
	};
	for (size_t i = 0; i < sizeof heads / sizeof *heads; i++) {
		const char *host = strstr(api_stack("url"), "//") + 2;
		const char *bytes = api_path("POST " SKILLS
					     " HTTP/1.1\r\nHost: %s\r\nConnection: close\r\n"
					     "Content-Type: application/json\r\n%s",
			host, heads[i]);
		struct api_reply *reply = api_raw(NULL, bytes, strlen(bytes));
		/* 401 where nginx knows better than to be misled: it drops what it cannot read */
		if (reply->status < 400 || reply->status > 501)
			fail_msg("%s: %d", heads[i], reply->status);
		assert_int_not_equal(reply->status, 500);
	}
	assert_string_equal(
		api_sql("superuser",
			"SELECT count(*) FROM profiles.skill WHERE name ~ '^(key|kind|a)$'"),
		"0");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_body_that_is_no_json),
		cmocka_unit_test(a_body_that_is_no_object),
		cmocka_unit_test(a_body_beyond_its_limit),
		cmocka_unit_test(a_body_of_the_wrong_kind),
		cmocka_unit_test(a_body_where_there_is_none),
		cmocka_unit_test(a_path_that_is_none),
		cmocka_unit_test(a_query_that_is_not_known),
		cmocka_unit_test(a_cursor_that_was_not_given),
		cmocka_unit_test(a_condition_that_is_none),
		cmocka_unit_test(an_idempotency_key_that_is_none),
		cmocka_unit_test(a_method_that_the_path_does_not_have),
		cmocka_unit_test(an_address_or_a_head_that_is_too_long),
		cmocka_unit_test(a_request_that_is_ambiguous),
	};
	return cmocka_run_group_tests(tests, build, api_release);
}
