/* The buffer's limit, its failure that lasts, and JSON strings that a parser reads back. */
#include <jansson.h>

#include "base/buf.h"
#include "support/unit/prng.h"
#include "support/unit/unit.h"

static void buf_holds_what_was_added(void **state)
{
	struct prng p = { 1 };
	struct buf b = BUF_INIT(100000);
	char *model = malloc(100001);
	size_t len = 0;
	(void)state;
	while (len < 90000) {
		char piece[300];
		size_t size = prng_below(&p, sizeof piece);
		for (size_t i = 0; i < size; i++)
			piece[i] = (char)('a' + prng_below(&p, 26));
		if (prng_below(&p, 2))
			buf_add(&b, piece, size);
		else
			buf_print(&b, "%.*s", (int)size, piece);
		memcpy(model + len, piece, size);
		len += size;
		assert_int_equal(b.len, len);
		assert_int_equal(b.data ? b.data[b.len] : 0, 0);
	}
	assert_true(buf_ok(&b));
	assert_memory_equal(b.data, model, len);
	free(model);
	buf_release(&b);
	assert_null(b.data);
}

static void buf_takes_exactly_its_limit(void **state)
{
	(void)state;
	for (int way = 0; way < 2; way++) {
		struct buf b = BUF_INIT(10);
		if (way)
			buf_print(&b, "%s", "0123456789");
		else
			buf_text(&b, "0123456789");
		assert_true(buf_ok(&b));
		assert_string_equal(b.data, "0123456789");
		buf_print(&b, "%s", way ? "x" : "");
		buf_char(&b, 'x');
		assert_false(buf_ok(&b));
		assert_string_equal(b.data, "0123456789");
		buf_release(&b);
	}
}

static void buf_stays_failed_until_cleared(void **state)
{
	struct buf b = BUF_INIT(4);
	(void)state;
	buf_text(&b, "12345");
	assert_false(buf_ok(&b));
	buf_text(&b, "1");
	assert_int_equal(b.len, 0);
	assert_null(buf_take(&b));
	buf_clear(&b);
	buf_text(&b, "1");
	assert_true(buf_ok(&b));
	assert_string_equal(b.data, "1");
	buf_release(&b);
	assert_int_equal(b.limit, 4);
}

static void buf_take_gives_text_even_of_nothing(void **state)
{
	struct buf b = BUF_INIT(4);
	char *text = buf_take(&b);
	(void)state;
	assert_non_null(text);
	assert_string_equal(text, "");
	free(text);
	buf_text(&b, "abc");
	text = buf_take(&b);
	assert_string_equal(text, "abc");
	assert_null(b.data);
	assert_int_equal(b.len, 0);
	free(text);
}

static void buf_json_is_read_back(void **state)
{
	struct prng p = { 8259 };
	(void)state;
	for (int i = 0; i < 5000; i++) {
		static const char *const pieces[] = { "\"", "\\", "\n", "\x01", "\x1f", "\x7f", "a",
			"/", "\xc3\xa9", "\xe2\x80\xa8", "\xf0\x9f\x98\x80", "\b\f\r\t" };
		struct buf plain = BUF_INIT(1000), json = BUF_INIT(10000);
		buf_add(&plain, "", 0);
		for (uint64_t k = prng_below(&p, 20); k > 0; k--)
			buf_text(&plain, pieces[prng_below(&p, sizeof pieces / sizeof *pieces)]);
		buf_json(&json, plain.data);
		json_t *value = json_loads(json.data, JSON_DECODE_ANY, NULL);
		assert_non_null(value);
		assert_string_equal(json_string_value(value), plain.data);
		json_decref(value);
		buf_release(&plain);
		buf_release(&json);
	}
}

static void buf_json_writes_the_short_forms(void **state)
{
	struct buf b = BUF_INIT(100);
	(void)state;
	buf_json(&b, "a\"\\\b\f\n\r\t\x01/\x7f");
	assert_string_equal(b.data, "\"a\\\"\\\\\\b\\f\\n\\r\\t\\u0001/\x7f\"");
	buf_release(&b);
}

static void buf_json_replaces_bytes_that_are_no_utf8(void **state)
{
	struct buf b = BUF_INIT(100);
	(void)state;
	buf_json(&b, "a\xff\xc3(\xed\xa0\x80z\xc3");
	assert_string_equal(b.data,
		"\"a\xef\xbf\xbd\xef\xbf\xbd(\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd"
		"z\xef\xbf\xbd\"");
	buf_release(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(buf_holds_what_was_added),
		cmocka_unit_test(buf_takes_exactly_its_limit),
		cmocka_unit_test(buf_stays_failed_until_cleared),
		cmocka_unit_test(buf_take_gives_text_even_of_nothing),
		cmocka_unit_test(buf_json_is_read_back),
		cmocka_unit_test(buf_json_writes_the_short_forms),
		cmocka_unit_test(buf_json_replaces_bytes_that_are_no_utf8),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
