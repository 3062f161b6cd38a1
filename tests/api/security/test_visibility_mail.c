/*
 * The visibility table (api/visibility.yaml) against what leaves the product. The marked person (marked.h) shows
 * nothing that can be hidden. Everybody else is sent every kind of notification about them, by mail and to chats of
 * both services, one by one and as a digest, and their partner the invitations to a session, its moves and its end:
 * in none of them is a value of a field that its reader may not see. A delegate and a coordinator count as anybody
 * there: a message is no operation that is open to them.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "contract.h"
#include "marked.h"
#include "support/mailbox.h"

#define WAIT        60.0
#define PREFERENCES "/api/v1/notifications/preferences"
#define CHATS       "/api/v1/notifications/chats"
#define LOG         "scheduling.delivery d JOIN scheduling.notification n ON n.id = ANY (d.notifications)"

static const struct reader {
	enum caller sees; /* as this one does */
	const char *user, *address;
} readers[] = {
	{ CALLER_MENTEE, WORLD_MENTEE, "mia@example.org" },
	{ CALLER_STRANGER, WORLD_STRANGER, "sten@example.org" },
	{ CALLER_STRANGER, WORLD_COORDINATOR, "cora@example.org" },
	{ CALLER_STRANGER, WORLD_DELEGATE, "dela@example.org" },
};
#define READERS (sizeof readers / sizeof *readers)

static const char *const services[] = { "slack", "teams" };

static struct world world;
static struct marked_rule table[FIELDS];
static const char *announcement, *kinds; /* kinds: as a list of SQL */

/* ---- what a message says ------------------------------------------------------------------------*/

/* Whether a text has the value as words of its own, and not by chance in a key. */
static bool has(const char *text, const char *value)
{
	for (const char *at = text; (at = strstr(at, value)); at++)
		if ((at == text || !isalnum((unsigned char)at[-1])) &&
			!isalnum((unsigned char)at[strlen(value)]))
			return true;
	return false;
}

static bool says(json_t *part, const char *value)
{
	size_t i;
	const char *name;
	json_t *inner;
	if (json_is_string(part))
		return has(json_string_value(part), value);
	json_array_foreach(part, i, inner) if (says(inner, value)) return true;
	json_object_foreach(part, name, inner) if (says(inner, value)) return true;
	return false;
}

/* What a meeting has to provide for stands in its invitation, without whose need it is. */
static bool is_said(json_t *message, size_t f)
{
	bool need = (int)f == marked_find("access_needs");
	json_t *part = need ? json_copy(message) : json_incref(message);
	if (need)
		json_object_del(part, "calendar");
	bool said = marked_fields[f].said && says(part, marked_fields[f].said);
	json_decref(part);
	return said;
}

/* How many values in a message should not be there; told: each is printed. */
static size_t judge_one(
	const struct reader *reader, json_t *message, enum audience choice, bool told)
{
	size_t wrong = 0;
	for (size_t f = 0; f < FIELDS; f++) {
		if (!is_said(message, f) || marked_may_see(&table[f], reader->sees, choice))
			continue;
		wrong++;
		if (told)
			print_error("%s is told %s: %s\n", reader->user, marked_fields[f].name,
				json_string_value(json_object_get(message, "subject")));
	}
	return wrong;
}

static const char *chat_of(const struct reader *reader, size_t service)
{
	return api_path("%s%c", services[service], (int)('a' + (reader - readers)));
}

/* How many values in all that a reader was sent should not be there. */
static size_t judge(const struct reader *reader, enum audience choice, bool told)
{
	size_t i, wrong = 0;
	json_t *one, *mails = mailbox_all();
	json_array_foreach(mails, i, one) if (strcmp(mailbox_text(one, "to"), reader->address) == 0)
		wrong += judge_one(reader, one, choice, told);
	for (size_t s = 0; s < 2; s++) {
		json_t *posts = mailbox_posts(chat_of(reader, s));
		assert_true(json_array_size(posts) > 0);
		json_array_foreach(posts, i, one) wrong += judge_one(reader, one, choice, told);
	}
	return wrong;
}

static size_t judge_all(enum audience choice)
{
	size_t wrong = 0;
	for (size_t r = 0; r < READERS; r++)
		wrong += judge(&readers[r], choice, true);
	return wrong;
}

/* ---- what is sent -------------------------------------------------------------------------------*/

static void prefer(const char *preferences)
{
	for (size_t r = 0; r < READERS; r++) {
		struct api *own = world_as(readers[r].user);
		api_if_match(own, api_expect(api_get(own, PREFERENCES), 200));
		api_expect(api_put(own, PREFERENCES, "%s", preferences), 200);
	}
}

