/* Cursors, pages and CSV. */
#include "base/str.h"
#include "http/csv_reply.h"
#include "http/page.h"
#include "support/unit/prng.h"
#include "support/unit/unit.h"
#include "unit/http/fixture.h"

static struct service_state service;
static struct principal mira = { .subject = "https://id.example mira", .roles_sql = "{}" };
static struct principal amy = { .subject = "https://id.example amy", .roles_sql = "{}" };
static struct target target;

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

static struct call a_call(void)
{
	static char room[64];
	assert_int_equal(target_parse("/api/v1/things?q=a%20b&cursor=old&limit=2", room, &target),
		TARGET_OK);
	return (struct call){ .operation = &things[THING_LIST],
		.service = &service,
		.principal = &mira,
		.request_id = "r",
		.url_path = "/api/v1/things",
		.target = &target,
		.limit = 2,
		.accept = "application/json",
		.query_values = { "a b", NULL, NULL } };
}

static void cursor_gives_its_keys_back(void **state)
{
	(void)state;
	struct call call = a_call();
	const char *const cases[][2] = { { "Ada", THING_ID }, { "", "" }, { NULL, "x" },
		{ "x", NULL }, { NULL, NULL }, { "\xc3\xa9\n\"", "1" } };
	for (size_t i = 0; i < COUNT(cases); i++) {
		const char *keys[CALL_PAGE_KEYS] = { cases[i][0], cases[i][1] };
		owned_text char *cursor = page_cursor(&call, service.secret, keys);
		struct page_after after;
		assert_non_null(cursor);
		assert_true(page_open(&call, service.secret, cursor, &after));
		for (int k = 0; k < 2; k++) {
			if (keys[k])
				assert_string_equal(after.keys[k], keys[k]);
			else
				assert_null(after.keys[k]);
		}
		free(after.text);
	}
}

static void cursor_refuses_any_change(void **state)
{
	(void)state;
	struct call call = a_call();
	const char *keys[CALL_PAGE_KEYS] = { "Ada", THING_ID };
	owned_text char *cursor = page_cursor(&call, service.secret, keys);
	size_t len = strlen(cursor);
	struct page_after after;
	for (size_t i = 0; i < len; i++) {
		char kept = cursor[i];
		cursor[i] = kept == 'A' ? 'B' : 'A';
		assert_false(page_open(&call, service.secret, cursor, &after));
		cursor[i] = kept;
	}
	for (size_t i = 0; i < len; i++) {
		char kept = cursor[i];
		cursor[i] = '\0';
		assert_false(page_open(&call, service.secret, cursor, &after));
		cursor[i] = kept;
	}
	assert_true(page_open(&call, service.secret, cursor, &after));
	free(after.text);
	assert_false(page_open(&call, service.secret, "=", &after));
	static char huge[CURSOR_MOST + 2];
	memset(huge, 'A', sizeof huge - 1);
	assert_false(page_open(&call, service.secret, huge, &after));
}

static void cursor_is_bound_to_its_list(void **state)
{
	(void)state;
	struct call call = a_call();
	const char *keys[CALL_PAGE_KEYS] = { "Ada", THING_ID };
	owned_text char *cursor = page_cursor(&call, service.secret, keys);
	struct page_after after;
	struct call other = call;
	other.principal = &amy;
	assert_false(page_open(&other, service.secret, cursor, &after));
	other = call;
	other.query_values[0] = "a c";
	assert_false(page_open(&other, service.secret, cursor, &after));
	other = call;
	other.query_values[0] = NULL;
	other.query_values[1] = "a b"; /* the same text as another filter */
	assert_false(page_open(&other, service.secret, cursor, &after));
	struct operation elsewhere = things[THING_LIST];
	elsewhere.id = "other_list";
	other = call;
	other.operation = &elsewhere;
	assert_false(page_open(&other, service.secret, cursor, &after));
	unsigned char secret[32] = "another";
	assert_false(page_open(&call, secret, cursor, &after));
}

static const char *const names[] = { "body", "name", "id" };

static void page_shows_limit_rows_and_leads_on(void **state)
{
	(void)state;
	struct call call = a_call();
	const char *const values[] = { "{\"n\":1}", "a", "1", "{\"n\":2}", "b", "2", "{\"n\":3}",
		"c", "3" };
	struct db_rows *rows = rows_make(3, names, 3, values);
	struct reply reply = page_reply(&call, rows, NULL);
	assert_int_equal(reply.status, 200);
	assert_int_equal(reply.length, strlen(reply.body));
	assert_int_equal(
		strncmp(reply.body, "{\"items\":[{\"n\":1},{\"n\":2}],\"next_cursor\":\"", 41), 0);
	json_t *page = json_loads(reply.body, 0, NULL);
	const char *cursor = json_string_value(json_object_get(page, "next_cursor"));
	struct page_after after;
	assert_true(page_open(&call, service.secret, cursor, &after));
	assert_string_equal(after.keys[0], "b");
	assert_string_equal(after.keys[1], "2");
	free(after.text);
	char link[1024];
	snprintf(link, sizeof link,
		"<https://upward.example/api/v1/things?q=a%%20b&limit=2&cursor=%s>; rel=\"next\", "
		"<https://upward.example/api/v1/things?q=a%%20b&limit=2>; rel=\"first\"",
		cursor);
	assert_string_equal(reply.link, link);
	json_decref(page);
	reply_release(&reply);
	db_rows_free(rows);
}

