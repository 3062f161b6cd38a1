/*
 * A delivery status notification from its bytes. Laws: what is read names a message and a status; the same bytes give
 * the same.
 */
#include <string.h>

#include "base/str.h"
#include "events/bounce.h"
#include "fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct bounce first, second;
	if (!bounce_read((const char *)data, size, &first))
		return 0;
	LAW(str_is_uuid(first.message));
	LAW(first.status[0] == '4' || first.status[0] == '5');
	LAW(!first.final || first.status[0] == '5');
	LAW(bounce_read((const char *)data, size, &second));
	LAW(memcmp(&first, &second, sizeof first) == 0);
	return 0;
}
