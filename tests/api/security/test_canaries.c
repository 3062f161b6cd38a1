/*
 * P15: every free text, attribute and token of a compact main job bears a mark. Afterwards logs,
 * metrics, events, audit and the answers of people whom it does not concern are searched for the
 * marks; so are the refusals of requests whose every part was marked.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "world.h"

#define MARK "canary" /* all marks begin so, and nothing else does */

static struct world world;
static const char *tokens[CALLERS];
static const char *secrets[8]; /* parts of tokens and URLs, made by the services */
static size_t secret_count;

static struct api *who(enum caller caller)
{
	return world_caller(&world, caller);
}

/* ---- seeding ----------------------------------------------------------------------------------*/

/* Another file for the same company, in which everything that can be marked is. */
static const char marked_people[] =
	"external_id,user_name,given_name,family_name,email,title,department,location,country,"
	"time_zone,level,manager_external_id,hired_on,active\n"
	"canary-20,canary.user,CanaryGiven,CanaryFamily,canary@canarymail.example,CanaryTitle,"
	"CanaryDepartment,CanaryPlace,DE,Europe/Berlin,2,S-3,2022-01-01,true\n";

static void put_own(enum caller caller, const char *part, const char *body)
{
	api_expect(api_put(who(caller), api_path("/api/v1/people/me/%s", part), "%s", body), 200);
}

static void seed_profile(void)
{
	assert_string_equal(api_text(api_import(marked_people, NULL), "status"), "done");
	struct api *mentor = who(CALLER_MENTOR);
	api_if_match(mentor, api_expect(api_get(mentor, "/api/v1/people/me"), 200));
	api_expect(api_patch(mentor, "/api/v1/people/me",
			   "{\"bio\": \"canarybio\", \"pronouns\": \"canarypronouns\","
			   " \"photo_url\": \"https://example.org/canaryphoto\"}"),
		200);
	put_own(CALLER_MENTOR, "interests", "{\"interests\": [\"canaryinterest\"]}");
	api_expect(api_post(who(CALLER_ADMIN), "/api/v1/skills",
			   "{\"name\": \"canaryskill\", \"aliases\": [\"canaryalias\"]}"),
		201);
}

static void seed_job(void)
{
	struct api *mentor = who(CALLER_MENTOR), *admin = who(CALLER_COORDINATOR);
	const char *session = api_path("/api/v1/sessions/%s", world.session);
	api_if_match(mentor, api_expect(api_get(mentor, "%s", session), 200));
	api_header(mentor, "Idempotency-Key: canarykey");
	api_expect(api_patch(mentor, session,
			   "{\"agenda\": \"canaryagenda\", \"place\": \"canaryroom\"}"),
		200);
	static const char *const sides[] = { "private", "partner", "programme" };
	for (int i = 0; i < 3; i++)
		api_expect(api_post(i % 2 ? mentor : who(CALLER_MENTEE), "/api/v1/feedback",
				   "{\"pair_id\": \"%s\", \"visibility\": \"%s\", \"rating\": 1,"
				   " \"comment\": \"canarycomment\"}",
				   world.pair, sides[i]),
			201);
	api_expect(api_post(mentor, "/api/v1/goals",
			   "{\"pair_id\": \"%s\", \"specific\": \"canarygoal from here to next "
			   "summer\", \"measure\": {\"unit\": \"canaryunit\", \"baseline\": 0,"
			   " \"target\": 4}, \"due_on\": \"2027-06-01\"}",
			   world.pair),
		201);
	api_expect(api_post(mentor, api_path("/api/v1/goals/%s/progress", world.goal),
			   "{\"note\": \"canarynote\"}"),
		201);
	const char *path = api_path("/api/v1/programmes/%s", world.draft);
	api_if_match(admin, api_expect(api_get(admin, "%s", path), 200));
	api_expect(api_patch(admin, path, "{\"title\": \"canarytitle\"}"), 200);
	api_header(mentor, "Idempotency-Key: canarykey");
	struct api_reply *feed = api_expect(api_post(mentor, "/api/v1/calendar-feeds", "{}"), 201);
	secrets[secret_count++] = strstr(api_text(feed, "url"), "/calendar/") +
				  strlen("/calendar/");
	secrets[secret_count++] = world.feed_path + strlen("/calendar/");
	for (int i = 0; i < 2; i++)
		api_expect(api_get(who(CALLER_NOBODY), "/calendar/%s", secrets[i]), 200);
}

