/*
 * Mails that bring a pair together. The one that asks it to meet again proposes the same times as the portal,
 * on the clock of its reader; a reminder is not sent once its session is off.
 */
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

/* The mail to the chief that has these words, once it has come. */
static const char *wait_words(const char *words)
{
	size_t i;
	json_t *one;
	const char *found = NULL;
	api_wait_until(WAIT, ({
		json_t *all = mailbox_all();
		json_array_foreach(all, i, one)
		{
			if (strcmp(mailbox_text(one, "to"), "chief@co.example") == 0 &&
				strstr(mailbox_text(one, "plain"), words))
				found = mailbox_text(one, "plain");
		}
		found != NULL;
	}));
	return found;
}

/* A reminder that waits for a digest is not sent once its session is off: the rest of the digest is. */
static void a_reminder_of_a_cancelled_session_is_not_sent(void **state)
{
	(void)state;
	api_expect(api_put(as("chief"), "/api/v1/notifications/preferences",
			   "{\"mail\": \"daily\", \"invitations\": false,"
			   " \"session_reminder_minutes\": 2880}"),
		200);
	static const char *const days[] = { "2027-03-10", "2027-03-11" };
	const char *self[2];
	for (int i = 0; i < 2; i++)
		self[i] = api_text(api_expect(api_post(as(mentor), "/api/v1/sessions",
						      "{\"pair_id\": \"%s\", \"starts_at\": "
						      "\"%sT15:00\", \"time_zone\": "
						      "\"Europe/Berlin\", \"duration_minutes\": "
						      "30, \"mode\": \"video\"}",
						      pair, days[i]),
					   201),
			"links.self");
	for (int i = 0; i < 2; i++) {
		struct api_reply *seen = api_expect(api_get(as("chief"), "%s", self[i]), 200);
		if (strcmp(api_text(seen, "status"), "proposed") == 0)
			api_expect(api_post(as("chief"), api_path("%s/confirmation", self[i]), NULL), 200);
	}
	api_clock_to("2027-03-09 15:00Z"); /* ten in New York */
	api_wait_until(WAIT, strcmp(api_sql("superuser", "SELECT count(*) FROM scheduling.notification "
							 "WHERE kind = 'session_soon' AND person_id = '%s'",
					    story_person_id("chief")),
				     "2") == 0);
	api_expect(api_post(as(mentor), api_path("%s/cancellation", self[0]), "{\"reason\": \"ill\"}"),
		200);
	story_settle();
	api_clock_to("2027-03-10 13:30Z");
	const char *said = strstr(wait_words("A session was cancelled."), "You have a session soon.");
	assert_non_null(said);
	assert_null(strstr(said + 1, "You have a session soon."));
}

/* On Monday at eight where the reader is: in New York the clocks have gone forward the day before. */
static void a_weekly_digest_comes_on_monday_at_eight(void **state)
{
	(void)state;
	api_expect(api_put(as("chief"), "/api/v1/notifications/preferences",
			   "{\"mail\": \"weekly\", \"invitations\": false}"),
		200);
	api_expect(api_post(as(mentor), "/api/v1/sessions",
			   "{\"pair_id\": \"%s\", \"starts_at\": \"2027-03-30T15:00\", \"time_zone\": "
			   "\"Europe/Berlin\", \"duration_minutes\": 30, \"mode\": \"video\"}",
			   pair),
		201);
	/* preferences that contradict themselves would stop what everybody is told */
	static const char *const contradictions[][2] = {
		{ "{\"kinds\": [{\"kind\": \"listing_replied\", \"channel\": \"mail\", "
		  "\"delivery\": \"off\"}, {\"kind\": \"listing_replied\", \"channel\": "
		  "\"mail\", \"delivery\": \"daily\"}]}",
			"/kinds/1" },
		{ "{\"quiet_hours\": {\"starts\": \"09:00\", \"ends\": \"09:00\"}}",
			"/quiet_hours/ends" },
	};
	for (int i = 0; i < 2; i++)
		api_expect_fault(api_expect(api_put(as("stranger"),
						    "/api/v1/notifications/preferences", "%s",
						    contradictions[i][0]),
					 422),
			contradictions[i][1]);
	/* one thing alone has its own subject, and none of the words of a list */
	api_expect(api_put(as("stranger"), "/api/v1/notifications/preferences",
			   "{\"mail\": \"weekly\"}"),
		200);
	api_sql("superuser", /* as an earlier release stored */
		"UPDATE scheduling.preference SET kinds = '[{\"kind\": \"listing_replied\", "
		"\"channel\": \"mail\", \"delivery\": \"off\"}, {\"kind\": "
		"\"listing_replied\", \"channel\": \"mail\", \"delivery\": \"weekly\"}]' WHERE "
		"person_id = '%s'",
		story_person_id("stranger"));
	api_sql("superuser",
		"INSERT INTO scheduling.notification (id, person_id, kind, subject, subject_id, "
		"cause) VALUES (gen_random_uuid(), '%s', 'listing_replied', 'listing', "
		"gen_random_uuid(), 'x')",
		story_person_id("stranger"));
	story_settle();
	assert_string_equal("1",
		api_sql("superuser",
			"SELECT count(*) FROM scheduling.delivery WHERE person_id = '%s' AND content = "
			"'digest' AND outcome IS NULL AND next_attempt_at = '2027-03-15 12:00Z'",
			story_person_id("chief")));
	api_clock_to("2027-03-15 12:01Z");
	assert_non_null(strstr(wait_words("03-30"), "A session with your partner is booked."));
	json_t *mail = mailbox_wait("stranger@co.example", "A reply to your listing");
	assert_null(strstr(mailbox_text(mail, "plain"), "since the last message"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(it_proposes_three_times_on_the_readers_clock),
		cmocka_unit_test(a_reminder_of_a_cancelled_session_is_not_sent),
		cmocka_unit_test(a_weekly_digest_comes_on_monday_at_eight),
	};
	return cmocka_run_group_tests_name("nudge mail", tests, set_up, mailbox_close);
}
