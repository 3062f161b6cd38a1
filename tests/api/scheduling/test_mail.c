/* Notifications by mail: what arrives at a real mail server, and what never does. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "support/client.h"
#include "support/company.h"
#include "support/mailbox.h"
#include "support/story.h"

#define WAIT 30.0
#define HOUR 3600L
#define LOG  "/api/v1/notifications/deliveries"

static const char *programme, *mentor;

static struct api *admin(void)
{
	return api_as("admin", NULL);
}

static int set_up(void **state)
{
	(void)state;
	mailbox_open();
	company_import();
	programme = company_programme("Geheimprojekt", 2);
	return 0;
}

static const char *address(const char *user_name)
{
	return api_path("%s@co.example", user_name);
}

static const char *status_of(const char *id)
{
	return api_text(api_expect(api_get(admin(), LOG "/%s", id), 200), "status");
}

static void a_notification_arrives_as_a_well_formed_mail(void **state)
{
	(void)state;
	story_round("hr.lead", programme);
	json_t *mail = mailbox_wait(address("chief"), "Your shortlist is here");
	static const char *const parts[] = { "multipart/mixed", "multipart/alternative",
		"text/plain", "text/html" };
	for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
		assert_string_equal(parts[i],
			json_string_value(json_array_get(json_object_get(mail, "parts"), i)));
	assert_non_null(strstr(mailbox_text(mail, "plain"), "choose one of them"));
	assert_non_null(strstr(mailbox_text(mail, "html"), "choose one of them"));
	assert_non_null(strstr(mailbox_text(mail, "plain"), "(Europe/"));
	assert_string_equal(mailbox_header(mail, "auto-submitted"), "auto-generated");
	assert_string_equal(mailbox_header(mail, "x-envelope-to"), address("chief"));
	assert_non_null(mailbox_header(mail, "date"));
	/* nothing that a colleague at the screen, or the mail server, should not read */
	assert_null(strstr(mailbox_text(mail, "plain"), "Geheim"));
	struct api_reply *log =
		api_get(admin(), LOG "?channel=mail&person_id=%s", story_person_id("chief"));
	char id[37]; /* other mails may have followed */
	snprintf(id, sizeof id, "%s", mailbox_header(mail, "message-id") + 1);
	assert_non_null(strstr(log->text, id));
	api_wait_until(WAIT, strcmp(status_of(id), "sent") == 0);
	assert_null(strstr(log->text, "shortlist"));
}

static void the_language_is_the_organisations(void **state)
{
	(void)state;
	api_sql("superuser",
		"INSERT INTO common.setting (name, value) VALUES ('locale', '\"de-AT\"')");
	struct api_reply *list = story_shortlist("chief", programme);
	mentor = story_user_name(api_text(list, "mentors.0.mentor.id"));
	api_expect(api_post(api_as("participant", "chief"),
			   api_path("/api/v1/shortlists/%s/pick", api_text(list, "id")),
			   "{\"mentor_id\": \"%s\"}", api_text(list, "mentors.0.mentor.id")),
		201);
	json_t *mail = mailbox_wait(address(mentor), "Jemand hat Sie gewählt");
	assert_non_null(strstr(mailbox_text(mail, "plain"), "Führungskraft"));
	assert_non_null(strstr(mailbox_text(mail, "plain"), "Mit: Carla Chief"));
	assert_string_equal(mailbox_header(mail, "content-language"), "de");
	api_sql("superuser", "DELETE FROM common.setting WHERE name = 'locale'");
}

static const char *newest_of(const char *user_name)
{
	return api_text(api_expect(api_get(admin(), LOG "?limit=1&person_id=%s",
					   story_person_id(user_name)),
				200),
		"items.0.id");
}

static void refuse_as(const char *name, const char *reply)
{
	FILE *file = fopen(api_path("%s/%s", api_stack("mail.dir"), name), "w");
	assert_non_null(file);
	fprintf(file, "%s\n", reply);
	fclose(file);
}

static void refuse(const char *reply)
{
	refuse_as("refuse", reply);
}

static void accept_again(void)
{
	remove(api_path("%s/refuse", api_stack("mail.dir")));
	remove(api_path("%s/refuse-chat", api_stack("mail.dir")));
}

