/* Feedback and its release, and requests for help, over the API. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "support/client.h"
#include "support/company.h"
#include "support/story.h"

static const char *programme, *pair, *mentor;

static int set_up(void **state)
{
	(void)state;
	company_import();
	programme = company_programme("Feedback", 2);
	story_round("hr.lead", programme);
	pair = story_pair("chief", programme, &mentor);
	return 0;
}

static void feedback_is_its_authors_alone(void **state)
{
	(void)state;
	struct api *junior = api_as("participant", mentor);
	struct api_reply *made = api_expect(
		api_post(junior, "/api/v1/feedback",
			"{\"pair_id\": \"%s\", \"visibility\": \"partner\", \"rating\": 1, "
			"\"comment\": \"talks too much\"}",
			pair),
		201);
	assert_int_equal(api_text(made, "id")[14], '4');
	assert_null(strstr(made->text, "created_at"));
	assert_string_equal(api_header_of(made, "Cache-Control"), "no-store");
	api_expect(api_get(junior, "%s", api_text(made, "links.self")), 200);
	assert_int_equal(
		api_count(api_expect(api_get(junior, "/api/v1/feedback?pair_id=%s", pair), 200),
			"items"),
		1);
	api_expect(
		api_get(api_as("participant", "chief"), "%s", api_text(made, "links.self")), 404);
	api_expect(
		api_get(api_as("programme_admin", "hr.lead"), "%s", api_text(made, "links.self")),
		404);
	assert_int_equal(
		api_count(api_expect(
				  api_get(api_as("participant", "chief"), "/api/v1/feedback"), 200),
			"items"),
		0);
	api_expect_fault(api_expect(api_post(junior, "/api/v1/feedback",
					    "{\"pair_id\": \"%s\", \"visibility\": \"everyone\", "
					    "\"rating\": 6}",
					    pair),
				 422),
		"/rating");
}

static void feedback_about_a_session_needs_one_that_was_held(void **state)
{
	(void)state;
	struct api *junior = api_as("participant", mentor);
	struct api_reply *session = api_expect(
		api_post(junior, "/api/v1/sessions",
			"{\"pair_id\": \"%s\", \"starts_at\": \"2027-02-01T10:00\", \"time_zone\": "
			"\"UTC\", \"duration_minutes\": 30,"
			" \"mode\": \"video\"}",
			pair),
		201);
	const char *body = api_path("{\"pair_id\": \"%s\", \"session_id\": \"%s\", \"visibility\": "
				    "\"private\", \"rating\": 3}",
		pair, api_text(session, "id"));
	api_expect_problem(
		api_post(junior, "/api/v1/feedback", "%s", body), 409, "session_not_held");
	api_expect_problem(api_post(junior, "/api/v1/feedback",
				   "{\"pair_id\": \"%s\", \"session_id\": \"%s\", \"visibility\": "
				   "\"private\", \"rating\": 3}",
				   pair, pair),
		422, "unknown_reference");
}

static struct api_reply *give(const char *user_name, const char *visibility, const char *comment)
{
	return api_post(api_as("participant", user_name), "/api/v1/feedback",
		"{\"pair_id\": \"%s\", \"visibility\": \"%s\", \"rating\": 2, \"comment\": "
		"\"%s\"}",
		pair, visibility, comment);
}

static struct api_reply *released(const char *user_name)
{
	return api_expect(api_get(api_as("participant", user_name),
				  "/api/v1/feedback/released?pair_id=%s", pair),
		200);
}

/* People of this company are in pairs of other tests too. */
static int told(const char *user_name, const char *of_pair)
{
	struct api_reply *list = api_expect(
		api_get(api_as("participant", user_name), "/api/v1/notifications?limit=200"), 200);
	int count = 0;
	size_t i;
	json_t *one;
	json_array_foreach(api_member(list, "items"), i, one)
	{
		const char *kind = json_string_value(json_object_get(one, "kind"));
		const char *subject = json_string_value(json_object_get(one, "subject_id"));
		count += strcmp(kind, "feedback_released") == 0 && strcmp(subject, of_pair) == 0;
	}
	return count;
}

