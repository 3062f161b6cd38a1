#include "never.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

#include "masked.h"

struct world never_world;

int never_build(void **state)
{
	(void)state;
	world_build(&never_world);
	return 0;
}

struct api *never_as(enum caller caller)
{
	return world_caller(&never_world, caller);
}

void never_there(enum caller caller, const char *pages, const char *id)
{
	struct api_reply *own = api_get(never_as(caller), "/api/v1/%s/%s", pages, id);
	struct api_reply *none = api_get(never_as(caller), "/api/v1/%s/" NEVER_ID, pages);
	api_expect_problem(own, 404, "not_found");
	assert_true(masked_same(own, none));
}

void never_says(const struct api_reply *reply, const char *text)
{
	if (strcasestr(reply->text, text))
		fail_msg("%s shows \"%s\": %s", reply->asked, text, reply->text);
}

size_t never_items(enum caller caller, const char *path)
{
	return api_count(api_expect(api_get(never_as(caller), "%s", path), 200), "items");
}
