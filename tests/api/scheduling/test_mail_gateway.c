/*
 * What comes back by mail, as a gateway passes it on: answers of calendar programs, and mails that could not be
 * delivered.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "support/client.h"
#include "support/company.h"
#include "support/mailbox.h"
#include "support/story.h"

#define WAIT    30.0
#define BOUNCES "/api/v1/notifications/bounces"
#define HELD    "/api/v1/notifications/held-mailboxes"
#define MINE    "/api/v1/notifications/preferences"

static const char *programme, *pair, *mentor;

static struct api *gateway(void)
{
	return api_as("mail_gateway", NULL);
}

static struct api *as(const char *user_name)
{
	return api_as("participant", user_name);
}

static const char *address(const char *user_name)
{
	return api_path("%s@co.example", user_name);
}

static int set_up(void **state)
{
	(void)state;
	mailbox_open();
	company_import();
	programme = company_programme("Mail", 1);
	story_round("hr.lead", programme);
	pair = story_pair("chief", programme, &mentor);
	story_agreement(pair, "chief", mentor, "2027-03-01");
	return 0;
}

/* ---- answers -------------------------------------------------------------------------------- */

static struct api_reply *propose(const char *day)
{
	return api_expect(
		api_post(as("chief"), "/api/v1/sessions",
			"{\"pair_id\": \"%s\", \"starts_at\": \"%sT10:00\", \"time_zone\": "
			"\"Europe/Berlin\", \"duration_minutes\": 45, \"mode\": \"video\", "
			"\"propose\": true}",
			pair, day),
		201);
}

static struct api_reply *answer(struct api *who, const struct api_reply *session, long long more,
	const char *said, const char *to)
{
	const char *text = api_path(
		"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//x//y\r\nMETHOD:REPLY\r\n"
		"BEGIN:VEVENT\r\nUID:%s@upward\r\nSEQUENCE:%lld\r\nDTSTAMP:20261130T090000Z\r\n"
		"ATTENDEE;PARTSTAT=%s:%s\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n",
		api_text(session, "id"), api_integer(session, "sequence") + more, said, to);
	return api_send(
		who, "POST", "/api/v1/calendar-replies", "text/calendar", text, strlen(text));
}

static struct api_reply *read(const struct api_reply *session)
{
	return api_expect(api_get(as("chief"), "%s", api_text(session, "links.self")), 200);
}

static void an_answer_by_mail_is_that_of_its_attendee(void **state)
{
	(void)state;
	const char *mine = api_path("mailto:%s", address(mentor));
	struct api_reply *asked = propose("2027-03-02");
	/* foreign, or stale */
	api_expect_problem(answer(gateway(), asked, 0, "ACCEPTED", "mailto:stranger@co.example"),
		422, "unknown_reference");
	api_expect_problem(
		answer(gateway(), asked, 0, "ACCEPTED", "mailto:nobody@elsewhere.example"), 422,
		"unknown_reference");
	api_expect_problem(
		answer(gateway(), asked, 1, "ACCEPTED", mine), 409, "invitation_outdated");
	assert_string_equal(api_text(read(asked), "status"), "proposed");
	/* whoever named the time cannot confirm it by mail either */
	api_expect(answer(gateway(), asked, 0, "ACCEPTED", "mailto:chief@co.example"), 204);
	assert_string_equal(api_text(read(asked), "status"), "proposed");
	api_expect(answer(gateway(), asked, 0, "TENTATIVE", mine), 204);
	assert_string_equal(api_text(read(asked), "status"), "proposed");
	assert_int_equal(api_expect(answer(gateway(), asked, 0, "ACCEPTED", mine), 204)->length, 0);
	struct api_reply *now = read(asked);
	assert_string_equal(api_text(now, "status"), "confirmed");
	struct api_reply *past = api_expect(
		api_get(as("chief"), "%s/history", api_text(asked, "links.self")), 200);
	assert_string_equal(api_text(past, "items.1.change"), "confirmed");
	assert_string_equal(api_text(past, "items.1.by.id"), story_person_id(mentor));
	/* again: the mail came twice */
	api_expect(answer(gateway(), asked, 0, "ACCEPTED", mine), 204);
	assert_int_equal(api_integer(read(asked), "version"), api_integer(now, "version"));
	api_expect(answer(gateway(), now, 0, "DECLINED", mine), 204);
	assert_string_equal(api_text(read(asked), "status"), "cancelled");
	api_expect_problem(answer(gateway(), now, 1, "ACCEPTED", mine), 409, "invitation_outdated");
}

static void an_answer_takes_the_steps_of_the_life_cycle_alone(void **state)
{
	(void)state;
	const char *mine = api_path("mailto:%s", address(mentor));
	struct api_reply *asked = propose("2027-03-03"), *later = propose("2027-03-04");
	api_clock_to("2027-03-03 12:00Z");
	api_expect_problem(answer(gateway(), asked, 0, "ACCEPTED", mine), 409, "session_started");
	api_expect_problem(answer(gateway(), asked, 0, "DECLINED", mine), 409, "session_started");
	api_expect(api_post(as("chief"), api_path("/api/v1/pairs/%s/suspension", pair), "{}"), 200);
	api_wait_until(WAIT, strcmp(api_text(read(later), "status"), "cancelled") == 0);
	api_expect_problem(
		answer(gateway(), later, 0, "ACCEPTED", mine), 409, "invitation_outdated");
	api_clock(0);
}

