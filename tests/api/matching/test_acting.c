/* What a coordinator does for others: in their place, for many at once, by hand. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "people.h"
#include "support/client.h"
#include "support/company.h"
#include "support/story.h"

/* What coordinators did for somebody, as that person or a coordinator reads it. */
static struct api_reply *acts(struct api *reader, const char *enrolment)
{
	return api_expect(
		api_get(reader, "/api/v1/enrolments/%s/coordinator-acts", enrolment), 200);
}

/* And neither who it was nor why. */
static void the_person_sees_what_was_done(const char *id)
{
	static const char *const done[] = { "enrolment", "pause", "change", "withdrawal" };
	struct api_reply *mine = acts(as("ann"), id), *all = acts(admin(), id);
	assert_int_equal(api_count(mine, "items"), 4);
	for (size_t i = 0; i < 4; i++) {
		assert_string_equal(api_text(mine, api_path("items.%zu.act", i)), done[i]);
		assert_true(json_is_null(api_member(mine, api_path("items.%zu.note", i))));
		assert_true(json_is_null(api_member(mine, api_path("items.%zu.coordinator", i))));
	}
	assert_string_equal(api_text(all, "items.1.note"), "Ill");
	assert_string_equal(api_text(all, "items.1.coordinator.id"), story_person_id("hr.lead"));
}

static void somebody_is_enrolled_paused_and_taken_back_by_a_coordinator(void **state)
{
	(void)state;
	const char *programme = story_programme("hr.lead", "For others");
	static const char *const enrol = "{\"programme_id\": \"%s\", \"role\": \"mentor\", "
					 "\"person_id\": \"%s\"%s}";
	const char *ann = story_person_id("ann");
	api_expect_fault(
		api_expect(api_post(admin(), "/api/v1/enrolments", enrol, programme, ann, ""), 422),
		"/note");
	api_expect_fault(api_expect_problem(api_post(as("bob"), "/api/v1/enrolments", enrol,
						    programme, ann, ", \"note\": \"x\""),
				 422, "unknown_reference"),
		"/person_id");
	struct api_reply *made = api_expect(
		api_post(admin(), "/api/v1/enrolments", enrol, programme, ann,
			", \"note\": \"Asked by mail\""),
		201);
	const char *id = api_text(made, "id"), *self = api_text(made, "links.self");
	assert_string_equal(api_text(made, "person.id"), ann);
	api_expect_fault(
		api_expect(api_post(as("ann"), api_path("%s/pause", self), "{\"note\": \"Mine\"}"),
			422),
		"/note");
	api_expect(api_post(admin(), api_path("%s/pause", self),
			   "{\"until\": \"2027-03-01\", \"note\": \"Ill\"}"),
		200);
	api_expect_fault(
		api_expect(api_post(admin(), api_path("%s/resumption", self), NULL), 422), "/note");
	api_expect(api_post(as("ann"), api_path("%s/resumption", self), NULL), 200);
	api_if_match(admin(), api_expect(api_get(admin(), "%s", self), 200));
	api_expect(api_patch(admin(), self, "{\"capacity\": 2, \"note\": \"Agreed\"}"), 200);
	api_expect(
		api_post(admin(), api_path("%s/withdrawal", self), "{\"note\": \"Moved\"}"), 200);
	the_person_sees_what_was_done(id);
	api_expect_problem(
		api_get(as("bob"), "/api/v1/enrolments/%s/coordinator-acts", id), 404, "not_found");
	api_expect_problem(api_post(api_as("programme_admin", "other.admin"),
				   api_path("%s/resumption", self), "{\"note\": \"x\"}"),
		404, "not_found");
	story_settle();
	api_wait_until(
		20, strstr(api_expect(api_get(as("ann"), "/api/v1/notifications"), 200)->text,
			    "coordinator_acted") != NULL);
}

