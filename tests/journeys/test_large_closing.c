/*
 * A programme of a thousand pairs closes, and is closed. Neither is one long transaction: until the
 * last batch it keeps its old state, and already makes no pair. UPWARD_LONG=1: two thousand.
 */
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
#include "support/story.h"

#define SIDE    100                               /* leaders, and juniors */
#define EACH    (getenv("UPWARD_LONG") ? 20 : 10) /* pairs of each of them */
#define ACTIVE  500
#define WAITING (SIDE * EACH - ACTIVE)

static const char *programme;

static struct api *admin(void)
{
	return api_as("programme_admin", "hr.lead");
}

static int count(const char *where)
{
	return atoi(api_sql("superuser",
		"SELECT count(*) FROM matching.pair WHERE programme_id = '%s' AND (%s)", programme,
		where));
}

static void build_people(void)
{
	size_t room = (2 * SIDE + 1) * 100, used = 0;
	char *csv = malloc(room);
	assert_non_null(csv);
	used += (size_t)snprintf(csv, room,
		"external_id,user_name,given_name,family_name,level,manager_external_id,"
		"department,languages\n");
	for (int i = 0; i < SIDE; i++)
		used += (size_t)snprintf(csv + used, room - used,
			"L-%d,leader%d,Lee,Leader,6,C-1,Board,en\nJ-%d,junior%d,Joy,Junior,1,C-8,"
			"Sales,"
			"en\n",
			i, i, i, i);
	assert_true(used < room);
	assert_string_equal(api_text(api_import(csv, NULL), "status"), "done");
	free(csv);
}

/* How they came to be pairs is not what is tested. */
static void build_pairs(void)
{
	api_sql("superuser",
		"UPDATE common.setting SET value = '{\"mentor\": 1000, \"mentee\": 1000}' "
		"WHERE name = 'person_limits'");
	api_sql("superuser",
		"UPDATE matching.programme SET mentor_relations = NULL, mentee_relations = NULL "
		"WHERE id = '%s'",
		programme);
	api_sql("superuser",
		"INSERT INTO matching.enrolment (id, programme_id, person_id, role, step, "
		"capacity) "
		"SELECT gen_random_uuid(), '%s', id, CASE level WHEN 1 THEN 'mentor' ELSE 'mentee' "
		"END, "
		"'creation', %d FROM profiles.person WHERE user_name ~ '^(leader|junior)[0-9]'",
		programme, EACH);
	api_sql("superuser",
		"WITH part AS (SELECT e.id, e.person_id, e.role, substr(p.user_name, 7)::int AS "
		"number "
		"FROM matching.enrolment e JOIN profiles.person p ON p.id = e.person_id WHERE "
		"e.programme_id = '%s' AND p.user_name ~ '^(leader|junior)[0-9]') INSERT INTO "
		"matching.pair (id, programme_id, mentor_id, mentee_id, mentor_enrolment_id, "
		"mentee_enrolment_id, origin, step, answer_by) SELECT gen_random_uuid(), '%s', "
		"j.person_id, l.person_id, j.id, l.id, 'manual', 'pick', common.now() + interval "
		"'9 days' "
		"FROM part j, part l WHERE j.role = 'mentor' AND l.role = 'mentee' AND (j.number - "
		"l.number + %d) %% %d < %d",
		programme, programme, SIDE, SIDE, EACH);
	api_sql("superuser",
		"UPDATE matching.pair SET step = 'acceptance' WHERE id IN (SELECT id FROM "
		"matching.pair "
		"WHERE programme_id = '%s' ORDER BY id LIMIT %d)",
		programme, ACTIVE);
}

static int set_up(void **state)
{
	(void)state;
	company_import();
	programme = company_programme("Two thousand", 1);
	story_round("hr.lead", programme);
	api_expect(api_post(admin(), api_path("/api/v1/programmes/%s/activation", programme), NULL),
		200);
	build_people();
	build_pairs();
	assert_int_equal(count("status = 'active'"), ACTIVE);
	assert_int_equal(count("status = 'proposed'"), WAITING);
	return 0;
}

