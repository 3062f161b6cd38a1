/*
 * Leaders pick, mentors accept and decline, answers fall due and pairs end, all at once: sixty-four
 * clients of twenty-four leaders and eight mentors in two programmes, where there is a place for
 * every third wish. Both clients of a person send the same key for the same deed. In no committed
 * state has anybody more pairs than places, or the same partner twice; one key makes one pair; and
 * who loses is told so by a 409. UPWARD_LONG=1: ten thousand picks and answers.
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

#define LEADERS 24
#define MENTORS 8
#define CLIENTS (2 * (LEADERS + MENTORS))
#define DAILY   500
#define LONG    10000
#define MADE    2000 /* pairs that one client may make */

struct client {
	struct api *caller;
	bool leads;
	uint64_t random;
	char last[2][40]; /* list and mentor, or pair: asked for again when there is nothing new */
	char (*made)[40]; /* ids of the pairs in the answers, replays among them */
	int made_count;
	pthread_t thread;
};

static struct client clients[CLIENTS];
static atomic_int left, running, late, busy, surprises;
static int picked;

static int dice(struct client *c, int sides)
{
	c->random ^= c->random << 13;
	c->random ^= c->random >> 7;
	c->random ^= c->random << 17;
	return (int)((c->random >> 11) % (uint64_t)sides);
}

/* ---- the company ---- */

/* Leaders report to one chief and juniors to another; everybody takes part in both programmes. */
static void enrol(const char *programme)
{
	api_sql("superuser", "UPDATE matching.programme SET step = 'first_round' WHERE id = '%s'",
		programme);
	api_sql("superuser",
		"SET session_replication_role = replica;"
		" INSERT INTO matching.round (id, programme_id, status, step, policy_number)"
		" SELECT gen_random_uuid(), programme_id, 'published', 'publication', max(number)"
		" FROM matching.policy WHERE programme_id = '%s' GROUP BY programme_id",
		programme);
	api_sql("superuser",
		"INSERT INTO matching.enrolment (id, programme_id, person_id, role, capacity, step)"
		" SELECT gen_random_uuid(), '%s', id, CASE level WHEN 1 THEN 'mentor' ELSE 'mentee'"
		" END, level, 'creation' FROM profiles.person WHERE user_name ~ "
		"'^(leader|junior)[0-9]'",
		programme);
	api_sql("superuser",
		"UPDATE matching.enrolment SET capacity = CASE role WHEN 'mentor' THEN "
		"2 ELSE 1 END");
}

static int set_up(void **state)
{
	(void)state;
	char csv[8192];
	int used = snprintf(csv, sizeof csv,
		"external_id,user_name,given_name,level,manager_external_id\n"
		"B,boss,Bo,9,\nC,chief,Chi,8,B\nD,deputy,Dee,8,B\n");
	for (int i = 0; i < LEADERS; i++)
		used += snprintf(
			csv + used, sizeof csv - (size_t)used, "L%d,leader%d,Lea,7,C\n", i, i);
	for (int i = 0; i < MENTORS; i++)
		used += snprintf(
			csv + used, sizeof csv - (size_t)used, "J%d,junior%d,Jo,1,D\n", i, i);
	assert_string_equal(api_text(api_import(csv, NULL), "status"), "done");
	enrol(story_programme("boss", "One"));
	enrol(story_programme("boss", "Two"));
	for (int i = 0; i < CLIENTS; i++) {
		struct client *c = &clients[i];
		int who = i / 2;
		c->leads = who < LEADERS;
		c->random = 0x9e3779b97f4a7c15u * (uint64_t)(i + 1);
		c->made = calloc(MADE, sizeof *c->made);
		assert_non_null(c->made);
		c->caller = api_new("participant",
			c->leads ? api_path("leader%d", who) : api_path("junior%d", who - LEADERS));
	}
	return 0;
}

/* ---- the deeds ---- */

static const char *text(const json_t *object, const char *name)
{
	const char *value = json_string_value(json_object_get(object, name));
	return value ? value : "";
}

/* 200 and 201 are success, 409 is a loser; anything else is a fault. */
static bool succeeded(const struct api_reply *reply)
{
	if (reply->status == 200 || reply->status == 201)
		return true;
	if (reply->status == 409)
		atomic_fetch_add(&late, 1);
	else if (atomic_fetch_add(reply->status >= 500 ? &busy : &surprises, 1) == 0)
		print_error("%s: %d %s\n", reply->asked, reply->status, reply->text);
	return false;
}

