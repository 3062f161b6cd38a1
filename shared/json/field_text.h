/*
 * field_text.h - what checking a field and binding it as SQL have in common: lists and numbers.
 */
#ifndef UPWARD_JSON_FIELD_TEXT_H
#define UPWARD_JSON_FIELD_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include "base/cleanup.h"

#define FIELD_LIST_MOST 1000

/* A comma-separated parameter, cut into its items. An empty text is one empty item. */
struct field_list {
	char *text; /* owned; the items point into it */
	const char *items[FIELD_LIST_MOST];
	size_t count;
};
/* false when there are too many items or memory is refused; nothing is to be released then */
CHECKED bool field_list_split(const char *text, struct field_list *ret_list);
void field_list_release(struct field_list *list);

/* The number grammar of RFC 8259, finite. */
CHECKED bool field_read_number(const char *text, double *ret_value);

#endif