/* Refusals of every kind, marked wherever a caller can put something. */
static void seed_refusals(void)
{
	struct api *admin = who(CALLER_ADMIN), *mentor = who(CALLER_MENTOR);
	/* what PostgreSQL refuses, and would quote: a name that is taken, a cast, a constraint */
	api_expect(api_post(admin, "/api/v1/skills", "{\"name\": \"CANARYSKILL\"}"), 409);
	api_expect(api_send(admin, "POST", "/api/v1/skills/imports", "text/csv",
			   "name,code\ncanaryrow,canarycode\ncanaryrow,\"canary", 47),
		422);
	api_import("external_id,user_name,given_name,family_name,level\n"
		   "canary-21,canary.user,Canary,Canary,canarylevel\n",
		NULL);
	api_import("external_id,user_name,given_name,family_name,email,level\n"
		   "canary-22,canary.two,Canary,Canary,canary@canarymail.example,2\n",
		NULL);
	/* what the tables of fields refuse */
	api_expect(api_post(mentor, "/api/v1/sessions",
			   "{\"pair_id\": \"canaryid\", \"starts_at\": \"canarytime\","
			   " \"time_zone\": \"Canary/Zone\", \"duration_minutes\": \"canary\","
			   " \"mode\": \"canarymode\", \"canarymember\": 1}"),
		400);
	api_expect(api_post(mentor, "/api/v1/enrolments", "{\"canary"), 400);
	api_expect(api_post(mentor, "/api/v1/goals",
			   "{\"pair_id\": \"%s\", \"specific\": \"canary\", \"measure\": {"
			   "\"unit\": \"canary\", \"baseline\": 4, \"target\": 4}, \"due_on\":"
			   " \"2020-06-01\"}",
			   world.pair),
		422);
	/* paths, queries and headers */
	api_expect(api_get(mentor, "/api/v1/people/canarypath"), 400);
	api_expect(api_get(mentor, "/api/v1/canarypath"), 404);
	api_expect(api_get(mentor, "/canarypath?canaryquery=1"), 404);
	api_expect(api_get(mentor, "/api/v1/people?canaryquery=canaryvalue"), 400);
	api_expect(api_get(mentor, "/api/v1/people?cursor=canarycursor"), 400);
	api_expect(api_get(mentor, "/api/v1/people?q=canarysearch"), 200);
	api_expect(
		api_get(mentor, "/calendar/canaryAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA.ics"), 404);
	api_header(mentor, "If-Match: canaryetag");
	api_expect(api_patch(mentor, "/api/v1/people/me", "{\"bio\": \"canarybio\"}"), 400);
	api_header(mentor, "User-Agent: canaryagent");
	api_header(mentor, "Referer: https://example.org/canaryreferer");
	api_header(mentor, "X-On-Behalf-Of: canaryperson");
	api_header(mentor, "Cookie: canary=canarycookie");
	api_header(mentor, "traceparent: canarytrace");
	api_get(mentor, "/api/v1/me");
	api_expect(
		api_get(api_with_token("Bearer canarytoken.canarytoken.canarytoken"), "/api/v1/me"),
		401);
	api_expect(api_get(api_as("participant", "canary.nobody"), "/api/v1/me"), 403);
}

