/* Who may take part, who counts in rounds, who is seen, and rounds that start by themselves. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

#include "people.h"
#include "support/client.h"
#include "support/company.h"
#include "support/story.h"

static void is_trained(const char *user_name, const char *topic)
{
	api_expect(api_post(api_as("hris", NULL),
			   api_path("/api/v1/people/%s/training-records", story_person_id(user_name)),
			   "{\"topic\": \"%s\", \"title\": \"T\", \"completed_on\": \"2026-01-09\"}",
			   topic),
		201);
}

static void rounds_leave_out_those_without_training(void **state)
{
	(void)state;
	const char *programme = company_programme("Trained", 2);
	const char *self = api_path("/api/v1/programmes/%s", programme);
	struct api_reply *now = api_expect(api_get(admin(), "%s", self), 200);
	api_if_match(admin(), now);
	api_expect(api_patch(admin(), self, "{\"mentor_training\": [\"shouting\"]}"), 422);
	api_if_match(admin(), now);
	now = api_expect(
		api_patch(admin(), self, "{\"mentor_training\": [\"feedback\", \"listening\"]}"),
		200);
	assert_int_equal(api_count(now, "mentor_training"), 2);
	assert_int_equal(api_integer(now, "policy_version"), 1);
	is_trained("dev", "feedback");
	is_trained("dev", "listening");
	api_expect(api_post(api_as("hris", NULL),
			   api_path("/api/v1/people/%s/training-records", story_person_id("eve")),
			   "{\"topic\": \"feedback\", \"title\": \"T\", \"completed_on\": "
			   "\"2025-01-09\", \"expires_on\": \"2026-01-09\"}"),
		201);
	struct api_reply *eves = enrolment("eve", programme);
	assert_int_equal(api_count(eves, "training.missing"), 2);
	assert_string_equal(api_text(eves, "training.missing.0"), "feedback");
	assert_int_equal(api_count(enrolment("dev", programme), "training.missing"), 0);
	assert_int_equal(api_count(enrolment("chief", programme), "training.required"), 0);
	assert_true(has_task(as("eve"), "complete_training"));
	assert_false(has_task(as("dev"), "complete_training"));
	struct api_reply *round = api_expect(
		api_post(admin(), "/api/v1/rounds", "{\"programme_id\": \"%s\"}", programme), 202);
	round = ready_round(api_text(round, "id"));
	assert_int_equal(api_integer(round, "totals.mentors"), 1);
	assert_int_equal(api_integer(round, "totals.mentees"), 2);
}

static struct api_reply *by_hand(const char *programme, const char *mentor, const char *members)
{
	return api_post(admin(), "/api/v1/pairs",
		"{\"mentee_enrolment_id\": \"%s\", \"mentor_enrolment_id\": \"%s\", \"note\": "
		"\"They asked for it\"%s}",
		enrolment_of("chief", programme), enrolment_of(mentor, programme), members);
}

static struct api_reply *asks(const char *programme, const char *mentor)
{
	return api_post(as("it.lead"), "/api/v1/pairs",
		"{\"programme_id\": \"%s\", \"mentor_id\": \"%s\"}", programme,
		story_person_id(mentor));
}

/* A coordinator may set it aside. Nobody who asks learns what training a mentor has. */
static void nobody_is_paired_without_training_unless_a_coordinator_says_so(void **state)
{
	(void)state;
	const char *programme = company_programme("Trained pairs", 2);
	story_round("hr.lead", programme); /* the programme makes pairs from then on */
	const char *self = api_path("/api/v1/programmes/%s", programme);
	api_if_match(admin(), api_expect(api_get(admin(), "%s", self), 200));
	struct api_reply *now = api_expect(api_patch(admin(), self,
						   "{\"mentor_training\": [\"discussing_difference\"], "
						   "\"self_search\": true}"),
		200);
	struct api_reply *no = api_expect_problem(
		by_hand(programme, "eve", ""), 409, "rules_unmet");
	assert_int_equal(api_count(no, "unmet"), 1);
	assert_string_equal(api_text(no, "unmet.0"), "training");
	struct api_reply *pair = api_expect(
		by_hand(programme, "eve", ", \"override\": [\"training\"]"), 201);
	struct api_reply *history = api_expect(
		api_get(admin(), "%s/history", api_text(pair, "links.self")), 200);
	assert_string_equal(api_text(history, "items.0.overrides.0"), "training");
	api_expect_problem(asks(programme, "ann"), 409, "mentor_taken");
	is_trained("ann", "discussing_difference");
	api_if_match(admin(), now);
	now = api_expect(api_patch(admin(), self, "{\"mentee_training\": [\"discussing_difference\"]}"), 200);
	api_expect_problem(asks(programme, "ann"), 409, "training_missing");
	is_trained("it.lead", "discussing_difference");
	api_expect(asks(programme, "ann"), 201);
}