static void a_pick_is_made_and_answered_by_a_coordinator(void **state)
{
	(void)state;
	const char *programme = company_programme("By phone", 2);
	story_round("hr.lead", programme);
	struct api_reply *list = story_shortlist("chief", programme);
	const char *mentor = api_text(list, "mentors.0.mentor.id"), *name = story_user_name(mentor);
	const char *path = api_path("%s/pick", api_text(list, "links.self"));
	api_expect_fault(
		api_expect(api_post(admin(), path, "{\"mentor_id\": \"%s\"}", mentor), 422),
		"/note");
	struct api_reply *pair = api_expect(
		api_post(admin(), path, "{\"mentor_id\": \"%s\", \"note\": \"She said so\"}",
			mentor),
		201);
	assert_string_equal(api_text(pair, "status"), "proposed");
	assert_string_equal(api_text(pair, "mentee.id"), story_person_id("chief"));
	const char *self = api_text(pair, "links.self");
	api_expect_problem(
		api_post(as("chief"), api_path("%s/acceptance", self), "{\"note\": \"Mine\"}"), 404,
		"not_found");
	api_expect_fault(
		api_expect(api_post(admin(), api_path("%s/acceptance", self), NULL), 422), "/note");
	api_expect(api_post(admin(), api_path("%s/acceptance", self), "{\"note\": \"He agreed\"}"),
		200);
	struct api_reply *history = api_expect(api_get(admin(), "%s/history", self), 200);
	assert_string_equal(api_text(history, "items.0.note"), "She said so");
	assert_string_equal(api_text(history, "items.1.note"), "He agreed");
	assert_string_equal(
		api_text(acts(as("chief"), enrolment_of("chief", programme)), "items.0.act"),
		"pick");
	assert_string_equal(api_text(acts(as(name), enrolment_of(name, programme)), "items.0.act"),
		"pair_acceptance");
}

static void other_mentors_are_asked_for_by_a_coordinator(void **state)
{
	(void)state;
	const char *programme = company_programme("None of them", 2);
	story_round("hr.lead", programme);
	struct api_reply *list = story_shortlist("chief", programme);
	const char *path = api_path("%s/refresh", api_text(list, "links.self"));
	assert_non_null(
		strstr(api_expect(api_get(admin(), "%s", api_text(list, "links.self")), 200)->text,
			"\"refresh\""));
	api_expect_fault(
		api_expect(api_post(admin(), path, "{\"reason\": \"know_them\"}"), 422), "/note");
	static const char *const body = "{\"reason\": \"know_them\", \"note\": \"By phone\"}";
	api_expect_problem(api_post(other(), path, body), 404, "not_found");
	struct api_reply *fresh = api_expect(api_post(admin(), path, body), 201);
	assert_string_equal(api_text(fresh, "mentee.id"), story_person_id("chief"));
	assert_null(strstr(fresh->text, api_text(list, "mentors.0.mentor.id")));
	assert_string_equal(
		api_text(acts(as("chief"), enrolment_of("chief", programme)), "items.0.act"),
		"refresh");
	api_expect_problem(
		api_post(admin(), api_path("%s/refresh", api_text(fresh, "links.self")), body), 409,
		"refreshed_already");
}

/* A coordinator who takes part is no judge of their own pick. */
static void nobody_accepts_their_own_pick_for_the_mentor(void **state)
{
	(void)state;
	const char *programme = story_programme("hr.lead", "Both");
	story_wants("hr.lead", "data literacy", NULL);
	story_enrol("hr.lead", programme, "mentee", 1);
	for (size_t i = 0; i < 3; i++)
		story_enrol((const char *[]){ "ann", "dev", "eve" }[i], programme, "mentor", 1);
	story_round("hr.lead", programme);
	struct api_reply *list = story_shortlist("hr.lead", programme);
	struct api_reply *pair = api_expect(
		api_post(as("hr.lead"), api_path("%s/pick", api_text(list, "links.self")),
			"{\"mentor_id\": \"%s\"}", api_text(list, "mentors.0.mentor.id")),
		201);
	api_expect_problem(
		api_post(admin(), api_path("%s/acceptance", api_text(pair, "links.self")),
			"{\"note\": \"Yes\"}"),
		404, "not_found");
}

/* An exclusion of the programme by its coordinator. */
static struct api_reply *exclude(
	const char *programme, const char *member, const char *value, const char *more)
{
	return api_post(admin(), api_path("/api/v1/programmes/%s/exclusions", programme),
		"{\"%s\": \"%s\", \"note\": \"An audit\"%s}", member, value, more);
}