static void partner_feedback_comes_out_in_one_batch_and_no_sooner(void **state)
{
	(void)state;
	const char *other_mentor, *other = story_pair("it.lead", programme, &other_mentor);
	struct api_reply *mine = api_expect(give(mentor, "partner", "talk less"), 201);
	assert_string_equal(api_text(mine, "window.name"), "midpoint");
	assert_string_equal(api_text(mine, "window.closes_on"), "2027-04-10");
	assert_non_null(strstr(api_text(mine, "meaning"), "Your partner can read this"));
	api_expect(give("chief", "partner", "show more"), 201);
	mine = api_expect(give(mentor, "private", "for nobody"), 201);
	assert_true(json_is_null(api_member(mine, "window")));
	api_expect(give(mentor, "programme", "for the figures"), 201);
	assert_int_equal(api_count(released("chief"), "items"), 0);
	api_clock_to("2027-04-11 00:50Z");
	assert_int_equal(api_count(released("chief"), "items"), 0);
	api_clock_to("2027-04-11 01:01Z");
	api_wait_until(20.0, api_count(released("chief"), "items") == 2);
	assert_string_equal(
		api_sql("superuser",
			"SELECT released_at > '2027-04-11 01:00Z' FROM evaluation.release WHERE "
			"programme_id = '%s' AND wave = 'midpoint'",
			programme),
		"t");
	struct api_reply *seen = released("chief");
	assert_string_equal(api_text(seen, "items.0.pair_id"), pair);
	assert_null(strstr(seen->text, "\"id\""));
	assert_null(strstr(seen->text, "2027"));
	assert_null(strstr(seen->text, "for nobody"));
	assert_null(strstr(seen->text, "for the figures"));
	assert_non_null(strstr(seen->text, "talk less"));
	assert_non_null(strstr(released(mentor)->text, "show more"));
	/* not even now does the author's object open to anybody else */
	api_expect(
		api_get(api_as("participant", "chief"), "%s", api_text(mine, "links.self")), 404);
	assert_int_equal(api_count(released("sales.lead"), "items"), 0);
	assert_int_equal(api_count(released("hr.lead"), "items"), 0);
	assert_int_equal(api_count(api_expect(api_get(api_as("participant", "it.lead"),
						      "/api/v1/feedback/released?pair_id=%s", pair),
					   200),
				 "items"),
		0);
	/* every mentor is told, the one of whom nobody wrote too; no mentee is */
	api_wait_until(20.0, told(mentor, pair) == 1 && told(other_mentor, other) == 1);
	story_settle();
	assert_int_equal(told("chief", pair) + told("it.lead", other), 0);
}

static void after_a_window_comes_the_next_and_after_the_last_none(void **state)
{
	(void)state;
	struct api_reply *mine = api_expect(give(mentor, "partner", "see you"), 201);
	assert_string_equal(api_text(mine, "window.name"), "closing");
	assert_string_equal(api_text(mine, "window.closes_on"), "2027-07-09");
	assert_null(strstr(released("chief")->text, "see you"));
	api_clock_to("2027-07-10 00:10Z");
	api_expect_fault(
		api_expect_problem(give(mentor, "partner", "too late"), 409, "window_closed"),
		"/visibility");
	api_expect_problem(give("chief", "programme", "too late"), 409, "window_closed");
	api_expect(give(mentor, "private", "for myself"), 201);
	api_clock_to("2027-07-10 01:10Z");
	api_wait_until(20.0, strstr(released("chief")->text, "see you") != NULL);
	api_clock(0);
}

/* ---- improvements --------------------------------------------------------------------------------- */

static void an_improvement_is_suggested_by_its_pair(void **state)
{
	(void)state;
	struct api *other = api_as("participant", "sales.team");
	api_expect_fault(
		api_expect_problem(api_post(other, "/api/v1/improvements",
					   "{\"programme_id\": \"%s\", \"pair_id\": \"%s\", "
					   "\"title\": \"x\", \"insight\": \"x\"}",
					   programme, pair),
			422, "unknown_reference"),
		"/pair_id");
	api_expect_fault(
		api_expect(api_post(other, "/api/v1/improvements",
				   "{\"programme_id\": \"%s\", \"title\": \"x\", \"insight\": "
				   "\"x\"}",
				   programme),
			422),
		"/programme_id");
}

