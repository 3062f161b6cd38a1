/* A chat channel stays what its owner has read, however much is posted to it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

#include "support/client.h"
#include "support/company.h"
#include "support/mailbox.h"
#include "support/story.h"

#define WAIT  30.0
#define CHATS "/api/v1/notifications/chats"
#define DAY   86400L

static const char *self;

static struct api *chief(void)
{
	return api_as("participant", "chief");
}

static int set_up(void **state)
{
	(void)state;
	api_start("mail");
	company_import();
	self = api_text(
		api_expect(api_post(chief(), CHATS, "{\"channel\": \"slack\", \"url\": \"%s\"}",
				   mailbox_chat("quiet")),
			201),
		"links.self");
	return 0;
}

static struct api_reply *channel(void)
{
	return api_expect(api_get(chief(), "%s", self), 200);
}

static bool has_sent(void)
{
	return json_is_string(api_member(channel(), "last_sent_at"));
}

/* Something for the chief, and waits until it is in the channel. */
static void post(void)
{
	size_t before = json_array_size(mailbox_posts("quiet"));
	api_sql("superuser",
		"INSERT INTO scheduling.notification (id, person_id, kind, subject, subject_id, "
		"cause) "
		"VALUES (gen_random_uuid(), '%s', 'listing_replied', 'listing', gen_random_uuid(), "
		"'x')",
		story_person_id("chief"));
	api_wait_until(WAIT, json_array_size(mailbox_posts("quiet")) == before + 1);
	api_wait_until(
		WAIT, strcmp(api_sql("superuser", "SELECT count(*) FROM scheduling.delivery WHERE "
						  "outcome IS NULL"),
			      "0") == 0);
}

static void posts_leave_its_tag_alone(void **state)
{
	(void)state;
	post();
	api_wait_until(WAIT, has_sent());
	struct api_reply *seen = channel();
	for (int i = 0; i < 3; i++)
		post();
	assert_string_equal(api_header_of(channel(), "ETag"), api_header_of(seen, "ETag"));
	/* a test says whether it arrives all the same */
	api_expect(api_post(chief(), api_path("%s/tests", self), NULL), 200);
	api_wait_until(WAIT, has_sent());
	assert_true(api_integer(channel(), "version") > api_integer(seen, "version"));
	/* and the next day has a sign of life of its own */
	seen = channel();
	api_clock(DAY + 60);
	post();
	api_wait_until(WAIT,
		strcmp(api_text(channel(), "last_sent_at"), api_text(seen, "last_sent_at")) > 0);
	seen = channel();
	post();
	api_if_match(chief(), seen);
	api_expect(api_delete(chief(), "%s", self), 204);
	api_clock(0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(posts_leave_its_tag_alone),
	};
	return cmocka_run_group_tests_name("chat channel", tests, set_up, mailbox_close);
}