/* Whether somebody is on the mentee's open shortlist. */
static bool shown(const char *mentee, const char *programme, const char *mentor)
{
	return strstr(story_shortlist(mentee, programme)->text, mentor) != NULL;
}

static void wrong_exclusions(const char *programme, const struct api_reply *made, const char *first)
{
	api_expect_problem(exclude(programme, "person_id", first, ""), 409, "name_taken");
	api_expect_fault(
		api_expect(exclude(programme, "department", "Nowhere", ""), 422), "/department");
	api_expect_fault(api_expect(exclude(programme, "other_id", first, ""), 422), "/department");
	api_expect_fault(api_expect(exclude(programme, "person_id", first,
					    api_path(", \"other_id\": \"%s\"", first)),
				 422),
		"/other_id");
	api_expect_problem(api_get(api_as("programme_admin", "other.admin"), "%s",
				   api_text(made, "links.self")),
		404, "not_found");
	api_expect(api_get(as("ann"), "%s", api_text(made, "links.self")), 403);
}

/* It looks like any other pair on hold. */
static void a_waiting_pick_is_suspended(
	const char *programme, const struct api_reply *list, const char *second)
{
	struct api_reply *pair = api_expect(
		api_post(as("chief"), api_path("%s/pick", api_text(list, "links.self")),
			"{\"mentor_id\": \"%s\"}", second),
		201);
	api_expect(exclude(programme, "person_id", story_person_id("chief"),
			   api_path(", \"other_id\": \"%s\"", second)),
		201);
	struct api_reply *now = api_expect(
		api_get(as("chief"), "%s", api_text(pair, "links.self")), 200);
	assert_string_equal(api_text(now, "status"), "suspended");
	assert_null(strstr(now->text, "audit"));
	api_expect_problem(api_post(as("chief"),
				   api_path("%s/resumption", api_text(pair, "links.self")), NULL),
		409, "unsafe_pair");
	api_wait_until(
		20, api_count(api_expect(api_get(as("chief"),
						 "/api/v1/shortlists?programme_id=%s&status=open",
						 programme),
				      200),
			    "items") == 1);
	assert_false(shown("chief", programme, second));
}

/* Whether a page of a round has somebody of the department, on a list or in need of one. */
static bool has_somebody_of(const char *department, const char *round, const char *part)
{
	struct api_reply *page = api_expect(
		api_get(admin(), "/api/v1/rounds/%s/%s", round, part), 200);
	char *text = json_dumps(page->body, JSON_COMPACT);
	bool has = strstr(text, api_path("\"department\":\"%s\"", department)) != NULL;
	free(text);
	return has;
}

static void nobody_is_in_the_next_round_from(const char *programme, const char *department)
{
	story_wants("hr.lead", "generative AI", NULL);
	story_enrol("hr.lead", programme, "mentee", 1);
	const char *round = story_ready("hr.lead", programme);
	struct api_reply *now = api_expect(api_get(admin(), "/api/v1/rounds/%s", round), 200);
	assert_int_equal(api_integer(now, "totals.shortlists"), 1);
	assert_false(has_somebody_of(department, round, "shortlists"));
	assert_false(has_somebody_of(department, round, "unmatched"));
}

static void an_exclusion_of_the_programme_holds_for_lists_picks_and_rounds(void **state)
{
	(void)state;
	const char *programme = company_programme("Audit", 2);
	assert_true(has_somebody_of("IT", story_round("hr.lead", programme), "shortlists"));
	struct api_reply *list = story_shortlist("chief", programme);
	char first[40], second[40];
	snprintf(first, sizeof first, "%s", api_text(list, "mentors.0.mentor.id"));
	snprintf(second, sizeof second, "%s", api_text(list, "mentors.1.mentor.id"));
	assert_true(shown("chief", programme, first));
	struct api_reply *made = api_expect(exclude(programme, "person_id", first, ""), 201);
	assert_string_equal(api_text(made, "person.id"), first);
	assert_int_equal(api_integer(made, "pairs"), 0);
	assert_false(shown("chief", programme, first));
	assert_int_equal(api_count(story_shortlist("chief", programme), "mentors"), 3);
	wrong_exclusions(programme, made, first);
	a_waiting_pick_is_suspended(programme, list, second);
	assert_false(shown("chief", programme, first));
	/* a whole department: nobody of it is in the next round */
	api_expect(exclude(programme, "department", "IT", ""), 201);
	struct api_reply *all = api_expect(
		api_get(admin(), "/api/v1/programmes/%s/exclusions", programme), 200);
	assert_int_equal(api_count(all, "items"), 3);
	nobody_is_in_the_next_round_from(programme, "IT");
	api_if_match(admin(), made);
	api_expect(api_delete(admin(), "%s", api_text(made, "links.self")), 204);
	api_expect(api_get(admin(), "%s", api_text(made, "links.self")), 404);
}