static void an_improvement_names_nobody_who_does_not_want_it(void **state)
{
	(void)state;
	struct api *junior = api_as("participant", mentor),
		   *admin = api_as("programme_admin", "hr.lead"),
		   *other = api_as("participant", "sales.team");
	struct api_reply *made = api_expect(
		api_post(junior, "/api/v1/improvements",
			"{\"programme_id\": \"%s\", \"pair_id\": \"%s\", "
			"\"title\": \"Captions\", \"insight\": \"Half of us could "
			"not follow.\"}",
			programme, pair),
		201);
	const char *self = api_text(made, "links.self"), *id = story_person_id(mentor);
	api_expect(api_get(other, "%s", self), 404);
	api_expect(api_post(other, api_path("%s/planning", self), NULL), 403);
	api_if_match(junior, made);
	api_expect_problem(
		api_patch(junior, self, "{\"owner_id\": \"%s\"}", id), 403, "field_not_yours");
	api_if_match(admin, api_get(admin, "%s", self));
	api_expect_problem(api_patch(admin, self, "{\"name_me\": true}"), 403, "field_not_yours");
	api_expect(api_post(admin, api_path("%s/planning", self), NULL), 200);
	struct api_reply *seen = api_expect(api_get(other, "%s", self), 200);
	assert_null(strstr(seen->text, id));
	assert_null(strstr(seen->text, pair));
	assert_true(json_is_null(api_member(seen, "mentee")));
	assert_non_null(
		strstr(api_expect(api_get(other, "/api/v1/improvements"), 200)->text, self));
	struct api_reply *own = api_expect(api_get(junior, "%s", self), 200);
	assert_false(api_truth(own, "named"));
	api_if_match(junior, own);
	api_expect_problem(api_patch(junior, self, "{\"title\": \"x\"}"), 403, "field_not_yours");
	api_if_match(junior, own);
	api_expect(api_patch(junior, self, "{\"name_me\": true}"), 200);
	seen = api_expect(api_get(other, "%s", self), 200);
	assert_string_equal(api_text(seen, "mentor.id"), id);
	assert_true(json_is_null(api_member(seen, "mentee")));
	assert_true(json_is_null(api_member(seen, "pair_id")));
	api_expect(api_post(admin, api_path("%s/abandonment", self), NULL), 200);
	api_expect(api_get(other, "%s", self), 404);
	api_expect(api_get(junior, "%s", self), 200);
}

/* ---- requests for help ---------------------------------------------------------------------------- */

static const char *ask(const char *user_name, const char *message)
{
	struct api_reply *made = api_expect(
		api_post(api_as("participant", user_name), "/api/v1/help-requests",
			"{\"pair_id\": \"%s\", \"topic\": \"conduct\", "
			"\"message\": \"%s\"}",
			pair, message),
		201);
	assert_int_equal(api_text(made, "id")[14], '4');
	assert_string_equal(api_header_of(made, "Cache-Control"), "no-store");
	return api_text(made, "links.self");
}

static void coordinate(const char *user_name)
{
	api_expect(api_post(api_as("programme_admin", "hr.lead"),
			   api_path("/api/v1/programmes/%s/coordinators", programme),
			   "{\"person_id\": \"%s\"}", story_person_id(user_name)),
		201);
}

/* Whatever `who` may read that could tell of it. */
static void nothing_tells(struct api *who, const char *path, const char *message)
{
	static const char *const pages[] = { "help-requests", "dashboards/me", "notifications",
		"me", "pairs", "sessions", "goals" };
	api_expect(api_get(who, "%s", path), 404);
	for (size_t i = 0; i < sizeof pages / sizeof *pages; i++) {
		struct api_reply *page = api_get(who, "/api/v1/%s", pages[i]);
		assert_true(page->status == 200 || page->status == 403);
		assert_null(strstr(page->text, message));
		assert_null(strstr(page->text, strrchr(path, '/') + 1));
	}
}

/* Whether the person has a notification of this kind that leads to the path. */
static bool notified(struct api *who, const char *kind, const char *path)
{
	struct api_reply *page = api_expect(api_get(who, "/api/v1/notifications?limit=100"), 200);
	for (size_t i = 0; i < api_count(page, "items"); i++)
		if (strcmp(api_text(page, api_path("items.%zu.kind", i)), kind) == 0 &&
			strcmp(api_text(page, api_path("items.%zu.links.subject", i)), path) == 0)
			return true;
	return false;
}

