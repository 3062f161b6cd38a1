#include "ops/log.h"

#include <errno.h>
#include <stdatomic.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include "base/civil.h"
#include "base/str.h"

#define LINE_MOST 4096 /* PIPE_BUF: lines of several threads do not mix */

static const char *const level_names[] = { "debug", "info", "warning", "error" };

static const char *const key_names[LOG_KEY_COUNT] = {
	[LOG_ATTEMPT] = "attempt",
	[LOG_BYTES] = "bytes",
	[LOG_CODE] = "code",
	[LOG_CONNECTION_COUNT] = "connection_count",
	[LOG_CONSTRAINT] = "constraint",
	[LOG_CONSUMER] = "consumer",
	[LOG_COUNT] = "count",
	[LOG_DURATION_US] = "duration_us",
	[LOG_ERROR_NUMBER] = "errno",
	[LOG_EVENT_TYPE] = "event_type",
	[LOG_ISSUER_NUMBER] = "issuer_number",
	[LOG_JOB] = "job",
	[LOG_LANE] = "lane",
	[LOG_LISTEN] = "listen",
	[LOG_METHOD] = "method",
	[LOG_OBJECT_ID] = "object_id",
	[LOG_OPERATION] = "operation",
	[LOG_PORT] = "port",
	[LOG_REASON] = "reason",
	[LOG_REQUEST_ID] = "request_id",
	[LOG_ROLES] = "roles",
	[LOG_SETTING] = "setting",
	[LOG_SIGNAL] = "signal",
	[LOG_SQLSTATE] = "sqlstate",
	[LOG_STATEMENT] = "statement",
	[LOG_STATUS] = "status",
	[LOG_STEP] = "step",
	[LOG_TABLE] = "table",
	[LOG_TRACE_ID] = "trace_id",
	[LOG_VERSION] = "version",
};

static _Atomic int least_level = LOG_LEVEL_INFO;
static const char *service_name = "upward"; /* written once, before threads */
static int log_fd = STDERR_FILENO;

void log_open(const char *service, enum log_level level)
{
	service_name = service;
	atomic_store(&least_level, (int)level);
}

bool log_level_find(const char *name, enum log_level *ret_level)
{
	for (size_t i = 0; i < COUNT(level_names); i++) {
		if (str_equal(level_names[i], name)) {
			*ret_level = (enum log_level)i;
			return true;
		}
	}
	return false;
}

void log_set_fd_for_test(int fd)
{
	log_fd = fd;
}

/* A line on the stack: a request writes one, so it is made by hand, without printf and malloc. */
struct line {
	size_t len;
	bool full; /* something did not fit: the line is dropped */
	char text[LINE_MOST];
};

static void add(struct line *line, const char *text, size_t len)
{
	if (len > sizeof line->text - line->len) {
		line->full = true;
		return;
	}
	memcpy(line->text + line->len, text, len);
	line->len += len;
}

static void add_text(struct line *line, const char *text)
{
	add(line, text, strlen(text));
}

/* Adds a number with at least `width` digits. */
static void add_digits(struct line *line, uint64_t number, int width)
{
	char digits[20];
	size_t at = sizeof digits;
	for (; number || width > 0; number /= 10, width--)
		digits[--at] = (char)('0' + number % 10);
	add(line, digits + at, sizeof digits - at);
}

static void add_number(struct line *line, int64_t number)
{
	if (number < 0)
		add(line, "-", 1);
	add_digits(line, number < 0 ? -(uint64_t)number : (uint64_t)number, 1);
}

static void add_token(struct line *line, const char *text)
{
	__attribute__((uninitialized)) char token[2 * LOG_TEXT_MOST + 2];
	size_t len = 0;
	token[len++] = '"';
	for (size_t i = 0; i < LOG_TEXT_MOST && text[i]; i++) {
		char c = text[i] > ' ' && text[i] <= '~' ? text[i] : '_';
		if (c == '"' || c == '\\')
			token[len++] = '\\';
		token[len++] = c;
	}
	token[len++] = '"';
	add(line, token, len);
}

static void add_member(struct line *line, const char *key)
{
	add(line, ",\"", 2);
	add_text(line, key);
	add(line, "\":", 2);
}

static void add_time(struct line *line)
{
	struct timespec now;
	clock_gettime(CLOCK_REALTIME, &now);
	struct civil utc = civil_from_seconds(now.tv_sec);
	const struct {
		int part, width;
		char after;
	} parts[] = {
		{ utc.year, 4, '-' },
		{ utc.month, 2, '-' },
		{ utc.day, 2, 'T' },
		{ utc.hour, 2, ':' },
		{ utc.minute, 2, ':' },
		{ utc.second, 2, '.' },
		{ (int)(now.tv_nsec / 1000000), 3, 'Z' },
	};
	add_text(line, "{\"at\":\"");
	for (size_t i = 0; i < COUNT(parts); i++) {
		add_digits(line, (uint64_t)parts[i].part, parts[i].width);
		add(line, &parts[i].after, 1);
	}
	add(line, "\"", 1);
}

/* A line that cannot be written is lost: there is nobody to tell. */
static void put_line(const struct line *line)
{
	size_t done = 0;
	while (done < line->len) {
		ssize_t wrote = write(log_fd, line->text + done, line->len - done);
		if (wrote < 0 && errno != EINTR)
			return;
		if (wrote > 0)
			done += (size_t)wrote;
	}
}

void log_write(
	enum log_level level, const char *event, const struct log_member *members, size_t count)
{
	if ((int)level < atomic_load_explicit(&least_level, memory_order_relaxed))
		return;
	__attribute__((uninitialized)) struct line line;
	line.len = 0;
	line.full = false;
	add_time(&line);
	add_member(&line, "level");
	add_token(&line, level_names[level]);
	add_member(&line, "service");
	add_token(&line, service_name);
	add_member(&line, "event");
	add_token(&line, event);
	for (size_t i = 0; i < count; i++) {
		const struct log_member *m = &members[i];
		if (m->text && !*m->text)
			continue;
		add_member(&line, key_names[m->key]);
		if (m->text)
			add_token(&line, m->text);
		else
			add_number(&line, m->number);
	}
	add(&line, "}\n", 2);
	if (!line.full)
		put_line(&line);
}
