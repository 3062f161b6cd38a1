#include "base/utf8.h"

#include <string.h>

/*
 * RFC 3629 section 4. Only the range of the second byte depends on the first: it excludes overlong
 * forms, surrogates and code points above U+10FFFF.
 */
size_t str_utf8_step(const char *text)
{
	const unsigned char *s = (const unsigned char *)text;
	unsigned char low = 0x80, high = 0xbf;
	size_t len;
	if (s[0] == 0)
		return 0;
	if (s[0] < 0x80)
		return 1;
	if (s[0] < 0xc2 || s[0] > 0xf4)
		return 0;
	len = s[0] < 0xe0 ? 2 : s[0] < 0xf0 ? 3 : 4;
	if (s[0] == 0xe0)
		low = 0xa0;
	else if (s[0] == 0xed)
		high = 0x9f;
	else if (s[0] == 0xf0)
		low = 0x90;
	else if (s[0] == 0xf4)
		high = 0x8f;
	if (s[1] < low || s[1] > high)
		return 0;
	for (size_t i = 2; i < len; i++) {
		if ((s[i] & 0xc0) != 0x80)
			return 0;
	}
	return len;
}

bool str_is_utf8(const char *text, size_t len, size_t *ret_characters)
{
	size_t characters = 0;
	size_t at = 0;
	while (at < len) {
		/* the text may end without a NUL: copy the last bytes, which could be a truncated
		 * character */
		char tail[5] = "";
		const char *here = text + at;
		if (len - at < 4) {
			memcpy(tail, here, len - at);
			here = tail;
		}
		size_t step = str_utf8_step(here);
		if (step == 0)
			return false;
		at += step;
		characters++;
	}
	if (ret_characters)
		*ret_characters = characters;
	return true;
}
