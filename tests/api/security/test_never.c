/*
 * What must never happen, sentence by sentence: shortlists, pairs, programmes and roles. (People
 * have sentences of their own, test_never_people.c, and so has what is confidential,
 * test_never_confidential.c.)
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "masked.h"
#include "never.h"

/* ---- shortlists -------------------------------------------------------------------------------*/

static void a_mentees_shortlist_never_shows_rank_or_score(void **state)
{
	(void)state;
	struct api_reply *one = api_expect(
		api_get(never_as(CALLER_MENTEE), "/api/v1/shortlists/%s", never_world.shortlist),
		200);
	struct api_reply *all = api_expect(
		api_get(never_as(CALLER_MENTEE), "/api/v1/shortlists"), 200);
	static const char *const words[] = { "rank", "score", "parts", "weight" };
	for (int i = 0; i < 4; i++) {
		never_says(one, words[i]);
		never_says(all, words[i]);
	}
}

static void a_mentor_never_learns_on_which_shortlists_they_were(void **state)
{
	(void)state;
	assert_int_equal(never_items(CALLER_MENTOR, "/api/v1/shortlists"), 0);
	assert_int_equal(never_items(CALLER_MENTOR, api_path("/api/v1/shortlists?programme_id=%s",
							    never_world.programme)),
		0);
	never_there(CALLER_MENTOR, "shortlists", never_world.shortlist);
	never_there(CALLER_MENTOR, "shortlists", never_world.open_list);
}

static void a_mentee_never_sees_anothers_shortlist(void **state)
{
	(void)state;
	never_there(CALLER_MENTEE, "shortlists", never_world.open_list);
	assert_int_equal(never_items(CALLER_MENTEE, "/api/v1/shortlists"), 1);
}

static void nobody_picks_for_a_mentee(void **state)
{
	(void)state;
	static const enum caller others[] = { CALLER_STRANGER, CALLER_MENTOR, CALLER_MENTEE,
		CALLER_LINE };
	const char *path = api_path("/api/v1/shortlists/%s/pick", never_world.open_list);
	for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
		struct api_reply *no = api_post(
			never_as(others[i]), path, "{\"mentor_id\": \"%s\"}", never_world.mentor);
		api_expect_problem(no, 404, "not_found");
		assert_true(masked_same(
			no, api_post(never_as(others[i]), "/api/v1/shortlists/" NEVER_ID "/pick",
				    "{\"mentor_id\": \"%s\"}", never_world.mentor)));
	}
	/* a coordinator may, and says why */
	struct api_reply *list = api_expect(
		api_get(world_as(WORLD_WAITING), "/api/v1/shortlists/%s", never_world.open_list),
		200);
	api_expect_fault(api_expect_problem(api_post(never_as(CALLER_COORDINATOR), path,
						    "{\"mentor_id\": \"%s\"}",
						    api_text(list, "mentors.0.mentor.id")),
				 422, "note_required"),
		"/note");
}

static void a_mentee_never_picks_outside_the_three(void **state)
{
	(void)state;
	const char *path = api_path("/api/v1/shortlists/%s/pick", never_world.open_list);
	struct api_reply *known = api_post(world_as(WORLD_WAITING), path, "{\"mentor_id\": \"%s\"}",
		world_person("sten.stranger"));
	struct api_reply *unknown = api_post(
		world_as(WORLD_WAITING), path, "{\"mentor_id\": \"" NEVER_ID "\"}");
	api_expect_problem(known, 422, "not_on_shortlist");
	assert_true(masked_same(known, unknown));
}

static void a_round_is_never_seen_before_it_is_published(void **state)
{
	(void)state;
	const char *id = world_programme(WORLD_OTHER, "Second thoughts");
	struct api *admin = api_as("programme_admin", WORLD_OTHER);
	api_expect(api_put(world_as("xena.excluded"), "/api/v1/people/me/skills",
			   "{\"skills\": [{\"skill_id\": \"%s\", \"current\": 1, \"target\": 4}]}",
			   never_world.skill),
		200);
	world_enrol("xena.excluded", id, "mentee");
	world_enrol("pia.mentor", id, "mentor");
	world_enrol("quin.mentor", id, "mentor");
	struct api_reply *round = api_expect(
		api_post(admin, "/api/v1/rounds", "{\"programme_id\": \"%s\"}", id), 202);
	const char *path = api_path("/api/v1/rounds/%s", api_text(round, "id"));
	api_wait_until(40, strcmp(api_text(api_get(admin, "%s", path), "status"), "ready") == 0);
	struct api *mentee = world_as("xena.excluded");
	assert_int_equal(
		api_count(api_expect(api_get(mentee, "/api/v1/shortlists"), 200), "items"), 0);
	const char *draft = api_sql("superuser",
		"SELECT s.id FROM matching.shortlist s WHERE s.programme_id = '%s' LIMIT 1", id);
	assert_int_equal(strlen(draft), 36);
	api_expect(api_get(mentee, "/api/v1/shortlists/%s", draft), 404);
	api_expect(api_get(admin, "/api/v1/shortlists/%s", draft), 404);
	api_expect(api_post(admin, api_path("%s/discard", path), NULL), 200);
	assert_int_equal(
		api_count(api_expect(api_get(mentee, "/api/v1/shortlists"), 200), "items"), 0);
}

