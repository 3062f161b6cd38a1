/*
 * log.h - writes one JSON object per line to stderr with a single write(2). A line can contain only
 * an event name from the source and members with the keys below. A text member is a token (an id, a
 * code, a name from the contract): bytes other than visible ASCII become _, and it is truncated at
 * LOG_TEXT_MOST. So names, email addresses, free text and line breaks from a caller cannot get in.
 * Thread-safe.
 *
 *	log_info("request", LOG_TEXT(LOG_OPERATION, op->id), LOG_NUMBER(LOG_STATUS, 200));
 */
#ifndef UPWARD_OPS_LOG_H
#define UPWARD_OPS_LOG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "base/cleanup.h"

#define LOG_TEXT_MOST 128

enum log_level { LOG_LEVEL_DEBUG, LOG_LEVEL_INFO, LOG_LEVEL_WARNING, LOG_LEVEL_ERROR };

enum log_key {
	LOG_ATTEMPT,
	LOG_BYTES,
	LOG_CODE, /* from problems.yaml */
	LOG_CONNECTION_COUNT,
	LOG_CONSTRAINT,
	LOG_CONSUMER,
	LOG_COUNT,
	LOG_DURATION_US,
	LOG_ERROR_NUMBER, /* errno */
	LOG_EVENT_TYPE,
	LOG_ISSUER_NUMBER, /* position in ISSUERS_FILE, from 0 */
	LOG_JOB,
	LOG_LANE,
	LOG_LISTEN,
	LOG_METHOD,
	LOG_OBJECT_ID,
	LOG_OPERATION,
	LOG_PORT,
	LOG_REASON, /* a word from the source, never from a caller */
	LOG_REQUEST_ID,
	LOG_ROLES, /* of the caller: the bit set of auth/scope.h */
	LOG_SETTING,
	LOG_SIGNAL,
	LOG_SQLSTATE,
	LOG_STATEMENT,
	LOG_STATUS,
	LOG_STEP,
	LOG_TABLE,
	LOG_TRACE_ID,
	LOG_VERSION,
	LOG_KEY_COUNT
};

struct log_member {
	enum log_key key;
	const char *text; /* borrowed; NULL: a number */
	int64_t number;
};

/* A NULL or empty text leaves the member out. */
static inline struct log_member log_text(enum log_key key, const char *text)
{
	return (struct log_member){ .key = key, .text = text ? text : "" };
}
#define LOG_TEXT(name, value)   log_text(name, value)
#define LOG_NUMBER(name, value) ((struct log_member){ .key = (name), .number = (value) })

/* At start, before threads: the level and the service's name (borrowed permanently). */
void log_open(const char *service, enum log_level level);
/* "warning" -> LOG_LEVEL_WARNING */
CHECKED bool log_level_find(const char *name, enum log_level *ret_level);
/* For tests: a descriptor other than 2. */
void log_set_fd_for_test(int fd);

/* event: lower-case words joined by _, a literal. */
void log_write(
	enum log_level level, const char *event, const struct log_member *members, size_t count);

#define LOG_AT(level, event, ...)                                                                  \
	log_write(level, "" event, (const struct log_member[]){ __VA_ARGS__ },                     \
		sizeof((const struct log_member[]){ __VA_ARGS__ }) / sizeof(struct log_member))
#define log_debug(...)   LOG_AT(LOG_LEVEL_DEBUG, __VA_ARGS__)
#define log_info(...)    LOG_AT(LOG_LEVEL_INFO, __VA_ARGS__)
#define log_warning(...) LOG_AT(LOG_LEVEL_WARNING, __VA_ARGS__)
#define log_error(...)   LOG_AT(LOG_LEVEL_ERROR, __VA_ARGS__)

#endif
