#include "http/target.h"

#include <string.h>
#include "base/str.h"
#include "base/utf8.h"

/* Writes decoded texts one after another. */
struct writer {
	char *next;
	const char *end;
};

static int hex(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* Decodes raw[0..len) after the texts already written. NULL: malformed. */
static char *decode(struct writer *w, const char *raw, size_t len, bool in_path)
{
	char *text = w->next, *out = text;
	if ((size_t)(w->end - out) <= len)
		return NULL;
	for (size_t i = 0; i < len; i++) {
		char c = raw[i];
		if (c == '+' && !in_path) {
			c = ' ';
		} else if (c == '%') {
			int high = i + 2 < len ? hex(raw[i + 1]) : -1;
			int low = i + 2 < len ? hex(raw[i + 2]) : -1;
			if (high < 0 || low < 0)
				return NULL;
			c = (char)(high << 4 | low);
			i += 2;
			if (c == '\0' || (in_path && c == '/'))
				return NULL;
		}
		if (in_path && ((unsigned char)c < ' ' || c == 0x7f || c == '\\'))
			return NULL;
		*out++ = c;
	}
	*out++ = '\0';
	w->next = out;
	return str_is_utf8(text, (size_t)(out - 1 - text), NULL) ? text : NULL;
}

static enum target_outcome parse_path(
	struct writer *w, const char *raw, size_t len, struct target *target)
{
	enum target_outcome outcome = TARGET_OK;
	for (size_t from = 1; from <= len;) {
		const char *slash = memchr(raw + from, '/', len - from);
		size_t size = slash ? (size_t)(slash - raw) - from : len - from;
		char *segment = decode(w, raw + from, size, true);
		if (!segment)
			return TARGET_MALFORMED;
		if (target->segment_count == TARGET_SEGMENTS_MOST || str_equal(segment, "") ||
			str_equal(segment, ".") || str_equal(segment, ".."))
			outcome = TARGET_UNKNOWN;
		else
			target->segments[target->segment_count++] = segment;
		from += size + 1;
	}
	return outcome;
}

static bool parse_query(struct writer *w, const char *raw, struct target *target)
{
	while (*raw) {
		size_t len = strcspn(raw, "&");
		const char *equals = memchr(raw, '=', len);
		size_t name_len = equals ? (size_t)(equals - raw) : len;
		if (target->query_count == TARGET_QUERY_MOST || name_len == 0)
			return false;
		struct parameter *p = &target->query[target->query_count++];
		p->name = decode(w, raw, name_len, false);
		p->value = equals ? decode(w, equals + 1, len - name_len - 1, false) : "";
		if (!p->name || !p->value)
			return false;
		raw += len;
		if (*raw == '&' && *++raw == '\0')
			return false; /* an empty parameter at the end */
	}
	return true;
}

enum target_outcome target_parse(const char *raw, char *room, struct target *ret_target)
{
	ret_target->segment_count = ret_target->query_count = 0;
	size_t len = strlen(raw);
	if (len > TARGET_BYTES_MOST)
		return TARGET_TOO_LONG;
	if (raw[0] != '/')
		return TARGET_MALFORMED;
	for (size_t i = 0; i < len; i++) {
		if ((unsigned char)raw[i] <= ' ' || raw[i] == 0x7f || raw[i] == '#')
			return TARGET_MALFORMED;
	}
	struct writer w = { room, room + len + 1 };
	size_t path_len = strcspn(raw, "?");
	enum target_outcome outcome = parse_path(&w, raw, path_len, ret_target);
	if (outcome == TARGET_MALFORMED)
		return outcome;
	if (raw[path_len] == '?' && !parse_query(&w, raw + path_len + 1, ret_target))
		return TARGET_MALFORMED;
	return outcome;
}
