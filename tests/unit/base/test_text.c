/* The intake of text: what is taken off, what is refused, what scripts and emoji need; then laws
 * that hold for whatever comes. */
#include <unicase.h>
#include <unistr.h>

#include "base/str.h"
#include "base/text.h"
#include "base/utf8.h"
#include "support/lookalike.h"
#include "support/unit/prng.h"
#include "support/unit/unit.h"

struct given {
	const char *text, *stored; /* stored NULL: refused */
	enum text_fault fault;
};

static void expect(enum text_kind kind, const struct given *given)
{
	struct text taken;
	enum text_fault fault = text_take(kind, given->text, strlen(given->text), &taken);
	if (fault != given->fault)
		fail_msg("\"%s\": fault %d, not %d", given->text, (int)fault, (int)given->fault);
	if (given->stored) {
		assert_string_equal(taken.changed ? taken.changed : given->text, given->stored);
		if (taken.changed)
			assert_string_not_equal(taken.changed, given->text);
	}
	free(taken.changed);
}

#define EXPECT_ALL(kind, cases)                                                                    \
	do {                                                                                       \
		for (size_t i = 0; i < COUNT(cases); i++)                                          \
			expect(kind, &(cases)[i]);                                                 \
	} while (0)

static void a_line_is_trimmed_composed_and_free_of_controls(void **state)
{
	static const struct given cases[] = {
		{ "Finance", "Finance", TEXT_GOOD },
		{ " \t Finance\r\n", "Finance", TEXT_GOOD },
		{ "\u00a0\u3000\u2003Eva\u2028\xc2\x85", "Eva", TEXT_GOOD },
		{ "", "", TEXT_GOOD },
		{ " \u3000 ", "", TEXT_GOOD },
		{ "E\u0301mile", "\u00c9mile", TEXT_GOOD },
		{ "Ann\u00a0Lee", "Ann\u00a0Lee", TEXT_GOOD },
		{ "A\rB", NULL, TEXT_CONTROL },
		{ "A\nB", NULL, TEXT_CONTROL },
		{ "A\tB", NULL, TEXT_CONTROL },
		{ "A\vB", NULL, TEXT_CONTROL },
		{ "\x15", NULL, TEXT_CONTROL },
		{ "x\x7f", NULL, TEXT_CONTROL },
		{ "A\xc2\x85"
		  "B",
			NULL, TEXT_CONTROL },
		{ "A\u2028B", NULL, TEXT_CONTROL },
		{ "A\u2029B", NULL, TEXT_CONTROL },
		{ "A\u202eB", NULL, TEXT_BIDI },
		{ "A\u2066B", NULL, TEXT_BIDI },
		{ "A\u200e", NULL, TEXT_BIDI },
		{ " \u200b ", NULL, TEXT_UNSEEN },
		{ "E-6\u200b", NULL, TEXT_UNSEEN },
		{ "A\ufeffB", NULL, TEXT_UNSEEN },
		{ "A\u00adB", NULL, TEXT_UNSEEN },
		{ "A\u2060B", NULL, TEXT_UNSEEN },
		{ "\u3164", NULL, TEXT_UNSEEN },
		{ "A\ufff9B", NULL, TEXT_UNSEEN },
		{ "A\uffffB", NULL, TEXT_UNSEEN },
		{ "\u2800", NULL, TEXT_BLANK },
		{ "\u0301", NULL, TEXT_BLANK },
		{ "\xed\xa0\x80", NULL, TEXT_NOT_UTF8 }, /* a surrogate */
		{ "\xff", NULL, TEXT_NOT_UTF8 },
	};
	(void)state;
	EXPECT_ALL(TEXT_LINE, cases);
}

