/* Text in another encoding becomes UTF-8: marks decide, the pieces it comes in make no difference.
 */
#include <unistr.h>
#include "base/charset.h"
#include "support/unit/prng.h"
#include "support/unit/unit.h"

#define BYTES(text) (text), sizeof(text) - 1

static char made[4096];

/* The text in pieces of `piece` bytes, with as little room as a call may have; NULL: malformed. */
static const char *recode(enum charset charset, const char *bytes, size_t len, size_t piece)
{
	struct recoder r;
	size_t used = 0, part;
	enum recode_outcome outcome = RECODE_GOOD;
	recoder_init(&r, charset);
	for (size_t at = 0; at < len && outcome == RECODE_GOOD; at += piece) {
		const char *in = bytes + at;
		size_t left = len - at < piece ? len - at : piece;
		while (outcome == RECODE_GOOD && left > 0) {
			outcome = recoder_next(&r, &in, &left, made + used, RECODER_ROOM, &part);
			used += part;
			assert_true(used + 2 * RECODER_ROOM < sizeof made);
		}
	}
	if (outcome == RECODE_GOOD) {
		outcome = recoder_end(&r, made + used, RECODER_ROOM, &part);
		used += part;
	}
	recoder_release(&r);
	assert_int_not_equal(outcome, RECODE_FAILED);
	made[used] = '\0';
	return outcome == RECODE_GOOD ? made : NULL;
}

static void expect(enum charset charset, const char *bytes, size_t len, const char *text)
{
	for (size_t piece = 1; piece <= len + 1; piece++) {
		const char *told = recode(charset, bytes, len, piece);
		if ((told == NULL) != (text == NULL) || (text && strcmp(told, text) != 0))
			fail_msg("in pieces of %zu: %s", piece, told ? told : "malformed");
	}
}

static void names_are_known_in_any_case(void **state)
{
	(void)state;
	enum charset found = CHARSET_NONE;
	assert_true(charset_find(BYTES("UTF-8"), &found));
	assert_int_equal(found, CHARSET_UTF8);
	assert_true(charset_find(BYTES("utf-16"), &found));
	assert_int_equal(found, CHARSET_UTF16);
	assert_true(charset_find(BYTES("Windows-1252"), &found));
	assert_int_equal(found, CHARSET_WINDOWS_1252);
	assert_false(charset_find(BYTES("utf-16le"), &found));
	assert_false(charset_find(BYTES("utf"), &found));
	assert_false(charset_find(BYTES(""), &found));
	assert_false(charset_find(BYTES("koi8-r"), &found));
}

static void utf8_passes_as_it_came(void **state)
{
	(void)state;
	expect(CHARSET_UTF8, BYTES(""), "");
	expect(CHARSET_UTF8, BYTES("a"), "a");
	expect(CHARSET_UTF8, BYTES("\xef\xbb\xbf\xc3\xa4"), "\xef\xbb\xbf\xc3\xa4");
	expect(CHARSET_UTF8, BYTES("ab\xff"), "ab\xff"); /* whoever reads it judges */
}

static void utf16_is_told_by_its_mark(void **state)
{
	(void)state;
	expect(CHARSET_UTF8,
		BYTES("\xff\xfe"
		      "a\0\xe9\0\xac\x20"),
		"a\u00e9\u20ac");
	expect(CHARSET_UTF16, BYTES("\xfe\xff\0a\0\xe9\x20\xac"), "a\u00e9\u20ac");
	expect(CHARSET_UTF16, BYTES("\xff\xfe\x3d\xd8\x00\xde"), "\U0001f600");
	expect(CHARSET_WINDOWS_1252,
		BYTES("\xff\xfe"
		      "a\0"),
		"a");
	expect(CHARSET_WINDOWS_1252, BYTES("\xef\xbb\xbf\xc3\xa4"), "\xef\xbb\xbf\xc3\xa4");
	expect(CHARSET_UTF16, BYTES("\xff\xfe"), "");
	expect(CHARSET_UTF16, BYTES(""), "");
}

static void what_is_no_text_of_it_is_refused(void **state)
{
	(void)state;
	expect(CHARSET_UTF16, BYTES("a\0b\0"), NULL); /* no mark */
	expect(CHARSET_UTF16,
		BYTES("\xff\xfe"
		      "a"),
		NULL);                                          /* half of a unit */
	expect(CHARSET_UTF16, BYTES("\xff\xfe\x3d\xd8"), NULL); /* half of a pair */
	expect(CHARSET_UTF16,
		BYTES("\xff\xfe\x3d\xd8"
		      "a\0"),
		NULL);
	expect(CHARSET_UTF16,
		BYTES("\xff\xfe\x00\xde"
		      "a\0"),
		NULL);
	expect(CHARSET_WINDOWS_1252,
		BYTES("ab\x81"
		      "c"),
		NULL); /* stands for nothing there */
}

static void windows_1252_is_what_office_programs_write(void **state)
{
	(void)state;
	expect(CHARSET_WINDOWS_1252, BYTES("Ren\xe9;\x80 5 \x96 \x93Q\x94"),
		"Ren\u00e9;\u20ac 5 \u2013 \u201cQ\u201d");
	expect(CHARSET_WINDOWS_1252, BYTES("\xe9"), "\u00e9");
}

/* Random text in both orders, against libunistring. */
static void any_text_comes_back_whole(void **state)
{
	struct prng prng = { 16 };
	(void)state;
	for (int run = 0; run < 2000; run++) {
		uint32_t points[60];
		size_t count = prng_below(&prng, COUNT(points)), len16 = 0, len8 = 0;
		for (size_t i = 0; i < count; i++) {
			points[i] = 1 + (uint32_t)prng_below(
						&prng, prng_below(&prng, 2) ? 0x10fffe : 0x2ff);
			if (points[i] >= 0xd800 && points[i] < 0xe000)
				points[i] = 'x';
		}
		uint16_t *units = u32_to_u16(points, count, NULL, &len16);
		uint8_t *text = u32_to_u8(points, count, NULL, &len8);
		char bytes[300] = "\xff\xfe";
		bool big = prng_below(&prng, 2);
		bytes[0] = big ? '\xfe' : '\xff';
		bytes[1] = big ? '\xff' : '\xfe';
		for (size_t i = 0; i < len16; i++) {
			bytes[2 + 2 * i + big] = (char)(units[i] & 0xff);
			bytes[3 + 2 * i - big] = (char)(units[i] >> 8);
		}
		const char *told = recode(
			CHARSET_UTF16, bytes, 2 + 2 * len16, 1 + prng_below(&prng, 9));
		assert_non_null(told);
		assert_int_equal(strlen(told), len8);
		assert_memory_equal(told, text, len8);
		free(units);
		free(text);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_are_known_in_any_case),
		cmocka_unit_test(utf8_passes_as_it_came),
		cmocka_unit_test(utf16_is_told_by_its_mark),
		cmocka_unit_test(what_is_no_text_of_it_is_refused),
		cmocka_unit_test(windows_1252_is_what_office_programs_write),
		cmocka_unit_test(any_text_comes_back_whole),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