static int seed(void **state)
{
	(void)state;
	world_build(&world);
	for (int i = 0; i < CALLERS; i++)
		tokens[i] = api_token(who((enum caller)i));
	seed_profile();
	seed_job();
	seed_refusals();
	return 0;
}

/* ---- searching --------------------------------------------------------------------------------*/

static void clean(const char *where, const char *text, const char *mark)
{
	const char *at = strcasestr(text, mark);
	if (at)
		fail_msg("%s holds %.12s…: …%.200s", where, mark, at - text > 80 ? at - 80 : text);
}

/* Marks, people and secrets; none of them belongs into a record of what happened. */
static void clean_of_all(const char *where, const char *text)
{
	clean(where, text, MARK);
	clean(where, text, "@example.org");
	clean(where, text, "max.mentor");
	clean(where, text, world.mentor_user);
	clean(where, text, WORLD_MENTEE);
	clean(where, text, "Bearer");
	clean(where, text, "eyJ"); /* the beginning of any token */
	for (int i = 0; i < CALLERS; i++)
		if (*tokens[i])
			clean(where, text, strrchr(tokens[i], '.') + 1);
	for (size_t i = 0; i < secret_count; i++) {
		char part[24];
		snprintf(part, sizeof part, "%.20s", secrets[i]);
		clean(where, text, part);
	}
}

static char *whole_file(const char *path)
{
	FILE *file = fopen(path, "r");
	assert_non_null(file);
	assert_int_equal(fseek(file, 0, SEEK_END), 0);
	long size = ftell(file);
	rewind(file);
	char *text = malloc((size_t)size + 1);
	assert_non_null(text);
	size_t got = fread(text, 1, (size_t)size, file);
	fclose(file);
	for (size_t i = 0; i < got; i++)
		if (!text[i])
			text[i] = '?';
	text[got] = '\0';
	return text;
}

static void no_log_holds_a_mark(void **state)
{
	(void)state;
	const char *folder = api_path("%s/log", api_stack("dir"));
	DIR *logs = opendir(folder);
	size_t bytes = 0, files = 0;
	assert_non_null(logs);
	for (struct dirent *entry; (entry = readdir(logs));) {
		if (!strstr(entry->d_name, ".log"))
			continue;
		char *text = whole_file(api_path("%s/%s", folder, entry->d_name));
		clean_of_all(entry->d_name, text);
		bytes += strlen(text);
		files++;
		free(text);
	}
	closedir(logs);
	print_message("%zu logs, %zu bytes\n", files, bytes);
	assert_true(files >= 6);
	assert_true(bytes > 10000);
}

static void no_metric_holds_a_mark(void **state)
{
	(void)state;
	static const char *const services[] = { "profiles", "matching", "scheduling",
		"evaluation" };
	static const char *const pages[] = { "/metrics", "/readyz", "/livez" };
	for (int i = 0; i < 12; i++) {
		struct api_reply *reply = api_admin(services[i / 3], pages[i % 3]);
		assert_int_equal(reply->status, 200);
		clean_of_all(pages[i % 3], reply->text);
	}
}

static void no_event_and_no_audit_row_holds_a_mark(void **state)
{
	(void)state;
	static const char *const tables[] = { "common.outbox", "common.audit", "common.access_log",
		"common.cursor" };
	for (int i = 0; i < 4; i++)
		clean_of_all(
			tables[i], api_sql("superuser", "SELECT t::text FROM %s t", tables[i]));
	/* the key of a caller is kept, but neither what was sent with it nor what came back */
	clean_of_all("common.idempotency",
		api_sql("superuser",
			"SELECT route, hash, object_id, status FROM common.idempotency"));
}