/* Every kind of notification, about the marked person. Reminders are about sessions of which they still hold. */
static void tell(const char *cause)
{
	for (size_t r = 0; r < READERS; r++)
		(void)api_sql("superuser",
			"INSERT INTO scheduling.notification (id, person_id, kind, subject, subject_id, cause, "
			"data, due_at, on_behalf_of) SELECT gen_random_uuid(), '%s', k, 'session', s.id, '%s', "
			"json_build_object('pair_id', '%s', 'partner_id', '%s', 'message_id', '%s'), s.starts_at, "
			"%s FROM unnest(ARRAY[%s]) k JOIN scheduling.session s ON s.pair_id = '%s' AND s.status = "
			"CASE k WHEN 'session_soon' THEN 'confirmed' WHEN 'confirm_reminder' THEN 'proposed' "
			"ELSE 'unreported' END AND s.agenda = 'kinds'",
			world_person(readers[r].user), cause, world.pair, world.mentor, announcement,
			readers[r].user == readers[READERS - 1].user ? api_path("'%s'", world.mentor) : "NULL",
			kinds, world.pair);
	api_wait_until(WAIT, strcmp("0", api_sql("superuser", "SELECT count(*) FROM " LOG
					" WHERE n.cause = '%s' AND d.outcome IS NULL AND d.content = 'notification'",
					cause)) == 0);
}

/* Of each status that the reminders need, a session of the two. */
static void copy_sessions(void)
{
	static const char *const statuses[] = { "confirmed", "proposed", "unreported" };
	for (size_t s = 0; s < 3; s++)
		(void)api_sql("superuser",
			"SET session_replication_role = replica; INSERT INTO scheduling.session SELECT "
			"(jsonb_populate_record(s, jsonb_build_object('id', gen_random_uuid(), 'status', '%s', "
			"'kind', 'regular', 'agenda', 'kinds', 'proposed_by', NULL))).* FROM scheduling.session s WHERE s.id = '%s'",
			statuses[s], world.session);
}

static void every_message_says_no_more_than_its_reader_may_see(void **state)
{
	(void)state;
	prefer("{\"invitations\": false}");
	tell("one by one");
	assert_string_equal("", api_sql("superuser", "SELECT string_agg(DISTINCT n.kind, ' ') FROM " LOG
		" WHERE n.cause = 'one by one' AND d.outcome <> 'sent'"));
	assert_string_equal("t", api_sql("superuser",
		"SELECT count(DISTINCT n.kind) = cardinality(ARRAY[%s]) FROM " LOG
		" WHERE n.cause = 'one by one' AND d.channel = 'mail'", kinds));
	assert_int_equal(judge_all(NOBODY), 0);
	/* they are about that person */
	for (size_t r = 0; r < READERS; r++)
		assert_true(says(mailbox_wait(readers[r].address, "A session was moved"), "Vis Ible"));
}

static void nor_does_a_digest(void **state)
{
	(void)state;
	prefer("{\"mail\": \"daily\", \"chat\": \"daily\", \"invitations\": false}");
	tell("digest");
	api_clock_to("2026-12-01 12:00Z");
	for (size_t r = 0; r < READERS; r++)
		assert_true(says(mailbox_wait(readers[r].address, "what is new"), "Vis Ible"));
	api_wait_until(WAIT, strcmp("0", api_sql("superuser", "SELECT count(*) FROM " LOG
					" WHERE n.cause = 'digest' AND d.outcome IS DISTINCT FROM 'sent'")) == 0);
	assert_int_equal(judge_all(NOBODY), 0);
	api_clock(0);
}

/* The invitations to a session, to its next time, and its cancellation, once they have come to the partner. */
static void meet(const char *day)
{
	struct api *mentor = world_as(world.mentor_user);
	struct api_reply *made = api_expect(
		api_post(mentor, "/api/v1/sessions",
			"{\"pair_id\": \"%s\", \"starts_at\": \"%sT10:00\", \"time_zone\": \"Europe/Berlin\","
			" \"duration_minutes\": 30, \"mode\": \"in_person\", \"place\": \"Room 4\"}",
			world.pair, day),
		201);
	const char *self = api_text(made, "links.self"), *id = api_text(made, "id");
	for (int step = 0; step < 3; step++) {
		if (step == 1) {
			api_if_match(mentor, api_get(mentor, "%s", self));
			api_expect(api_patch(mentor, self, "{\"starts_at\": \"%sT14:00\", \"time_zone\": "
						   "\"Europe/Berlin\"}", day), 200);
		} else if (step == 2) {
			api_expect(api_post(mentor, api_path("%s/cancellation", self), "{\"reason\": \"other\"}"),
				200);
		}
		api_wait_until(WAIT, strcmp("0", api_sql("superuser", "SELECT count(*) FROM scheduling.delivery "
						"WHERE session_id = '%s' AND outcome IS NULL", id)) == 0);
	}
	assert_string_equal("3", api_sql("superuser", "SELECT count(*) FROM scheduling.delivery WHERE session_id "
						      "= '%s' AND outcome = 'sent' AND person_id = '%s'",
		id, world.mentee));
}

