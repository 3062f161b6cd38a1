#include "life.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

#include "support/story.h"

#define WAIT 20.0

struct life life;

struct api *life_person(const char *user_name)
{
	return api_as("participant", user_name);
}

struct api *life_admin(void)
{
	return api_as("programme_admin", "hr.lead");
}

struct api_reply *life_post(const char *user_name, const char *path, const char *body, int status)
{
	return api_expect(api_post(life_person(user_name), path, "%s", body), status);
}

void life_everybody_is_invited(void)
{
	const char *path = api_path("/api/v1/programmes/%s/invitations", life.programme);
	api_expect(api_post(life_admin(), path,
			   "{\"role\": \"mentee\", \"message\": \"Learn\", \"level_min\": 8}"),
		201);
	api_expect(api_post(life_admin(), path,
			   "{\"role\": \"mentor\", \"message\": \"Teach\", \"level_max\": 1}"),
		201);
}

void life_a_round_is_ready(void)
{
	static const char *const people[] = { "chief", "ann", "bob", "cleo", "dev", "eve", "fay" };
	for (size_t i = 0; i < sizeof people / sizeof *people; i++) {
		struct api_reply *mine = api_expect(
			api_get(life_person(people[i]), "/api/v1/enrolments?programme_id=%s",
				life.programme),
			200);
		life_post(people[i],
			api_path("%s/acceptance", api_text(mine, "items.0.links.self")), "{}", 200);
	}
	life.round_id = api_text(api_expect(api_post(life_admin(), "/api/v1/rounds",
						    "{\"programme_id\": \"%s\"}", life.programme),
					 202),
		"id");
	struct api_reply *now;
	api_wait_until(2 * WAIT,
		(now = api_expect(api_get(life_admin(), "/api/v1/rounds/%s", life.round_id), 200),
			strcmp(api_text(now, "status"), "ready") == 0));
}

void life_it_is_published(void)
{
	api_expect(api_post(life_admin(), api_path("/api/v1/rounds/%s/publication", life.round_id),
			   NULL),
		200);
}

static struct api_reply *pick(int status)
{
	struct api_reply *list = story_shortlist("chief", life.programme);
	const char *picked = api_text(list, "mentors.0.mentor.id");
	life.mentor = story_user_name(picked);
	return life_post("chief", api_path("%s/pick", api_text(list, "links.self")),
		api_path("{\"mentor_id\": \"%s\"}", picked), status);
}

void life_the_chief_picks(void)
{
	life.pair = api_text(pick(201), "id");
}

void life_the_mentor_declines(void)
{
	life_post(life.mentor, api_path("/api/v1/pairs/%s/decline", life.pair),
		"{\"reason\": \"no_time\"}", 200);
}

void life_the_next_one_never_answers(void)
{
	pick(201);
	api_clock_to("2026-12-04 12:00Z");
	api_wait_until(WAIT, api_count(api_expect(api_get(life_person("chief"),
							  "/api/v1/shortlists?status=open"),
					       200),
				     "items") == 1);
}

/* The first on the list rests while the chief reads it. */
void life_a_mentor_on_the_list_pauses(void)
{
	const char *lost = story_user_name(
		api_text(story_shortlist("chief", life.programme), "mentors.0.mentor.id"));
	const char *part = api_text(
		api_expect(api_get(life_person(lost), "/api/v1/enrolments?programme_id=%s",
				   life.programme),
			200),
		"items.0.links.self");
	life_post(lost, api_path("%s/pause", part), "{\"reason\": \"workload\"}", 200);
}

void life_the_mentor_accepts(void)
{
	life_the_chief_picks();
	api_expect(api_post(life_person(life.mentor),
			   api_path("/api/v1/pairs/%s/acceptance", life.pair), NULL),
		200);
}

void life_the_mentor_proposes_a_first_meeting(void)
{
	life_post(life.mentor, "/api/v1/sessions",
		api_path("{\"pair_id\": \"%s\", \"starts_at\": \"2026-12-10T10:00\", "
			 "\"time_zone\": \"UTC\", \"duration_minutes\": 30, \"mode\": \"video\", "
			 "\"propose\": true}",
			life.pair),
		201);
}

