#include "scheduling/notifications/chat_text.h"

#include <string.h>

#include "base/buf.h"
#include "base/str.h"

#define LINE_MOST  ((size_t)2900) /* Slack takes 3,000 characters in a section */
#define ITEMS_MOST 20             /* and fifty blocks; the portal has the rest */

/* One item, in words. */
struct line {
	const char *title, *due, *open, *link; /* link: or NULL */
	char when[TEXTS_WHEN];                 /* "" if nothing is due */
};

static const char *title_of(const struct mail_language *language, const char *kind)
{
	return str_equal(kind, "chat_test") ? texts_word(language, kind)
					    : texts_kind(language, kind, "subject");
}

static struct line line_of(
	const struct mail_language *language, const json_t *item, const char *zone)
{
	const json_t *due = json_object_get(item, "due");
	const char *kind = json_string_value(json_object_get(item, "kind"));
	struct line line = { .title = title_of(language, kind ? kind : ""),
		.due = texts_word(language, "due"),
		.open = texts_word(language, "open"),
		.link = json_string_value(json_object_get(item, "link")) };
	if (json_is_integer(due))
		texts_when(json_integer_value(due), zone, line.when);
	return line;
}

/* Slack reads &, < and > as marks of its own. */
static void add_escaped(struct buf *out, const char *text)
{
	for (; *text; text++)
		if (*text == '&')
			buf_text(out, "&amp;");
		else if (*text == '<')
			buf_text(out, "&lt;");
		else if (*text == '>')
			buf_text(out, "&gt;");
		else
			buf_char(out, *text);
}

static json_t *slack_section(const struct line *line)
{
	struct buf out = BUF_INIT(LINE_MOST);
	buf_char(&out, '*');
	add_escaped(&out, line->title);
	buf_char(&out, '*');
	if (*line->when)
		buf_print(&out, "\n%s: %s", line->due, line->when);
	if (line->link) {
		buf_text(&out, "\n<");
		add_escaped(&out, line->link);
		buf_print(&out, "|%s>", line->open);
	}
	json_t *section = buf_ok(&out)
				  ? json_pack("{s:s, s:{s:s, s:s#}}", "type", "section", "text",
					    "type", "mrkdwn", "text", out.data, (int)out.len)
				  : NULL;
	buf_release(&out);
	return section;
}

static json_t *slack(const char *heading, const struct line *lines, size_t count)
{
	struct buf plain = BUF_INIT(LINE_MOST); /* what a notification of the device shows */
	json_t *blocks = json_array();
	add_escaped(&plain, heading);
	for (size_t i = 0; i < count; i++)
		json_array_append_new(blocks, slack_section(&lines[i]));
	json_t *message = buf_ok(&plain) && json_array_size(blocks) == count
				  ? json_pack("{s:s#, s:O}", "text", plain.data, (int)plain.len,
					    "blocks", blocks)
				  : NULL;
	json_decref(blocks);
	buf_release(&plain);
	return message;
}

static void add_card_item(json_t *body, const struct line *line)
{
	json_array_append_new(body, json_pack("{s:s, s:s, s:b, s:s}", "type", "TextBlock", "text",
					    line->title, "wrap", 1, "weight", "Bolder"));
	if (*line->when)
		json_array_append_new(
			body, json_pack("{s:s, s:[{s:s, s:s}]}", "type", "FactSet", "facts",
				      "title", line->due, "value", line->when));
	if (line->link)
		json_array_append_new(body,
			json_pack("{s:s, s:[{s:s, s:s, s:s}]}", "type", "ActionSet", "actions",
				"type", "Action.OpenUrl", "title", line->open, "url", line->link));
}

static json_t *teams(const struct mail_language *language, const char *heading,
	const struct line *lines, size_t count)
{
	json_t *body = json_array();
	if (count > 1)
		json_array_append_new(body, json_pack("{s:s, s:s, s:b, s:s}", "type", "TextBlock",
						    "text", heading, "wrap", 1, "size", "Medium"));
	for (size_t i = 0; i < count; i++)
		add_card_item(body, &lines[i]);
	return json_pack("{s:s, s:[{s:s, s:n, s:{s:s, s:s, s:s, s:s, s:s, s:o}}]}", "type",
		"message", "attachments", "contentType", "application/vnd.microsoft.card.adaptive",
		"contentUrl", "content", "$schema",
		"http://adaptivecards.io/schemas/adaptive-card.json", "type", "AdaptiveCard",
		"version", "1.4", "lang", language->tag, "fallbackText", heading, "body", body);
}

char *chat_text(const char *channel, const struct mail_language *language, const json_t *items,
	const char *zone)
{
	struct line lines[ITEMS_MOST];
	size_t count = json_array_size(items);
	count = count < ITEMS_MOST ? count : ITEMS_MOST;
	for (size_t i = 0; i < count; i++)
		lines[i] = line_of(language, json_array_get(items, i), zone);
	const char *heading = count == 1 ? lines[0].title : texts_word(language, "digest_subject");
	json_t *message = str_equal(channel, "teams") ? teams(language, heading, lines, count)
						      : slack(heading, lines, count);
	char *text = message ? json_dumps(message, JSON_COMPACT) : NULL;
	json_decref(message);
	return text;
}
