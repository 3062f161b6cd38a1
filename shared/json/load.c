#include "json/load.h"

#include <stdlib.h>

static _Thread_local bool refused; /* an allocation failed since reading began */

static void *take(size_t size)
{
	void *memory = malloc(size);
	refused |= !memory;
	return memory;
}

void json_load_watch(void)
{
	json_set_alloc_funcs(take, free);
}

json_t *json_load_whole(
	const char *text, size_t len, size_t flags, json_error_t *ret_error, bool *ret_no_memory)
{
	refused = false;
	json_t *value = json_loadb(text, len, flags, ret_error);
	if (ret_no_memory)
		*ret_no_memory = refused;
	if (!refused)
		return value;
	json_decref(value);
	return NULL;
}
