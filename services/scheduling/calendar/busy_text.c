#include "scheduling/calendar/busy_text.h"

#include <string.h>
#include <strings.h>

#define DEPTH_MOST      5
#define COMPONENTS_MOST 20000
#define VALUES_MOST     100 /* of a line that is written; libical drops those after the five hundredth */

static const char *const kept[] = { "BEGIN", "END", "DTSTART", "DTEND", "DURATION", "RRULE", "RDATE",
	"EXDATE", "RECURRENCE-ID", "STATUS", "TRANSP", "UID", "FREEBUSY", "TZID", "TZOFFSETFROM",
	"TZOFFSETTO", "X-MICROSOFT-CDO-BUSYSTATUS" };

/* The reader of lines. */
struct lines {
	const char *at, *end;
	struct buf line; /* the current one, unfolded, without its end */
};

/* Reads the next line. A fold is a line break before a blank or a tab. false: no more lines. */
static bool next_line(struct lines *l)
{
	buf_clear(&l->line);
	if (l->at >= l->end)
		return false;
	for (;;) {
		const char *stop = memchr(l->at, '\n', (size_t)(l->end - l->at));
		const char *last = stop ? stop : l->end;
		const char *next = stop ? stop + 1 : l->end;
		if (last > l->at && last[-1] == '\r')
			last--;
		buf_add(&l->line, l->at, (size_t)(last - l->at));
		l->at = next;
		if (next >= l->end || (*next != ' ' && *next != '\t'))
			return true;
		l->at++;
	}
}

static bool is_kept(const char *line)
{
	size_t length = strcspn(line, ":;");
	if (!line[length])
		return false;
	for (size_t i = 0; i < sizeof kept / sizeof *kept; i++)
		if (strlen(kept[i]) == length && strncasecmp(line, kept[i], length) == 0)
			return true;
	return false;
}

static bool begins(const char *line, const char *name)
{
	size_t length = strlen(name);
	return strncasecmp(line, name, length) == 0 && (line[length] == ':' || line[length] == ';');
}

/* Where the value of a line begins, after a colon that is not in quotes. */
static const char *value_of(const char *line)
{
	bool quoted = false;
	for (; *line; line++) {
		quoted ^= *line == '"';
		if (*line == ':' && !quoted)
			return line + 1;
	}
	return line;
}

/* Copies a line; one with many values as several lines of the same name and parameters. */
static void copy(const char *line, struct buf *out)
{
	const char *value = value_of(line);
	size_t named = (size_t)(value - line); /* may be most of a long line: repeated until out is full */
	bool many = begins(line, "RDATE") || begins(line, "EXDATE") || begins(line, "FREEBUSY");
	int count = 1;
	buf_add(out, line, named);
	for (; *value && buf_ok(out); value++) {
		if (*value != ',' || !many || count++ < VALUES_MOST) {
			buf_char(out, *value);
			continue;
		}
		buf_text(out, "\r\n");
		buf_add(out, line, named);
		count = 1;
	}
	buf_text(out, "\r\n");
}

/* Copies the lines that are needed. */
static enum busy_outcome reduce(struct lines *l, struct buf *out)
{
	int depth = 0, components = 0;
	while (next_line(l)) {
		const char *line = l->line.data ? l->line.data : "";
		if (!buf_ok(&l->line))
			return BUSY_NO_MEMORY;
		if (!is_kept(line))
			continue;
		if (begins(line, "BEGIN")) {
			if (components == 0 && strcasecmp(line, "BEGIN:VCALENDAR") != 0)
				return BUSY_NOT_A_CALENDAR;
			if (++depth > DEPTH_MOST || ++components > COMPONENTS_MOST)
				return BUSY_TOO_MUCH;
		} else if (components == 0) {
			return BUSY_NOT_A_CALENDAR;
		} else if (begins(line, "END") && --depth < 0) {
			return BUSY_NOT_A_CALENDAR;
		}
		copy(line, out);
	}
	if (components == 0 || depth != 0)
		return BUSY_NOT_A_CALENDAR;
	return buf_ok(out) ? BUSY_READ : BUSY_NO_MEMORY;
}

enum busy_outcome busy_reduce(const char *text, size_t length, struct buf *out)
{
	static const char mark[] = "\xEF\xBB\xBF";
	struct lines l = { .at = text, .end = text + length, .line = BUF_INIT(BUSY_TEXT_MOST + 1) };
	if (length > BUSY_TEXT_MOST)
		return BUSY_TOO_MUCH;
	if (memchr(text, '\0', length))
		return BUSY_NOT_A_CALENDAR;
	if (length >= 3 && memcmp(text, mark, 3) == 0)
		l.at += 3;
	enum busy_outcome outcome = reduce(&l, out);
	buf_release(&l.line);
	return outcome;
}
