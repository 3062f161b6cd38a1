/* Responses: parsing, expectations with readable failures, members by path. */
#include "support/client_internal.h"

#include <ctype.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <cmocka.h>

#define SHOWN_MOST 2000 /* bytes of a body in a message */

_Noreturn void give_up(const char *format, ...)
{
	va_list args;
	va_start(args, format);
	char *text = format_text(format, args);
	va_end(args);
	fail_msg("%s", text);
	abort(); /* fail_msg does not return */
}

char *format_text(const char *format, va_list args)
{
	char *text = NULL;
	if (vasprintf(&text, format, args) < 0)
		abort();
	return text;
}

struct api_reply *reply_new(const char *method, const char *path)
{
	struct api_reply *reply = calloc(1, sizeof *reply);
	if (!reply || asprintf(&reply->asked, "%s %s", method, path) < 0)
		abort();
	reply->headers = json_object();
	return reply;
}

void reply_free(struct api_reply *reply)
{
	json_decref(reply->body);
	json_decref(reply->headers);
	free(reply->text);
	free(reply->asked);
	free(reply);
}

void reply_header(struct api_reply *reply, const char *line, size_t length)
{
	const char *colon = memchr(line, ':', length);
	char name[128];
	if (!colon || (size_t)(colon - line) >= sizeof name)
		return;
	for (size_t i = 0; line + i < colon; i++)
		name[i] = (char)tolower((unsigned char)line[i]);
	name[colon - line] = '\0';
	const char *from = colon + 1, *to = line + length;
	while (from < to && isspace((unsigned char)*from))
		from++;
	while (to > from && isspace((unsigned char)to[-1]))
		to--;
	const char *before = json_string_value(json_object_get(reply->headers, name));
	if (before)
		json_object_set_new(reply->headers, name,
			json_sprintf("%s, %.*s", before, (int)(to - from), from));
	else
		json_object_set_new(reply->headers, name, json_stringn(from, (size_t)(to - from)));
}

void reply_parse(struct api_reply *reply, const char *bytes, size_t length)
{
	const char *end = length ? memmem(bytes, length, "\r\n\r\n", 4) : NULL;
	const char *body = end ? end + 4 : bytes + length;
	size_t body_length = length - (size_t)(body - bytes);
	if (length > 12 && memcmp(bytes, "HTTP/1.1 ", 9) == 0)
		reply->status = (int)strtol(bytes + 9, NULL, 10);
	for (const char *line = bytes; end && line < end;) {
		const char *stop = memmem(line, (size_t)(end + 2 - line), "\r\n", 2);
		if (line != bytes)
			reply_header(reply, line, (size_t)(stop - line));
		line = stop + 2;
	}
	const char *declared = api_header_of(reply, "content-length");
	if (declared && strtoul(declared, NULL, 10) < body_length)
		body_length = strtoul(declared, NULL, 10); /* another response follows */
	reply->text = calloc(1, body_length + 1);
	if (!reply->text)
		abort();
	memcpy(reply->text, body, body_length);
	reply->length = body_length;
	reply->body = json_loadb(reply->text, reply->length, JSON_DECODE_ANY, NULL);
}

/* ---- expectations -----------------------------------------------------------------------------*/

static _Noreturn void disappoint(const struct api_reply *reply, const char *wanted)
{
	const char *type = api_header_of(reply, "content-type");
	give_up("%s\n  wanted  %s\n  got     %d%s%s\n  body    %.*s%s", reply->asked, wanted,
		reply->status, type ? " " : "", type ? type : "",
		(int)(reply->length > SHOWN_MOST ? SHOWN_MOST : reply->length), reply->text,
		reply->length > SHOWN_MOST ? "…" : "");
}

struct api_reply *api_expect(struct api_reply *reply, int status)
{
	char wanted[32];
	snprintf(wanted, sizeof wanted, "%d", status);
	if (reply->status != status)
		disappoint(reply, wanted);
	return reply;
}

