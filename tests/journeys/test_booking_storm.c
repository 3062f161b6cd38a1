/*
 * Sixty-four clients of forty people in forty pairs book, move and cancel in the same four days at
 * once, over the hour that the spring change of clocks leaves out. Everybody is in two pairs, and
 * the two of a pair change each other's meetings. Nobody is ever in two meetings, whoever comes
 * too late is told so at the first try, and what was answered is what is there.
 * UPWARD_LONG=1: twenty thousand attempts.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "support/client.h"
#include "support/story.h"

#define SIDES   20 /* leaders, and as many juniors */
#define PAIRS   (2 * SIDES)
#define CLIENTS 64
#define SLOTS   400 /* quarters of an hour, adjacent ones among them */
#define DAILY   800
#define LONG    20000
#define KEPT    64

struct pair {
	char id[40];
	pthread_mutex_t lock;    /* guards what follows */
	char sessions[KEPT][40]; /* booked, and cancelled by nobody as far as the two know */
	int count;
};

struct client {
	struct api *caller;
	struct pair *pair;
	uint64_t random;
	pthread_t thread;
};

static struct pair pairs[PAIRS];
static struct client clients[CLIENTS];
static atomic_int booked, moved, cancelled, overlaps, skipped_hours, overtaken, busy, surprises;
static int attempts;

static int dice(struct client *c, int sides)
{
	c->random ^= c->random << 13;
	c->random ^= c->random >> 7;
	c->random ^= c->random << 17;
	return (int)((c->random >> 11) % (uint64_t)sides);
}

/* Pairs with a signed agreement, made by hand: leader i with the juniors i and i + 1. */
static int set_up(void **state)
{
	(void)state;
	char csv[8192];
	int used = snprintf(csv, sizeof csv,
		"external_id,user_name,given_name,level,manager_external_id\nB,boss,Bo,9,\n");
	for (int i = 0; i < SIDES; i++)
		used += snprintf(csv + used, sizeof csv - (size_t)used,
			"L%d,leader%d,Lea,7,B\nJ%d,junior%d,Jo,1,B\n", i, i, i, i);
	assert_string_equal(api_text(api_import(csv, NULL), "status"), "done");
	const char *programme = story_programme("boss", "Bookings");
	api_sql("superuser",
		"UPDATE common.setting SET value = '{}' WHERE name = 'meeting_limits';"
		" SET session_replication_role = replica;"
		" INSERT INTO matching.pair (id, programme_id, mentor_id, mentee_id,"
		" mentor_enrolment_id, mentee_enrolment_id, status, step)"
		" SELECT gen_random_uuid(), '%s', j.id, l.id, gen_random_uuid(), gen_random_uuid(),"
		" 'active', 'acceptance' FROM generate_series(0, %d) n, generate_series(0, 1) more"
		" JOIN LATERAL (SELECT id FROM profiles.person WHERE user_name = 'leader' || n) l "
		"ON true"
		" JOIN LATERAL (SELECT id FROM profiles.person WHERE user_name = 'junior' || (n + "
		"more) %% %d)"
		" j ON true;"
		" INSERT INTO scheduling.agreement (id, pair_id, number, status, cadence,"
		" duration_minutes, channels, time_zone, starts_on, mentor_signed_at, "
		"mentee_signed_at,"
		" signed_at) SELECT gen_random_uuid(), id, 1, 'signed', 'monthly', 45, '{video}',"
		" 'Europe/Berlin', '2027-01-11', common.now(), common.now(), common.now()"
		" FROM matching.pair",
		programme, SIDES - 1, SIDES);
	for (int i = 0; i < PAIRS; i++) {
		pthread_mutex_init(&pairs[i].lock, NULL);
		snprintf(pairs[i].id, sizeof pairs[i].id, "%s",
			api_sql("superuser",
				"SELECT id FROM matching.pair ORDER BY id OFFSET %d LIMIT 1", i));
	}
	for (int i = 0; i < CLIENTS; i++) {
		struct client *c = &clients[i];
		c->pair = &pairs[i % PAIRS];
		c->random = 0x9e3779b97f4a7c15u * (uint64_t)(i + 1);
		c->caller = api_new("participant",
			api_sql("superuser",
				"SELECT user_name FROM profiles.person p JOIN matching.pair r ON "
				"r.%s = p.id"
				" WHERE r.id = '%s'",
				i < PAIRS ? "mentee_id" : "mentor_id", c->pair->id));
	}
	return 0;
}

/* A local start from 25 March 2027, 08:00 on; two hours of 28 March do not exist. */
static void local_start(int slot, char ret_text[40])
{
	int minutes = 8 * 60 + slot * 15;
	snprintf(ret_text, 40, "2027-03-%02dT%02d:%02d", 25 + minutes / 1440, minutes / 60 % 24,
		minutes % 60);
}

/* The first answer: nobody asks twice. */
static struct api_reply *ask(
	struct client *c, const char *method, const char *path, const char *body, const char *etag)
{
	if (etag)
		api_header(c->caller, "If-Match: %s", etag);
	else
		api_header(
			c->caller, "Idempotency-Key: storm-%016llx", (unsigned long long)c->random);
	return api_send(c->caller, method, path,
		strcmp(method, "PATCH") == 0 ? "application/merge-patch+json"
		: body                       ? "application/json"
					     : NULL,
		body, body ? strlen(body) : 0);
}

/* Counts an answer that nobody may be surprised at; any other one is a surprise. stale: the caller
 * said which version it had seen. */