static void pairs_that_have_begun_are_suspended_only_if_the_coordinator_says_so(void **state)
{
	(void)state;
	const char *programme = company_programme("Begun", 2), *mentor;
	story_round("hr.lead", programme);
	const char *pair = story_pair("chief", programme, &mentor);
	struct api_reply *made = api_expect(
		exclude(programme, "person_id", story_person_id(mentor), ""), 201);
	assert_int_equal(api_integer(made, "pairs"), 1);
	assert_string_equal(
		api_text(api_expect(api_get(as("chief"), "/api/v1/pairs/%s", pair), 200), "status"),
		"active");
	api_if_match(admin(), made);
	api_expect(api_delete(admin(), "%s", api_text(made, "links.self")), 204);
	api_expect(exclude(programme, "person_id", story_person_id(mentor),
			   ", \"suspend_pairs\": true"),
		201);
	assert_string_equal(
		api_text(api_expect(api_get(as("chief"), "/api/v1/pairs/%s", pair), 200), "status"),
		"suspended");
}

/* A coordinator pairs two people by hand; more: further members of the body. */
#define NOTE ", \"note\": \"They know each other\""

static void two_people_are_paired_by_hand_under_the_rules_of_safety(void **state)
{
	(void)state;
	const char *programme = company_programme("By hand", 1);
	api_expect_problem(pair_by_hand(programme, "chief", "ann", NOTE), 409, "programme_not_open");
	story_round("hr.lead", programme);
	api_expect_fault(api_expect(pair_by_hand(programme, "chief", "ann", ""), 422), "/note");
	api_expect_fault(
		api_expect(pair_by_hand(programme, "ann", "chief", NOTE), 422), "/mentee_enrolment_id");
	api_expect_fault(
		api_expect_problem(
			api_post(api_as("programme_admin", "other.admin"), "/api/v1/pairs",
				"{\"mentee_enrolment_id\": \"%s\", "
				"\"mentor_enrolment_id\": \"%s\"" NOTE "}",
				enrolment_of("chief", programme), enrolment_of("ann", programme)),
			422, "unknown_reference"),
		"/mentee_enrolment_id");
	struct api_reply *pair = api_expect(pair_by_hand(programme, "chief", "ann", NOTE), 201);
	const char *self = api_text(pair, "links.self");
	assert_string_equal(api_text(pair, "status"), "proposed");
	assert_string_equal(api_text(pair, "origin"), "manual");
	assert_int_equal(api_count(api_expect(api_get(as("chief"),
						      "/api/v1/shortlists?status=open&"
						      "programme_id=%s",
						      programme),
					   200),
				 "items"),
		0);
	api_expect(api_get(as("ann"), "%s/why", self), 200);
	struct api_reply *history = api_expect(api_get(admin(), "%s/history", self), 200);
	assert_string_equal(api_text(history, "items.0.note"), "They know each other");
	api_expect(api_post(as("ann"), api_path("%s/acceptance", self), NULL), 200);
	/* never: in the line, taken, excluded, which looks like the line */
	struct api_reply *close = api_expect_problem(
		pair_by_hand(programme, "it.lead", "dev", NOTE ", \"override\": [\"need\"]"), 409,
		"unsafe_pair");
	api_expect_problem(pair_by_hand(programme, "it.lead", "ann", NOTE), 409, "mentor_taken");
	api_expect(api_post(as("bob"), "/api/v1/exclusions", "{\"person_id\": \"%s\"}",
			   story_person_id("it.lead")),
		201);
	struct api_reply *private = api_expect_problem(
		pair_by_hand(programme, "it.lead", "bob", NOTE), 409, "unsafe_pair");
	assert_string_equal(api_text(private, "detail"), api_text(close, "detail"));
	api_expect_problem(pair_by_hand(programme, "chief", "cleo", NOTE), 409, "no_place");
}

