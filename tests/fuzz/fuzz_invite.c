/*
 * A reply to an invitation from its bytes. Laws: what is read names a session and an address; the same bytes give
 * the same.
 */
#include "base/str.h"
#include "scheduling/calendar/invite.h"
#include "fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct invite_reply first, second;
	if (!invite_read_reply((const char *)data, size, &first))
		return 0;
	LAW(str_is_uuid(first.session_id));
	LAW(strlen(first.address) > 0 && strlen(first.address) < sizeof first.address);
	LAW(first.sequence >= 0);
	LAW(invite_read_reply((const char *)data, size, &second));
	LAW(strcmp(first.session_id, second.session_id) == 0 && first.answer == second.answer);
	return 0;
}