static void refused(const struct api_reply *reply, bool stale)
{
	const char *code = json_string_value(json_object_get(reply->body, "code"));
	code = code ? code : "";
	if (reply->status == 409 && strcmp(code, "overlap") == 0)
		atomic_fetch_add(&overlaps, 1);
	else if (reply->status == 422 && strcmp(code, "local_time_nonexistent") == 0)
		atomic_fetch_add(&skipped_hours, 1);
	else if ((reply->status == 409 && strcmp(code, "session_closed") == 0) ||
		 (reply->status == 412 && stale))
		atomic_fetch_add(&overtaken, 1);
	else if (atomic_fetch_add(reply->status >= 500 ? &busy : &surprises, 1) == 0)
		print_error("%d %s\n", reply->status, reply->text);
}

/* A meeting of the pair, or NULL; `gone`: one that the list is to forget, or NULL. */
static const char *meeting(struct client *c, const char *gone, char ret_id[40])
{
	struct pair *pair = c->pair;
	bool found;
	pthread_mutex_lock(&pair->lock);
	for (int i = 0; gone && i < pair->count; i++)
		if (strcmp(pair->sessions[i], gone) == 0)
			memmove(pair->sessions[i], pair->sessions[--pair->count], 40);
	found = pair->count > 0;
	if (found)
		memcpy(ret_id, pair->sessions[dice(c, pair->count)], 40);
	pthread_mutex_unlock(&pair->lock);
	return found ? ret_id : NULL;
}

static void remember(struct pair *pair, const char *id)
{
	pthread_mutex_lock(&pair->lock);
	if (pair->count < KEPT)
		snprintf(pair->sessions[pair->count++], 40, "%s", id);
	pthread_mutex_unlock(&pair->lock);
}

static void book(struct client *c)
{
	char body[500], at[40];
	local_start(dice(c, SLOTS), at);
	snprintf(body, sizeof body,
		"{\"pair_id\": \"%s\", \"starts_at\": \"%s\", \"time_zone\": \"Europe/Berlin\","
		" \"duration_minutes\": %d, \"mode\": \"video\", \"kind\": \"regular\"}",
		c->pair->id, at, 15 * (1 + dice(c, 4)));
	struct api_reply *reply = ask(c, "POST", "/api/v1/sessions", body, NULL);
	if (reply->status != 201) {
		refused(reply, false);
		return;
	}
	atomic_fetch_add(&booked, 1);
	remember(c->pair, json_string_value(json_object_get(reply->body, "id")));
}

static void move(struct client *c, const char *id)
{
	char body[160], at[40], path[80];
	snprintf(path, sizeof path, "/api/v1/sessions/%s", id);
	local_start(dice(c, SLOTS), at);
	snprintf(
		body, sizeof body, "{\"starts_at\": \"%s\", \"time_zone\": \"Europe/Berlin\"}", at);
	struct api_reply *seen = api_get(c->caller, "%s", path);
	const char *etag = api_header_of(seen, "ETag");
	if (seen->status != 200 || !etag) {
		refused(seen, false);
		return;
	}
	struct api_reply *reply = ask(c, "PATCH", path, body, etag);
	if (reply->status == 200)
		atomic_fetch_add(&moved, 1);
	else
		refused(reply, true);
}

static void cancel(struct client *c, const char *id)
{
	char path[100], next[40];
	snprintf(path, sizeof path, "/api/v1/sessions/%s/cancellation", id);
	struct api_reply *reply = ask(c, "POST", path, "{\"reason\": \"travel\"}", NULL);
	if (reply->status == 200)
		atomic_fetch_add(&cancelled, 1);
	else
		refused(reply, false);
	(void)meeting(c, id, next);
}

static void *work(void *context)
{
	struct client *c = context;
	for (int i = 0; i < attempts / CLIENTS; i++) {
		int deed = dice(c, 100);
		char id[40];
		if (deed < 25 && meeting(c, NULL, id))
			move(c, id);
		else if (deed < 45 && meeting(c, NULL, id))
			cancel(c, id);
		else
			book(c);
	}
	return NULL;
}

static void nobody_is_in_two_meetings_and_nothing_is_lost(void **state)
{
	(void)state;
	attempts = getenv("UPWARD_LONG") ? LONG : DAILY;
	double began = api_now();
	for (int i = 0; i < CLIENTS; i++)
		assert_int_equal(pthread_create(&clients[i].thread, NULL, work, &clients[i]), 0);
	for (int i = 0; i < CLIENTS; i++)
		pthread_join(clients[i].thread, NULL);
	print_message("%d attempts in %.1f s: %d booked, %d moved, %d cancelled, %d overlaps, %d in"
		      " the skipped hour, %d overtaken, %d busy\n",
		attempts, api_now() - began, booked, moved, cancelled, overlaps, skipped_hours,
		overtaken, busy);
	assert_int_equal(busy, 0);
	assert_int_equal(surprises, 0);
	assert_true(booked > 100 && moved > 10 && cancelled > 10 && overlaps > 20);
	assert_true(skipped_hours > 0);
	assert_string_equal(
		api_sql("superuser", "SELECT count(*) FROM scheduling.participant a JOIN "
				     "scheduling.participant b"
				     " ON a.person_id = b.person_id AND a.session_id < b.session_id"
				     " AND a.during && b.during WHERE a.live AND b.live"),
		"0");
	assert_int_equal(
		atoll(api_sql("superuser",
			"SELECT count(*) FROM scheduling.session WHERE status IN ('proposed', "
			"'confirmed')")),
		booked - cancelled);
	for (int i = 0; i < CLIENTS; i++)
		api_free(clients[i].caller);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nobody_is_in_two_meetings_and_nothing_is_lost),
	};
	return cmocka_run_group_tests_name("booking storm", tests, set_up, api_release);
}