static void other_rules_are_set_aside_with_a_note(void **state)
{
	(void)state;
	const char *programme = company_programme("Overrides", 2);
	story_enrol("hr.team", programme, "mentor", 1);
	story_round("hr.lead", programme);
	struct api_reply *no = api_expect_problem(
		pair_by_hand(programme, "it.lead", "hr.team", NOTE), 409, "rules_unmet");
	assert_int_equal(api_count(no, "unmet"), 1);
	assert_string_equal(api_text(no, "unmet.0"), "need");
	api_expect_problem(
		pair_by_hand(programme, "it.lead", "hr.team", NOTE ", \"override\": [\"hours\"]"), 409,
		"rules_unmet");
	struct api_reply *pair = api_expect(pair_by_hand(programme, "it.lead", "hr.team",
						    NOTE ", \"override\": [\"hours\", \"need\"]"),
		201);
	struct api_reply *history = api_expect(
		api_get(admin(), "%s/history", api_text(pair, "links.self")), 200);
	assert_int_equal(api_count(history, "items.0.overrides"), 1);
	assert_string_equal(api_text(history, "items.0.overrides.0"), "need");
	/* who has refused comes back only if the coordinator says so */
	api_expect(api_post(as("hr.team"), api_path("%s/decline", api_text(pair, "links.self")),
			   "{\"reason\": \"no_time\"}"),
		200);
	no = api_expect_problem(
		pair_by_hand(programme, "it.lead", "hr.team", NOTE ", \"override\": [\"need\"]"), 409,
		"rules_unmet");
	assert_string_equal(api_text(no, "unmet.0"), "earlier");
	api_expect(pair_by_hand(programme, "it.lead", "hr.team",
			   NOTE ", \"override\": [\"need\", \"earlier\"]"),
		201);
}

/* The programme's settings, by its coordinator. */
static void set(const char *programme, const char *members)
{
	struct api_reply *now = api_expect(
		api_get(admin(), "/api/v1/programmes/%s", programme), 200);
	api_if_match(admin(), now);
	api_expect(api_patch(admin(), api_text(now, "links.self"), "{%s}", members), 200);
}

static struct api_reply *asks(
	const char *mentee, const char *programme, const char *mentor, const char *more)
{
	return api_post(as(mentee), "/api/v1/pairs",
		"{\"programme_id\": \"%s\", \"mentor_id\": \"%s\"%s}", programme,
		story_person_id(mentor), more);
}

static void a_mentee_asks_a_mentor_where_the_programme_allows_it(void **state)
{
	(void)state;
	const char *programme = company_programme("Self-search", 1);
	story_enrol("hr.team", programme, "mentor", 1);
	story_round("hr.lead", programme);
	api_expect_problem(asks("it.lead", programme, "ann", ""), 409, "no_self_search");
	set(programme, "\"self_search\": true");
	api_expect_fault(api_expect(asks("it.lead", programme, "ann", NOTE), 422), "/note");
	api_expect_fault(
		api_expect(asks("sales.lead", programme, "ann", ""), 422), "/programme_id");
	api_expect_problem(asks("it.lead", programme, "dev", ""), 409, "unsafe_pair");
	struct api_reply *no = api_expect_problem(
		asks("it.lead", programme, "hr.team", ""), 409, "rules_unmet");
	assert_null(api_member(no, "unmet"));
	api_expect_problem(asks("it.lead", programme, "sales.desk", ""), 409, "mentor_taken");
	struct api_reply *pair = api_expect(asks("it.lead", programme, "ann", ""), 201);
	assert_string_equal(api_text(pair, "origin"), "request");
	assert_string_equal(api_text(pair, "my_side"), "mentee");
	api_expect_problem(asks("it.lead", programme, "cleo", ""), 409, "no_place");
	api_expect(api_post(as("ann"), api_path("%s/decline", api_text(pair, "links.self")),
			   "{\"reason\": \"no_time\"}"),
		200);
	api_expect_problem(asks("it.lead", programme, "ann", ""), 409, "mentor_taken");
	struct api_reply *second = api_expect(asks("it.lead", programme, "cleo", ""), 201);
	api_expect(api_post(as("cleo"), api_path("%s/acceptance", api_text(second, "links.self")),
			   NULL),
		200);
}