/* Who may help, and the author of the answer; no event leaves the product. */
static void who_may_help_was_told(const char *path, const char *apart)
{
	api_wait_until(20.0, notified(api_as("programme_admin", "hr.lead"), "help_asked", path));
	api_wait_until(20.0, notified(api_as("programme_admin", apart), "help_asked", path));
	api_wait_until(20.0, notified(api_as("participant", mentor), "help_answered", path));
	assert_false(notified(api_as("programme_admin", "chief"), "help_asked", path));
	assert_string_equal(api_sql("superuser",
				    "SELECT count(*) FROM common.outbox JOIN common.event USING "
				    "(type) WHERE audience = "
				    "'public' AND subject_id = '%s'",
				    strrchr(path, '/') + 1),
		"0");
}

static void help_is_between_the_author_and_who_may_help(void **state)
{
	(void)state;
	const char *message = "he shouts at me", *path, *before, *pages[3];
	struct api *helper = api_as("programme_admin", "hr.lead");
	coordinate("chief");      /* one of the two */
	coordinate("it.lead");    /* above a half of the mentors */
	coordinate("sales.lead"); /* above the others */
	struct api *chief = api_as("programme_admin", "chief");
	pages[0] = api_path("/api/v1/pairs/%s", pair);
	pages[1] = api_path("/api/v1/dashboards/programmes/%s", programme);
	pages[2] = api_path("/api/v1/dashboards/programmes/%s/work-list", programme);
	before = api_header_of(api_expect(api_get(chief, "%s", pages[0]), 200), "ETag");
	path = ask(mentor, message);
	bool sales = strchr("abc", *mentor) != NULL; /* ann, bob, cleo */
	const char *above = sales ? "sales.lead" : "it.lead",
		   *apart = sales ? "it.lead" : "sales.lead";
	nothing_tells(chief, path, message);
	nothing_tells(api_as("participant", "chief"), path, message);
	nothing_tells(api_as("programme_admin", above), path, message);
	api_expect(
		api_get(api_as("participant", "hr.lead"), "%s", path), 404); /* without the role */
	nothing_tells(api_as("participant", strcmp(mentor, "fay") ? "fay" : "eve"), path, message);
	api_expect(api_get(api_as("auditor", NULL), "%s", path), 403);
	assert_string_equal(
		api_header_of(api_expect(api_get(chief, "%s", pages[0]), 200), "ETag"), before);
	for (int i = 1; i < 3; i++)
		assert_null(strstr(api_expect(api_get(helper, "%s", pages[i]), 200)->text, "help"));
	api_expect(api_get(api_as("programme_admin", apart), "%s", path), 200);
	assert_non_null(
		strstr(api_expect(api_get(helper, "/api/v1/dashboards/me"), 200)->text, path));
	assert_non_null(strstr(api_expect(api_get(helper, "%s", path), 200)->text, message));
	assert_string_equal(
		api_sql("evaluation", "SELECT count(*) FROM evaluation.help_request"), "0");
	const char *answer = api_path("%s/answer", path), *closure = api_path("%s/closure", path);
	static const char body[] = "{\"answer\": \"Come by at ten.\"}";
	api_expect(api_post(chief, answer, body), 404);
	api_expect(api_post(api_as("programme_admin", above), answer, body), 404);
	api_expect(api_post(api_as("participant", mentor), answer, body), 403);
	api_expect(api_post(api_as("programme_admin", mentor), answer, body), 404);
	api_expect(api_post(chief, closure, NULL), 404);
	api_expect(api_post(helper, answer, body), 200);
	assert_null(strstr(api_expect(api_get(helper, "/api/v1/dashboards/me"), 200)->text, path));
	struct api_reply *seen = api_expect(
		api_get(api_as("participant", mentor), "%s", path), 200);
	assert_string_equal(api_text(seen, "answer"), "Come by at ten.");
	assert_string_equal(api_text(seen, "answered_by.id"), story_person_id("hr.lead"));
	api_expect(api_post(api_as("participant", mentor), closure, NULL), 200);
	api_expect_problem(api_post(helper, answer, body), 409, "wrong_state");
	who_may_help_was_told(path, apart);
}