static void scripts_and_emoji_keep_the_marks_they_need(void **state)
{
	static const struct given cases[] = {
		/* Persian, Hindi, Sinhala, Bengali, Malayalam */
		{ "\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645",
			"\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645", TEXT_GOOD },
		{ "\u0915\u094d\u200d\u0937", "\u0915\u094d\u200d\u0937", TEXT_GOOD },
		{ "\u0dc1\u0dca\u200d\u0dbb\u0dd3", "\u0dc1\u0dca\u200d\u0dbb\u0dd3", TEXT_GOOD },
		{ "\u09b0\u200d\u09cd\u09af", "\u09b0\u200d\u09cd\u09af", TEXT_GOOD },
		{ "\u0d28\u0d4d\u200d", "\u0d28\u0d4d\u200d", TEXT_GOOD },
		/* a family, a hand with a tone, a keycap, a flag of tags */
		{ "\U0001f468\u200d\U0001f469\u200d\U0001f467",
			"\U0001f468\u200d\U0001f469\u200d\U0001f467", TEXT_GOOD },
		{ "\U0001f469\U0001f3fd\u200d\U0001f4bb", "\U0001f469\U0001f3fd\u200d\U0001f4bb",
			TEXT_GOOD },
		{ "\u2764\ufe0f", "\u2764\ufe0f", TEXT_GOOD },
		{ "1\ufe0f\u20e3", "1\ufe0f\u20e3", TEXT_GOOD },
		{ "\U0001f3f4\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f",
			"\U0001f3f4\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f",
			TEXT_GOOD },
		{ "\u845b\U000e0100", "\u845b\U000e0100", TEXT_GOOD }, /* Katsuragi */
		/* and nothing else keeps them */
		{ "a\u200db", NULL, TEXT_UNSEEN },
		{ "a\u200cb", NULL, TEXT_UNSEEN },
		{ "\u200dab", NULL, TEXT_UNSEEN },
		{ "\u0645\u200c", NULL, TEXT_UNSEEN },
		{ "a\ufe0f", NULL, TEXT_UNSEEN },
		{ "a\U000e0100", NULL, TEXT_UNSEEN },
		{ "a\U000e0041", NULL, TEXT_UNSEEN },
		{ "\U0001f3f4\U000e0067\U000e0062", NULL, TEXT_UNSEEN },
		{ "\U0001f600\U000e0067\U000e007f", NULL, TEXT_UNSEEN },
		{ "\U0001f3f4\U000e0061\U000e0061\U000e0061\U000e0061\U000e0061\U000e0061\U000e0061"
		  "\U000e0061\U000e0061\U000e007f",
			NULL, TEXT_UNSEEN },
	};
	(void)state;
	EXPECT_ALL(TEXT_LINE, cases);
}

static void keys_keep_their_bytes_and_hide_nothing(void **state)
{
	static const struct given cases[] = {
		{ "E-1 ", "E-1", TEXT_GOOD },
		{ "E-1\u00a0", "E-1", TEXT_GOOD },
		{ " e1@co.example", "e1@co.example", TEXT_GOOD },
		{ "A 12", "A 12", TEXT_GOOD },
		{ "\u212a-1", "\u212a-1",
			TEXT_GOOD }, /* Kelvin sign: not K, as NFC would have it */
		{ "e\u0301", "e\u0301", TEXT_GOOD },
		{ "A\u00a012", NULL, TEXT_UNSEEN },
		{ "A\u200b", NULL, TEXT_UNSEEN },
		{ "\u0645\u06cc\u200c\u062e", NULL, TEXT_UNSEEN },
		{ "\u2764\ufe0f", NULL, TEXT_UNSEEN },
		{ "A\u200e", NULL, TEXT_BIDI },
		{ "A\tB", NULL, TEXT_CONTROL },
	};
	(void)state;
	EXPECT_ALL(TEXT_KEY, cases);
}

static void several_lines_have_tabs_and_line_feeds(void **state)
{
	static const struct given cases[] = {
		{ "a\n\tb", "a\n\tb", TEXT_GOOD },
		{ "a\r\nb\r\n", "a\nb", TEXT_GOOD },
		{ "\u05d0\u200f!", "\u05d0\u200f!", TEXT_GOOD },
		{ "a\rb", NULL, TEXT_CONTROL },
		{ "a\ab", NULL, TEXT_CONTROL },
		{ "a\u2028b", NULL, TEXT_CONTROL },
		{ "a\u202eb", NULL, TEXT_BIDI },
		{ "a\u200bb", NULL, TEXT_UNSEEN },
	};
	(void)state;
	EXPECT_ALL(TEXT_LINES, cases);
	expect(TEXT_EXACT, &(struct given){ " a\u200bb\r", " a\u200bb\r", TEXT_GOOD });
	expect(TEXT_EXACT, &(struct given){ "\xc3", NULL, TEXT_NOT_UTF8 });
}

static void a_fault_says_what_was_found(void **state)
{
	struct text taken;
	char message[80];
	(void)state;
	assert_int_equal(text_take(TEXT_KEY, "A\u200b", 4, &taken), TEXT_UNSEEN);
	text_say(TEXT_UNSEEN, taken.culprit, message, sizeof message);
	assert_string_equal(message, "contains U+200B, which is invisible");
	text_say(TEXT_BLANK, 0, message, sizeof message);
	assert_string_equal(message, "has no visible character");
}

