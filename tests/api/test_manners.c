/* What clients are known to send, and proxies to make of it: read as it is meant, or refused by name. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "support/client.h"
#include "support/company.h"
#include "support/story.h"

static int set_up(void **state)
{
	(void)state;
	company_import();
	return 0;
}

static struct api *chief(void)
{
	return api_as("participant", "chief");
}

/* Some proxies mark the tags of what they compress; such a tag is another one. */
static void a_marked_tag_matches_nothing(void **state)
{
	(void)state;
	struct api_reply *me = api_expect(api_get(chief(), "/api/v1/people/me"), 200);
	const char *etag = api_header_of(me, "etag");
	const char *marked = api_path("%.*s-gzip\"", (int)strlen(etag) - 1, etag);
	api_header(chief(), "If-None-Match: %s", marked);
	api_expect(api_get(chief(), "/api/v1/people/me"), 200);
	api_header(chief(), "If-Match: %s", marked);
	api_expect_problem(
		api_patch(chief(), "/api/v1/people/me", "{\"bio\": \"x\"}"), 412, "stale");
	assert_string_equal(
		api_header_of(api_expect(api_get(chief(), "/api/v1/people/me"), 200), "etag"),
		etag);
	/* what the gateway makes weak is the same tag */
	api_header(chief(), "If-None-Match: W/%s", etag + (strncmp(etag, "W/", 2) == 0 ? 2 : 0));
	api_expect(api_get(chief(), "/api/v1/people/me"), 304);
	api_header(chief(), "If-Match: W/%s", etag + (strncmp(etag, "W/", 2) == 0 ? 2 : 0));
	api_expect(api_patch(chief(), "/api/v1/people/me", "{\"bio\": \"x\"}"), 200);
}

static void a_list_in_a_query_is_joined_by_commas_escaped_or_not(void **state)
{
	(void)state;
	const char *programme = company_programme("Manners", 2), *mentor;
	story_round("hr.lead", programme);
	story_pair("chief", programme, &mentor);
	struct api_reply *plain = api_expect(
		api_get(chief(), "/api/v1/pairs?status=active,proposed"), 200);
	struct api_reply *escaped = api_expect(
		api_get(chief(), "/api/v1/pairs?status=active%%2Cproposed"), 200);
	assert_int_equal(api_count(plain, "items"), 1);
	assert_true(json_equal(api_member(plain, "items"), api_member(escaped, "items")));
	char ids[100 * 40] = "";
	for (int i = 0; i < 99; i++)
		sprintf(ids + strlen(ids), "%08x-0000-4000-8000-000000000000%%2C", i);
	strcat(ids, story_person_id("ann"));
	struct api_reply *people = api_expect(api_get(chief(), "/api/v1/people?ids=%s", ids), 200);
	assert_int_equal(api_count(people, "items"), 1);
	api_expect_fault(
		api_expect(api_get(chief(), "/api/v1/pairs?status=active&status=ended"), 400),
		"status");
	api_expect_fault(
		api_expect(api_get(chief(), "/api/v1/pairs?status[]=active"), 400), "status[]");
}

static void calendar_programs_ask_in_their_own_ways(void **state)
{
	(void)state;
	struct api_reply *made = api_expect(
		api_post(chief(), "/api/v1/calendar-feeds", "{\"kind\": \"full\"}"), 201);
	const char *path = strstr(api_text(made, "url"), "/calendar/");
	struct api *program = api_as(NULL, NULL);
	struct api_reply *head = api_expect(api_send(program, "HEAD", path, NULL, NULL, 0), 200);
	assert_int_equal(head->length, 0);
	api_header(program, "Accept:");
	struct api_reply *feed = api_expect(api_get(program, "%s", path), 200);
	assert_non_null(strstr(feed->text, "BEGIN:VCALENDAR"));
	api_header(program, "Accept: text/calendar");
	api_expect(api_get(program, "%s", path), 200);
	api_header(program, "If-None-Match: %s", api_header_of(feed, "etag"));
	api_expect(api_get(program, "%s", path), 304);
	api_expect(api_get(program, "/robots.txt"), 404);
}

/* A body whose length nobody has announced is cut at the limit, and its sender told so. */
static void a_body_in_chunks_is_cut_at_the_limit(void **state)
{
	(void)state;
	const char *host = strstr(api_stack("url"), "//") + 2;
	struct api *hr = api_as("hris", NULL);
	static const struct {
		const char *service;
		int kilobytes;
	} doors[] = { { NULL, 70 }, { NULL, 200 }, { "profiles", 70 }, { "profiles", 200 } };
	for (size_t i = 0; i < sizeof doors / sizeof *doors; i++) {
		size_t length = (size_t)doors[i].kilobytes << 10;
		char *bytes = malloc(length + 2000 + 32 * (size_t)doors[i].kilobytes);
		assert_non_null(bytes);
		size_t used = (size_t)sprintf(bytes,
			"POST /api/v1/skills HTTP/1.1\r\nHost: %s\r\nConnection: close\r\n"
			"Authorization: Bearer %s\r\nContent-Type: application/json\r\n"
			"Transfer-Encoding: chunked\r\n\r\n",
			host, api_token(api_as("admin", NULL)));
		for (int k = 0; k < doors[i].kilobytes; k++)
			used += (size_t)sprintf(bytes + used, "400\r\n%01024d\r\n", k);
		used += (size_t)sprintf(bytes + used, "0\r\n\r\n");
		api_expect_problem(api_raw(doors[i].service, bytes, used), 413, "too_large");
		free(bytes);
	}
	api_expect(api_get(hr, "/api/v1/imports?limit=1"), 200); /* and it goes on */
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_marked_tag_matches_nothing),
		cmocka_unit_test(a_list_in_a_query_is_joined_by_commas_escaped_or_not),
		cmocka_unit_test(calendar_programs_ask_in_their_own_ways),
		cmocka_unit_test(a_body_in_chunks_is_cut_at_the_limit),
	};
	return cmocka_run_group_tests_name("manners", tests, set_up, api_release);
}
