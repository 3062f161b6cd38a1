/* UTF-8 against a reference that decodes and looks at the number, where ours looks at ranges. */
#include "base/str.h"
#include "base/utf8.h"
#include "support/unit/prng.h"
#include "support/unit/unit.h"

/* Length of the character at s with n bytes left, or 0. */
static size_t reference_step(const unsigned char *s, size_t n)
{
	static const uint32_t least[] = { 0, 1, 0x80, 0x800, 0x10000 };
	int ones = 0;
	while (ones < 8 && s[0] & (0x80 >> ones))
		ones++;
	size_t len = ones == 0 ? 1 : (size_t)ones;
	if (ones == 1 || len > 4 || len > n)
		return 0;
	uint32_t point = ones == 0 ? s[0] : s[0] & (0x7fU >> ones);
	for (size_t i = 1; i < len; i++) {
		if (s[i] >> 6 != 2)
			return 0;
		point = point << 6 | (s[i] & 0x3f);
	}
	bool surrogate = point >= 0xd800 && point < 0xe000;
	return point < least[len] || point > 0x10ffff || surrogate ? 0 : len;
}

static bool reference(const unsigned char *s, size_t n, size_t *ret_characters)
{
	*ret_characters = 0;
	for (size_t at = 0; at < n;) {
		size_t step = reference_step(s + at, n - at);
		if (step == 0)
			return false;
		at += step;
		++*ret_characters;
	}
	return true;
}

static void compare(const unsigned char *s, size_t n)
{
	size_t expected, characters = 99;
	bool good = reference(s, n, &expected);
	if (str_is_utf8((const char *)s, n, &characters) != good ||
		characters != (good ? expected : 99))
		fail_msg("%zu bytes %02x %02x %02x %02x", n, s[0], s[1], s[2], s[3]);
}

static void utf8_is_right_on_all_three_byte_texts(void **state)
{
	unsigned char s[4] = { 0 };
	(void)state;
	for (uint32_t v = 0; v < 1U << 24; v++) {
		s[0] = (unsigned char)(v >> 16);
		s[1] = (unsigned char)(v >> 8);
		s[2] = (unsigned char)v;
		compare(s, 3);
	}
}

static void utf8_is_right_on_four_bytes(void **state)
{
	static const unsigned char tails[] = { 0x00, 0x41, 0x7f, 0x80, 0x8f, 0x90, 0xbf, 0xc0,
		0xff };
	(void)state;
	for (unsigned first = 0xe0; first <= 0xff; first++) {
		for (unsigned second = 0; second < 256; second++) {
			for (size_t i = 0; i < sizeof tails * sizeof tails; i++) {
				unsigned char s[4] = { (unsigned char)first, (unsigned char)second,
					tails[i / sizeof tails], tails[i % sizeof tails] };
				compare(s, 4);
			}
		}
	}
}

static void utf8_is_right_on_random_texts_without_a_nul_behind(void **state)
{
	static const unsigned char heads[] = { 0x41, 0xc3, 0xe2, 0xed, 0xf0, 0xf4, 0x80, 0xbf,
		0x9f };
	struct prng p = { 3629 };
	(void)state;
	for (int i = 0; i < 100000; i++) {
		size_t len = 4 + prng_below(&p, 12);
		unsigned char *s = malloc(len);
		for (size_t k = 0; k < len; k++)
			s[k] = heads[prng_below(&p, sizeof heads)];
		compare(s, len);
		free(s);
	}
}

static void utf8_counts_characters_not_bytes(void **state)
{
	size_t characters;
	(void)state;
	assert_true(str_is_utf8("", 0, &characters));
	assert_int_equal(characters, 0);
	assert_true(str_is_utf8("Zo\xc3\xab \xf0\x9f\x8c\x8d", 9, &characters));
	assert_int_equal(characters, 5);
	assert_false(str_is_utf8("a\0b", 3, NULL));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(utf8_is_right_on_all_three_byte_texts),
		cmocka_unit_test(utf8_is_right_on_four_bytes),
		cmocka_unit_test(utf8_is_right_on_random_texts_without_a_nul_behind),
		cmocka_unit_test(utf8_counts_characters_not_bytes),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