/* A reminder of the shortlist that it.lead has not answered. */
static void remind(void)
{
	api_expect(api_post(api_as("programme_admin", "hr.lead"), "/api/v1/messages",
			   "{\"programme_id\": \"%s\", \"about\": \"pick\"}", programme),
		201);
}

static void what_the_server_refuses_for_good_is_dead_until_it_is_retried(void **state)
{
	(void)state;
	refuse("550 5.1.1 No such user");
	remind();
	struct api_reply *dead;
	api_wait_until(WAIT, api_count(dead = api_expect(api_get(admin(), LOG "?status=dead"), 200),
				     "items") == 1);
	assert_string_equal(api_text(dead, "items.0.last_error"), "refused");
	const char *id = api_text(dead, "items.0.id");
	assert_int_equal(mailbox_count(address("it.lead"), "waits for you"), 0);
	accept_again();
	/* nobody but an administrator */
	api_expect_problem(api_post(api_as("programme_admin", "hr.lead"),
				   api_path(LOG "/%s/retries", id), NULL),
		403, "forbidden");
	api_expect(api_post(admin(), api_path(LOG "/%s/retries", id), NULL), 200);
	mailbox_wait(address("it.lead"), "Your shortlist waits for you");
	api_wait_until(WAIT, strcmp(status_of(id), "sent") == 0);
	api_expect_problem(
		api_post(admin(), api_path(LOG "/%s/retries", id), NULL), 409, "wrong_state");
}

static void what_it_delays_is_tried_again(void **state)
{
	(void)state;
	refuse("451 4.3.0 Later");
	api_clock(25 * HOUR);
	remind();
	const char *id;
	api_wait_until(WAIT,
		(id = newest_of("it.lead"),
			strcmp(status_of(id), "waiting") == 0 &&
				strstr(api_get(admin(), LOG "/%s", id)->text, "\"delayed\"")));
	accept_again();
	api_clock(25 * HOUR + 90);
	api_wait_until(WAIT, strcmp(status_of(id), "sent") == 0);
	assert_int_equal(mailbox_count(address("it.lead"), "Your shortlist waits for you"), 2);
	api_clock(0);
}

static void what_was_read_meanwhile_is_not_sent(void **state)
{
	(void)state;
	api_stop("mail");
	api_clock(50 * HOUR);
	remind();
	const char *id;
	api_wait_until(WAIT,
		(id = newest_of("it.lead"),
			strstr(api_get(admin(), LOG "/%s", id)->text, "\"no_server\"") != NULL));
	struct api *lead = api_as("participant", "it.lead");
	struct api_reply *list = api_expect(api_get(lead, "/api/v1/notifications?limit=1"), 200);
	api_expect(api_post(lead, "/api/v1/notifications/acknowledgements", "{\"up_to\": \"%s\"}",
			   api_text(list, "items.0.id")),
		200);
	api_start("mail");
	api_clock(52 * HOUR);
	api_wait_until(WAIT, strcmp(status_of(id), "dropped") == 0);
	assert_int_equal(mailbox_count(address("it.lead"), "Your shortlist waits for you"), 2);
	api_clock(0);
}

#define PREFERENCES "/api/v1/notifications/preferences"

/* The path of the link in the last mail to somebody with this subject. */
static const char *link_in(const char *user_name, const char *subject)
{
	json_t *mail = mailbox_wait(address(user_name), subject);
	assert_string_equal(
		mailbox_header(mail, "list-unsubscribe-post"), "List-Unsubscribe=One-Click");
	const char *link = mailbox_header(mail, "list-unsubscribe");
	assert_non_null(strstr(
		mailbox_text(mail, "plain"), api_path("%.*s", (int)strlen(link) - 2, link + 1)));
	const char *path = strstr(link, "/api/");
	return api_path("%.*s", (int)strcspn(path, ">"), path);
}

