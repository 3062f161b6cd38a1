/* Finds members in a JSON text. The text is known to be valid, so the scanner can be simple. */
#include <jansson.h>
#include <stdbool.h>
#include <string.h>
#include "matching/cli/policy_place.h"

struct scan {
	const char *text;
	size_t len, at;
	size_t depth;
	bool inside; /* the member `outer` */
};

/* Skips a string literal whose opening quote is at scan->at. */
static void pass_string(struct scan *scan)
{
	for (scan->at++; scan->at < scan->len && scan->text[scan->at] != '"'; scan->at++)
		if (scan->text[scan->at] == '\\')
			scan->at++;
	scan->at += scan->at < scan->len;
}

static bool is_name(const struct scan *scan)
{
	size_t at = scan->at;
	while (at < scan->len && strchr(" \t\r\n", scan->text[at]))
		at++;
	return at < scan->len && scan->text[at] == ':';
}

/* Whether the literal from..to equals the word once its escapes are decoded. */
static bool literal_is(const struct scan *scan, size_t from, const char *word)
{
	json_t *literal = json_loadb(scan->text + from, scan->at - from, JSON_DECODE_ANY, NULL);
	const char *value = json_string_value(literal);
	bool same = value && strcmp(value, word) == 0;
	json_decref(literal);
	return same;
}

/* True if the name from..at is the one wanted. */
static bool found(struct scan *scan, size_t from, const char *outer, const char *inner)
{
	if (scan->depth == 1)
		scan->inside = literal_is(scan, from, outer);
	if (!inner)
		return scan->depth == 1 && scan->inside;
	return scan->depth == 2 && scan->inside && literal_is(scan, from, inner);
}

static void place_of(const char *text, size_t at, int64_t *ret_line, size_t *ret_column)
{
	*ret_line = 1;
	*ret_column = 1;
	for (size_t i = 0; i < at; i++) {
		if (text[i] == '\n') {
			++*ret_line;
			*ret_column = 1;
		} else if (((unsigned char)text[i] & 0xc0) != 0x80) {
			++*ret_column;
		}
	}
}

void policy_place(const char *text, size_t len, const char *outer, const char *inner,
	int64_t *ret_line, size_t *ret_column)
{
	struct scan scan = { .text = text, .len = len };
	*ret_line = 1;
	*ret_column = 1;
	while (scan.at < len) {
		char c = text[scan.at];
		size_t from = scan.at;
		if (c != '"') {
			scan.depth += c == '{' || c == '[';
			scan.depth -= c == '}' || c == ']';
			scan.at++;
			continue;
		}
		pass_string(&scan);
		if (is_name(&scan) && found(&scan, from, outer, inner)) {
			place_of(text, from, ret_line, ret_column);
			return;
		}
	}
}