/* Whether the calendar in any message to the partner has the person's address. */
static bool is_address_told(void)
{
	size_t i;
	bool told = false;
	json_t *one, *all = mailbox_all();
	json_array_foreach(all, i, one) told |= strcmp(mailbox_text(one, "to"), readers[0].address) == 0 &&
		json_object_get(one, "calendar") && has(mailbox_text(one, "calendar"), "vis@mail.example");
	return told;
}

static void an_invitation_has_the_address_if_the_partner_may_see_it(void **state)
{
	(void)state;
	prefer("{}");
	meet("2027-02-10");
	assert_int_equal(judge_all(NOBODY), 0);
	assert_false(is_address_told());
	marked_choose(&world, table, PARTNERS);
	meet("2027-02-11");
	assert_int_equal(judge_all(PARTNERS), 0);
	assert_true(is_address_told());
	marked_choose(&world, table, NOBODY);
}

/* A coordinator writes every value to all: each is found in the texts of the mail, so the others are searched. */
static void every_value_would_be_found(void **state)
{
	(void)state;
	char text[1200] = "";
	for (size_t f = 0; f < FIELDS; f++)
		if (marked_fields[f].said)
			snprintf(text + strlen(text), sizeof text - strlen(text), "(%s)\\n",
				marked_fields[f].said);
	api_expect(api_post(api_as("programme_admin", WORLD_COORDINATOR), "/api/v1/messages/announcements",
			   "{\"programme_id\": \"%s\", \"title\": \"Everything\", \"text\": \"%s\"}",
			   world.programme, text),
		201);
	api_wait_until(WAIT, says(mailbox_wait(readers[0].address, "A message from your programme"),
				     "Everything"));
	json_t *mail = mailbox_find(readers[0].address, "A message from your programme");
	static const char *const parts[] = { "plain", "html" };
	for (size_t f = 0; f < FIELDS; f++)
		for (size_t p = 0; marked_fields[f].said && p < 2; p++)
			if (!has(mailbox_text(mail, parts[p]), marked_fields[f].said))
				fail_msg("%s is not found as %s", marked_fields[f].name, parts[p]);
	assert_true(judge(&readers[0], NOBODY, false) > 15);
}

/* All kinds of the contract, as a list of SQL. */
static const char *read_kinds(void)
{
	size_t i;
	json_t *kind;
	const char *all = "";
	json_t *ok = json_object_get(
		json_object_get(contract_find("notification_list")->spec, "responses"), "200");
	json_t *media = json_object_get(json_object_get(ok, "content"), "application/json");
	json_t *page = contract_resolve(json_object_get(media, "schema"));
	json_t *items = json_object_get(json_object_get(page, "properties"), "items");
	json_t *one = contract_resolve(json_object_get(contract_resolve(items), "items"));
	json_t *type = contract_resolve(json_object_get(json_object_get(one, "properties"), "kind"));
	json_array_foreach(json_object_get(type, "enum"), i, kind)
		all = api_path("%s%s'%s'", all, i ? ", " : "", json_string_value(kind));
	assert_true(i > 60);
	return all;
}

static int set_up(void **state)
{
	const struct operation_row *rows;
	(void)state;
	world_build(&world);
	contract_operations(&rows);
	kinds = read_kinds();
	marked_read(&world, table);
	(void)marked_fill(&world);
	marked_belongings(&world);
	marked_choose(&world, table, NOBODY);
	copy_sessions();
	const char *signers[] = { WORLD_MENTEE, world.mentor_user };
	for (size_t i = 0; i < 2; i++)
		api_expect(api_change(world_as(signers[i]),
				   api_path("/api/v1/agreements/%s/signature", world.agreement)),
			200);
	announcement = api_text(
		api_expect(api_post(api_as("programme_admin", WORLD_COORDINATOR),
				   "/api/v1/messages/announcements",
				   "{\"programme_id\": \"%s\", \"title\": \"Lunch\", \"text\": \"At noon.\"}",
				   world.programme),
			201),
		"id");
	mailbox_open();
	for (size_t r = 0; r < READERS; r++)
		for (size_t s = 0; s < 2; s++)
			api_expect(api_post(world_as(readers[r].user), CHATS,
					   "{\"channel\": \"%s\", \"url\": \"%s\"}", services[s],
					   mailbox_chat(chat_of(&readers[r], s))),
				201);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_message_says_no_more_than_its_reader_may_see),
		cmocka_unit_test(nor_does_a_digest),
		cmocka_unit_test(an_invitation_has_the_address_if_the_partner_may_see_it),
		cmocka_unit_test(every_value_would_be_found),
	};
	return cmocka_run_group_tests_name("visibility of messages", tests, set_up, mailbox_close);
}
