/*
 * load.h - JSON text read with jansson. Where memory is refused while it reads, jansson leaves
 * characters out of a text without a word, or takes good JSON for bad: that comes to nothing here.
 */
#ifndef UPWARD_JSON_LOAD_H
#define UPWARD_JSON_LOAD_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include "base/cleanup.h"

/* Has jansson take memory where it is noticed when there is none: malloc() and free() still, so that
 * it may be called at any time. Without it json_load_whole() is json_loadb(). */
void json_load_watch(void);

/* json_loadb(): owned, or NULL with the fault in ret_error; or NULL and *ret_no_memory, which may be
 * NULL like ret_error. */
CHECKED json_t *json_load_whole(
	const char *text, size_t len, size_t flags, json_error_t *ret_error, bool *ret_no_memory);

#endif