static void one_click_ends_mails_of_a_kind(void **state)
{
	(void)state;
	const char *path = link_in("it.lead", "Your shortlist waits for you");
	struct api *anybody = api_as(NULL, NULL), *lead = api_as("participant", "it.lead");
	/* a filter that opens links changes nothing */
	assert_non_null(strstr(api_expect(api_get(anybody, "%s", path), 200)->text, "<button>"));
	assert_int_equal(api_count(api_expect(api_get(lead, PREFERENCES), 200), "kinds"), 0);
	static const char form[] = "--x\r\nContent-Disposition: form-data; "
				   "name=\"List-Unsubscribe\"\r\n\r\nOne-Click\r\n--x--\r\n";
	static const char click[] = "List-Unsubscribe=One-Click";
	api_expect(api_send(anybody, "POST", path, "multipart/form-data; boundary=x", form,
			   sizeof form - 1),
		200);
	api_expect(api_send(anybody, "POST", path, "application/x-www-form-urlencoded", click,
			   sizeof click - 1),
		200);
	struct api_reply *now = api_expect(api_get(lead, PREFERENCES), 200);
	assert_int_equal(api_count(now, "kinds"), 1);
	assert_string_equal(api_text(now, "kinds.0.kind"), "pick_reminder");
	assert_string_equal(api_text(now, "kinds.0.delivery"), "off");
	/* a changed link is nothing */
	char *other = strdup(path);
	other[strlen(other) - 2] = other[strlen(other) - 2] == 'A' ? 'B' : 'A';
	api_expect_problem(api_send(anybody, "POST", other, "application/x-www-form-urlencoded",
				   click, sizeof click - 1),
		404, "not_found");
	free(other);
	api_clock(80 * HOUR);
	size_t before = mailbox_count(address("it.lead"), "");
	remind();
	story_settle();
	api_wait_until(
		WAIT, api_count(api_get(lead, "/api/v1/notifications?unread=true"), "items") > 0);
	assert_string_equal("0", api_sql("superuser",
					 "SELECT count(*) FROM scheduling.delivery WHERE "
					 "outcome IS NULL AND person_id = '%s'",
					 story_person_id("it.lead")));
	assert_int_equal(mailbox_count(address("it.lead"), ""), before);
	api_clock(0);
}

static void digests_and_quiet_hours_gather_what_comes(void **state)
{
	(void)state;
	struct api *lead = api_as("participant", "it.lead");
	struct api_reply *now = api_expect(api_get(lead, PREFERENCES), 200);
	api_if_match(lead, now);
	now = api_expect(api_put(lead, PREFERENCES,
				 "{\"mail\": \"daily\", \"locale\": \"de\", \"quiet_hours\": "
				 "{\"starts\": \"22:00\", \"ends\": \"09:30\"}}"),
		200);
	assert_string_equal(api_text(now, "mail"), "daily");
	assert_int_equal(api_count(now, "kinds"), 0);
	api_if_match(lead, now);
	api_expect(api_put(lead, PREFERENCES,
			   "{\"mail\": \"daily\", \"locale\": \"de\", "
			   "\"quiet_hours\": {\"starts\": \"22:00\", \"ends\": "
			   "\"09:30\"}}"),
		200);
	api_expect_problem(
		api_put(lead, PREFERENCES, "{\"mail\": \"hourly\"}"), 422, "unprocessable");
	/* the digest of the morning of the 7th waits until the quiet hours are over */
	api_clock_to("2026-12-06 11:00Z");
	remind();
	api_sql("superuser",
		"INSERT INTO scheduling.notification (id, person_id, kind, subject, subject_id, "
		"cause) "
		"VALUES (gen_random_uuid(), '%s', 'listing_replied', 'listing', gen_random_uuid(), "
		"'x')",
		story_person_id("it.lead"));
	assert_string_equal("1|t|2026-12-07 09:30",
		api_sql("superuser", "SELECT count(*), max(cardinality(notifications)) >= 2, "
				     "to_char(max(next_attempt_at) "
				     "AT TIME ZONE 'Europe/London', 'YYYY-MM-DD HH24:MI') FROM "
				     "scheduling.delivery "
				     "WHERE content = 'digest' AND outcome IS NULL"));
	api_clock_to("2026-12-07 09:31Z");
	json_t *mail = mailbox_wait(address("it.lead"), "Reverse Mentoring: Neuigkeiten");
	assert_non_null(
		strstr(mailbox_text(mail, "plain"), "Jemand hat auf Ihren Eintrag geantwortet."));
	assert_non_null(strstr(mailbox_text(mail, "plain"), "Ihre Liste ist noch offen"));
	/* the link of a digest ends all mails but invitations */
	static const char click[] = "List-Unsubscribe=One-Click";
	api_expect(api_send(api_as(NULL, NULL), "POST", link_in("it.lead", "Neuigkeiten"),
			   "application/x-www-form-urlencoded", click, sizeof click - 1),
		200);
	assert_string_equal(api_text(api_expect(api_get(lead, PREFERENCES), 200), "mail"), "off");
	api_clock(0);
}

