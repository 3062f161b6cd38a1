#include "http/etag.h"

#include <string.h>
#include "base/hash.h"

/* Written by hand, because every response has a tag. */
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

/* Skips "W/", which the weak comparison ignores. */
static const char *opaque(const char *etag)
{
	return strncmp(etag, "W/", 2) == 0 ? etag + 2 : etag;
}

bool etag_is_any(const char *value)
{
	value += strspn(value, " \t");
	return value[0] == '*' && value[1 + strspn(value + 1, " \t")] == '\0';
}

/* The end of the tag that begins at `at`, or NULL. */
static const char *tag_end(const char *at)
{
	at = opaque(at);
	if (*at != '"')
		return NULL;
	do
		at++;
	while ((unsigned char)*at > ' ' && *at != '"' && *at != 0x7f);
	return *at == '"' ? at + 1 : NULL;
}

bool etag_is_list(const char *value)
{
	const char *at = value + strspn(value, " \t,");
	bool some = false;
	if (etag_is_any(value))
		return true;
	while (*at) {
		at = tag_end(at);
		if (!at)
			return false;
		some = true;
		at += strspn(at, " \t");
		if (*at && *at != ',')
			return false;
		at += strspn(at, " \t,");
	}
	return some;
}

bool etag_matches(const char *value, const char *etag)
{
	const char *wanted = opaque(etag);
	size_t wanted_len = strlen(wanted);
	const char *at = value + strspn(value, " \t,");
	if (etag_is_any(value))
		return true;
	while (*at) {
		const char *end = tag_end(at);
		if (!end)
			return false;
		at = opaque(at);
		if ((size_t)(end - at) == wanted_len && memcmp(at, wanted, wanted_len) == 0)
			return true;
		at = end + strspn(end, " \t,");
	}
	return false;
}
