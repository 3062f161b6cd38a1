#include "load.h"

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
#include <time.h>

#include "support/client.h"
#include "support/company.h"
#include "support/story.h"

#define WRITERS    8
#define PACE_NS    40000000L /* a caller's pause: it has a thousand keys an hour */
#define KEPT_MOST  4000
#define PATH_BYTES 300

const char *const load_services[LOAD_SERVICES] = { "profiles", "matching", "scheduling",
	"evaluation" };

/* What is written to each service, and the rows that come of it. A body of NULL is made by
 * load_prepare(); %d makes each one of its kind. */
static const struct kind {
	const char *role, *user, *path, *body, *rows;
} kinds[LOAD_SERVICES] = {
	{ "admin", "stranger", "/api/v1/skills", "{\"name\": \"Kept %d\"}",
		"profiles.skill WHERE name LIKE 'Kept %'" },
	{ "programme_admin", "hr.lead", "/api/v1/programmes",
		"{\"title\": \"Kept %d\", \"purpose\": \"inclusion\", \"starts_on\": "
		"\"2027-01-11\", "
		"\"ends_on\": \"2027-07-09\"}",
		"matching.programme WHERE title LIKE 'Kept %'" },
	{ "programme_admin", "hr.lead", "/api/v1/messages", NULL,
		"scheduling.message WHERE preview" },
	{ "participant", "chief", "/api/v1/goals", NULL,
		"evaluation.goal WHERE specific LIKE 'Write prompts %'" },
};

static char bodies[LOAD_SERVICES][PATH_BYTES];
static char kept[LOAD_SERVICES][KEPT_MOST]
		[LOAD_ID_BYTES]; /* a place is one writer's until counted */
static atomic_int places[LOAD_SERVICES], acknowledged[LOAD_SERVICES], refused, numbers;
static atomic_bool stop;
static struct writer {
	pthread_t thread;
	struct load_caller caller;
} writers[WRITERS];

void load_prepare(void)
{
	const char *mentor;
	company_import();
	const char *programme = company_programme("Load", 2);
	story_round("hr.lead", programme);
	const char *pair = story_pair("chief", programme, &mentor);
	for (int i = 0; i < LOAD_SERVICES; i++)
		if (kinds[i].body)
			snprintf(bodies[i], sizeof bodies[i], "%s", kinds[i].body);
	snprintf(bodies[2], sizeof bodies[2],
		"{\"programme_id\": \"%s\", \"about\": \"pick\", \"preview\": true}", programme);
	snprintf(bodies[3], sizeof bodies[3],
		"{\"pair_id\": \"%s\", \"specific\": \"Write prompts that need no second try\", "
		"\"measure\": {\"unit\": \"prompts\", \"baseline\": 0, \"target\": 20}, "
		"\"due_on\": \"2027-04-01\"}",
		pair);
}

static void rest(void)
{
	nanosleep(&(struct timespec){ .tv_nsec = PACE_NS }, NULL);
}

struct load_caller load_caller(int service, bool direct)
{
	struct api *api = api_new(kinds[service].role, kinds[service].user);
	api_hasty(api); /* whoever calls counts the answers that ask for a repetition */
	return (struct load_caller){ .service = service,
		.api = direct ? api_direct(api, load_services[service]) : api };
}

/* Whether it only asks to come again; if it is not the one that is wanted either, it is a fault. */
static bool is_refusal(struct load_caller *c, const struct api_reply *reply)
{
	bool refusal = reply->status ? (reply->status >= 502 && reply->status <= 504) ||
					       (reply->status == 409 &&
						       strstr(reply->text, "in_progress"))
				     : !reply->begun;
	if (refusal) {
		atomic_fetch_add(&refused, 1);
		rest();
	} else {
		snprintf(c->fault, sizeof c->fault, "%s: %d %s", reply->asked, reply->status,
			reply->text);
	}
	return refusal;
}

static const char *id_of(const struct api_reply *reply)
{
	const char *id = json_string_value(json_object_get(reply->body, "id"));
	return id && strlen(id) < LOAD_ID_BYTES ? id : "";
}

bool load_write(struct load_caller *c)
{
	int service = c->service, number = atomic_fetch_add(&numbers, 1);
	char body[PATH_BYTES];
	int length = snprintf(body, sizeof body, bodies[service], number);
	struct api_reply *reply;
	do {
		api_header(c->api, "Idempotency-Key: load-%d", number);
		reply = api_send(c->api, "POST", kinds[service].path, "application/json", body,
			(size_t)length);
		if (reply->status == 201 && *id_of(reply)) {
			int place = atomic_fetch_add(&places[service], 1);
			snprintf(c->last, sizeof c->last, "%s", id_of(reply));
			memcpy(kept[service][place], c->last, sizeof c->last);
			atomic_fetch_add(&acknowledged[service], 1);
			rest();
			return place < KEPT_MOST - WRITERS;
		}
	} while (is_refusal(c, reply));
	return false;
}

bool load_read(struct load_caller *c)
{
	struct api_reply *reply;
	do {
		reply = api_get(c->api, "%s/%s", kinds[c->service].path, c->last);
		if (reply->status == 200 && strcmp(id_of(reply), c->last) == 0) {
			rest();
			return true;
		}
	} while (is_refusal(c, reply));
	return false;
}

static void *keep_writing(void *context)
{
	struct load_caller *c = context;
	while (!atomic_load(&stop) && load_write(c))
		continue;
	return NULL;
}

void load_start(void)
{
	atomic_store(&stop, false);
	for (int i = 0; i < WRITERS; i++) {
		writers[i].caller = load_caller(i % LOAD_SERVICES, false);
		assert_int_equal(
			pthread_create(&writers[i].thread, NULL, keep_writing, &writers[i].caller),
			0);
	}
}

int load_acknowledged(int service)
{
	return atomic_load(&acknowledged[service]);
}

int load_refused(void)
{
	return atomic_load(&refused);
}

void load_stop(void)
{
	atomic_store(&stop, true);
	for (int i = 0; i < WRITERS; i++) {
		pthread_join(writers[i].thread, NULL);
		api_free(writers[i].caller.api);
	}
	for (int i = 0; i < WRITERS; i++)
		if (writers[i].caller.fault[0])
			fail_msg("%s", writers[i].caller.fault);
}

void load_check(void)
{
	for (int i = 0; i < LOAD_SERVICES; i++) {
		int count = atomic_load(&acknowledged[i]);
		assert_true(count > 0);
		size_t room = (size_t)count * (LOAD_ID_BYTES + 1) + 1, used = 0;
		char *ids = malloc(room);
		assert_non_null(ids);
		for (int n = 0; n < count; n++)
			used += (size_t)snprintf(
				ids + used, room - used, "%s%s", n ? "," : "", kept[i][n]);
		const char *found = api_sql("superuser",
			"SELECT count(*), count(*) FILTER (WHERE id = ANY ('{%s}')) FROM %s", ids,
			kinds[i].rows);
		free(ids);
		assert_string_equal(found, api_path("%d|%d", count, count));
	}
	story_settle();
	/* the other one of the pair is told of each goal, once */
	assert_string_equal(api_sql("superuser", "SELECT count(*) FROM scheduling.notification "
						 "WHERE kind = 'goal_proposed'"),
		api_path("%d", load_acknowledged(3)));
}
