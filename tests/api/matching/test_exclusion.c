/*
 * A mentor's exclusion is private: what it causes looks, to the mentee and to the coordinator, like
 * a change of the reporting line, byte for byte.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "people.h"
#include "support/client.h"
#include "support/company.h"
#include "support/story.h"

/* The same story twice: once with an exclusion, once with another manager. */
static struct telling {
	const char *mentor, *name, *programme, *pair, *list;
} tellings[2];

static int set_up(void **state)
{
	(void)state;
	company_import();
	story_wants("sales.lead", "generative AI", NULL);
	return 0;
}

/* ---- what differs anyway
 * ------------------------------------------------------------------------*/

/* The text without ids, times and the mentor's name; owned. */
static char *masked(const struct telling *t, const char *text)
{
	char *out = strdup(text), *at = out, *name;
	assert_non_null(out);
	while ((name = strstr(at, t->name))) {
		memmove(name + 1, name + strlen(t->name), strlen(name + strlen(t->name)) + 1);
		*name = 'M';
	}
	for (char *from = out; *from;) {
		size_t length = strspn(from, "0123456789abcdef-T:.Z");
		if (length >= 10) {
			*at++ = '*';
			from += length;
		} else {
			*at++ = *from++;
		}
	}
	*at = '\0';
	return out;
}

/* Two texts are one, but for what differs anyway. */
static void same(const char *what, const char *one, const char *other)
{
	char *a = masked(&tellings[0], one), *b = masked(&tellings[1], other);
	if (strcmp(a, b) != 0)
		fail_msg("%s:\n%s\n%s", what, a, b);
	free(a);
	free(b);
}

static void same_replies(const struct api_reply *one, const struct api_reply *other)
{
	assert_int_equal(one->status, other->status);
	same(one->asked, one->text, other->text);
}

/* ---- the story
 * ----------------------------------------------------------------------------------*/

/* A programme of the mentee and this mentor, perhaps another one too, with a published round. */
static void begin(struct telling *t, const char *mentee, const char *mentor, const char *name,
	const char *second)
{
	*t = (struct telling){ .mentor = mentor, .name = name };
	t->programme = story_programme("hr.lead", "Side by side");
	story_enrol(mentee, t->programme, "mentee", 1);
	story_enrol(mentor, t->programme, "mentor", 1);
	if (second)
		story_enrol(second, t->programme, "mentor", 1);
	story_round("hr.lead", t->programme);
	t->list = api_text(story_shortlist(mentee, t->programme), "links.self");
}

static void excludes(const char *mentor, const char *mentee)
{
	api_expect(api_post(as(mentor), "/api/v1/exclusions", "{\"person_id\": \"%s\"}",
			   story_person_id(mentee)),
		201);
}

static void moves(const char *line)
{
	struct api_reply *done = api_import(
		api_path("external_id,user_name,given_name,family_name,email,title,department,"
			 "location,country,time_zone,level,manager_external_id,hired_on,active,"
			 "languages\n%s\n",
			line),
		NULL);
	assert_string_equal(api_text(done, "status"), "done");
}

/* The caller's notifications about a pair, in their order; owned. */
static char *told_of(struct api *caller, const char *pair)
{
	struct api_reply *list = api_expect(
		api_get(caller, "/api/v1/notifications?limit=100"), 200);
	json_t *about = json_array(), *one;
	size_t i;
	json_array_foreach(api_member(list, "items"), i, one)
	{
		char *text = json_dumps(one, JSON_SORT_KEYS);
		if (strstr(text, pair))
			json_array_append(about, one);
		free(text);
	}
	char *text = json_dumps(about, JSON_SORT_KEYS);
	json_decref(about);
	return text;
}

static void same_notifications(struct api *caller)
{
	char *one = told_of(caller, tellings[0].pair), *other = told_of(caller, tellings[1].pair);
	same("notifications", one, other);
	free(one);
	free(other);
}

static void a_pair_that_rests_for_an_exclusion_looks_like_one_too_close(void **state)
{
	(void)state;
	const char *unused;
	/* the two tell of what can be learned from them: the same */
	story_teaches("bob", "generative AI", "data literacy", NULL);
	begin(&tellings[0], "it.lead", "ann", "Ann Ames", NULL);
	begin(&tellings[1], "it.lead", "bob", "Bob Boyd", NULL);
	for (int i = 0; i < 2; i++)
		tellings[i].pair = story_pair("it.lead", tellings[i].programme, &unused);
	story_settle(); /* what happens from here on is told of later */
	excludes("ann", "it.lead");
	moves("C-11,bob,Bob,Boyd,bob@co.example,Associate,Sales,Berlin,DE,Europe/Berlin,1,C-9,"
	      "2022-01-01,true,en");
	story_settle();
	struct api *const callers[] = { as("it.lead"), admin() };
	for (int c = 0; c < 2; c++) {
		struct api_reply *seen[2], *tried[2];
		for (int i = 0; i < 2; i++) {
			seen[i] = api_expect(
				api_get(callers[c], "/api/v1/pairs/%s", tellings[i].pair), 200);
			assert_string_equal(api_text(seen[i], "status"), "suspended");
			tried[i] = api_expect_problem(
				api_post(callers[c],
					api_path("/api/v1/pairs/%s/resumption", tellings[i].pair),
					NULL),
				409, "unsafe_pair");
		}
		same_replies(seen[0], seen[1]);
		same_replies(tried[0], tried[1]);
	}
	same_replies(
		api_expect(api_get(admin(), "/api/v1/pairs/%s/history", tellings[0].pair), 200),
		api_expect(api_get(admin(), "/api/v1/pairs/%s/history", tellings[1].pair), 200));
	same_notifications(as("it.lead"));
	static const char *const events = "SELECT string_agg(type || data::text, ' ' "
					  "ORDER BY id) FROM common.outbox "
					  "WHERE subject_id = '%s'";
	same("events", api_sql("superuser", events, tellings[0].pair),
		api_sql("superuser", events, tellings[1].pair));
}

/* The list gets another mentor at once, or as here goes on with the one who is left. */
static void a_list_that_an_exclusion_changes_looks_like_one_too_close(void **state)
{
	(void)state;
	struct api_reply *lists[2], *picks[2];
	begin(&tellings[0], "sales.lead", "dev", "Dev Dutt", "fay");
	begin(&tellings[1], "sales.lead", "eve", "Eve East", "fay");
	excludes("dev", "sales.lead");
	moves("C-14,eve,Eve,East,eve@co.example,Engineer,IT,London,GB,Europe/London,1,C-8,"
	      "2023-01-01,true,en");
	for (int i = 0; i < 2; i++) {
		lists[i] = api_expect(api_get(as("sales.lead"), "%s", tellings[i].list), 200);
		assert_string_equal(api_text(lists[i], "status"), "open");
		assert_int_equal(api_count(lists[i], "mentors"), 1);
		assert_string_equal(
			api_text(lists[i], "mentors.0.mentor.display_name"), "Fay Finn");
		picks[i] = api_expect_problem(
			api_post(as("sales.lead"), api_path("%s/pick", tellings[i].list),
				"{\"mentor_id\": \"%s\"}", story_person_id(tellings[i].mentor)),
			409, "shortlist_changed");
	}
	same_replies(lists[0], lists[1]);
	same_replies(picks[0], picks[1]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_pair_that_rests_for_an_exclusion_looks_like_one_too_close),
		cmocka_unit_test(a_list_that_an_exclusion_changes_looks_like_one_too_close),
	};
	return cmocka_run_group_tests_name("exclusions", tests, set_up, api_release);
}