/* The rule of this code for a role; its number in the list. */
static size_t rule_of(struct api_reply *may, const char *role, const char *code)
{
	for (size_t i = 0; i < api_count(may, api_path("%s.rules", role)); i++)
		if (strcmp(api_text(may, api_path("%s.rules.%zu.code", role, i)), code) == 0)
			return i;
	fail_msg("no rule %s", code);
	return 0;
}

static void eligibility_answers_every_rule_at_once(void **state)
{
	(void)state;
	const char *programme = story_programme("hr.lead", "Rules");
	const char *self = api_path("/api/v1/programmes/%s", programme);
	api_if_match(admin(), api_expect(api_get(admin(), "%s", self), 200));
	api_expect(api_patch(admin(), self,
			   "{\"enrolment_open\": false, \"mentor_training\": [\"inclusion\"]}"),
		200);
	struct api_reply *may = api_expect(api_get(as("chief"), "%s/eligibility", self), 200);
	assert_false(api_truth(may, "mentor.eligible"));
	assert_string_equal(api_text(may, "mentor.reason"), "enrolment_closed");
	static const char *const unmet[] = { "enrolment_closed", "nobody_is_senior",
		"training_missing" };
	for (size_t i = 0; i < sizeof unmet / sizeof *unmet; i++) {
		const char *rule = api_path("mentor.rules.%zu", rule_of(may, "mentor", unmet[i]));
		assert_false(api_truth(may, api_path("%s.met", rule)));
		assert_non_null(api_text(may, api_path("%s.change", rule)));
	}
	const char *active = api_path("mentor.rules.%zu", rule_of(may, "mentor", "not_active"));
	assert_true(api_truth(may, api_path("%s.met", active)));
	assert_true(json_is_null(api_member(may, api_path("%s.change", active))));
	assert_string_equal(api_text(may, "mentor.missing_training.0"), "inclusion");
	/* training keeps nobody from enrolling */
	api_if_match(admin(), api_expect(api_get(admin(), "%s", self), 200));
	api_expect(api_patch(admin(), self, "{\"enrolment_open\": true}"), 200);
	may = api_expect(api_get(as("ann"), "%s/eligibility", self), 200);
	assert_true(api_truth(may, "mentor.eligible"));
	assert_int_equal(api_count(may, "mentor.missing_training"), 1);
	assert_true(api_truth(may,
		api_path("mentor.rules.%zu.met", rule_of(may, "mentor", "left_out"))));
	/* nor does an exclusion, but it is said that rounds leave the person out */
	api_expect(api_post(admin(), api_path("%s/exclusions", self),
			   "{\"person_id\": \"%s\", \"note\": \"On another project\"}",
			   story_person_id("ann")),
		201);
	may = api_expect(api_get(as("ann"), "%s/eligibility", self), 200);
	assert_true(api_truth(may, "mentor.eligible"));
	assert_false(api_truth(may,
		api_path("mentor.rules.%zu.met", rule_of(may, "mentor", "left_out"))));
}

static void executives_are_seen_if_they_want_to_be(void **state)
{
	(void)state;
	const char *programme = company_programme("Seen at the top", 1);
	const char *path = api_path("/api/v1/programmes/%s/executives", programme);
	api_sql("superuser", "UPDATE profiles.person SET executive = true WHERE user_name IN "
			     "('chief', 'it.lead')");
	assert_int_equal(api_count(api_expect(api_get(as("ann"), "%s", path), 200), "items"), 0);
	static const char *const willing[] = { "chief", "ann" };
	for (size_t i = 0; i < 2; i++) {
		struct api_reply *mine = enrolment(willing[i], programme);
		assert_false(api_truth(mine, "visible"));
		api_if_match(as(willing[i]), mine);
		api_expect(api_patch(as(willing[i]), api_text(mine, "links.self"),
				   "{\"visible\": true}"),
			200);
	}
	struct api_reply *seen = api_expect(api_get(as("ann"), "%s", path), 200);
	assert_int_equal(api_count(seen, "items"), 1);
	assert_string_equal(api_text(seen, "items.0.person.display_name"), "Carla Chief");
	assert_string_equal(api_text(seen, "items.0.role"), "mentee");
	/* the consent is withdrawn by the same member */
	struct api_reply *mine = enrolment("chief", programme);
	api_if_match(as("chief"), mine);
	api_expect(
		api_patch(as("chief"), api_text(mine, "links.self"), "{\"visible\": false}"), 200);
	assert_int_equal(api_count(api_expect(api_get(as("ann"), "%s", path), 200), "items"), 0);
	api_expect_problem(
		api_get(as("ann"), "/api/v1/programmes/019a0000-0000-7000-8000-00000000dead/"
				   "executives"),
		404, "not_found");
}