static void page_ends(void **state)
{
	(void)state;
	struct call call = a_call();
	const char *const values[] = { "{\"n\":1}", "a", "1", "{\"n\":2}", "b", "2" };
	for (int count = 0; count <= 2; count++) {
		struct db_rows *rows = rows_make(3, names, count, values);
		struct reply reply = page_reply(&call, rows, NULL);
		assert_non_null(strstr(reply.body, "],\"next_cursor\":null}"));
		assert_null(strstr(reply.link, "rel=\"next\""));
		reply_release(&reply);
		reply = page_reply(&call, rows, "77");
		assert_non_null(strstr(reply.body, ",\"next_cursor\":null,\"total\":77}"));
		reply_release(&reply);
		db_rows_free(rows);
	}
}

/* What is said about the whole list comes from its own snapshot, also when nothing is on the page. */
static void page_says_more_than_its_items(void **state)
{
	(void)state;
	static const char *const columns[] = { "body", "name", "id", "unread_count" };
	struct call call = a_call();
	const char *const some[] = { "{\"n\":1}", "a", "1", "7", "{\"n\":2}", "b", "2", "7" };
	struct db_rows *rows = rows_make(4, columns, 2, some);
	struct reply reply = page_reply(&call, rows, NULL);
	assert_string_equal(reply.body,
		"{\"items\":[{\"n\":1},{\"n\":2}],\"next_cursor\":null,\"unread_count\":7}");
	reply_release(&reply);
	db_rows_free(rows);
	const char *const none[] = { NULL, NULL, NULL, "0" };
	rows = rows_make(4, columns, 1, none);
	reply = page_reply(&call, rows, NULL);
	assert_string_equal(reply.body, "{\"items\":[],\"next_cursor\":null,\"unread_count\":0}");
	reply_release(&reply);
	db_rows_free(rows);
}

static void page_as_csv(void **state)
{
	(void)state;
	struct call call = a_call();
	call.accept = "text/csv; charset=utf-8";
	call.limit = 5;
	const char *const values[] = {
		"{\"name\":\"a,\\\"b\\\"\",\"card\":{\"city\":\"=1+1\"},\"tags\":[\"x\",\"y\"],"
		"\"answers\":{\"score\":-0.1}}",
		"a", "1",
		"{\"name\":null,\"card\":{\"city\":\"\\tx\"},\"tags\":[],\"more\":1,"
		"\"answers\":{\"list\":[{}]},\"two\":[{\"id\":\"@1\"},{\"id\":2}]}",
		"b", "2", "{\"card\":null,\"two\":[]}", "c", "3"
	};
	struct db_rows *rows = rows_make(3, names, 3, values);
	struct reply reply = page_reply(&call, rows, NULL);
	assert_string_equal(reply.content_type, "text/csv; charset=utf-8");
	assert_string_equal(reply.body, "\xEF\xBB\xBFname,card.city,card.code,tags,answers.score,"
					"answers.list,two.1.id,two.2.id\r\n"
					"\"a,\"\"b\"\"\",\"'=1+1\",,x|y,-0.1,,,\r\n"
					",\"'\tx\",,,,[{}],\"'@1\",2\r\n"
					",,,,,,,\r\n");
	assert_int_equal(reply.length, strlen(reply.body));
	reply_release(&reply);
	db_rows_free(rows);
}

static void csv_without_rows_has_its_header(void **state)
{
	(void)state;
	struct call call = a_call();
	call.accept = "text/csv; charset=utf-8";
	call.limit = 5;
	struct db_rows *rows = rows_make(3, names, 0, NULL);
	struct reply reply = page_reply(&call, rows, NULL);
	assert_string_equal(
		reply.body, "\xEF\xBB\xBFname,card.city,card.code,tags,two.1.id,two.2.id\r\n");
	reply_release(&reply);
	db_rows_free(rows);
	reply = csv_reply_array(&call, "[]", 2);
	assert_string_equal(
		reply.body, "\xEF\xBB\xBFname,card.city,card.code,tags,two.1.id,two.2.id\r\n");
	reply_release(&reply);
}

static void csv_cells_are_no_formulas(void **state)
{
	(void)state;
	static const char *const cases[][2] = { { "plain", "plain" }, { "", "" },
		{ "=cmd", "\"'=cmd\"" }, { "+1", "\"'+1\"" }, { "-1", "\"'-1\"" },
		{ "@x", "\"'@x\"" }, { "'=x", "\"''=x\"" }, { "'x", "'x" }, { "\rx", "\"'\rx\"" },
		{ "a=b", "a=b" }, { "a;b", "\"a;b\"" }, { "a\nb", "\"a\nb\"" },
		{ "\"", "\"\"\"\"" } };
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct buf out = BUF_INIT(100);
		buf_text(&out, "");
		csv_cell(&out, cases[i][0]);
		assert_string_equal(out.data ? out.data : "", cases[i][1]);
		buf_release(&out);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(cursor_gives_its_keys_back),
		cmocka_unit_test(cursor_refuses_any_change),
		cmocka_unit_test(cursor_is_bound_to_its_list),
		cmocka_unit_test(page_shows_limit_rows_and_leads_on),
		cmocka_unit_test(page_ends),
		cmocka_unit_test(page_says_more_than_its_items),
		cmocka_unit_test(page_as_csv),
		cmocka_unit_test(csv_without_rows_has_its_header),
		cmocka_unit_test(csv_cells_are_no_formulas),
	};
	return cmocka_run_group_tests(tests, open_all, close_all);
}