static struct api_reply *post(struct client *c, const char *path, const char *key, const char *body)
{
	api_header(c->caller, "Idempotency-Key: %s", key);
	return api_send(c->caller, "POST", path, body ? "application/json" : NULL, body,
		body ? strlen(body) : 0);
}

/* One of what is listed, or NULL. */
static const json_t *any(struct client *c, const char *path)
{
	struct api_reply *list = api_get(c->caller, "%s", path);
	const json_t *items = succeeded(list) ? json_object_get(list->body, "items") : NULL;
	size_t count = json_array_size(items);
	return count ? json_array_get(items, (size_t)dice(c, (int)count)) : NULL;
}

static void pick(struct client *c)
{
	const json_t *list = any(c, "/api/v1/shortlists?status=open");
	const json_t *mentors = json_object_get(list, "mentors");
	if (json_array_size(mentors)) {
		const json_t *one = json_array_get(
			mentors, (size_t)dice(c, (int)json_array_size(mentors)));
		snprintf(c->last[0], 40, "%s", text(list, "id"));
		snprintf(c->last[1], 40, "%s", text(json_object_get(one, "mentor"), "id"));
	}
	if (!c->last[0][0])
		return;
	char path[120], body[80], key[100];
	snprintf(path, sizeof path, "/api/v1/shortlists/%s/pick", c->last[0]);
	snprintf(body, sizeof body, "{\"mentor_id\": \"%s\"}", c->last[1]);
	snprintf(key, sizeof key, "%s.%s", c->last[0], c->last[1]);
	for (int more = dice(c, 4) == 0; more >= 0; more--) {
		struct api_reply *reply = post(c, path, key, body);
		if (succeeded(reply) && c->made_count < MADE)
			snprintf(c->made[c->made_count++], 40, "%s", text(reply->body, "id"));
	}
}

/* A mentor says yes or no to a pick, or has reached what the two wanted. */
static void answer(struct client *c)
{
	static const struct {
		const char *word, *from, *body;
	} deeds[] = {
		{ "acceptance", "proposed", NULL },
		{ "decline", "proposed", "{\"reason\": \"no_time\"}" },
		{ "completion", "active", NULL },
	};
	int at = dice(c, 8), deed = at < 3 ? 0 : at < 5 ? 1 : 2;
	char path[120], key[60];
	snprintf(path, sizeof path, "/api/v1/pairs?status=%s", deeds[deed].from);
	const json_t *pair = any(c, path);
	if (pair)
		snprintf(c->last[0], 40, "%s", text(pair, "id"));
	if (!c->last[0][0])
		return;
	snprintf(path, sizeof path, "/api/v1/pairs/%s/%s", c->last[0], deeds[deed].word);
	snprintf(key, sizeof key, "%s.%d", c->last[0], deed);
	for (int more = dice(c, 4) == 0; more >= 0; more--)
		(void)succeeded(post(c, path, key, deeds[deed].body));
}

static void *work(void *context)
{
	struct client *c = context;
	while (atomic_fetch_sub(&left, 1) > 0)
		c->leads ? pick(c) : answer(c);
	atomic_fetch_sub(&running, 1);
	return NULL;
}

/* ---- what time and other people do meanwhile ---- */

/* A list for everybody who has a place left and none open; and two answers fall due. */
static void go_on(void)
{
	api_sql("superuser",
		"WITH new AS (INSERT INTO matching.shortlist (id, round_id, programme_id, "
		"enrolment_id, mentee_id, step, pick_by) SELECT gen_random_uuid(), r.id, "
		"e.programme_id, e.id, e.person_id, 'replacement', common.now() + interval '7 "
		"days' "
		"FROM matching.enrolment e JOIN matching.round r ON r.programme_id = "
		"e.programme_id "
		"WHERE e.role = 'mentee' AND e.taken < e.capacity "
		"ON CONFLICT (enrolment_id) WHERE status = 'open' DO NOTHING RETURNING *) "
		"INSERT INTO matching.shortlist_entry (shortlist_id, mentor_id, enrolment_id, "
		"rank, score, reasons) SELECT n.id, m.person_id, m.id, m.rank, 1, '{\"skills\": [],"
		" \"interests\": [], \"languages\": []}' FROM new n, LATERAL (SELECT e.*, "
		"row_number() OVER (ORDER BY md5(n.id::text || e.id::text)) AS rank "
		"FROM matching.enrolment e WHERE e.role = 'mentor' AND e.programme_id = "
		"n.programme_id) m WHERE m.rank <= 3");
	api_sql("superuser",
		"UPDATE matching.pair SET answer_by = common.now() WHERE id IN (SELECT id FROM "
		"matching.pair WHERE status = 'proposed' ORDER BY random() LIMIT 2 FOR NO KEY "
		"UPDATE "
		"SKIP LOCKED)");
}