#define ANNOUNCE "/api/v1/messages/announcements"

static void a_coordinator_writes_to_a_segment(void **state)
{
	(void)state;
	static const char body[] =
		"{\"programme_id\": \"%s\", \"title\": \"Lunch <b>\", \"text\": "
		"\"Come at noon.\\nBring \\\"locks\\\" & keys.\", \"role\": \"%s\"%s}";
	struct api *coordinator = api_as("programme_admin", "hr.lead");
	struct api *chief = api_as("participant", "chief");
	struct api_reply *seen = api_expect(
		api_post(coordinator, ANNOUNCE, body, programme, "mentee", ", \"preview\": true"),
		201);
	assert_true(api_integer(seen, "found") > 0);
	assert_null(mailbox_find(address("chief"), "A message from your programme"));
	struct api_reply *unpaired = api_expect(
		api_post(coordinator, ANNOUNCE, body, programme, "mentee",
			", \"preview\": true, \"paired\": false, \"status\": [\"enrolled\"]"),
		201);
	assert_int_equal(api_integer(unpaired, "found"), api_integer(seen, "found") - 1);
	struct api_reply *sent = api_expect(
		api_post(coordinator, ANNOUNCE, body, programme, "mentee", ""), 201);
	assert_int_equal(api_integer(sent, "reminded"), api_integer(seen, "found"));
	json_t *mail = mailbox_wait(address("chief"), "A message from your programme");
	assert_non_null(strstr(mailbox_text(mail, "plain"), "Bring \"locks\" & keys."));
	assert_non_null(strstr(mailbox_text(mail, "html"), "Lunch &lt;b&gt;"));
	struct api_reply *list = api_expect(api_get(chief, "/api/v1/notifications?limit=1"), 200);
	assert_string_equal(api_text(list, "items.0.data.title"), "Lunch <b>");
	assert_string_equal(api_text(list, "items.0.data.from.id"), story_person_id("hr.lead"));
	sent = api_expect(api_get(coordinator, "%s", api_text(sent, "links.self")), 200);
	assert_string_equal(api_text(sent, "audience.role"), "mentee");
	/* nobody has more than five a day */
	for (int i = 0; i < 6; i++)
		sent = api_expect(
			api_post(coordinator, ANNOUNCE, body, programme, "mentee", ""), 201);
	assert_int_equal(api_integer(sent, "reminded"), 0);
	assert_int_equal(api_integer(sent, "passed_over"), api_integer(sent, "found"));
	api_expect_problem(
		api_post(chief, ANNOUNCE, body, programme, "mentee", ""), 403, "forbidden");
	api_expect_problem(api_post(api_as("programme_admin", "it.lead"), ANNOUNCE, body, programme,
				   "mentee", ""),
		422, "unknown_reference");
}

/* The calendar in a mail, without folds. */
static const char *calendar_in(json_t *mail)
{
	char *text = strdup(mailbox_text(mail, "calendar")), *out = text;
	for (const char *at = text; *at; at++) {
		size_t fold = strncmp(at, "\r\n ", 3) == 0 ? 3 : strncmp(at, "\n ", 2) == 0 ? 2 : 0;
		if (fold)
			at += fold - 1;
		else
			*out++ = *at;
	}
	*out = '\0';
	const char *kept = api_path("%s", text);
	free(text);
	return kept;
}

