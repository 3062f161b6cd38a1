#include "http/etag.h"

#include <string.h>
#include "base/hash.h"
#include "base/str.h"

/* By hand: every answer bears a tag. */
void etag_write(int64_t version, const void *body, size_t len, char ret_etag[ETAG_TEXT])
{
	uint32_t crc = hash_crc32(body, len);
	unsigned char bytes[] = { (unsigned char)(crc >> 24), (unsigned char)(crc >> 16),
		(unsigned char)(crc >> 8), (unsigned char)crc };
	char digits[20], *end = ret_etag;
	size_t at = sizeof digits;
	if (version <= 0) {
		*end++ = 'W';
		*end++ = '/';
	}
	*end++ = '"';
	for (; version > 0; version /= 10)
		digits[--at] = (char)('0' + version % 10);
	if (at < sizeof digits) {
		memcpy(end, digits + at, sizeof digits - at);
		end += sizeof digits - at;
		*end++ = '.';
	}
	hash_hex(bytes, sizeof bytes, end);
	memcpy(end + 8, "\"", 2);
}

bool etag_version(const char *if_match, int64_t *ret_version)
{
	char digits[24];
	size_t len = strlen(if_match);
	const char *dot = strchr(if_match, '.');
	if (len > ETAG_TEXT || len < 5 || if_match[0] != '"' || if_match[len - 1] != '"' || !dot)
		return false;
	size_t size = (size_t)(dot - if_match) - 1;
	if (size >= sizeof digits || strspn(dot + 1, "0123456789abcdef") != 8 || dot[9] != '"')
		return false;
	memcpy(digits, if_match + 1, size);
	digits[size] = '\0';
	int64_t version;
	if (dot + 10 != if_match + len || !str_to_i64(digits, &version) || version < 1)
		return false;
	*ret_version = version;
	return true;
}

/* Past "W/", which the weak comparison passes over. */
static const char *opaque(const char *etag)
{
	return strncmp(etag, "W/", 2) == 0 ? etag + 2 : etag;
}

bool etag_matches(const char *if_none_match, const char *etag)
{
	const char *wanted = opaque(etag);
	size_t wanted_len = strlen(wanted);
	const char *at = if_none_match + strspn(if_none_match, " \t");
	if (*at == '*')
		return true;
	while (*at) {
		at = opaque(at);
		if (*at != '"')
			return false;
		size_t len = strcspn(at + 1, "\"") + 2;
		if (at[len - 1] != '"')
			return false;
		if (len == wanted_len && memcmp(at, wanted, len) == 0)
			return true;
		at += len;
		at += strspn(at, " \t,");
	}
	return false;
}