static void a_sponsor_is_named_once_they_have_agreed(void **state)
{
	(void)state;
	const char *programme = company_programme("Stood for", 1);
	const char *self = api_path("/api/v1/programmes/%s", programme);
	const char *path = api_path("%s/sponsors", self), *top = api_path("%s/executives", self);
	struct api_reply *asked = api_expect(
		api_post(admin(), path, "{\"person_id\": \"%s\"}", story_person_id("sales.lead")),
		201);
	assert_true(json_is_null(api_member(asked, "answer")));
	api_expect_problem(
		api_post(admin(), path, "{\"person_id\": \"%s\"}", story_person_id("sales.lead")),
		409, "name_taken");
	api_expect_fault(
		api_expect(api_post(admin(), path, "{\"person_id\": \"%s\"}", programme), 422),
		"/person_id");
	api_expect_problem(
		api_post(other(), path, "{\"person_id\": \"%s\"}", story_person_id("ann")), 404,
		"not_found");
	assert_int_equal(api_count(api_expect(api_get(as("ann"), "%s", top), 200), "items"), 0);
	api_expect_problem(api_get(as("ann"), "%s", path), 404, "not_found");
	/* who was asked finds the way */
	is_told("sales.lead", "sponsor_asked");
	assert_true(has_task(as("sales.lead"), "agree_to_sponsor"));
	assert_non_null(strstr(api_expect(api_get(as("sales.lead"), "%s", self), 200)->text,
		"\"sponsor_consent\""));
	struct api_reply *mine = api_expect(api_get(as("sales.lead"), "%s", path), 200);
	const char *one = api_text(mine, "items.0.links.self");
	assert_true(api_post(admin(), api_path("%s/consent", one), NULL)->status >= 403);
	api_expect_problem(
		api_post(as("ann"), api_path("%s/consent", one), NULL), 404, "not_found");
	struct api_reply *agreed = api_expect(
		api_post(as("sales.lead"), api_path("%s/consent", one), NULL), 200);
	assert_string_equal(api_text(agreed, "answer"), "agreed");
	assert_false(has_task(as("sales.lead"), "agree_to_sponsor"));
	struct api_reply *seen = api_expect(api_get(as("ann"), "%s", top), 200);
	assert_string_equal(api_text(seen, "items.0.person.display_name"), "Sam Lead");
	assert_string_equal(api_text(seen, "items.0.role"), "sponsor");
	/* and not any more once they do not want it */
	api_expect_problem(
		api_post(as("ann"), api_path("%s/refusal", one), NULL), 404, "not_found");
	api_expect(api_post(as("sales.lead"), api_path("%s/refusal", one), NULL), 200);
	assert_int_equal(api_count(api_expect(api_get(as("ann"), "%s", top), 200), "items"), 0);
	assert_false(has_task(as("sales.lead"), "agree_to_sponsor"));
	api_if_match(admin(), api_expect(api_get(admin(), "%s", one), 200));
	api_expect(api_delete(admin(), "%s", one), 204);
}

/* The clock of a test begins on Monday 30 November 2026, 09:00 UTC: four in the morning in New York. */
static struct api_reply *late_joiner(const char *programme)
{
	return api_expect(api_get(admin(),
				  "/api/v1/dashboards/programmes/%s/work-list?kind=late_joiner",
				  programme),
		200);
}

