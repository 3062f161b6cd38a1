#include "base/base64url.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

char *str_base64url(const void *bytes, size_t len)
{
	const unsigned char *in = bytes;
	if (len > SIZE_MAX / 2)
		return NULL;
	char *text = malloc(len / 3 * 4 + 5);
	char *out = text;
	if (!text)
		return NULL;
	for (; len >= 3; len -= 3, in += 3) {
		*out++ = alphabet[in[0] >> 2];
		*out++ = alphabet[(in[0] & 3) << 4 | in[1] >> 4];
		*out++ = alphabet[(in[1] & 15) << 2 | in[2] >> 6];
		*out++ = alphabet[in[2] & 63];
	}
	if (len > 0) {
		unsigned second = len == 2 ? in[1] : 0;
		*out++ = alphabet[in[0] >> 2];
		*out++ = alphabet[(in[0] & 3) << 4 | second >> 4];
		if (len == 2)
			*out++ = alphabet[(second & 15) << 2];
	}
	*out = '\0';
	return text;
}

/* The 6 bits of a character, or -1 if it is not in the alphabet. */
static int sextet(char c)
{
	if (c >= 'A' && c <= 'Z')
		return c - 'A';
	if (c >= 'a' && c <= 'z')
		return c - 'a' + 26;
	if (c >= '0' && c <= '9')
		return c - '0' + 52;
	return c == '-' ? 62 : c == '_' ? 63 : -1;
}

bool str_from_base64url(const char *text, unsigned char **ret_bytes, size_t *ret_len)
{
	size_t len = strlen(text);
	if (len % 4 == 1)
		return false;
	unsigned char *bytes = malloc(len / 4 * 3 + 3);
	if (!bytes)
		return false;
	size_t out = 0;
	unsigned pending = 0;
	int bits = 0;
	for (size_t i = 0; i < len; i++) {
		int value = sextet(text[i]);
		if (value < 0)
			goto refuse;
		pending = (pending << 6 | (unsigned)value) & 0xfff;
		bits += 6;
		if (bits >= 8) {
			bits -= 8;
			bytes[out++] = (unsigned char)(pending >> bits);
		}
	}
	if (pending & ((1U << bits) - 1))
		goto refuse; /* bits left over: not the canonical form */
	bytes[out] = '\0';
	*ret_bytes = bytes;
	*ret_len = out;
	return true;
refuse:
	free(bytes);
	return false;
}
