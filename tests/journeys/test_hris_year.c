/* An HR system keeps a company of 300 in step by REST alone, over a year of joins, moves and leaves; and
 * somebody who comes back gets their history again. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include "support/client.h"
#include "support/company.h"
#include "support/story.h"

#define PEOPLE  300
#define MONTHS  12
#define CHANGES 30

/* What the HR system knows. Manager and level follow from the number: n / 10 is above n. */
static struct {
	bool known, active;
	int title, manager;
} people[PEOPLE];

static unsigned seed = 7;

static int draw(int most)
{
	seed = seed * 1103515245 + 12345;
	return (int)((seed >> 16) % (unsigned)most);
}

static void add_row(char *body, size_t size, int n)
{
	size_t used = strlen(body);
	snprintf(body + used, size - used,
		"%s{\"external_id\": \"Y-%d\", \"user_name\": \"y%d\", \"given_name\": \"Y\", \"family_name\": \"No %d\", "
		"\"title\": \"Title %d\", \"level\": %d, \"active\": %s, \"manager_external_id\": %s%d%s}",
		strchr(body, '}') ? "," : "", n, n, n, people[n].title,
		n == 0 ? 5 : n < 10 ? 4 : n < 100 ? 3 : 2, people[n].active ? "true" : "false",
		n ? "\"Y-" : "null, \"department\": \"D", n ? people[n].manager : 0, "\"");
}

/* Somebody joins, moves, gets another title, leaves or comes back. */
static void change(int n)
{
	if (!people[n].known || (!people[n].active && draw(2))) {
		people[n].known = people[n].active = true;
	} else if (n >= 10 && draw(4) == 0) {
		people[n].active = false;
	}
	people[n].title = draw(50);
	people[n].manager = n < 10 ? 0 : n < 100 ? draw(10) : 10 + draw(90);
}

static void send(const bool changed[PEOPLE])
{
	static char body[400000];
	struct api_reply *reply = NULL;
	strcpy(body, "{\"confirm_deactivations\": 0, \"items\": [");
	for (int n = PEOPLE - 1; n >= 0; n--)
		if (changed[n])
			add_row(body, sizeof body, n);
	strcat(body, "]}");
	api_wait_until(120, (reply = api_post(api_as("hris", NULL), "/api/v1/people/batches", "%s", body))->status != 503);
	assert_int_equal(api_integer(api_expect(reply, 201), "counts.refused"), 0);
}

/* The mirror on the other side, from what has changed since the last look. */
static int look(char since[40], int titles[PEOPLE], bool active[PEOPLE])
{
	int seen = 0;
	const char *next = "";
	char as_of[40] = "";
	struct api_reply *page;
	do {
		size_t at;
		json_t *item;
		page = api_expect(api_get(api_as("hris", NULL),
					  "/api/v1/people/records?limit=200&updated_since=%s%s%s", since,
					  *next ? "&cursor=" : "", next),
			200);
		snprintf(as_of, sizeof as_of, "%s", api_text(page, "as_of"));
		json_array_foreach(api_member(page, "items"), at, item)
		{
			int n, title;
			if (sscanf(json_string_value(json_object_get(item, "external_id")), "Y-%d", &n) != 1)
				continue;
			assert_int_equal(sscanf(json_string_value(json_object_get(item, "title")), "Title %d", &title), 1);
			titles[n] = title;
			active[n] = json_is_true(json_object_get(item, "active"));
			seen++;
		}
		next = json_string_value(api_member(page, "next_cursor"));
	} while (next);
	strcpy(since, as_of);
	return seen;
}

static void a_year_in_step(void **state)
{
	(void)state;
	static int titles[PEOPLE];
	static bool active[PEOPLE];
	char since[40] = "2000-01-01T00:00:00Z";
	bool changed[PEOPLE] = { false };
	for (int n = 0; n < PEOPLE * 3 / 4; n++) {
		change(n);
		changed[n] = people[n].active = true;
	}
	send(changed);
	for (int month = 0; month < MONTHS; month++) {
		api_clock((month + 1) * 30LL * 86400);
		memset(changed, 0, sizeof changed);
		for (int i = 0; i < CHANGES; i++) {
			int n = 1 + draw(PEOPLE - 1);
			change(n);
			changed[n] = true;
		}
		send(changed);
		look(since, titles, active);
		for (int n = 0; n < PEOPLE; n++) {
			assert_int_equal(active[n], people[n].active);
			if (people[n].active)
				assert_int_equal(titles[n], people[n].title);
		}
	}
	api_clock(0);
}