static void and_weekly_a_week_after_the_last_one(const char *programme, const char *due)
{
	const char *self = api_path("/api/v1/programmes/%s", programme);
	const char *rounds = api_path("/api/v1/rounds?programme_id=%s", programme);
	struct api_reply *list;
	api_if_match(admin(), api_expect(api_get(admin(), "%s", self), 200));
	api_expect(api_patch(admin(), self, "{\"auto_rounds\": \"weekly\"}"), 200);
	api_clock_to("2026-12-07 15:00Z");
	assert_string_equal(api_sql("superuser", "%s", due), "0");
	assert_string_equal(api_text(late_joiner(programme), "items.0.next_round_after"),
		"2026-12-08T14:00:00Z");
	api_clock_to("2026-12-08 15:00Z");
	api_wait_until(60, (list = api_get(admin(), "%s", rounds), api_count(list, "items") == 3));
	assert_true(api_truth(list, "items.0.automatic"));
	(void)ready_round(api_text(list, "items.0.id"));
	api_clock(0);
}

static void rounds_start_by_themselves_in_working_hours(void **state)
{
	(void)state;
	const char *programme = company_programme("By themselves", 3);
	const char *self = api_path("/api/v1/programmes/%s", programme);
	const char *rounds = api_path("/api/v1/rounds?programme_id=%s", programme);
	story_round("hr.lead", programme);
	api_if_match(admin(), api_expect(api_get(admin(), "%s", self), 200));
	api_expect_fault(
		api_expect(api_patch(admin(), self, "{\"time_zone\": \"Mars/Olympus\"}"), 422),
		"/time_zone");
	api_if_match(admin(), api_expect(api_get(admin(), "%s", self), 200));
	struct api_reply *now = api_expect(
		api_patch(admin(), self,
			"{\"auto_rounds\": \"daily\", \"time_zone\": \"America/New_York\"}"),
		200);
	assert_string_equal(api_text(now, "auto_rounds"), "daily");
	story_wants("sales.lead", "generative AI", NULL);
	const char *part = story_enrol("sales.lead", programme, "mentee", 1);
	const char *const due = api_path("SELECT count(*) FROM matching.auto_round_due WHERE "
					 "programme_id = '%s'",
		programme);
	/* tomorrow, but at night there; then on a Saturday */
	api_clock_to("2026-12-01 09:00Z");
	assert_string_equal(api_sql("superuser", "%s", due), "0");
	assert_string_equal(api_text(late_joiner(programme), "items.0.next_round_after"),
		"2026-12-01T14:00:00Z");
	api_clock_to("2026-12-05 16:00Z");
	assert_string_equal(api_sql("superuser", "%s", due), "0");
	assert_string_equal(api_text(late_joiner(programme), "items.0.next_round_after"),
		"2026-12-07T14:00:00Z"); /* Monday */
	now = api_expect(api_get(api_as("participant", "sales.lead"),
				 "/api/v1/enrolments/%s/why-not", part),
		200);
	assert_string_equal(api_text(now, "next_round_after"), "2026-12-07T14:00:00Z");
	assert_int_equal(api_count(api_expect(api_get(admin(), "%s", rounds), 200), "items"), 1);
	api_clock_to("2026-12-01 15:00Z");
	struct api_reply *list;
	api_wait_until(60, (list = api_get(admin(), "%s", rounds), api_count(list, "items") == 2));
	assert_true(api_truth(list, "items.0.automatic"));
	assert_false(api_truth(list, "items.1.automatic"));
	struct api_reply *round = ready_round(api_text(list, "items.0.id"));
	assert_int_equal(api_integer(round, "totals.mentees"), 1);
	assert_true(json_is_null(api_member(late_joiner(programme), "items.0.next_round_after")));
	/* one that waits to be published keeps the next one back, and so does one of the same day */
	api_clock_to("2026-12-02 15:00Z");
	assert_string_equal(api_sql("superuser", "%s", due), "0");
	api_expect(api_post(admin(), api_path("%s/discard", api_text(round, "links.self")), NULL),
		200);
	api_clock_to("2026-12-01 16:00Z");
	assert_string_equal(api_sql("superuser", "%s", due), "0");
	and_weekly_a_week_after_the_last_one(programme, due);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rounds_leave_out_those_without_training),
		cmocka_unit_test(nobody_is_paired_without_training_unless_a_coordinator_says_so),
		cmocka_unit_test(eligibility_answers_every_rule_at_once),
		cmocka_unit_test(rounds_start_by_themselves_in_working_hours),
		cmocka_unit_test(executives_are_seen_if_they_want_to_be),
		cmocka_unit_test(a_sponsor_is_named_once_they_have_agreed),
	};
	return cmocka_run_group_tests_name("programme_gates", tests, people_set_up, api_release);
}