static void a_gateway_reads_nothing(void **state)
{
	(void)state;
	static const char *const paths[] = { "/api/v1/sessions", "/api/v1/people", "/api/v1/me",
		"/api/v1/notifications/deliveries", HELD, "/api/v1/pairs" };
	for (size_t i = 0; i < sizeof paths / sizeof *paths; i++)
		api_expect(api_get(gateway(), "%s", paths[i]), 403);
	api_expect_problem(
		api_send(as("chief"), "POST", BOUNCES, "message/rfc822", "x", 1), 403, "forbidden");
	api_expect_problem(api_get(as("chief"), HELD), 403, "forbidden");
}

/* ---- bounces -------------------------------------------------------------------------------- */

/* Sends a mail to the person; the id of its delivery. */
static const char *mail_to(const char *user_name)
{
	const char *id = api_path(
		"%.36s", api_sql("superuser",
				 "INSERT INTO scheduling.notification (id, person_id, kind, "
				 "subject, subject_id, cause) SELECT gen_random_uuid(), '%s', "
				 "'listing_replied', 'listing', gen_random_uuid(), 'x' "
				 "RETURNING id",
				 story_person_id(user_name)));
	const char *delivery = api_path(
		"%.36s", api_sql("superuser",
				 "SELECT id FROM scheduling.delivery WHERE '%s' = ANY "
				 "(notifications)",
				 id));
	if (strlen(delivery) == 36)
		api_wait_until(WAIT,
			strcmp(api_sql("superuser",
				       "SELECT outcome FROM scheduling.delivery WHERE id = '%s'",
				       delivery),
				"sent") == 0);
	return delivery;
}

static struct api_reply *bounce(const char *delivery, const char *action, const char *status)
{
	const char *text = api_path(
		"From: MAILER-DAEMON@mx.example\r\nTo: calendar@127.0.0.1\r\n"
		"Content-Type: multipart/report; report-type=delivery-status; boundary=b\r\n\r\n"
		"--b\r\nContent-Type: text/plain\r\n\r\nYour secret mail came back.\r\n"
		"--b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx\r\n\r\n"
		"Final-Recipient: rfc822; x@co.example\r\nAction: %s\r\nStatus: %s\r\n\r\n"
		"--b\r\nContent-Type: text/rfc822-headers\r\n\r\nMessage-ID: "
		"<%s@127.0.0.1>\r\n\r\n--b--\r\n",
		action, status, delivery);
	return api_send(gateway(), "POST", BOUNCES, "message/rfc822", text, strlen(text));
}

static struct api_reply *log_of(const char *delivery)
{
	return api_expect(
		api_get(api_as("admin", NULL), "/api/v1/notifications/deliveries/%s", delivery),
		200);
}

static bool is_held(const char *user_name)
{
	return json_is_object(
		api_member(api_expect(api_get(as(user_name), MINE), 200), "mail_held"));
}

/* Whether a mail with this id in its Message-ID has come. */
static bool has_come(const char *id)
{
	size_t i;
	json_t *one;
	json_array_foreach(mailbox_all(), i,
		one) if (strstr(mailbox_header(one, "message-id"), id)) return true;
	return false;
}

static void a_mail_that_came_back_is_marked(void **state)
{
	(void)state;
	const char *id = mail_to("it.lead");
	/* the gateway finds it as mail servers return it */
	api_wait_until(WAIT, has_come(id));
	api_expect_problem(bounce("3f0b2c86-3a0e-4a51-9c2d-6b1f6f0a7f12", "failed", "5.1.1"), 422,
		"unknown_reference");
	api_expect_problem(bounce(id, "delivered", "2.0.0"), 422, "invalid_bounce");
	api_expect(bounce(id, "delayed", "4.4.1"), 204);
	assert_string_equal(api_text(log_of(id), "status"), "sent");
	assert_string_equal(api_text(log_of(id), "bounce_status"), "4.4.1");
	api_expect(bounce(id, "failed", "5.1.1"), 204);
	struct api_reply *now = log_of(id);
	assert_string_equal(api_text(now, "status"), "bounced");
	assert_string_equal(api_text(now, "last_error"), "bounced");
	assert_string_equal(api_text(now, "bounce_status"), "5.1.1");
	/* told again, it counts once */
	for (int i = 0; i < 5; i++)
		api_expect(bounce(id, "failed", "5.1.1"), 204);
	assert_int_equal(api_integer(log_of(id), "version"), api_integer(now, "version"));
	assert_false(is_held("it.lead"));
}

/* Until a mailbox is held. */
static void bounce_three(const char *user_name)
{
	for (int i = 0; i < 3; i++)
		api_expect(bounce(mail_to(user_name), "failed", "5.2.1"), 204);
	assert_true(is_held(user_name));
}

