/*
 * policy_place.h - finds the position of a value in a JSON text.
 */
#ifndef UPWARD_MATCH_POLICY_PLACE_H
#define UPWARD_MATCH_POLICY_PLACE_H

#include <stddef.h>
#include <stdint.h>

/*
 * The line and character (from 1) of a member's name in a valid JSON text: the member `outer` of
 * the document, or `inner` within it. If there is none, the beginning of the document.
 */
void policy_place(const char *text, size_t len, const char *outer, const char *inner,
	int64_t *ret_line, size_t *ret_column);

#endif