/* Takes a step, and looks on until the programme has the state: nobody gets a pair meanwhile. */
static void winds_down(const char *step, const char *body, const char *state)
{
	const char *path = api_path("/api/v1/programmes/%s", programme);
	int alive = count("status = 'active'"), between = 0, refused = 0;
	double longest = 0, began = api_now();
	struct api_reply *now;
	api_wait_until(
		60.0, (now = body ? api_post(admin(), api_path("%s/%s", path, step), "%s", body)
				  : api_post(admin(), api_path("%s/%s", path, step), NULL),
			      now->status != 503)); /* a busy machine */
	api_expect(now, 200);
	double answered = api_now() - began, deadline = api_now() + 60 * API_SLOW;
	while (strcmp(api_text(now, "status"), state) != 0) {
		between++;
		assert_int_equal(api_count(now, "can"), 0);
		const char *waits = api_sql("superuser",
			"SELECT q.id || ' ' || p.user_name FROM matching.pair q JOIN "
			"profiles.person p ON "
			"p.id = q.mentor_id WHERE q.programme_id = '%s' AND q.status = 'proposed' "
			"ORDER BY "
			"q.id DESC LIMIT 1",
			programme);
		char id[40], mentor[40];
		if (sscanf(waits, "%39s %39s", id, mentor) == 2) {
			api_expect(api_post(api_as("participant", mentor),
					   api_path("/api/v1/pairs/%s/acceptance", id), NULL),
				409);
			refused++;
		}
		double lasts = atof(api_sql("superuser",
			"SELECT coalesce(max(extract(epoch FROM clock_timestamp() - xact_start)), "
			"0) FROM "
			"pg_stat_activity WHERE usename = 'upward_matching' AND state <> 'idle'"));
		longest = lasts > longest ? lasts : longest;
		assert_true(count("status = 'active'") <= alive);
		api_pause(deadline, step, __FILE__, __LINE__);
		now = api_expect(api_get(admin(), "%s", path), 200);
	}
	print_message("%s: answered in %.2f s, done in %.2f s, %d looks between, %d refused "
		      "acceptances, the longest transaction that was seen %.2f s\n",
		step, answered, api_now() - began, between, refused, longest);
	assert_true(between > 0); /* or it was one transaction */
}

static void a_large_programme_closes_in_batches(void **state)
{
	(void)state;
	winds_down("closing", NULL, "closing");
	assert_int_equal(count("status = 'active'"), ACTIVE);
	assert_int_equal(count("status = 'withdrawn'"), WAITING);
	winds_down("closure", "{\"force\": true}", "closed");
	assert_int_equal(count("status = 'completed'"), ACTIVE);
	assert_int_equal(count("status IN ('proposed', 'active', 'suspended')"), 0);
	assert_string_equal(
		api_sql("superuser",
			"SELECT string_agg(DISTINCT status, ' ') FROM matching.enrolment "
			"WHERE programme_id = '%s'",
			programme),
		"completed");
	assert_string_equal(
		api_sql("superuser",
			"SELECT sum(taken) FROM matching.enrolment WHERE programme_id = '%s'",
			programme),
		"0");
}

static void it_was_told_of_once(void **state)
{
	(void)state;
	assert_string_equal(api_sql("superuser",
				    "SELECT string_agg(type, ' ' ORDER BY id) FROM common.outbox "
				    "WHERE subject_id = "
				    "'%s' AND type IN ('programme.closing', 'programme.closed')",
				    programme),
		"programme.closing programme.closed");
	assert_string_equal(
		api_sql("superuser",
			"SELECT count(*) FROM (SELECT FROM common.outbox e JOIN matching.pair q "
			"ON q.id = e.subject_id WHERE q.programme_id = '%s' AND e.type IN "
			"('pair.withdrawn', 'pair.completed') GROUP BY e.subject_id HAVING "
			"count(*) = 1) x",
			programme),
		api_path("%d", SIDE * EACH));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_large_programme_closes_in_batches),
		cmocka_unit_test(it_was_told_of_once),
	};
	return cmocka_run_group_tests_name("a large programme closes", tests, set_up, api_release);
}
