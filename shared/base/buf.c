#include "base/buf.h"

#include <limits.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "base/str.h"
#include "base/utf8.h"

#define BUF_FIRST 128

/* Makes room for `more` bytes and the NUL. */
static bool buf_grow(struct buf *b, size_t more)
{
	if (b->failed)
		return false;
	if (more > b->limit - b->len) {
		b->failed = true;
		return false;
	}
	size_t need = b->len + more + 1;
	if (need <= b->cap)
		return true;
	size_t cap = b->cap ? b->cap : BUF_FIRST;
	while (cap < need)
		cap = cap > SIZE_MAX / 2 ? need : cap * 2;
	char *data = realloc(b->data, cap);
	if (!data) {
		b->failed = true;
		return false;
	}
	b->data = data;
	b->cap = cap;
	return true;
}

void buf_release(struct buf *b)
{
	free(b->data);
	*b = BUF_INIT(b->limit);
}

void buf_clear(struct buf *b)
{
	b->len = 0;
	b->failed = false;
	if (b->data)
		b->data[0] = '\0';
}

void buf_add(struct buf *b, const void *bytes, size_t len)
{
	if (!buf_grow(b, len))
		return;
	if (len)
		memcpy(b->data + b->len, bytes, len);
	b->len += len;
	b->data[b->len] = '\0';
}

void buf_text(struct buf *b, const char *text)
{
	buf_add(b, text, strlen(text));
}

void buf_char(struct buf *b, char c)
{
	buf_add(b, &c, 1);
}

void buf_print(struct buf *b, const char *format, ...)
{
	va_list args;
	if (!buf_grow(b, 0))
		return;
	size_t room = b->cap - b->len;
	va_start(args, format);
	int len = vsnprintf(b->data + b->len, room, format, args);
	va_end(args);
	if (len >= 0 && (size_t)len >= room) {
		b->data[b->len] = '\0';
		if (!buf_grow(b, (size_t)len))
			return;
		va_start(args, format);
		len = vsnprintf(b->data + b->len, (size_t)len + 1, format, args);
		va_end(args);
	}
	if (len < 0 || (size_t)len > b->limit - b->len) {
		b->data[b->len] = '\0';
		b->failed = true;
		return;
	}
	b->len += (size_t)len;
}

static void buf_json_control(struct buf *b, unsigned char c)
{
	static const char short_forms[] = { ['\b'] = 'b',
		['\t'] = 't',
		['\n'] = 'n',
		['\f'] = 'f',
		['\r'] = 'r',
		['"'] = '"',
		['\\'] = '\\' };
	if (short_forms[c]) {
		char pair[2] = { '\\', short_forms[c] };
		buf_add(b, pair, 2);
	} else {
		buf_print(b, "\\u%04x", c);
	}
}

void buf_json(struct buf *b, const char *text)
{
	const char *run = text;
	const char *at = text;
	buf_char(b, '"');
	while (*at) {
		unsigned char c = (unsigned char)*at;
		size_t step = c < 0x80 ? 1 : str_utf8_step(at);
		if (step && c >= 0x20 && c != '"' && c != '\\') {
			at += step;
			continue;
		}
		buf_add(b, run, (size_t)(at - run));
		if (step)
			buf_json_control(b, c);
		else
			buf_text(b, "\xef\xbf\xbd");
		run = ++at;
	}
	buf_add(b, run, (size_t)(at - run));
	buf_char(b, '"');
}

char *buf_take(struct buf *b)
{
	buf_grow(b, 0);
	if (b->failed)
		return NULL;
	b->data[b->len] = '\0';
	char *text = b->data;
	*b = BUF_INIT(b->limit);
	return text;
}
