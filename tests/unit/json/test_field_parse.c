/* Parsing of bodies: every way to be no JSON has its code, and limits are exact. */
#include <malloc.h>

#include "base/buf.h"
#include "json/field.h"
#include "support/unit/prng.h"
#include "support/unit/unit.h"

/* The code of the one fault, with the pointer ""; "" when the text was taken. */
static const char *code_of(const char *text, size_t len)
{
	static char code[32];
	owned(faults_release) struct faults f = { 0 };
	json_t *value = field_parse(text, len, &f);
	code[0] = '\0';
	if (value) {
		assert_int_equal(f.count, 0);
		json_decref(value);
		return code;
	}
	assert_int_equal(f.count, 1);
	assert_string_equal(f.items[0].pointer, "");
	assert_false(f.items[0].parameter);
	assert_int_not_equal(f.items[0].message[0], '\0');
	snprintf(code, sizeof code, "%s", f.items[0].code);
	return code;
}

#define EXPECT(text, code) assert_string_equal(code_of(text, sizeof(text) - 1), code)

static void parse_names_what_is_wrong(void **state)
{
	(void)state;
	EXPECT("{\"a\":1}", "");
	EXPECT(" [1, 2.5, \"\\u00e9\", true, null] \n", "");
	EXPECT("7", "");
	EXPECT("", "invalid_json");
	EXPECT("  \n", "invalid_json");
	EXPECT("{", "invalid_json");
	EXPECT("{\"a\":1", "invalid_json");
	EXPECT("{\"a\":1}}", "invalid_json");
	EXPECT("{\"a\":1} x", "invalid_json");
	EXPECT("{\"a\":1}{\"b\":2}", "invalid_json");
	EXPECT("{'a':1}", "invalid_json");
	EXPECT("{\"a\":1,}", "invalid_json");
	EXPECT("[01]", "invalid_json");
	EXPECT("[NaN]", "invalid_json");
	EXPECT("[1.]", "invalid_json");
	EXPECT("\"abc", "invalid_json");
	EXPECT("\"abc\\", "invalid_json");
	EXPECT("\"a\tb\"", "invalid_json");
	EXPECT("\xef\xbb\xbf{}", "invalid_json");
	EXPECT("{\"a\":1,\"b\":2,\"a\":3}", "duplicate_member");
	EXPECT("{\"x\":{\"a\":1,\"\\u0061\":3}}", "duplicate_member");
	EXPECT("[9223372036854775807, -9223372036854775808]", "");
	EXPECT("[9223372036854775808]", "number_out_of_range");
	EXPECT("[1e400]", "number_out_of_range");
	EXPECT("[-1e400]", "number_out_of_range");
}

static void parse_refuses_text_that_postgresql_cannot_hold(void **state)
{
	(void)state;
	EXPECT("[\"a\\u0000b\"]", "invalid_json");
	EXPECT("{\"a\\u0000b\":1}", "invalid_json");
	EXPECT("[\"a\0b\"]", "invalid_json");
	EXPECT("{}\0", "invalid_json");
	EXPECT("[\"\\ud800\"]", "invalid_json");
	EXPECT("[\"\\udc00\"]", "invalid_json");
	EXPECT("[\"\\ud800\\ud800\"]", "invalid_json");
	EXPECT("[\"\\ud83d\\ude00\"]", "");
	EXPECT("[\"\xff\"]", "invalid_utf8");
	EXPECT("[\"\xed\xa0\x80\"]", "invalid_utf8");
	EXPECT("[\"\xc0\x80\"]", "invalid_utf8");
	EXPECT("[\"\xe2\x82\"]", "invalid_utf8");
	EXPECT("[]\xff", "invalid_utf8");
}

static void nest(struct buf *b, int depth, bool objects)
{
	for (int i = 0; i < depth; i++)
		buf_text(b, objects && i < depth - 1 ? "{\"a\":" : "[");
	for (int i = depth - 1; i >= 0; i--)
		buf_char(b, objects && i < depth - 1 ? '}' : ']');
}

static void parse_allows_sixteen_levels(void **state)
{
	(void)state;
	for (int objects = 0; objects < 2; objects++) {
		for (int depth = 1; depth < 40; depth++) {
			struct buf b = BUF_INIT(1000);
			nest(&b, depth, objects);
			assert_string_equal(code_of(b.data, b.len), depth <= 16 ? "" : "too_deep");
			buf_release(&b);
		}
	}
	EXPECT("[\"[[[[[[[[[[[[[[[[[[[[[[[[[[[[\\\"[[[[[[[[\"]", "");
	EXPECT("]]]]]]]]", "invalid_json");
}