/* Waits for the invitation that has this line; it is one for a calendar program. */
static json_t *wait_for_invitation(const char *user_name, const char *session, const char *line)
{
	json_t *one, *all, *found = NULL;
	size_t i;
	api_wait_until(WAIT, ({
		all = mailbox_all();
		json_array_foreach(
			all, i, one) if (json_object_get(one, "calendar") &&
					 strcmp(mailbox_text(one, "to"), address(user_name)) == 0 &&
					 strstr(calendar_in(one), session) &&
					 strstr(calendar_in(one), line)) found = one;
		found != NULL;
	}));
	assert_non_null(
		strstr(calendar_in(found), api_path("METHOD:%s", mailbox_text(found, "method"))));
	assert_string_equal(mailbox_header(found, "reply-to"), "calendar@127.0.0.1");
	assert_non_null(strstr(calendar_in(found), "mailto:calendar@127.0.0.1"));
	assert_string_equal(json_string_value(json_array_get(json_object_get(found, "parts"), 4)),
		"text/calendar");
	assert_string_equal(json_string_value(json_array_get(json_object_get(found, "parts"), 5)),
		"application/ics");
	assert_null(strstr(mailbox_text(found, "plain"), "hush"));
	return found;
}

static void sessions_come_as_invitations(void **state)
{
	(void)state;
	struct api *chief = api_as("participant", "chief"), *other = api_as("participant", mentor);
	struct api_reply *asked = api_expect(api_get(other, "/api/v1/pairs"), 200);
	const char *pair = api_text(asked, "items.0.id");
	api_expect(api_post(other, api_path("/api/v1/pairs/%s/acceptance", pair), NULL), 200);
	mailbox_wait(address("chief"), "You have a mentor");
	struct api_reply *made = api_expect(
		api_post(chief, "/api/v1/sessions",
			"{\"pair_id\": \"%s\", \"starts_at\": \"2027-02-01T10:00\", \"time_zone\": "
			"\"UTC\", \"duration_minutes\": 30, \"mode\": \"video\", \"agenda\": "
			"\"hush "
			"hush\", \"propose\": true}",
			pair),
		201);
	const char *id = api_text(made, "id");
	json_t *mail = wait_for_invitation(mentor, id, "STATUS:TENTATIVE");
	assert_string_equal(mailbox_text(mail, "method"), "REQUEST");
	wait_for_invitation("chief", id, "STATUS:TENTATIVE");
	assert_int_equal(mailbox_count(address(mentor), "waits for your answer"), 0);
	/* the answer of a calendar program */
	const char *reply = api_path(
		"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\nMETHOD:REPLY\r\n"
		"BEGIN:VEVENT\r\nUID:%s@upward\r\nSEQUENCE:%lld\r\n"
		"ATTENDEE;PARTSTAT=ACCEPTED:mailto:%s\r\nEND:VEVENT\r\n"
		"END:VCALENDAR\r\n",
		id, api_integer(made, "sequence"), address(mentor));
	api_expect(api_send(other, "POST", "/api/v1/calendar-replies", "text/calendar", reply,
			   strlen(reply)),
		200);
	mail = wait_for_invitation("chief", id, "STATUS:CONFIRMED");
	api_expect(api_post(chief, api_path("/api/v1/sessions/%s/cancellation", id),
			   "{\"reason\": \"other\"}"),
		200);
	mail = wait_for_invitation(mentor, id, "STATUS:CANCELLED");
	assert_string_equal(mailbox_text(mail, "method"), "CANCEL");
	assert_string_equal(mailbox_text(mail, "subject"), "Reverse mentoring: session cancelled");
	wait_for_invitation("chief", id, "STATUS:CANCELLED");
}

#define CHATS "/api/v1/notifications/chats"

static struct api_reply *add_chat(struct api *caller, const char *channel, const char *more)
{
	return api_post(caller, CHATS, "{\"channel\": \"%s\", \"url\": \"%s\"%s}", channel,
		mailbox_chat(channel), more);
}

/* How many posts a channel of the stack has whose JSON contains the text. */
static size_t posts(const char *name, const char *text)
{
	size_t i, count = 0;
	json_t *one, *all = mailbox_posts(name);
	json_array_foreach(all, i, one)
	{
		char *said = json_dumps(one, JSON_ENCODE_ANY);
		assert_non_null(said);
		count += strstr(said, text) != NULL;
		free(said);
	}
	return count;
}

static void tell(const char *user_name, const char *kind, const char *partner)
{
	api_sql("superuser",
		"INSERT INTO scheduling.notification (id, person_id, kind, subject, subject_id, "
		"cause, data, due_at) VALUES (gen_random_uuid(), '%s', '%s', 'session', "
		"gen_random_uuid(), 'chat', '{\"partner_id\": \"%s\"}', common.now() + interval '1 "
		"day')",
		story_person_id(user_name), kind, story_person_id(partner));
}