/* Everything that these people can list: what was said in confidence is not in it. */
static void nobody_else_is_told_what_was_said_in_confidence(void **state)
{
	(void)state;
	static const enum caller others[] = { CALLER_STRANGER, CALLER_LINE, CALLER_OTHER,
		CALLER_COORDINATOR, CALLER_ADMIN, CALLER_AUDITOR };
	static const char *const marks[] = { "canaryagenda", "canaryroom", "canarycomment",
		"canary.user", "canarymail", "canary-20", "canarykey", "canarygoal", "canaryunit",
		"canarynote" };
	static const char *const lists[] = { "me", "people", "skills", "imports", "programmes",
		"enrolments", "exclusions", "rounds", "shortlists", "pairs", "sessions",
		"calendar-feeds", "feedback", "reports", "goals" };
	const char *const objects[] = { api_path("people/%s", world.mentor),
		api_path("sessions/%s", world.session), api_path("pairs/%s", world.pair),
		api_path("pairs/%s/why", world.pair), api_path("rounds/%s/shortlists", world.round),
		api_path("enrolments?programme_id=%s", world.programme),
		api_path("reports/programmes/%s/participation", world.programme) };
	for (size_t i = 0; i < sizeof others / sizeof *others; i++)
		for (size_t at = 0; at < 15 + 7; at++) {
			struct api_reply *reply = api_get(who(others[i]), "/api/v1/%s",
				at < 15 ? lists[at] : objects[at - 15]);
			for (size_t mark = 0; mark < sizeof marks / sizeof *marks; mark++)
				clean(reply->asked, reply->text, marks[mark]);
		}
}

static void the_two_are_told_no_more_than_their_own(void **state)
{
	(void)state;
	/* each sees the agenda; neither the other's comment */
	for (int i = 0; i < 2; i++) {
		enum caller side = i ? CALLER_MENTEE : CALLER_MENTOR;
		struct api_reply *session = api_expect(
			api_get(who(side), "/api/v1/sessions/%s", world.session), 200);
		assert_non_null(strstr(session->text, "canaryagenda"));
		struct api_reply *own = api_expect(api_get(who(side), "/api/v1/feedback"), 200);
		assert_int_equal(api_count(own, "items"), 2); /* of five */
		clean("the pair", api_get(who(side), "/api/v1/pairs/%s", world.pair)->text,
			"canarycomment");
	}
}

/* A problem may give back the path that was asked for (instance) and name a member or a parameter;
 * what was in them it does not repeat. */
static void no_refusal_repeats_what_was_sent(void **state)
{
	(void)state;
	struct api *mentor = who(CALLER_MENTOR);
	struct api_reply *replies[] = {
		api_post(mentor, "/api/v1/sessions",
			"{\"pair_id\": \"canaryid\", \"starts_at\": \"canarytime\", \"time_zone\":"
			" \"Canary/Zone\", \"duration_minutes\": \"canary\", \"mode\": "
			"\"canary\"}"),
		api_post(mentor, "/api/v1/enrolments", "{\"canary"),
		api_get(mentor, "/api/v1/people?cursor=canarycursor"),
		api_get(mentor, "/api/v1/people?level_min=canarylevel"),
		api_post(who(CALLER_ADMIN), "/api/v1/skills", "{\"name\": \"CANARYSKILL\"}"),
		api_get(api_with_token("Bearer canarytoken"), "/api/v1/me"),
		api_get(mentor, "/calendar/canaryAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA.ics"),
	};
	for (size_t i = 0; i < sizeof replies / sizeof *replies; i++) {
		assert_in_range(replies[i]->status, 400, 499);
		clean(replies[i]->asked, replies[i]->text, MARK);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(no_refusal_repeats_what_was_sent),
		cmocka_unit_test(nobody_else_is_told_what_was_said_in_confidence),
		cmocka_unit_test(the_two_are_told_no_more_than_their_own),
		cmocka_unit_test(no_metric_holds_a_mark),
		cmocka_unit_test(no_event_and_no_audit_row_holds_a_mark),
		cmocka_unit_test(no_log_holds_a_mark),
	};
	return cmocka_run_group_tests(tests, seed, api_release);
}