static void a_mentee_never_sees_a_round(void **state)
{
	(void)state;
	static const enum caller people[] = { CALLER_MENTEE, CALLER_MENTOR, CALLER_STRANGER };
	static const char *const parts[] = { "", "/shortlists", "/unmatched" };
	for (int i = 0; i < 9; i++)
		api_expect_problem(api_get(never_as(people[i / 3]), "/api/v1/rounds/%s%s",
					   never_world.round, parts[i % 3]),
			403, "forbidden");
}

/* ---- pairs ------------------------------------------------------------------------------------*/

static void a_line_manager_sees_nothing_of_the_pair(void **state)
{
	(void)state;
	never_there(CALLER_LINE, "pairs", never_world.pair);
	never_there(CALLER_LINE, "sessions", never_world.session);
	never_there(CALLER_LINE, "enrolments", never_world.enrolment);
	never_there(CALLER_LINE, "shortlists", never_world.shortlist);
	api_expect_problem(api_get(never_as(CALLER_LINE), "/api/v1/pairs/%s/why", never_world.pair),
		404, "not_found");
	static const char *const lists[] = { "pairs", "sessions", "enrolments", "shortlists" };
	for (int i = 0; i < 4; i++)
		assert_int_equal(never_items(CALLER_LINE, api_path("/api/v1/%s", lists[i])), 0);
	assert_int_equal(never_items(CALLER_LINE,
				 api_path("/api/v1/pairs?programme_id=%s", never_world.programme)),
		0);
}

/* Or a coordinator for them (test_acting). */
static void only_the_mentor_answers_a_pick(void **state)
{
	(void)state;
	static const enum caller others[] = { CALLER_MENTEE, CALLER_LINE, CALLER_STRANGER };
	for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
		api_expect_problem(
			api_post(never_as(others[i]),
				api_path("/api/v1/pairs/%s/acceptance", never_world.pair), NULL),
			404, "not_found");
		api_expect_problem(api_post(never_as(others[i]),
					   api_path("/api/v1/pairs/%s/decline", never_world.pair),
					   "{\"reason\": \"other\"}"),
			404, "not_found");
	}
}

static void why_never_names_an_attribute_of_a_person(void **state)
{
	(void)state;
	struct api_reply *why = api_expect(
		api_get(never_as(CALLER_MENTEE), "/api/v1/pairs/%s/why", never_world.pair), 200);
	static const char *const words[] = { "gender", "ethnic", "disab", "age", "religio", "sex",
		"background", "declar", "pronoun" };
	const char *name;
	json_t *part;
	json_object_foreach(api_member(why, "parts"), name,
		part) for (size_t i = 0; i < sizeof words / sizeof *words;
			   i++) if (strcasestr(name, words[i]) && strcasecmp(name, "language") != 0)
		fail_msg("a part of the score is called %s", name);
}

static void a_declined_mentor_never_returns_and_the_reason_is_never_told(void **state)
{
	(void)state;
	struct api *mentee = world_as(WORLD_WAITING);
	struct api_reply *list = world_open_list(WORLD_WAITING, never_world.programme);
	const char *refuser = NULL;
	for (int i = 0; i < 3 && !refuser; i++) {
		const char *id = api_text(list, api_path("mentors.%d.mentor.id", i));
		refuser = strcmp(id, never_world.mentor) == 0 ? NULL : id;
	}
	struct api_reply *pair = api_expect(
		api_post(mentee, api_path("/api/v1/shortlists/%s/pick", api_text(list, "id")),
			"{\"mentor_id\": \"%s\"}", refuser),
		201);
	const char *path = api_path("/api/v1/pairs/%s", api_text(pair, "id"));
	struct api_reply *person = api_get(never_as(CALLER_HRIS), "/api/v1/people/%s", refuser);
	api_expect(api_post(world_as(api_text(person, "hr.user_name")),
			   api_path("%s/decline", path), "{\"reason\": \"know_them\"}"),
		200);
	never_says(api_expect(api_get(mentee, "%s", path), 200), "know_them");
	never_says(api_expect(api_get(never_as(CALLER_COORDINATOR), "%s", path), 200), "know_them");
	struct api_reply *fresh = world_open_list(WORLD_WAITING, never_world.programme);
	for (size_t i = 0; i < api_count(fresh, "mentors"); i++)
		assert_string_not_equal(
			api_text(fresh, api_path("mentors.%zu.mentor.id", i)), refuser);
}

/* ---- programmes, roles ------------------------------------------------------------------------*/