void life_the_mentor_proposes_an_agreement(void)
{
	life.agreement = api_text(
		life_post(life.mentor, "/api/v1/agreements",
			api_path("{\"pair_id\": \"%s\", \"cadence\": \"weekly_3_months\", "
				 "\"duration_minutes\": 45, \"channels\": [\"video\"], "
				 "\"time_zone\": \"UTC\", \"starts_on\": \"2027-01-18\"}",
				life.pair),
			201),
		"id");
}

static void sign(const char *who)
{
	api_expect(api_change(life_person(who),
			   api_path("/api/v1/agreements/%s/signature", life.agreement)),
		200);
}

void life_the_chief_signs(void)
{
	sign("chief");
}

void life_the_mentor_signs(void)
{
	sign(life.mentor);
}

void life_the_admin_asks_where_people_stand(void)
{
	life.assessment = api_text(
		api_expect(api_post(life_admin(), "/api/v1/assessments",
				   "{\"programme_id\": \"%s\", \"skill_id\": \"%s\", \"title\": "
				   "\"Now\", \"items\": [{\"key\": \"k\", \"text\": \"How well?\", "
				   "\"kind\": \"scale\"}], \"opens_on\": \"2026-12-01\", "
				   "\"closes_on\": \"2027-07-01\"}",
				   life.programme, story_skill("generative AI")),
			201),
		"id");
}

void life_the_mentor_proposes_a_goal(void)
{
	life.goal = api_text(
		life_post(life.mentor, "/api/v1/goals",
			api_path("{\"pair_id\": \"%s\", \"specific\": \"Write prompts that need no "
				 "second try\", \"measure\": {\"unit\": \"prompts\", \"baseline\": "
				 "0, \"target\": 20}, \"due_on\": \"2027-04-01\"}",
				life.pair),
			201),
		"links.self");
}

struct api_reply *life_attempt(const char *phase)
{
	return life_post("chief", api_path("/api/v1/assessments/%s/attempts", life.assessment),
		api_path("{\"phase\": \"%s\"}", phase), 201);
}

void life_the_chief_begins_to_answer(void)
{
	life_attempt("pre");
}

void life_a_meeting_passes_without_a_word(void)
{
	struct api_reply *tasks = api_expect(
		api_get(life_person("chief"), "/api/v1/dashboards/me"), 200);
	const char *self = NULL;
	for (size_t i = 0; i < api_count(tasks, "tasks"); i++)
		if (strcmp(api_text(tasks, api_path("tasks.%zu.action", i)), "patch") == 0)
			self = api_text(tasks, api_path("tasks.%zu.link", i));
	assert_non_null(self);
	api_if_match(
		life_person("chief"), api_expect(api_get(life_person("chief"), "%s", self), 200));
	api_expect(api_patch(life_person("chief"), self,
			   "{\"answers\": [{\"key\": \"k\", \"value\": 1}]}"),
		200);
	api_expect(api_post(life_person("chief"), api_path("%s/submission", self), NULL), 200);
	api_expect(api_post(life_person("chief"), api_path("%s/agreement", life.goal), NULL), 200);
	life_post("chief", "/api/v1/sessions/series",
		api_path("{\"pair_id\": \"%s\", \"local_time\": \"10:00\"}", life.pair), 200);
	api_clock_to("2027-01-18 12:00Z");
}

void life_the_half_nears(void)
{
	struct api_reply *silent;
	api_wait_until(WAIT,
		(silent = api_expect(
			 api_get(life_person("chief"), "/api/v1/sessions?status=unreported"), 200),
			api_count(silent, "items") > 0));
	for (size_t i = 0; i < api_count(silent, "items"); i++)
		life_post(life.mentor,
			api_path(
				"%s/report", api_text(silent, api_path("items.%zu.links.self", i))),
			"{\"outcome\": \"held\"}", 200);
	api_clock_to("2027-03-28 12:00Z");
}

void life_the_goals_day_passes(void)
{
	api_clock_to("2027-04-02 12:00Z");
}

void life_the_mentor_says_it_is_met(void)
{
	life_post(life.mentor, api_path("%s/completion", life.goal), "{\"achieved\": 20}", 200);
}
