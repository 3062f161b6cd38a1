/*
 * load.h - reads JSON text with jansson. If memory runs out while it reads, jansson may silently drop
 * characters from a text, or reject valid JSON; these functions detect that and fail.
 */
#ifndef UPWARD_JSON_LOAD_H
#define UPWARD_JSON_LOAD_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include "base/cleanup.h"

/* Makes jansson allocate through functions that notice a failure. They still use malloc() and free(),
 * so this may be called at any time. Without it json_load_whole() is the same as json_loadb(). */
void json_load_watch(void);

/* Like json_loadb(): owned, or NULL with the error in ret_error, or NULL and *ret_no_memory. Both
 * ret_error and ret_no_memory may be NULL. */
CHECKED json_t *json_load_whole(
	const char *text, size_t len, size_t flags, json_error_t *ret_error, bool *ret_no_memory);

#endif