/* By skills alone, level does not count; who is above somebody still does not teach them. */
static void by_skills_alone_the_other_rules_of_safety_stay(void **state)
{
	(void)state;
	const char *programme = story_programme("hr.lead", "Skills alone");
	set(programme, "\"self_search\": true, \"rules\": {\"skills_only\": true}");
	story_wants("eve", "negotiation", NULL);
	story_teaches("hr.team", "negotiation", NULL);
	story_teaches("it.team", "negotiation", NULL);
	story_enrol("eve", programme, "mentee", 2);
	story_enrol("hr.team", programme, "mentor", 1);
	story_enrol("it.team", programme, "mentor", 1);
	story_enrol("bob", programme, "mentor", 1);
	story_round("hr.lead", programme);
	api_expect(asks("eve", programme, "hr.team", ""), 201);
	api_expect_problem(asks("eve", programme, "it.team", ""), 409, "unsafe_pair");
}

/* A batch with these rows and perhaps more members; what came back. */
static struct api_reply *batch(const char *programme, const char *rows, const char *more)
{
	return api_post(admin(), "/api/v1/enrolments/batches",
		"{\"programme_id\": \"%s\", \"note\": \"Named by HR\", \"items\": [%s]%s}",
		programme, rows, more);
}

static void status_is(
	const struct api_reply *made, size_t row, const char *status, const char *code)
{
	assert_string_equal(api_text(made, api_path("items.%zu.status", row)), status);
	if (code)
		assert_string_equal(api_text(made, api_path("items.%zu.errors.0.code", row)), code);
	else
		assert_int_equal(api_count(made, api_path("items.%zu.errors", row)), 0);
}

/* Good and bad rows. */
static const char *mixed_rows(void)
{
	return api_path(
		"{\"person_id\": \"%s\", \"role\": \"mentor\", \"capacity\": 3}, "
		"{\"user_name\": \"BOB\", \"role\": \"mentor\"}, "
		"{\"user_name\": \"cleo\", \"role\": \"mentor\"}, "
		"{\"user_name\": \"nobody\", \"role\": \"mentor\"}, "
		"{\"user_name\": \"dev\", \"email\": \"dev@example.org\", \"role\": \"mentor\"}, "
		"{\"user_name\": \"dev\", \"role\": \"mentor\", \"answers\": "
		"[{\"key\": \"x\", \"value\": \"y\"}]}, "
		"{\"user_name\": \"ann\", \"role\": \"mentor\"}, "
		"{\"user_name\": \"chief\", \"role\": \"mentee\"}",
		story_person_id("ann"));
}

static void many_are_enrolled_at_once_and_bad_rows_are_named(void **state)
{
	(void)state;
	const char *programme = story_programme("hr.lead", "Batch");
	api_expect(
		api_post(admin(), api_path("/api/v1/programmes/%s/invitations", programme),
			"{\"role\": \"mentor\", \"message\": \"Come\", \"person_ids\": [\"%s\"]}",
			story_person_id("bob")),
		201);
	const char *cleo = story_enrol("cleo", programme, "mentor", 1);
	api_expect(api_post(as("cleo"), api_path("/api/v1/enrolments/%s/withdrawal", cleo), NULL),
		200);
	const char *rows = mixed_rows();
	struct api_reply *made = api_expect(batch(programme, rows, ""), 201);
	status_is(made, 0, "created", NULL);
	status_is(made, 1, "updated", NULL);
	status_is(made, 2, "refused", "wrong_state");
	status_is(made, 3, "refused", "unknown_reference");
	status_is(made, 4, "refused", "unknown_reference");
	status_is(made, 5, "refused", "unprocessable");
	status_is(made, 6, "unchanged", NULL);
	status_is(made, 7, "created", NULL);
	assert_int_equal(api_integer(made, "counts.refused"), 4);
	assert_int_equal(api_integer(api_expect(api_get(as("ann"), "/api/v1/enrolments/%s",
							api_text(made, "items.0.id")),
					     200),
				 "capacity"),
		3);
	struct api_reply *again = api_expect(batch(programme, rows, ""), 201);
	assert_int_equal(api_integer(again, "counts.created"), 0);
	assert_int_equal(api_integer(again, "counts.unchanged"), 4);
	assert_string_equal(
		api_text(api_expect(api_get(admin(), "%s", api_text(made, "links.self")), 200),
			"items.1.id"),
		api_text(made, "items.1.id"));
	api_expect_fault(
		api_expect_problem(api_post(api_as("programme_admin", "other.admin"),
					   "/api/v1/enrolments/batches",
					   "{\"programme_id\": \"%s\", \"note\": \"x\", "
					   "\"items\": [{\"user_name\": \"eve\", \"role\": "
					   "\"mentor\"}]}",
					   programme),
			422, "unknown_reference"),
		"/programme_id");
	struct api_reply *keen = api_expect(
		batch(programme, "{\"user_name\": \"eve\", \"role\": \"mentor\"}",
			", \"interest\": true"),
		201);
	status_is(keen, 0, "created", NULL);
	assert_string_equal(
		api_text(acts(as("eve"), api_text(keen, "items.0.id")), "items.0.act"), "interest");
}

