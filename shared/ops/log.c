#include "ops/log.h"

#include <errno.h>
#include <inttypes.h>
#include <stdatomic.h>
#include <string.h>
#include <time.h>
#include "base/buf.h"
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

static void add_token(struct buf *line, const char *text)
{
	char token[LOG_TEXT_MOST + 1];
	size_t len = strnlen(text, LOG_TEXT_MOST);
	for (size_t i = 0; i < len; i++)
		token[i] = text[i] > ' ' && text[i] <= '~' ? text[i] : '_';
	token[len] = '\0';
	buf_json(line, token);
}

static void add_time(struct buf *line)
{
	struct timespec now;
	struct tm utc;
	char text[32];
	clock_gettime(CLOCK_REALTIME, &now);
	gmtime_r(&now.tv_sec, &utc);
	strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%S", &utc);
	buf_print(line, "{\"at\":\"%s.%03ldZ\"", text, now.tv_nsec / 1000000);
}

/* A line that cannot be written is lost: there is nobody to tell. */
static void put_line(const struct buf *line)
{
	size_t done = 0;
	while (done < line->len) {
		ssize_t wrote = write(log_fd, line->data + done, line->len - done);
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
	struct buf line = BUF_INIT(LINE_MOST);
	add_time(&line);
	buf_print(&line, ",\"level\":\"%s\",\"service\":", level_names[level]);
	add_token(&line, service_name);
	buf_text(&line, ",\"event\":");
	add_token(&line, event);
	for (size_t i = 0; i < count; i++) {
		const struct log_member *m = &members[i];
		if (m->text && !*m->text)
			continue;
		buf_print(&line, ",\"%s\":", key_names[m->key]);
		if (m->text)
			add_token(&line, m->text);
		else
			buf_print(&line, "%" PRId64, m->number);
	}
	buf_text(&line, "}\n");
	if (buf_ok(&line))
		put_line(&line);
	buf_release(&line);
}