static void a_persons_channel_names_nobody(void **state)
{
	(void)state;
	struct api *chief = api_as("participant", "chief"),
		   *lead = api_as("participant", "it.lead");
	api_expect_fault(
		api_expect_problem(
			api_post(chief, CHATS,
				"{\"channel\": \"slack\", \"url\": \"http://example.org/x\"}"),
			422, "unprocessable"),
		"/url");
	struct api_reply *made = api_expect(add_chat(chief, "slack", ""), 201);
	assert_null(strstr(made->text, "/chat/slack")); /* the secret is not shown again */
	api_expect_problem(add_chat(chief, "slack", ""), 409, "name_taken");
	const char *self = api_text(made, "links.self");
	api_expect_problem(api_get(lead, "%s", self), 404, "not_found");
	api_expect_problem(api_post(lead, api_path("%s/tests", self), NULL), 404, "not_found");
	assert_int_equal(api_count(api_expect(api_get(lead, CHATS), 200), "items"), 0);
	api_expect(api_post(chief, api_path("%s/tests", self), NULL), 200);
	api_wait_until(WAIT, posts("slack", "this channel works") == 1);
	api_wait_until(
		WAIT, json_is_string(api_member(api_get(chief, "%s", self), "last_sent_at")));
	/* what happens, and when: no name, and no confidence */
	tell("chief", "survey_due", mentor);
	tell("chief", "pair_suspended", mentor);
	tell("chief", "session_reverted", mentor);
	api_wait_until(WAIT, posts("slack", "A session keeps its time") == 1);
	assert_int_equal(posts("slack", "(Europe/"), 1);
	assert_int_equal(posts("slack", "mrkdwn"), 2);
	assert_int_equal(json_array_size(mailbox_posts("slack")), 2);
	api_wait_until(WAIT,
		strcmp("2", api_sql("superuser", "SELECT count(*) FROM scheduling.delivery WHERE "
						 "channel = 'slack' AND outcome = 'sent'")) == 0);
	struct api_reply *log = api_expect(api_get(admin(), LOG "?channel=slack"), 200);
	assert_null(strstr(log->text, "/chat/"));
	api_if_match(chief, api_expect(api_get(chief, PREFERENCES), 200));
	api_expect(api_put(chief, PREFERENCES, "{\"chat\": \"off\"}"), 200);
	tell("chief", "report_reminder", mentor);
	assert_string_equal(
		"mail", api_sql("superuser",
				"SELECT string_agg(d.channel, ',') FROM scheduling.delivery d JOIN "
				"scheduling.notification n ON n.id = ANY (d.notifications) "
				"WHERE n.kind = 'report_reminder' AND n.cause = 'chat'"));
	api_if_match(chief, api_get(chief, PREFERENCES));
	api_expect(api_put(chief, PREFERENCES, "{}"), 200);
}

/* Whether the newest post to a person is in this state, after this error (NULL: any). */
static bool stands(const char *user_name, const char *status, const char *error)
{
	struct api_reply *log = api_expect(
		api_get(admin(), LOG "?limit=1&channel=slack&person_id=%s",
			story_person_id(user_name)),
		200);
	json_t *last = api_member(log, "items.0.last_error");
	return strcmp(api_text(log, "items.0.status"), status) == 0 &&
	       (!error || (json_is_string(last) && strcmp(json_string_value(last), error) == 0));
}