struct api_reply *api_expect_problem(struct api_reply *reply, int status, const char *code)
{
	char wanted[128];
	const char *type = api_header_of(reply, "content-type");
	const char *got = json_string_value(json_object_get(reply->body, "code"));
	snprintf(wanted, sizeof wanted, "%d application/problem+json with code %s", status, code);
	if (reply->status != status || !type ||
		strncmp(type, "application/problem+json", 24) != 0 || !got ||
		strcmp(got, code) != 0 ||
		json_integer_value(json_object_get(reply->body, "status")) != status)
		disappoint(reply, wanted);
	return reply;
}

struct api_reply *api_expect_fault(struct api_reply *reply, const char *pointer_or_parameter)
{
	char wanted[256];
	size_t i;
	json_t *fault;
	json_array_foreach(json_object_get(reply->body, "errors"), i, fault)
	{
		const char *pointer = json_string_value(json_object_get(fault, "pointer"));
		const char *parameter = json_string_value(json_object_get(fault, "parameter"));
		if ((pointer && strcmp(pointer, pointer_or_parameter) == 0) ||
			(parameter && strcmp(parameter, pointer_or_parameter) == 0))
			return reply;
	}
	snprintf(wanted, sizeof wanted, "errors[] naming %s", pointer_or_parameter);
	disappoint(reply, wanted);
}

/* ---- members ----------------------------------------------------------------------------------*/

json_t *member_of(json_t *value, const char *path)
{
	while (value && *path) {
		size_t length = strcspn(path, ".");
		char name[128];
		snprintf(name, sizeof name, "%.*s", (int)length, path);
		if (json_is_array(value))
			value = json_array_get(value, strtoul(name, NULL, 10));
		else
			value = json_object_get(value, name);
		path += length + (path[length] == '.');
	}
	return value;
}

json_t *api_member(const struct api_reply *reply, const char *path)
{
	return member_of(reply->body, path);
}

static json_t *wanted_member(
	const struct api_reply *reply, const char *path, bool right, const char *kind)
{
	char wanted[256];
	snprintf(wanted, sizeof wanted, "%s at %s", kind, path);
	if (!right)
		disappoint(reply, wanted);
	return api_member(reply, path);
}

const char *api_text(const struct api_reply *reply, const char *path)
{
	return json_string_value(
		wanted_member(reply, path, json_is_string(api_member(reply, path)), "a string"));
}

long long api_integer(const struct api_reply *reply, const char *path)
{
	return json_integer_value(
		wanted_member(reply, path, json_is_integer(api_member(reply, path)), "an integer"));
}

bool api_truth(const struct api_reply *reply, const char *path)
{
	return json_is_true(wanted_member(
		reply, path, json_is_boolean(api_member(reply, path)), "true or false"));
}

size_t api_count(const struct api_reply *reply, const char *path)
{
	return json_array_size(
		wanted_member(reply, path, json_is_array(api_member(reply, path)), "an array"));
}

const char *api_header_of(const struct api_reply *reply, const char *name)
{
	char lower[128];
	size_t i;
	for (i = 0; name[i] && i < sizeof lower - 1; i++)
		lower[i] = (char)tolower((unsigned char)name[i]);
	lower[i] = '\0';
	return json_string_value(json_object_get(reply->headers, lower));
}

/* ---- waiting ----------------------------------------------------------------------------------*/

/* Looking is work for the machine too: the longer a wait, the rarer. */
#define NAP_FIRST_MS 10
#define NAP_MOST_MS  100

double api_now(void)
{
	struct timespec now;
	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

void api_pause(double deadline, const char *expression, const char *file, int line)
{
	static _Thread_local double
		waits_until; /* which wait the last nap belonged to, by its deadline */
	static _Thread_local long nap_ms;
	if (api_now() > deadline)
		give_up("%s:%d: never came true: %s", file, line, expression);
	nap_ms = deadline != waits_until ? NAP_FIRST_MS
		 : nap_ms < NAP_MOST_MS  ? nap_ms * 5 / 4
					 : nap_ms;
	waits_until = deadline;
	nanosleep(&(struct timespec){ .tv_nsec = nap_ms * 1000 * 1000 }, NULL);
}
