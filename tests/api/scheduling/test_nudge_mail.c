/* The mail that asks a pair to meet again: it proposes the same times as the portal, on the clock of its reader. */
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
#define TIMES 3

static const char *pair, *mentor;

static struct api *as(const char *user_name)
{
	return api_as("participant", user_name);
}

static int set_up(void **state)
{
	(void)state;
	mailbox_open();
	company_import();
	const char *programme = company_programme("Nudges", 1);
	story_round("hr.lead", programme);
	pair = story_pair("chief", programme, &mentor);
	story_agreement(pair, "chief", mentor, "2027-03-01");
	return 0;
}

/* The mail to this person proposes what GET /slots shows them, in both of its forms. */
static void proposes_the_slots_of(const char *user_name, const char *zone)
{
	json_t *mail = mailbox_wait(
		api_path("%s@co.example", user_name), "Time for your next session?");
	struct api_reply *slots = api_expect(
		api_get(as(user_name), "/api/v1/slots?count=%d&pair_id=%s", TIMES, pair), 200);
	const char *last = mailbox_text(mail, "plain");
	assert_int_equal(api_count(slots, "slots"), TIMES);
	for (int i = 0; i < TIMES; i++) {
		const char *local = api_text(slots, api_path("slots.%d.local", i));
		const char *line = api_path("%.10s, %.5s (%s)", local, local + 11, zone);
		last = strstr(last, line);
		if (!last || !strstr(mailbox_text(mail, "html"), line))
			fail_msg("%s is not told of %s:\n%s", user_name, line,
				mailbox_text(mail, "plain"));
	}
}

static void it_proposes_three_times_on_the_readers_clock(void **state)
{
	(void)state;
	api_header(as("chief"), "If-Match: *");
	api_expect(api_patch(as("chief"), "/api/v1/people/me",
			   "{\"time_zone_override\": \"America/New_York\"}"),
		200);
	api_clock_to("2027-03-04 15:00Z"); /* a date of the plan has passed, and both are at work */
	proposes_the_slots_of("chief", "America/New_York");
	proposes_the_slots_of(
		mentor, api_sql("superuser",
				"SELECT time_zone FROM profiles.candidate WHERE person_id = '%s'",
				story_person_id(mentor)));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(it_proposes_three_times_on_the_readers_clock),
	};
	return cmocka_run_group_tests_name("nudge mail", tests, set_up, mailbox_close);
}
