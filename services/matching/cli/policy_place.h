/*
 * policy_place.h - finds the position of a value in a JSON text.
 */
#ifndef UPWARD_MATCH_POLICY_PLACE_H
#define UPWARD_MATCH_POLICY_PLACE_H

#include <stddef.h>
#include <stdint.h>

/*
 * Where a member's name stands in a valid JSON text, line and character from 1: the member `outer`
 * of the document, or `inner` of it. The document's beginning when there is none.
 */
void policy_place(const char *text, size_t len, const char *outer, const char *inner,
	int64_t *ret_line, size_t *ret_column);

#endif
