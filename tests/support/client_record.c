/* The recording that judge.mjs checks against the contract: one JSON line per exchange. */
#include "support/client_internal.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* bytes of a body; of a longer request only the length is recorded */
#define KEPT_MOST (256 * 1024)

/* The bytes as a JSON string, or null if there are none, too many, or they are not UTF-8. */
static json_t *text_or_null(const void *bytes, size_t length)
{
	json_t *text = bytes && length <= KEPT_MOST ? json_stringn(bytes, length) : NULL;
	return text ? text : json_null();
}

void record_exchange(const char *method, const char *path, const char *content_type,
	const void *request, size_t length, const struct api_reply *reply)
{
	const char *file = getenv("UPWARD_RECORD");
	if (!file)
		return;
	json_t *line = json_pack("{s:s, s:s, s:o, s:s?, s:o, s:I, s:i, s:O, s:o, s:I}", "test",
		program_invocation_short_name, "method", method, "path",
		text_or_null(path, strlen(path)), "request_type", content_type, "request",
		text_or_null(request, length), "request_bytes", (json_int_t)length, "status",
		reply->status, "headers", reply->headers, "body",
		reply->length > KEPT_MOST * 16 ? json_null()
					       : json_stringn(reply->text, reply->length),
		"bytes", (json_int_t)reply->length);
	char *text = line ? json_dumps(line, JSON_COMPACT) : NULL;
	json_decref(line);
	if (!text)
		give_up("%s: the exchange cannot be recorded (is the body UTF-8?)", reply->asked);
	int fd = open(file, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
	size_t size = strlen(text);
	text[size] = '\n'; /* replaces the NUL: one write, one line */
	if (fd < 0 || write(fd, text, size + 1) != (ssize_t)size + 1)
		give_up("%s cannot be written", file);
	close(fd);
	free(text);
}
