#include "events/bounce.h"

#include <string.h>
#include <strings.h>

#include "base/str.h"

#define VALUE_MOST 500

/* One line of the text, without its end. */
struct line {
	const char *at;
	size_t length;
};

struct reader {
	const char *at, *end;
};

static bool next_line(struct reader *r, struct line *ret_line)
{
	if (r->at >= r->end)
		return false;
	const char *end = memchr(r->at, '\n', (size_t)(r->end - r->at));
	size_t length = (size_t)((end ? end : r->end) - r->at);
	ret_line->at = r->at;
	ret_line->length = length > 0 && r->at[length - 1] == '\r' ? length - 1 : length;
	r->at = end ? end + 1 : r->end;
	return true;
}

/* The next field with its folds taken out, longer ones cut off. false: the header is over. */
static bool next_field(struct reader *r, char ret_field[VALUE_MOST])
{
	struct line line;
	size_t used = 0;
	if (!next_line(r, &line) || line.length == 0)
		return false;
	do {
		size_t room = VALUE_MOST - 1 - used;
		size_t length = line.length < room ? line.length : room;
		memcpy(ret_field + used, line.at, length);
		used += length;
	} while (r->at < r->end && (*r->at == ' ' || *r->at == '\t') && next_line(r, &line));
	ret_field[used] = '\0';
	return true;
}

/* The value of a field with this name, without leading blanks; NULL: it is another one. */
static const char *value_of(const char *field, const char *name)
{
	size_t length = strlen(name);
	if (strncasecmp(field, name, length) != 0 || field[length] != ':')
		return NULL;
	return field + length + 1 + strspn(field + length + 1, " \t");
}

/* A UUID after the mark and before the end mark. */
static bool find_id(const char *value, char mark, char end, char ret_id[BOUNCE_MESSAGE])
{
	for (const char *at = strchr(value, mark); at; at = strchr(at + 1, mark)) {
		char id[BOUNCE_MESSAGE] = "";
		if (strlen(at + 1) < BOUNCE_MESSAGE || at[BOUNCE_MESSAGE] != end)
			continue;
		memcpy(id, at + 1, BOUNCE_MESSAGE - 1);
		if (!str_is_uuid(id))
			continue;
		memcpy(ret_id, id, sizeof id);
		return true;
	}
	return false;
}

/* Whom the notification was sent to: name+<our id>@host. Reads the header of the whole. */
static bool read_head(struct reader *r, struct bounce *b)
{
	static const char *const names[] = { "To", "Delivered-To", "X-Original-To", "Envelope-To" };
	char field[VALUE_MOST];
	bool report = false;
	while (next_field(r, field)) {
		const char *value = value_of(field, "Content-Type");
		report |= value && strncasecmp(value, "multipart/report", 16) == 0;
		for (size_t i = 0; i < COUNT(names) && !b->message[0]; i++)
			if ((value = value_of(field, names[i])))
				(void)find_id(value, '+', '@', b->message);
	}
	return report;
}

/* Goes on to the part of this type; reads its own header. false: there is none. */
static bool find_part(struct reader *r, const char *type)
{
	char field[VALUE_MOST];
	struct line line;
	while (next_line(r, &line)) {
		bool found = false;
		if (line.length < 3 || memcmp(line.at, "--", 2) != 0)
			continue;
		while (next_field(r, field)) {
			const char *value = value_of(field, "Content-Type");
			found |= value && strncasecmp(value, type, strlen(type)) == 0;
		}
		if (found)
			return true;
	}
	return false;
}

/* 5.1.1, with nothing after it but a comment. */
static bool read_status(const char *value, char ret_status[BOUNCE_STATUS])
{
	size_t length = strspn(value, "0123456789.");
	if (length < 5 || length >= BOUNCE_STATUS || !strchr("245", value[0]) || value[1] != '.' ||
		(value[length] && !strchr(" \t(", value[length])))
		return false;
	memcpy(ret_status, value, length);
	ret_status[length] = '\0';
	return true;
}

static bool says(const char *value, const char *word)
{
	size_t length = strlen(word);
	return strncasecmp(value, word, length) == 0 &&
	       (!value[length] || strchr(" \t(", value[length]));
}

/* The fields of the message, then those of each recipient, until the part is over: our messages have one. */
static bool read_recipients(struct reader *r, struct bounce *b)
{
	char field[VALUE_MOST];
	const char *value;
	bool failed = false, delayed = false;
	while (r->at < r->end) {
		struct reader part = *r;
		if (!next_field(r, field)) /* between two groups */
			continue;
		if (strncmp(field, "--", 2) == 0) {
			*r = part;
			break;
		}
		if ((value = value_of(field, "Action"))) {
			failed |= says(value, "failed");
			delayed |= says(value, "delayed");
		}
		if ((value = value_of(field, "Status")) && !b->status[0])
			(void)read_status(value, b->status);
	}
	b->final = failed && b->status[0] == '5';
	return (failed || delayed) && b->status[0] && b->status[0] != '2';
}

/* The Message-ID of the message that came back, whole or its header alone. */
static void read_returned(struct reader *r, struct bounce *b)
{
	char field[VALUE_MOST];
	struct reader again = *r;
	if (!find_part(r, "message/rfc822")) {
		*r = again;
		if (!find_part(r, "text/rfc822-headers"))
			return;
	}
	while (!b->message[0] && next_field(r, field)) {
		const char *value = value_of(field, "Message-ID");
		if (value)
			(void)find_id(value, '<', '@', b->message);
	}
}

bool bounce_read(const char *text, size_t length, struct bounce *ret_bounce)
{
	struct bounce b = { 0 };
	struct reader r = { text, text + length };
	if (memchr(text, '\0', length) || !read_head(&r, &b) ||
		!find_part(&r, "message/delivery-status") || !read_recipients(&r, &b))
		return false;
	if (!b.message[0])
		read_returned(&r, &b);
	if (!b.message[0])
		return false;
	*ret_bounce = b;
	return true;
}