static void an_admin_outside_the_programme_gets_404(void **state)
{
	(void)state;
	never_there(CALLER_OTHER, "programmes", never_world.draft);
	never_there(CALLER_OTHER, "rounds", never_world.round);
	never_there(CALLER_OTHER, "pairs", never_world.pair);
	never_there(CALLER_OTHER, "enrolments", never_world.enrolment);
	never_there(CALLER_OTHER, "shortlists", never_world.shortlist);
	never_there(CALLER_OTHER, "sessions", never_world.session);
	api_expect_problem(
		api_get(never_as(CALLER_OTHER), "/api/v1/reports/programmes/%s/participation",
			never_world.programme),
		404, "not_found");
	static const char *const lists[] = { "pairs", "enrolments", "shortlists", "rounds" };
	for (int i = 0; i < 4; i++)
		assert_int_equal(
			never_items(CALLER_OTHER, api_path("/api/v1/%s?programme_id=%s", lists[i],
							  never_world.programme)),
			0);
}

static void a_draft_exists_for_its_coordinators_alone(void **state)
{
	(void)state;
	never_there(CALLER_STRANGER, "programmes", never_world.draft);
	never_says(api_expect(api_get(never_as(CALLER_STRANGER), "/api/v1/programmes"), 200),
		never_world.draft);
	struct api_reply *draft = api_post(never_as(CALLER_STRANGER), "/api/v1/enrolments",
		"{\"programme_id\": \"%s\", \"role\": \"mentor\"}", never_world.draft);
	struct api_reply *none = api_post(never_as(CALLER_STRANGER), "/api/v1/enrolments",
		"{\"programme_id\": \"" NEVER_ID "\", \"role\": \"mentor\"}");
	api_expect_problem(draft, 422, "unknown_reference");
	assert_true(masked_same(draft, none));
}

static void a_coordinator_never_sees_sessions(void **state)
{
	(void)state;
	never_there(CALLER_COORDINATOR, "sessions", never_world.session);
	assert_int_equal(never_items(CALLER_COORDINATOR, "/api/v1/sessions"), 0);
	assert_int_equal(never_items(CALLER_COORDINATOR,
				 api_path("/api/v1/sessions?pair_id=%s", never_world.pair)),
		0);
}

/* No content for roles that run the platform. */
static void closed(enum caller caller, const char *const *pages, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		struct api_reply *reply = api_get(never_as(caller), "/api/v1/%s", pages[i]);
		if (reply->status != 403)
			fail_msg("%s by %s: %d", reply->asked, world_caller_name(caller),
				reply->status);
	}
}

static void an_admin_never_sees_content(void **state)
{
	(void)state;
	const char *const pages[] = { "programmes", "pairs", "sessions", "enrolments", "shortlists",
		"rounds", "feedback", "exclusions", "calendar-feeds", "reports",
		api_path("pairs/%s", never_world.pair),
		api_path("people/%s/export", never_world.mentor) };
	closed(CALLER_ADMIN, pages, sizeof pages / sizeof *pages);
}

static void the_hr_system_never_sees_a_programme(void **state)
{
	(void)state;
	const char *const pages[] = { "programmes", "pairs", "sessions", "enrolments", "shortlists",
		"rounds", "feedback", "exclusions", "calendar-feeds", "reports",
		api_path("programmes/%s", never_world.programme) };
	closed(CALLER_HRIS, pages, sizeof pages / sizeof *pages);
}

static void an_auditor_sees_reports_and_nothing_else(void **state)
{
	(void)state;
	const char *const pages[] = { "programmes", "pairs", "sessions", "enrolments", "shortlists",
		"rounds", "feedback", "exclusions", "calendar-feeds", "people", "skills", "imports",
		api_path("people/%s", never_world.mentor) };
	closed(CALLER_AUDITOR, pages, sizeof pages / sizeof *pages);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_mentees_shortlist_never_shows_rank_or_score),
		cmocka_unit_test(a_mentor_never_learns_on_which_shortlists_they_were),
		cmocka_unit_test(a_mentee_never_sees_anothers_shortlist),
		cmocka_unit_test(nobody_picks_for_a_mentee),
		cmocka_unit_test(a_mentee_never_picks_outside_the_three),
		cmocka_unit_test(a_round_is_never_seen_before_it_is_published),
		cmocka_unit_test(a_mentee_never_sees_a_round),
		cmocka_unit_test(a_line_manager_sees_nothing_of_the_pair),
		cmocka_unit_test(only_the_mentor_answers_a_pick),
		cmocka_unit_test(why_never_names_an_attribute_of_a_person),
		cmocka_unit_test(a_declined_mentor_never_returns_and_the_reason_is_never_told),
		cmocka_unit_test(an_admin_outside_the_programme_gets_404),
		cmocka_unit_test(a_draft_exists_for_its_coordinators_alone),
		cmocka_unit_test(a_coordinator_never_sees_sessions),
		cmocka_unit_test(an_admin_never_sees_content),
		cmocka_unit_test(the_hr_system_never_sees_a_programme),
		cmocka_unit_test(an_auditor_sees_reports_and_nothing_else),
	};
	return cmocka_run_group_tests(tests, never_build, api_release);
}