/* What every outcome keeps to; kind is none that takes text as it stands. */
static void expect_laws(enum text_kind kind, const char *text, size_t len)
{
	struct text taken, again;
	if (text_take(kind, text, len, &taken) != TEXT_GOOD) {
		assert_null(taken.changed);
		return;
	}
	const char *stored = taken.changed ? taken.changed : text;
	size_t stored_len = strlen(stored), characters;
	assert_true(str_is_utf8(stored, stored_len, &characters));
	assert_int_equal(characters, taken.characters);
	assert_int_equal(text_take(kind, stored, stored_len, &again), TEXT_GOOD);
	assert_null(again.changed); /* taken in once, it stands */
	assert_int_equal(again.characters, taken.characters);
	for (size_t i = 0; i < stored_len; i++)
		assert_true((unsigned char)stored[i] >= ' ' ||
			    (kind == TEXT_LINES && strchr("\t\n", stored[i])));
	free(taken.changed);
}

static void laws_hold_for_random_texts(void **state)
{
	static const char *const pieces[] = { "a", "Z", " ", "\t", "\n", "\r\n", "\u00a0", "\u0301",
		"\u00e9", "\u200d", "\u200c", "\u0645", "\u06cc", "\u094d", "\u0915", "\ufe0f",
		"\u2764", "\U0001f468", "\U0001f3f4", "\U000e0067", "\U000e007f", "\u1100",
		"\u1161", "\u0344", "\u212b", "\u2800", "\u845b", "\u202e", "\u200b" };
	struct prng random = { 20261129 };
	(void)state;
	for (int round = 0; round < 200000; round++) {
		char text[80] = "";
		uint64_t count = prng_below(&random, 8);
		for (uint64_t i = 0; i < count; i++)
			strcat(text, pieces[prng_below(&random, COUNT(pieces))]);
		expect_laws(TEXT_LINE, text, strlen(text));
		expect_laws(TEXT_LINES, text, strlen(text));
		expect_laws(TEXT_KEY, text, strlen(text));
	}
}

/* Some case mapping of the character has an ASCII letter in it. */
static bool looks_ascii(ucs4_t character)
{
	uint32_t *(*const mappings[])(const uint32_t *, size_t, const char *, uninorm_t, uint32_t *,
		size_t *) = { u32_tolower, u32_toupper, u32_totitle };
	uint32_t mapped[16];
	bool found = false;
	for (size_t i = 0; i <= COUNT(mappings); i++) {
		size_t len = COUNT(mapped);
		uint32_t *text = i < COUNT(mappings)
					 ? mappings[i](&character, 1, "", NULL, mapped, &len)
					 : u32_casefold(&character, 1, "", NULL, mapped, &len);
		assert_ptr_equal(text, mapped);
		while (len-- > 0)
			found = found || (mapped[len] | 0x20) - 'a' < 26;
	}
	return found;
}

/* Tests of keys go through the list of support/lookalike.h. */
static void the_list_of_lookalikes_is_whole(void **state)
{
	(void)state;
	size_t known = 0;
	for (ucs4_t character = 0x80; character < 0x110000; character++) {
		uint8_t bytes[6];
		bool listed = false;
		if (!looks_ascii(character))
			continue;
		int len = u8_uctomb(bytes, character, sizeof bytes);
		for (size_t i = 0; len > 0 && i < LOOKALIKES; i++)
			listed = listed ||
				 (strlen(lookalikes[i].bytes) == (size_t)len &&
					 memcmp(lookalikes[i].bytes, bytes, (size_t)len) == 0);
		if (!listed)
			fail_msg("U+%04X is missing", (unsigned)character);
		known++;
	}
	assert_int_equal(known, LOOKALIKES);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_line_is_trimmed_composed_and_free_of_controls),
		cmocka_unit_test(scripts_and_emoji_keep_the_marks_they_need),
		cmocka_unit_test(keys_keep_their_bytes_and_hide_nothing),
		cmocka_unit_test(several_lines_have_tabs_and_line_feeds),
		cmocka_unit_test(a_fault_says_what_was_found),
		cmocka_unit_test(laws_hold_for_random_texts),
		cmocka_unit_test(the_list_of_lookalikes_is_whole),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