static const char *status_of(const char *person_id)
{
	return api_sql("superuser", "SELECT string_agg(status, ',' ORDER BY status) FROM matching.enrolment WHERE person_id = '%s'",
		person_id);
}

static bool is_signed_in(const char *user_name, const char *person_id)
{
	struct api_reply *me = api_get(api_as("participant", user_name), "/api/v1/me");
	return me->status == 200 && strcmp(api_text(me, "person.id"), person_id) == 0;
}

static void who_comes_back_is_who_they_were(void **state)
{
	(void)state;
	struct api *hris = api_as("hris", NULL);
	const char *programme = company_programme("Back again", 2);
	const char *earlier = story_person_id("ann");
	const char *key = api_sql("superuser", "SELECT external_id FROM profiles.person WHERE id = '%s'", earlier);
	api_expect(api_delete(hris, "/api/v1/people/by-external-id/%s", key), 204);
	api_wait_until(10, strcmp(status_of(earlier), "left_company") == 0);
	struct api_reply *made = api_expect(
		api_put(hris, "/api/v1/people/by-external-id/BACK-1",
			"{\"user_name\": \"ann.back\", \"given_name\": \"Ann\", \"family_name\": \"Again\", \"level\": 1}"),
		201);
	const char *newer = api_text(made, "id");
	story_enrol("ann.back", programme, "mentor", 1);
	const char *merge = api_path("/api/v1/people/%s/merge", newer);
	const char *body = "{\"into\": \"%s\", \"dry_run\": %s}";
	struct api_reply *seen = api_expect(api_post(hris, merge, body, earlier, "true"), 200);
	assert_int_equal(api_integer(seen, "counts.enrolments_ending"), 1);
	assert_string_equal(api_text(seen, "keys.user_name"), "ann.back");
	assert_string_equal(status_of(newer), "enrolled");
	api_expect_fault(api_expect_problem(api_post(hris, api_path("/api/v1/people/%s/merge", earlier), body, newer, "true"),
				 422, "unknown_reference"),
		"/into");
	api_expect_problem(api_post(api_as("participant", "ann.back"), merge, body, earlier, "true"), 403, "forbidden");
	seen = api_expect(api_post(hris, merge, body, earlier, "false"), 200);
	assert_string_equal(api_text(seen, "survivor.display_name"), "Ann Again");
	api_wait_until(10, strcmp(status_of(newer), "left_company") == 0);
	seen = api_expect(api_get(hris, "/api/v1/people/%s", newer), 200);
	assert_string_equal(api_text(seen, "status"), "inactive");
	assert_string_equal(api_text(seen, "links.merged_into"), api_path("/api/v1/people/%s", earlier));
	seen = api_expect(api_get(hris, "/api/v1/people/by-external-id/BACK-1"), 200);
	assert_string_equal(api_text(seen, "id"), earlier);
	api_wait_until(30, is_signed_in("ann.back", earlier));
	api_expect_problem(api_post(hris, merge, body, earlier, "false"), 409, "conflict");
}

static const char *enrolment_of(const char *person_id, const char *programme)
{
	return api_sql("superuser", "SELECT id FROM matching.enrolment WHERE person_id = '%s' AND programme_id = '%s'",
		person_id, programme);
}

/* A coordinator pairs the two, who have not answered yet. */
static void pair_up(const char *mentor_id, const char *mentee_id, const char *programme)
{
	api_expect(api_post(api_as("programme_admin", "hr.lead"), "/api/v1/pairs",
			   "{\"mentor_enrolment_id\": \"%s\", \"mentee_enrolment_id\": \"%s\", \"note\": \"They asked.\"}",
			   enrolment_of(mentor_id, programme), enrolment_of(mentee_id, programme)),
		201);
}