/* As many as a batch takes, all new; only in long runs. */
static void a_thousand_are_enrolled_in_one_request(void **state)
{
	(void)state;
	enum { ROWS = 1000 };
	static char csv[ROWS * 60 + 200], rows[ROWS * 60];
	if (!getenv("UPWARD_LONG")) {
		print_message("skipped: only in long runs\n");
		skip();
	}
	int used = snprintf(csv, sizeof csv,
		"external_id,user_name,given_name,family_name,department,level,manager_external_"
		"id\n");
	for (int i = 0; i < ROWS; i++)
		used += snprintf(csv + used, sizeof csv - (size_t)used,
			"B-%d,batch%d,Bea,Batch,Batch,1,\n", i, i);
	assert_string_equal(api_text(api_import(csv, NULL), "status"), "done");
	used = 0;
	for (int i = 0; i < ROWS; i++)
		used += snprintf(rows + used, sizeof rows - (size_t)used,
			"%s{\"user_name\": \"batch%d\", \"role\": \"mentor\"}", i ? ", " : "", i);
	const char *programme = story_programme("hr.lead", "Thousand");
	struct api_reply *made = api_expect(batch(programme, rows, ""), 201);
	print_message("1,000 rows: %.2f s\n", made->seconds);
	assert_int_equal(api_integer(made, "counts.created"), ROWS);
	made = api_expect(batch(programme, rows, ""), 201);
	print_message("again: %.2f s\n", made->seconds);
	assert_int_equal(api_integer(made, "counts.unchanged"), ROWS);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(somebody_is_enrolled_paused_and_taken_back_by_a_coordinator,
			people_begin_anew),
		cmocka_unit_test_setup(
			a_pick_is_made_and_answered_by_a_coordinator, people_begin_anew),
		cmocka_unit_test_setup(
			other_mentors_are_asked_for_by_a_coordinator, people_begin_anew),
		cmocka_unit_test_setup(
			nobody_accepts_their_own_pick_for_the_mentor, people_begin_anew),
		cmocka_unit_test_setup(
			an_exclusion_of_the_programme_holds_for_lists_picks_and_rounds,
			people_begin_anew),
		cmocka_unit_test_setup(
			pairs_that_have_begun_are_suspended_only_if_the_coordinator_says_so,
			people_begin_anew),
		cmocka_unit_test_setup(
			two_people_are_paired_by_hand_under_the_rules_of_safety, people_begin_anew),
		cmocka_unit_test_setup(other_rules_are_set_aside_with_a_note, people_begin_anew),
		cmocka_unit_test_setup(
			a_mentee_asks_a_mentor_where_the_programme_allows_it, people_begin_anew),
		cmocka_unit_test_setup(
			by_skills_alone_the_other_rules_of_safety_stay, people_begin_anew),
		cmocka_unit_test_setup(
			many_are_enrolled_at_once_and_bad_rows_are_named, people_begin_anew),
		cmocka_unit_test_setup(a_thousand_are_enrolled_in_one_request, people_begin_anew),
	};
	return cmocka_run_group_tests_name(
		"acting for others", tests, people_without_limits, api_release);
}