static long long count_of(const char *sql)
{
	return atoll(api_sql("superuser", "%s", sql));
}

static int of_status(const char *status)
{
	return (int)count_of(
		api_path("SELECT count(*) FROM matching.pair WHERE status = '%s'", status));
}

/* In one snapshot: places taken beside pairs alive, and partners of more than one pair. */
static long long faults(void)
{
	return count_of(
		"WITH alive AS (SELECT * FROM matching.pair WHERE status IN ('proposed', 'active', "
		"'suspended')), seat AS (SELECT mentor_enrolment_id AS id FROM alive UNION ALL "
		"SELECT "
		"mentee_enrolment_id FROM alive) SELECT (SELECT count(*) FROM matching.enrolment e "
		"LEFT JOIN (SELECT id, count(*) AS n FROM seat GROUP BY id) s ON s.id = e.id WHERE "
		"e.taken <> coalesce(s.n, 0) OR coalesce(s.n, 0) > e.capacity) + (SELECT count(*) "
		"FROM (SELECT FROM alive GROUP BY mentor_id, mentee_id HAVING count(*) > 1) x)");
}

static void nobody_has_more_pairs_than_places(void **state)
{
	(void)state;
	int attempts = getenv("UPWARD_LONG") ? LONG : DAILY, looks = 0;
	double began = api_now();
	atomic_store(&left, attempts);
	atomic_store(&running, CLIENTS);
	go_on();
	for (int i = 0; i < CLIENTS; i++)
		assert_int_equal(pthread_create(&clients[i].thread, NULL, work, &clients[i]), 0);
	long long wrong = 0;
	while (atomic_load(&running) > 0) {
		wrong += faults();
		looks++;
		go_on();
	}
	for (int i = 0; i < CLIENTS; i++)
		pthread_join(clients[i].thread, NULL);
	wrong += faults();
	picked = (int)count_of("SELECT count(*) FROM matching.pair");
	int accepted = (int)count_of("SELECT count(accepted_at) FROM matching.pair");
	int declined = of_status("declined"), expired = of_status("expired");
	print_message(
		"%d attempts in %.1f s, %d looks: %d picks won, %d accepted, %d completed, %d "
		"declined, %d expired, %d too late, %d busy\n",
		attempts, api_now() - began, looks, picked, accepted, of_status("completed"),
		declined, expired, late, busy);
	assert_int_equal(wrong, 0);
	assert_int_equal(busy, 0);
	assert_int_equal(surprises, 0);
	/* or there was no storm */
	assert_true(looks >= 3 && picked > attempts / 50 && late > attempts / 20);
	assert_true(accepted > attempts / 100 && declined > attempts / 200 && expired > 0);
}

static int by_text(const void *a, const void *b)
{
	return strcmp(a, b);
}

/* What was answered is what is there, however often the key came. */
static void one_key_makes_one_pair(void **state)
{
	(void)state;
	char(*all)[40] = calloc((size_t)CLIENTS * MADE, sizeof *all);
	assert_non_null(all);
	size_t count = 0;
	int different = 0;
	for (int i = 0; i < CLIENTS; i++)
		for (int k = 0; k < clients[i].made_count; k++)
			memcpy(all[count++], clients[i].made[k], 40);
	qsort(all, count, sizeof *all, by_text);
	for (size_t i = 0; i < count; i++)
		different += i == 0 || strcmp(all[i], all[i - 1]) != 0;
	free(all);
	print_message("%zu answers with a pair, %d pairs\n", count, different);
	assert_int_equal(different, picked);
	assert_true(count > (size_t)different); /* or no key was replayed */
	assert_int_equal(count_of("SELECT count(*) FROM (SELECT FROM matching.pair GROUP BY "
				  "shortlist_id HAVING count(*) > 1) x"),
		0);
	for (int i = 0; i < CLIENTS; i++) {
		api_free(clients[i].caller);
		free(clients[i].made);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nobody_has_more_pairs_than_places),
		cmocka_unit_test(one_key_makes_one_pair),
	};
	return cmocka_run_group_tests_name("capacity storm", tests, set_up, api_release);
}
