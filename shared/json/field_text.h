/*
 * field_text.h - lists and numbers, shared by checking fields and binding them as SQL.
 */
#ifndef UPWARD_JSON_FIELD_TEXT_H
#define UPWARD_JSON_FIELD_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include "base/cleanup.h"

#define FIELD_LIST_MOST 1000

/* A comma-separated parameter, split into items. An empty text is one empty item. */
struct field_list {
	char *text; /* owned; the items point into it */
	const char *items[FIELD_LIST_MOST];
	size_t count;
};
/* false if there are too many items or no memory; then nothing needs releasing */
CHECKED bool field_list_split(const char *text, struct field_list *ret_list);
void field_list_release(struct field_list *list);

/* The number grammar of RFC 8259, finite. */
CHECKED bool field_read_number(const char *text, double *ret_value);

#endif