static void a_mailbox_that_bounces_is_held_and_both_see_why(void **state)
{
	(void)state;
	struct api *hr = api_as("hris", NULL);
	bounce_three("sales.lead");
	assert_string_equal(api_text(api_get(as("sales.lead"), MINE), "mail_held.status"), "5.2.1");
	struct api_reply *list = api_expect(api_get(hr, HELD), 200);
	assert_int_equal(api_count(list, "items"), 1);
	assert_string_equal(api_text(list, "items.0.person.id"), story_person_id("sales.lead"));
	assert_string_equal(api_text(list, "items.0.status"), "5.2.1");
	assert_null(strstr(list->text, "co.example"));
	/* nothing is queued for it, and the notification is there all the same */
	assert_string_equal(mail_to("sales.lead"), "");
	assert_int_equal(api_count(api_get(as("sales.lead"), "/api/v1/notifications"), "items"), 4);
	/* nobody else releases it */
	const char *path = api_path(HELD "/%s/release", story_person_id("sales.lead"));
	api_expect_problem(api_post(as("chief"), path, NULL), 404, "not_found");
	api_expect(api_post(as("sales.lead"), path, NULL), 204);
	api_expect(api_post(as("sales.lead"), path, NULL), 204); /* again */
	assert_false(is_held("sales.lead"));
	api_expect(bounce(mail_to("sales.lead"), "failed", "5.2.1"), 204);
	assert_false(is_held("sales.lead")); /* what came back before counts no more */
}

static void another_address_is_not_held(void **state)
{
	(void)state;
	bounce_three("sales.team");
	assert_int_equal(api_count(api_get(api_as("admin", NULL), HELD), "items"), 1);
	struct api_reply *done = api_import("external_id,user_name,given_name,level,email\nC-5,"
					    "sales.team,Tom,4,tom@new.example\n",
		NULL);
	if (api_integer(done, "counts.updated") != 1)
		fail_msg("%s", done->text);
	assert_false(is_held("sales.team"));
	assert_int_equal(api_count(api_get(api_as("hris", NULL), HELD), "items"), 0);
	assert_int_equal(strlen(mail_to("sales.team")), 36);
	mailbox_wait("tom@new.example", "");
}

static void invitations_pass_a_held_mailbox_by(void **state)
{
	(void)state;
	bounce_three("chief");
	api_expect(api_post(as("chief"), api_path("/api/v1/pairs/%s/resumption", pair), NULL), 200);
	struct api_reply *made = propose("2027-03-09");
	assert_string_equal(
		api_sql("superuser",
			"SELECT string_agg(i.email, ' ') FROM scheduling.delivery d JOIN "
			"profiles.identity i ON i.person_id = d.person_id WHERE d.session_id = "
			"'%s'",
			api_text(made, "id")),
		address(mentor));
	api_expect(api_post(api_as("hris", NULL),
			   api_path(HELD "/%s/release", story_person_id("chief")), NULL),
		204);
}

static void the_envelope_names_the_message(void **state)
{
	(void)state;
	api_stop("scheduling");
	api_start_with("scheduling",
		api_path("MAIL_SERVER=smtp://127.0.0.1:%lld", api_stack_integer("mail.port")),
		"MAIL_BOUNCES=bounces@co.example", NULL);
	const char *id = mail_to("hr.team");
	json_t *mail = mailbox_wait(address("hr.team"), "");
	assert_string_equal(
		mailbox_header(mail, "x-envelope-from"), api_path("bounces+%s@co.example", id));
	const char *text = api_path(
		"To: bounces+%s@co.example\r\nContent-Type: multipart/report; boundary=b\r\n\r\n"
		"--b\r\nContent-Type: message/delivery-status\r\n\r\nAction: failed\r\nStatus: "
		"5.1.1\r\n\r\n",
		id);
	api_expect(api_send(gateway(), "POST", BOUNCES, "message/rfc822", text, strlen(text)), 204);
	assert_string_equal(api_text(log_of(id), "status"), "bounced");
	/* an administrator sends it again */
	api_expect(api_post(api_as("admin", NULL),
			   api_path("/api/v1/notifications/deliveries/%s/retries", id), NULL),
		200);
	api_wait_until(WAIT, strcmp(api_text(log_of(id), "status"), "sent") == 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_answer_by_mail_is_that_of_its_attendee),
		cmocka_unit_test(an_answer_takes_the_steps_of_the_life_cycle_alone),
		cmocka_unit_test(a_gateway_reads_nothing),
		cmocka_unit_test(a_mail_that_came_back_is_marked),
		cmocka_unit_test(a_mailbox_that_bounces_is_held_and_both_see_why),
		cmocka_unit_test(another_address_is_not_held),
		cmocka_unit_test(invitations_pass_a_held_mailbox_by),
		cmocka_unit_test(the_envelope_names_the_message),
	};
	return cmocka_run_group_tests_name("mail gateway", tests, set_up, mailbox_close);
}
