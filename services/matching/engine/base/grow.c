/* Arrays that grow by half. */
#include "matching/engine/base/grow.h"

#include <stdint.h>
#include <stdlib.h>

bool array_grow(void **array, size_t *room, size_t count, size_t size)
{
	if (count < *room)
		return true;
	size_t more = *room ? *room + *room / 2 : 64;
	if (more > SIZE_MAX / size)
		return false;
	void *grown = realloc(*array, more * size);
	if (!grown)
		return false;
	*array = grown;
	*room = more;
	return true;
}