/* Why somebody has left at once is written afterwards, to who may help: the partner, the line and the reports
 * see a pair that has ended, and nothing more. */
static void why_somebody_left_is_for_who_may_help_alone(void **state)
{
	(void)state;
	const char *message = "I left as nothing changed";
	const char *above = strchr("abc", *mentor) ? "sales.lead" : "it.lead";
	api_expect(api_post(api_as("participant", mentor), api_path("/api/v1/pairs/%s/safe-exit", pair),
			   NULL),
		200);
	const char *path = ask(mentor, message);
	assert_non_null(strstr(
		api_expect(api_get(api_as("programme_admin", "hr.lead"), "%s", path), 200)->text, message));
	nothing_tells(api_as("programme_admin", "chief"), path, message);
	nothing_tells(api_as("participant", "chief"), path, message);
	nothing_tells(api_as("programme_admin", above), path, message);
	api_expect(api_get(api_as("admin", "fay"), "%s", path), 404);
	api_expect_problem(api_post(api_as("participant", "chief"), "/api/v1/stories",
				   "{\"pair_id\": \"%s\", \"title\": \"Us\", \"text\": \"x\"}", pair),
		409, "pair_not_active"); /* nobody whom they left asks them for a story */
	struct api_reply *left = api_expect(
		api_get(api_as("participant", "chief"), "/api/v1/pairs/%s", pair), 200);
	assert_string_equal(api_text(left, "status"), "ended");
	assert_null(strstr(left->text, "safe"));
	story_snapshot(programme);
	const char *losses = api_path("/api/v1/reports/programmes/%s/losses", programme);
	assert_null(strstr(
		api_expect(api_get(api_as("auditor", NULL), "%s", losses), 200)->text, message));
}

/* The mentee asks about the mentor, and is the only coordinator whom the mentor does not report to. */
static void without_a_helper_it_is_said_so(void **state)
{
	(void)state;
	api_sql("superuser",
		"DELETE FROM matching.coordinator WHERE programme_id = '%s' AND person_id NOT IN "
		"(SELECT id FROM profiles.person WHERE user_name = 'chief')",
		programme);
	api_expect_problem(api_post(api_as("participant", mentor), "/api/v1/help-requests",
				   "{\"pair_id\": \"%s\", \"message\": \"A word?\"}", pair),
		409, "no_helper");
	struct api_reply *foreign = api_post(api_as("participant", "fay"), "/api/v1/help-requests",
		"{\"pair_id\": \"%s\", \"message\": \"A word?\"}", pair);
	if (strcmp(mentor, "fay") != 0)
		api_expect_fault(api_expect_problem(foreign, 422, "unknown_reference"), "/pair_id");
}

/* ---- disclosures ---------------------------------------------------------------------------------- */

#define ASK                                                                                        \
	"{\"pair_id\": \"%s\", \"author\": \"mentor\", \"what\": \"%s\", \"reason\": "             \
	"\"There is a complaint about conduct.\"}"

static struct api_reply *ask_to_read(const char *user_name, const char *what)
{
	return api_post(api_as("auditor", user_name), "/api/v1/disclosures", ASK, pair, what);
}

static struct api_reply *step(
	const char *role, const char *user_name, const char *path, const char *what)
{
	return api_post(api_as(role, user_name), api_path("%s/%s", path, what), NULL);
}

/* What a database role sees of the confidential tables while somebody calls (NULL: while nobody does). */
static const char *rows_seen(const char *role, const char *user_name)
{
	static const char *const tables[] = { "feedback", "help_request", "response" };
	const char *seen = "";
	for (int i = 0; i < 3; i++)
		seen = api_path("%s %s", seen,
			api_sql(role,
				"BEGIN; SET LOCAL app.actor = '%s'; SELECT count(*) FROM "
				"evaluation.%s t WHERE %s; ROLLBACK",
				user_name ? story_person_id(user_name) : "", tables[i],
				i == 2 ? "true" : api_path("pair_id = '%s'", pair)));
	return seen;
}

