/* The request target: what is refused, what is decoded; and a slow, plain reading beside it. */
#include "base/str.h"
#include "base/utf8.h"
#include "http/target.h"
#include "support/unit/prng.h"
#include "support/unit/unit.h"

static enum target_outcome parse(const char *raw, struct target *t)
{
	memset(t, 0xa5, sizeof *t); /* nothing may be taken as cleared */
	static char room[TARGET_BYTES_MOST + 1];
	return target_parse(raw, strlen(raw) < sizeof room ? room : NULL, t);
}

static void target_is_taken_apart(void **state)
{
	(void)state;
	struct target t;
	assert_int_equal(
		parse("/api/v1/people/a%20b/%C3%A9?q=x+y&level_min=3&e=&f", &t), TARGET_OK);
	assert_int_equal(t.segment_count, 5);
	assert_string_equal(t.segments[0], "api");
	assert_string_equal(t.segments[3], "a b");
	assert_string_equal(t.segments[4], "\xc3\xa9");
	assert_int_equal(t.query_count, 4);
	assert_string_equal(t.query[0].name, "q");
	assert_string_equal(t.query[0].value, "x y");
	assert_string_equal(t.query[1].value, "3");
	assert_string_equal(t.query[2].value, "");
	assert_string_equal(t.query[3].name, "f");
	assert_string_equal(t.query[3].value, "");
	assert_int_equal(parse("/a?", &t), TARGET_OK);
	assert_int_equal(t.query_count, 0);
	assert_int_equal(parse("/a+b?a%2Bb=%26%3D", &t), TARGET_OK);
	assert_string_equal(t.segments[0], "a+b");
	assert_string_equal(t.query[0].name, "a+b");
	assert_string_equal(t.query[0].value, "&=");
}

static void target_refuses_what_others_would_repair(void **state)
{
	(void)state;
	static const char *const malformed[] = { "", "*", "x", "http://h/a", "/a%00", "/a%0", "/a%",
		"/a%g1", "/a%2fb", "/a%2Fb", "/a%5Cb", "/a\\b", "/a%0ab", "/a%7f", "/a#b", "/%ff",
		"/%c0%af", "/%ed%a0%80", "/a b", "/a\tb", "/a?b=%00", "/a?b=%", "/a?b=%zz", "/a?=1",
		"/a?&", "/a?b=1&", "/a?b=1&&c=2", "/a?%ff=1", "/a?b=%fe", NULL };
	static const char *const unknown[] = { "/", "//", "/a/", "/a//b", "//a", "/./a", "/a/..",
		"/a/%2e%2e/b", "/%2E", "/1/2/3/4/5/6/7/8/9/10/11/12/13", NULL };
	struct target t;
	for (size_t i = 0; malformed[i]; i++)
		assert_int_equal(parse(malformed[i], &t), TARGET_MALFORMED);
	for (size_t i = 0; unknown[i]; i++)
		assert_int_equal(parse(unknown[i], &t), TARGET_UNKNOWN);
	assert_int_equal(parse("/a%20%20", &t), TARGET_OK);
	assert_int_equal(parse("/...", &t), TARGET_OK);
}

static void target_has_a_longest_length(void **state)
{
	(void)state;
	static char raw[TARGET_BYTES_MOST + 2];
	struct target t;
	memset(raw, 'a', sizeof raw - 1);
	raw[0] = '/';
	assert_int_equal(parse(raw, &t), TARGET_TOO_LONG);
	raw[TARGET_BYTES_MOST] = '\0';
	assert_int_equal(parse(raw, &t), TARGET_OK);
	assert_int_equal(strlen(t.segments[0]), TARGET_BYTES_MOST - 1);
}

static void target_counts_its_parameters(void **state)
{
	(void)state;
	char raw[1024] = "/a?";
	struct target t;
	for (int i = 0; i < TARGET_QUERY_MOST; i++)
		snprintf(raw + strlen(raw), sizeof raw - strlen(raw), "%sk=%d", i ? "&" : "", i);
	assert_int_equal(parse(raw, &t), TARGET_OK);
	assert_int_equal(t.query_count, TARGET_QUERY_MOST);
	snprintf(raw + strlen(raw), sizeof raw - strlen(raw), "&k=x");
	assert_int_equal(parse(raw, &t), TARGET_MALFORMED);
}

