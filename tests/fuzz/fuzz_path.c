/*
 * A request line's target and the headers that are parsed by hand. Laws: what is taken apart is
 * UTF-8, holds no NUL, no slash, no dot segment; written again with every byte escaped it parses to
 * the same; a route's values are never empty; an entity tag that is read matches itself; the chosen
 * media type is one that is offered.
 */
#include <stdio.h>
#include "base/str.h"
#include "base/utf8.h"
#include "fuzz/fuzz.h"
#include "http/etag.h"
#include "http/media.h"
#include "http/router.h"

static const struct field id_field[] = { { .name = "a_id", .type = FIELD_STRING } };
static const struct field two_fields[] = { { .name = "a_id", .type = FIELD_STRING },
	{ .name = "b_id", .type = FIELD_STRING } };
static const struct operation operations[] = {
	{ .id = "a_list", .method = HTTP_GET, .path = "/a", .csv = "a" },
	{ .id = "a_read",
		.method = HTTP_GET,
		.path = "/a/{a_id}",
		.path_fields = id_field,
		.path_count = 1 },
	{ .id = "a_new", .method = HTTP_GET, .path = "/a/new" },
	{ .id = "b_put",
		.method = HTTP_PUT,
		.path = "/a/{a_id}/b/{b_id}",
		.path_fields = two_fields,
		.path_count = 2 },
	{ .id = "feed",
		.method = HTTP_GET,
		.path = "/f/{a_id}.ics",
		.path_fields = id_field,
		.path_count = 1 },
};

static void check_text(const char *text)
{
	LAW(str_is_utf8(text, strlen(text), NULL));
}

static void add_escaped(struct buf *out, const char *text)
{
	for (; *text; text++)
		buf_print(out, "%%%02x", (unsigned char)*text);
}

/* Writes the target again, every byte escaped. */
static void write_again(struct buf *out, const struct target *t)
{
	for (size_t i = 0; i < t->segment_count; i++) {
		buf_char(out, '/');
		add_escaped(out, t->segments[i]);
	}
	for (size_t i = 0; i < t->query_count; i++) {
		buf_char(out, i > 0 ? '&' : '?');
		add_escaped(out, t->query[i].name);
		buf_char(out, '=');
		add_escaped(out, t->query[i].value);
	}
}

static void check_again(const struct target *t)
{
	struct buf out = BUF_INIT(1 << 16);
	struct target *again = malloc(sizeof *again);
	write_again(&out, t);
	LAW(again && buf_ok(&out));
	owned_text char *room = malloc(out.len + 1);
	LAW(room);
	enum target_outcome outcome = target_parse(out.data, room, again);
	LAW(outcome == TARGET_OK || outcome == TARGET_TOO_LONG);
	if (outcome == TARGET_OK) {
		LAW(again->segment_count == t->segment_count);
		for (size_t i = 0; i < t->segment_count; i++)
			LAW(str_equal(again->segments[i], t->segments[i]));
		LAW(again->query_count == t->query_count);
		for (size_t i = 0; i < t->query_count; i++) {
			LAW(str_equal(again->query[i].name, t->query[i].name));
			LAW(str_equal(again->query[i].value, t->query[i].value));
		}
	}
	buf_release(&out);
	free(again);
}

static void check_target(const char *text)
{
	static struct router *router;
	char reason[128];
	struct target *t = malloc(sizeof *t);
	if (!router)
		router = router_new(operations, COUNT(operations), reason, sizeof reason);
	owned_text char *room = malloc(strlen(text) + 1);
	LAW(router && t && room);
	if (target_parse(text, room, t) == TARGET_OK) {
		LAW(t->segment_count > 0);
		for (size_t i = 0; i < t->segment_count; i++) {
			check_text(t->segments[i]);
			LAW(t->segments[i][0] && !strchr(t->segments[i], '/'));
			LAW(!str_equal(t->segments[i], ".") && !str_equal(t->segments[i], ".."));
		}
		for (size_t i = 0; i < t->query_count; i++) {
			check_text(t->query[i].name);
			check_text(t->query[i].value);
			LAW(t->query[i].name[0]);
		}
		check_again(t);
		struct route route;
		router_find(router, "GET", t, &route);
		LAW(!route.operation || (route.methods & 1U << HTTP_GET));
		for (size_t i = 0; route.operation && i < route.operation->path_count; i++)
			LAW(route.values[i] && route.values[i][0]);
	}
	free(t);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	if (size > 2 * TARGET_BYTES_MOST)
		return 0;
	char *text = strndup((const char *)bytes, size);
	LAW(text);
	check_target(text);
	if (etag_matches(text, "\"1.00000000\""))
		LAW(strchr(text, '*') || strstr(text, "\"1.00000000\""));
	LAW(!etag_is_any(text) || etag_is_list(text));
	const char *chosen = media_choose(&operations[0], text);
	LAW(!chosen || str_equal(chosen, "application/json") || str_equal(chosen, MEDIA_CSV));
	enum charset charset = CHARSET_UTF16;
	LAW(!media_accepts(&operations[0], text, &charset) || charset == CHARSET_NONE);
	free(text);
	return 0;
}