static void only_who_is_impartial_asks_and_agrees(void **state)
{
	(void)state;
	const char *above = strchr("abc", *mentor) ? "sales.lead" : "it.lead";
	struct api_reply *made;
	for (int i = 0; i < 3; i++)
		api_expect_fault(api_expect_problem(ask_to_read(i == 0   ? "chief"
								: i == 1 ? mentor
									 : above,
							    "feedback"),
					 422, "unknown_reference"),
			"/pair_id");
	api_expect_problem(ask_to_read(NULL, "feedback"), 409, "person_needed");
	api_expect(
		api_post(api_as("admin", "hr.team"), "/api/v1/disclosures", ASK, pair, "feedback"),
		403);
	api_expect_fault(
		api_expect(api_post(api_as("auditor", "hr.team"), "/api/v1/disclosures",
				   "{\"pair_id\": \"%s\", \"author\": \"chief\", \"what\": "
				   "\"safe_exit\", \"reason\": \"x\"}",
				   pair),
			422),
		"/reason");
	made = api_expect(ask_to_read("hr.team", "feedback"), 201);
	const char *path = api_text(made, "links.self");
	assert_int_equal(api_text(made, "id")[14], '4');
	/* neither one of the two nor who stands above one of them learns of it, whatever their role */
	for (int i = 0; i < 3; i++) {
		const char *who = i == 0 ? "chief" : i == 1 ? mentor : above;
		api_expect(api_get(api_as("admin", who), "%s", path), 404);
		api_expect(step("admin", who, path, "approval"), 404);
		api_expect(step("auditor", who, path, "refusal"), 404);
		api_expect(step("auditor", who, path, "reading"), 404);
		assert_null(strstr(
			api_expect(api_get(api_as("admin", who), "/api/v1/disclosures"), 200)->text,
			path));
	}
	api_expect(api_get(api_as("participant", "hr.lead"), "%s", path), 404);
	api_expect(api_get(api_as("programme_admin", "hr.lead"), "%s", path), 404);
	api_expect(step("programme_admin", "hr.lead", path, "approval"), 403);
	api_expect_problem(step("auditor", "hr.team", path, "approval"), 409, "not_impartial");
	api_expect_problem(step("admin", "hr.team", path, "approval"), 409, "not_impartial");
	api_expect_problem(step("admin", NULL, path, "approval"), 409, "person_needed");
	api_expect_problem(step("auditor", "hr.team", path, "reading"), 409, "wrong_state");
	api_expect(step("admin", "hr.lead", path, "approval"), 200);
	api_expect_problem(step("admin", "hr.lead", path, "approval"), 409, "not_impartial");
	api_expect_problem(step("auditor", "hr.team", path, "reading"), 409, "wrong_state");
	assert_string_equal(rows_seen("evaluation", "hr.team"), " 0 0 0");
	api_expect(step("auditor", "other.admin", path, "refusal"), 200);
	api_expect_problem(step("auditor", "hr.team", path, "reading"), 409, "wrong_state");
	assert_false(notified(api_as("participant", mentor), "disclosed", path));
	api_expect(api_get(api_as("participant", mentor), "%s", path), 404);
}

/* What a service role does without the operations: each is refused by the database itself. */
static void the_database_refuses_what_the_operations_do_not_do(const char *id)
{
	static const char *const deeds[] = {
		"UPDATE evaluation.disclosure SET status = 'open' WHERE id = '%s'",
		"UPDATE evaluation.disclosure SET author_id = id WHERE id = '%s'",
		"UPDATE evaluation.disclosure SET step = 'approval' WHERE id = '%s'",
		"UPDATE evaluation.disclosure SET opened_at = common.now() + interval '1 year' "
		"WHERE id = '%s'",
		"DELETE FROM evaluation.disclosure WHERE id = '%s'",
	};
	for (size_t i = 0; i < sizeof deeds / sizeof *deeds; i++) {
		const char *done = api_sql("superuser",
			"CREATE TEMP TABLE outcome (code text); DO $do$ BEGIN SET LOCAL ROLE "
			"upward_evaluation; %s; "
			"RESET ROLE; EXCEPTION WHEN OTHERS THEN INSERT INTO outcome VALUES "
			"(sqlstate); END $do$; "
			"SELECT coalesce((SELECT code FROM outcome), 'done')",
			api_path(deeds[i], id));
		if (strcmp(done, "done") == 0)
			fail_msg("%s", deeds[i]);
	}
}