/* What a reader of the rules would do, a character at a time. Returns false when a byte of the
 * decoded part may not stand there. */
static bool plain_decode(const char *raw, size_t len, bool path, char *out)
{
	static const char digits[] = "0123456789abcdef";
	size_t used = 0;
	for (size_t i = 0; i < len;) {
		int byte = (unsigned char)raw[i++];
		if (byte == '%') {
			const char *h = i < len ? strchr(digits, raw[i] | 0x20) : NULL;
			const char *l = i + 1 < len ? strchr(digits, raw[i + 1] | 0x20) : NULL;
			if (!h || !l || !*h || !*l)
				return false;
			byte = (int)(h - digits) * 16 + (int)(l - digits);
			i += 2;
			if (byte == 0 || (path && byte == '/'))
				return false;
		} else if (byte == '+' && !path) {
			byte = ' ';
		}
		if (path && (byte < 32 || byte == 127 || byte == '\\'))
			return false;
		out[used++] = (char)byte;
	}
	out[used] = '\0';
	return str_is_utf8(out, used, NULL);
}

static enum target_outcome plain_path(const char *raw, size_t len)
{
	enum target_outcome outcome = TARGET_OK;
	char segment[256];
	size_t count = 0;
	for (size_t from = 1; from <= len; count++) {
		size_t to = from;
		while (to < len && raw[to] != '/')
			to++;
		if (!plain_decode(raw + from, to - from, true, segment))
			return TARGET_MALFORMED;
		if (!*segment || str_equal(segment, ".") || str_equal(segment, ".."))
			outcome = TARGET_UNKNOWN;
		from = to + 1;
	}
	return count > TARGET_SEGMENTS_MOST ? TARGET_UNKNOWN : outcome;
}

static enum target_outcome plain_reading(const char *raw)
{
	char text[256];
	if (raw[0] != '/')
		return TARGET_MALFORMED;
	for (const char *at = raw; *at; at++) {
		if ((unsigned char)*at <= 32 || *at == 127 || *at == '#')
			return TARGET_MALFORMED;
	}
	size_t path_len = strcspn(raw, "?");
	enum target_outcome outcome = plain_path(raw, path_len);
	const char *query = raw[path_len] ? raw + path_len + 1 : "";
	for (const char *at = query; *query && outcome != TARGET_MALFORMED;) {
		size_t len = strcspn(at, "&"), name = 0;
		while (name < len && at[name] != '=')
			name++;
		if (name == 0 || !plain_decode(at, name, false, text) ||
			!plain_decode(
				at + name + (name < len), len - name - (name < len), false, text))
			return TARGET_MALFORMED;
		if (!at[len])
			break;
		at += len + 1;
	}
	return outcome;
}

static void target_agrees_with_a_plain_reading(void **state)
{
	(void)state;
	static const char *const pieces[] = { "/", "/", "a", "me", ".", "..", "%", "%2", "%2e",
		"%2F", "%00", "%41", "%c3%a9", "%c3", "\xc3\xa9", "\xff", "?", "=", "&", "+", "b",
		"#", "\\", "%5c", " ", "%0A", "%7F", "%zz", "api" };
	struct prng prng = { 20261122 };
	int met[TARGET_TOO_LONG] = { 0 };
	for (int round = 0; round < 200000; round++) {
		char raw[128] = "/";
		size_t used = prng_below(&prng, 20) ? 1 : 0;
		for (uint64_t n = prng_below(&prng, 9); n > 0; n--) {
			const char *piece = pieces[prng_below(&prng, COUNT(pieces))];
			memcpy(raw + used, piece, strlen(piece));
			used += strlen(piece);
		}
		raw[used] = '\0';
		struct target t;
		enum target_outcome expected = plain_reading(raw);
		if (parse(raw, &t) != expected)
			fail_msg("disagree about %s", raw);
		met[expected]++;
	}
	for (int i = 0; i < TARGET_TOO_LONG; i++)
		assert_true(met[i] > 1000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(target_is_taken_apart),
		cmocka_unit_test(target_refuses_what_others_would_repair),
		cmocka_unit_test(target_has_a_longest_length),
		cmocka_unit_test(target_counts_its_parameters),
		cmocka_unit_test(target_agrees_with_a_plain_reading),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