/* Counts the elements of a parsed value: every member and item. */
static size_t elements(const json_t *value)
{
	size_t count = 0;
	const char *name;
	json_t *member;
	if (json_is_object(value)) {
		json_object_foreach((json_t *)value, name, member) count += 1 + elements(member);
	}
	for (size_t i = 0; i < json_array_size(value); i++)
		count += 1 + elements(json_array_get(value, i));
	return count;
}

/* A random value of about `left` elements, with brackets and commas inside its strings. */
static void grow(struct prng *p, struct buf *b, int depth, int *left)
{
	static const char *const scalars[] = { "1", "-2.5e3", "null", "true", "\",,[]{}\"",
		"\"\\\",\\\\\"", "[ ]", "{\n}" };
	int size = (int)prng_below(p, depth < 5 ? 12 : 1);
	bool object = prng_below(p, 2);
	if (depth > 0 && (size == 0 || *left <= 0)) {
		buf_text(b, scalars[prng_below(p, sizeof scalars / sizeof *scalars)]);
		return;
	}
	buf_text(b, object ? "{ " : "[");
	for (int i = 0; i < size; i++) {
		buf_text(b, i > 0 ? " , " : "");
		if (object)
			buf_print(b, "\"m%d\":", i);
		--*left;
		grow(p, b, depth + 1, left);
	}
	buf_text(b, object ? "}" : " ]");
}

static void parse_counts_elements_exactly(void **state)
{
	struct prng p = { 1000 };
	int over = 0, under = 0;
	(void)state;
	for (int i = 0; i < 600; i++) {
		struct buf b = BUF_INIT(1000000);
		int left = 900 + (int)prng_below(&p, 400);
		buf_char(&b, '[');
		while (left > 0) {
			buf_text(&b, b.len > 1 ? "," : "");
			left--;
			grow(&p, &b, 1, &left);
		}
		buf_char(&b, ']');
		json_t *value = json_loadb(b.data, b.len, 0, NULL);
		assert_non_null(value);
		size_t count = elements(value);
		json_decref(value);
		const char *code = code_of(b.data, b.len);
		if (strcmp(code, count > 1000 ? "too_many_elements" : "") != 0)
			fail_msg("%zu elements: '%s'", count, code);
		over += count > 1000;
		under += count <= 1000;
		buf_release(&b);
	}
	assert_true(over > 100 && under > 100);
}

static void parse_stops_at_the_element_after_the_last(void **state)
{
	(void)state;
	for (int size = 999; size <= 1001; size++) {
		struct buf b = BUF_INIT(10000);
		for (int i = 0; i < size; i++)
			buf_text(&b, i > 0 ? ",{}" : "[{}");
		buf_char(&b, ']');
		assert_string_equal(
			code_of(b.data, b.len), size <= 1000 ? "" : "too_many_elements");
		buf_release(&b);
	}
}

/* 64 KiB that would cost the parser 80 MiB cost the room for faults alone. */
static void parse_refuses_a_bomb_without_memory(void **state)
{
	struct buf b = BUF_INIT(65536);
	owned(faults_release) struct faults f = { 0 };
	(void)state;
	buf_char(&b, '[');
	while (b.len < 65532)
		buf_text(&b, "{},");
	size_t before = mallinfo2().uordblks + mallinfo2().hblkhd;
	assert_null(field_parse(b.data, b.len, &f));
	assert_true(mallinfo2().uordblks + mallinfo2().hblkhd <= before + sizeof f.items[0] * FAULTS_MOST + 1024);
	assert_string_equal(f.items[0].code, "too_many_elements");
	buf_release(&b);
}

/* Every cut and every changed byte of a valid body gives a value or one fault, never both. */
static void parse_survives_damage(void **state)
{
	static const char body[] =
		"{\"a\":[1,-2.5e3,\"\\u00e9\\ud83d\\ude00\\n\"],\"b\":{\"c\":null,"
		"\"d\":true},\"e\":\"\xc3\xa9\"}";
	char copy[sizeof body];
	(void)state;
	for (size_t cut = 0; cut < sizeof body - 1; cut++)
		assert_string_not_equal(code_of(body, cut), "");
	for (size_t at = 0; at < sizeof body - 1; at++) {
		for (int byte = 0; byte < 256; byte++) {
			memcpy(copy, body, sizeof body);
			copy[at] = (char)byte;
			(void)code_of(copy, sizeof body - 1);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(parse_names_what_is_wrong),
		cmocka_unit_test(parse_refuses_text_that_postgresql_cannot_hold),
		cmocka_unit_test(parse_allows_sixteen_levels),
		cmocka_unit_test(parse_counts_elements_exactly),
		cmocka_unit_test(parse_stops_at_the_element_after_the_last),
		cmocka_unit_test(parse_refuses_a_bomb_without_memory),
		cmocka_unit_test(parse_survives_damage),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
