#include "scheduling/notifications/letter.h"

#include <string.h>

#define LETTER_MOST ((size_t)256 << 10)

static void add_html(struct buf *out, const char *text)
{
	for (; *text; text++) {
		static const char special[] = "<>&\"'";
		static const char *const instead[] = { "&lt;", "&gt;", "&amp;", "&quot;", "&#39;" };
		const char *found = strchr(special, *text);
		if (found)
			buf_text(out, instead[found - special]);
		else
			buf_char(out, *text);
	}
}

void letter_open(struct letter *letter, const char *language, const char *title)
{
	*letter = (struct letter){ BUF_INIT(LETTER_MOST), BUF_INIT(LETTER_MOST) };
	buf_print(&letter->html,
		"<!DOCTYPE html>\r\n<html lang=\"%s\"><head><meta charset=\"utf-8\"><title>",
		language);
	add_html(&letter->html, title);
	buf_text(&letter->html,
		"</title></head>\r\n<body style=\"font-family:sans-serif;line-height:1.5;"
		"max-width:36em\">\r\n");
}

void letter_paragraph(struct letter *letter, const char *sentence)
{
	buf_print(&letter->text, "%s%s\r\n", letter->text.len ? "\r\n" : "", sentence);
	buf_text(&letter->html, "<p>");
	add_html(&letter->html, sentence);
	buf_text(&letter->html, "</p>\r\n");
}

void letter_fact(struct letter *letter, const char *name, const char *value)
{
	if (!value || !*value)
		return;
	buf_print(&letter->text, "%s: %s\r\n", name, value);
	buf_text(&letter->html, "<div>");
	add_html(&letter->html, name);
	buf_text(&letter->html, ": <strong>");
	add_html(&letter->html, value);
	buf_text(&letter->html, "</strong></div>\r\n");
}

void letter_link(struct letter *letter, const char *name, const char *url)
{
	if (!url)
		return;
	buf_print(&letter->text, "%s: %s\r\n", name, url);
	buf_text(&letter->html, "<p><a href=\"");
	add_html(&letter->html, url);
	buf_text(&letter->html, "\">");
	add_html(&letter->html, name);
	buf_text(&letter->html, "</a></p>\r\n");
}

void letter_foot(struct letter *letter)
{
	buf_text(&letter->text, "\r\n-- \r\n");
	buf_text(&letter->html, "<hr>\r\n<div style=\"font-size:smaller\">\r\n");
}

bool letter_close(struct letter *letter)
{
	buf_text(&letter->html, "</div>\r\n</body></html>\r\n");
	return buf_ok(&letter->text) && buf_ok(&letter->html);
}

void letter_release(struct letter *letter)
{
	buf_release(&letter->text);
	buf_release(&letter->html);
}