/* Everything that a merge could change. */
static const char *state_of_all(void)
{
	return api_sql("superuser",
		"SELECT md5(string_agg(x.t, ',' ORDER BY x.t)) FROM (SELECT p::text FROM profiles.person p"
		" UNION ALL SELECT l::text FROM profiles.person_language l UNION ALL SELECT s::text FROM profiles.person_skill s"
		" UNION ALL SELECT d::text FROM profiles.delegate d UNION ALL SELECT e::text FROM matching.enrolment e"
		" UNION ALL SELECT q::text FROM matching.pair q UNION ALL SELECT x::text FROM matching.exclusion x"
		" UNION ALL SELECT o.id::text FROM common.outbox o WHERE o.type LIKE 'person.%%') x(t)");
}

static const char *pairs_of(const char *person_id)
{
	return api_sql("superuser", "SELECT string_agg(status, ',' ORDER BY status) FROM matching.pair WHERE mentor_id = '%s'",
		person_id);
}

/* Two records of one person, both at work: whoever asks first is told what would come of it, and it does. */
static void a_preview_says_what_a_merge_comes_to(void **state)
{
	(void)state;
	struct api *hris = api_as("hris", NULL);
	const char *programme = story_programme("hr.lead", "Twice");
	static const char *const mentees[] = { "chief", "it.lead" }, *const mentors[] = { "bob", "cleo", "dev" };
	for (size_t i = 0; i < sizeof mentees / sizeof *mentees; i++)
		story_enrol(mentees[i], programme, "mentee", 1);
	for (size_t i = 0; i < sizeof mentors / sizeof *mentors; i++)
		story_enrol(mentors[i], programme, "mentor", 1);
	story_round("hr.lead", programme); /* from now on it makes pairs */
	const char *earlier = story_person_id("bob");
	const char *newer = api_text(
		api_expect(api_put(hris, "/api/v1/people/by-external-id/TWICE-1",
				   "{\"user_name\": \"bob.twice\", \"given_name\": \"Bob\", \"level\": 1, "
				   "\"manager_external_id\": \"C-8\", \"languages\": [\"en\"]}"),
			201),
		"id");
	api_expect(api_put(hris, "/api/v1/people/by-external-id/TWICE-2",
			   "{\"user_name\": \"below\", \"given_name\": \"Bea\", \"level\": 1, "
			   "\"manager_external_id\": \"TWICE-1\"}"),
		201);
	story_teaches("bob.twice", "generative AI", NULL);
	story_enrol("bob.twice", programme, "mentor", 1);
	pair_up(newer, story_person_id("chief"), programme);
	pair_up(earlier, story_person_id("it.lead"), programme);
	const char *merge = api_path("/api/v1/people/%s/merge", newer);
	const char *before = state_of_all();
	struct api_reply *seen = api_expect(
		api_post(hris, merge, "{\"into\": \"%s\", \"dry_run\": true}", earlier), 200);
	assert_string_equal(state_of_all(), before);
	assert_int_equal(api_integer(seen, "counts.reports"), 1);
	assert_int_equal(api_integer(seen, "counts.pairs_ending"), 1);
	assert_int_equal(api_integer(seen, "counts.pairs_staying"), 1);
	assert_int_equal(api_integer(seen, "counts.enrolments_ending"), 1);
	assert_true(api_integer(seen, "counts.enrolments_staying") >= 1);
	struct api_reply *done = api_expect(api_post(hris, merge, "{\"into\": \"%s\"}", earlier), 200);
	assert_true(json_equal(api_member(done, "counts"), api_member(seen, "counts")));
	assert_true(json_equal(api_member(done, "keys"), api_member(seen, "keys")));
	api_wait_until(30, strcmp(status_of(newer), "left_company") == 0);
	api_wait_until(30, !strstr(pairs_of(newer), "proposed"));
	assert_string_equal(pairs_of(earlier), "proposed");
	assert_string_equal(api_sql("superuser", "SELECT manager_id FROM profiles.person WHERE external_id = 'TWICE-2'"), earlier);
}

static int arrive(void **state)
{
	(void)state;
	company_import();
	return 0;
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(who_comes_back_is_who_they_were),
		cmocka_unit_test(a_year_in_step),
		cmocka_unit_test(a_preview_says_what_a_merge_comes_to), /* bob has another user name afterwards */
	};
	return cmocka_run_group_tests(tests, arrive, api_release);
}
