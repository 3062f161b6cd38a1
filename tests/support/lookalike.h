/*
 * lookalike.h - every character beyond ASCII that some case mapping of Unicode (simple or full;
 * lower, upper or folding) turns into ASCII letters, possibly with marks. None of them may ever
 * open another person's account. tests/unit/base/test_text.c proves that none is missing.
 */
#ifndef UPWARD_TESTS_LOOKALIKE_H
#define UPWARD_TESTS_LOOKALIKE_H

#include <stddef.h>
#include <stdio.h>
#include <string.h>

static const struct {
	const char *bytes, *folded;
} lookalikes[] = {
	{ "\xe2\x84\xaa", "k" },  /* U+212A Kelvin sign */
	{ "\xc5\xbf", "s" },      /* U+017F long s */
	{ "\xc4\xb0", "i" },      /* U+0130 I with dot above */
	{ "\xc4\xb1", "i" },      /* U+0131 dotless i */
	{ "\xc3\x9f", "ss" },     /* U+00DF sharp s */
	{ "\xe1\xba\x9e", "ss" }, /* U+1E9E capital sharp s */
	{ "\xef\xac\x80", "ff" }, /* U+FB00 to U+FB06: ligatures */
	{ "\xef\xac\x81", "fi" },
	{ "\xef\xac\x82", "fl" },
	{ "\xef\xac\x83", "ffi" },
	{ "\xef\xac\x84", "ffl" },
	{ "\xef\xac\x85", "st" },
	{ "\xef\xac\x86", "st" },
	{ "\xc5\x89", "n" },     /* U+0149 n preceded by an apostrophe */
	{ "\xc7\xb0", "j" },     /* U+01F0 j with caron */
	{ "\xe1\xba\x96", "h" }, /* U+1E96 to U+1E9A: letters whose other case is two characters */
	{ "\xe1\xba\x97", "t" },
	{ "\xe1\xba\x98", "w" },
	{ "\xe1\xba\x99", "y" },
	{ "\xe1\xba\x9a", "a" },
};
#define LOOKALIKES (sizeof lookalikes / sizeof *lookalikes)

/* A key that contains the folding of each, and may be in any case. */
#define LOOKALIKE_KEY "kim.ss.ff.fi.fl.ffi.ffl.st.jhtwyan@co.example"

/* The key with the first such letters replaced by look-alike i. */
static inline void lookalike_of(const char *key, size_t i, char *ret_text, size_t size)
{
	const char *at = strstr(key, lookalikes[i].folded);
	if (at)
		snprintf(ret_text, size, "%.*s%s%s", (int)(at - key), key, lookalikes[i].bytes,
			at + strlen(lookalikes[i].folded));
	else
		ret_text[0] = '\0';
}

#endif