static void a_channel_that_refuses_is_tried_again_or_closed(void **state)
{
	(void)state;
	struct api *chief = api_as("participant", "chief");
	const char *self = api_path(
		"%s", api_text(api_expect(api_get(chief, CHATS), 200), "items.0.links.self"));
	const char *test = api_path("%s/tests", self);
	refuse_as("refuse-chat", "429 120");
	size_t before = json_array_size(mailbox_posts("slack"));
	api_expect(api_post(chief, test, NULL), 200);
	api_wait_until(WAIT, stands("chief", "waiting", "delayed"));
	assert_string_equal(
		"t", api_sql("superuser",
			     "SELECT next_attempt_at > common.now() + interval '90 s' FROM "
			     "scheduling.delivery WHERE last_error = 'delayed' AND channel = "
			     "'slack'")); /* as the server asks, not after a minute */
	accept_again();
	api_clock(130);
	api_wait_until(WAIT, stands("chief", "sent", NULL));
	assert_int_equal(json_array_size(mailbox_posts("slack")), before + 1);
	refuse_as("refuse-chat", "404");
	api_expect(api_post(chief, test, NULL), 200);
	api_wait_until(WAIT, stands("chief", "dead", "refused"));
	api_wait_until(WAIT, strcmp(api_text(api_get(chief, "%s", self), "status"), "closed") == 0);
	accept_again();
	api_expect(api_post(chief, test, NULL), 200);
	api_wait_until(WAIT, stands("chief", "sent", NULL));
	assert_string_equal(api_text(api_get(chief, "%s", self), "status"), "open");
	api_if_match(chief, api_get(chief, "%s", self));
	api_expect(api_delete(chief, "%s", self), 204);
	/* an address of a private network */
	struct api_reply *made = api_expect(
		api_post(chief, CHATS, "{\"channel\": \"slack\", \"url\": \"https://10.0.0.1/x\"}"),
		201);
	api_expect(api_post(chief, api_path("%s/tests", api_text(made, "links.self")), NULL), 200);
	api_wait_until(WAIT, stands("chief", "dead", "bad_address"));
	api_clock(0);
}

static void a_programmes_channel_learns_of_rounds(void **state)
{
	(void)state;
	struct api *coordinator = api_as("programme_admin", "hr.lead");
	struct api *chief = api_as("participant", "chief");
	const char *of = api_path(", \"programme_id\": \"%s\"", programme);
	api_expect_problem(add_chat(chief, "teams", of), 422, "unknown_reference");
	struct api_reply *made = api_expect(add_chat(coordinator, "teams", of), 201);
	const char *self = api_text(made, "links.self");
	api_expect_problem(api_get(chief, "%s", self), 404, "not_found");
	const char *all = api_path(CHATS "?programme_id=%s", programme);
	assert_int_equal(api_count(api_expect(api_get(coordinator, "%s", all), 200), "items"), 1);
	assert_int_equal(api_count(api_expect(api_get(chief, "%s", all), 200), "items"), 0);
	story_round("hr.lead", programme);
	api_wait_until(WAIT, posts("teams", "A matching round is ready") == 1);
	json_t *one = json_array_get(
		json_object_get(json_array_get(mailbox_posts("teams"), 0), "attachments"), 0);
	assert_string_equal("application/vnd.microsoft.card.adaptive",
		json_string_value(json_object_get(one, "contentType")));
	assert_string_equal("AdaptiveCard",
		json_string_value(json_object_get(json_object_get(one, "content"), "type")));
	assert_int_equal(posts("teams", "Geheim"), 0);
	struct api_reply *log = api_expect(api_get(admin(), LOG "?channel=teams"), 200);
	assert_string_equal(api_text(log, "items.0.programme_id"), programme);
	api_wait_until(
		WAIT, json_is_string(api_member(api_get(coordinator, "%s", self), "last_sent_at")));
	api_if_match(coordinator, api_get(coordinator, "%s", self));
	api_expect(api_delete(coordinator, "%s", self), 204);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_notification_arrives_as_a_well_formed_mail),
		cmocka_unit_test(the_language_is_the_organisations),
		cmocka_unit_test(sessions_come_as_invitations),
		cmocka_unit_test(what_the_server_refuses_for_good_is_dead_until_it_is_retried),
		cmocka_unit_test(what_it_delays_is_tried_again),
		cmocka_unit_test(what_was_read_meanwhile_is_not_sent),
		cmocka_unit_test(one_click_ends_mails_of_a_kind),
		cmocka_unit_test(a_persons_channel_names_nobody),
		cmocka_unit_test(a_channel_that_refuses_is_tried_again_or_closed),
		cmocka_unit_test(a_programmes_channel_learns_of_rounds),
		cmocka_unit_test(a_coordinator_writes_to_a_segment),
		cmocka_unit_test(digests_and_quiet_hours_gather_what_comes),
	};
	return cmocka_run_group_tests_name("mail", tests, set_up, mailbox_close);
}