/* That alone, by that person alone, of no other database role; and the reading is on record. */
static void the_second_wall_holds(const char *id)
{
	assert_string_equal(rows_seen("evaluation", "hr.team"), " 0 1 0");
	assert_string_equal(rows_seen("evaluation", "hr.lead"), " 0 1 0"); /* who may help */
	assert_string_equal(rows_seen("evaluation", "other.admin"), " 0 0 0");
	assert_string_equal(rows_seen("evaluation", NULL), " 0 0 0");
	static const char *const others[] = { "profiles", "matching", "scheduling" };
	for (int i = 0; i < 3; i++)
		for (int t = 0; t < 3; t++)
			assert_string_equal(
				api_sql("superuser",
					"SELECT has_table_privilege('upward_%s', 'evaluation.%s', "
					"'SELECT')",
					others[i],
					t == 0   ? "feedback"
					: t == 1 ? "help_request"
						 : "response"),
				"f");
	assert_string_equal(
		api_sql("superuser",
			"SELECT object, operation, (SELECT user_name FROM profiles.person WHERE id "
			"= actor) FROM common.access_log WHERE object_id = '%s'",
			id),
		"disclosure|disclosure_reading|hr.team");
}

static void two_others_open_what_was_written_for_an_hour(void **state)
{
	(void)state;
	const char *path, *id;
	struct api *author = api_as("participant", mentor);
	struct api_reply *read;
	api_clock_to("2027-07-12 09:00Z");
	path = api_text(api_expect(ask_to_read("hr.team", "help_request"), 201), "links.self");
	id = strrchr(path, '/') + 1;
	the_database_refuses_what_the_operations_do_not_do(id);
	api_expect(step("admin", "hr.lead", path, "approval"), 200);
	api_expect(api_get(author, "%s", path), 404);
	read = api_expect(step("admin", "other.admin", path, "approval"), 200);
	assert_string_equal(api_text(read, "status"), "open");
	assert_int_equal(strncmp(api_text(read, "open_until"), "2027-07-12T10:0", 15), 0);
	/* neither who agreed nor another auditor reads it */
	api_expect(step("admin", "hr.lead", path, "reading"), 403);
	api_expect(step("auditor", "hr.lead", path, "reading"), 404);
	api_expect_problem(step("auditor", NULL, path, "reading"), 409, "person_needed");
	read = api_expect(step("auditor", "hr.team", path, "reading"), 200);
	assert_int_equal(api_count(read, "items"), 1);
	assert_string_equal(api_text(read, "items.0.text"), "he shouts at me");
	assert_string_equal(api_header_of(read, "Cache-Control"), "no-store");
	the_second_wall_holds(id);
	api_expect(api_get(author, "%s", path), 404);
	api_clock_to("2027-07-12 10:10Z");
	assert_string_equal(rows_seen("evaluation", "hr.team"), " 0 0 0");
	api_expect_problem(step("auditor", "hr.team", path, "reading"), 409, "wrong_state");
	api_wait_until(20.0, notified(author, "disclosed", path));
	read = api_expect(api_get(author, "%s", path), 200);
	assert_string_equal(api_text(read, "requested_by.id"), story_person_id("hr.team"));
	assert_int_equal(api_count(read, "approved_by"), 2);
	assert_int_equal(api_integer(read, "readings"), 1);
	api_expect(api_get(api_as("participant", "chief"), "%s", path), 404);
	assert_false(notified(api_as("participant", "chief"), "disclosed", path));
	api_clock(0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(feedback_is_its_authors_alone),
		cmocka_unit_test(feedback_about_a_session_needs_one_that_was_held),
		cmocka_unit_test(partner_feedback_comes_out_in_one_batch_and_no_sooner),
		cmocka_unit_test(after_a_window_comes_the_next_and_after_the_last_none),
		cmocka_unit_test(an_improvement_is_suggested_by_its_pair),
		cmocka_unit_test(an_improvement_names_nobody_who_does_not_want_it),
		cmocka_unit_test(help_is_between_the_author_and_who_may_help),
		cmocka_unit_test(only_who_is_impartial_asks_and_agrees),
		cmocka_unit_test(two_others_open_what_was_written_for_an_hour),
		cmocka_unit_test(why_somebody_left_is_for_who_may_help_alone),
		cmocka_unit_test(without_a_helper_it_is_said_so),
	};
	return cmocka_run_group_tests_name("feedback", tests, set_up, api_release);
}
