/* What is said when a coordinator pairs two people by hand: why not, and to whom why. */
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

#define NOTE ", \"note\": \"They know each other\""

/* Who cannot be paired now, and what is said of it. */
static void who_has_paused_or_not_enrolled_yet_is_said_to_have(void **state)
{
	(void)state;
	const char *programme = company_programme("Resting", 1);
	story_round("hr.lead", programme);
	static const struct {
		const char *name, *side, *state, *code, *detail;
	} cases[] = {
		{ "ann", "mentor", "paused", "mentor_taken", "The mentor has paused." },
		{ "bob", "mentor", "invited", "mentor_taken", "The mentor has not enrolled yet." },
		{ "cleo", "mentor", "withdrawn", "mentor_taken", "The mentor does not take part." },
		{ "chief", "mentee", "paused", "not_enrolled", "The mentee has paused." },
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		bool teaches = strcmp(cases[i].side, "mentor") == 0;
		const char *part = enrolment_of(cases[i].name, programme);
		(void)api_sql("superuser",
			"BEGIN; SET LOCAL session_replication_role = replica; UPDATE matching.enrolment SET "
			"status = '%s' WHERE id = '%s'; COMMIT",
			cases[i].state, part);
		struct api_reply *no = api_expect_problem(
			pair_by_hand(programme, teaches ? "it.lead" : "chief", teaches ? cases[i].name : "eve", NOTE),
			409, cases[i].code);
		assert_string_equal(api_text(no, "detail"), cases[i].detail);
	}
}

/* Why a coordinator acted is not for another who is in the pair concerned, or above one of the two. */
static void a_coordinator_who_is_close_does_not_read_why(void **state)
{
	(void)state;
	const char *programme = company_programme("Close", 1);
	story_enrol("other.admin", programme, "mentor", 1);
	static const char *const close[] = { "other.admin", "chief", "sales.lead" };
	for (size_t i = 0; i < sizeof close / sizeof *close; i++)
		api_expect(api_post(admin(), api_path("/api/v1/programmes/%s/coordinators", programme),
				   "{\"person_id\": \"%s\"}", story_person_id(close[i])),
			201);
	story_round("hr.lead", programme);
	const char *part = enrolment_of("it.lead", programme);
	api_expect(api_post(admin(), api_path("/api/v1/enrolments/%s/pause", part), "{\"note\": \"A journey\"}"), 200);
	api_expect(api_post(admin(), api_path("/api/v1/enrolments/%s/resumption", part), "{\"note\": \"Is back\"}"), 200);
	api_expect(pair_by_hand(programme, "it.lead", "other.admin", NOTE ", \"override\": [\"need\", \"hours\", "
								"\"language\", \"department\"]"),
		201);
	const char *acts = api_path("/api/v1/enrolments/%s/coordinator-acts", part);
	/* one of the two, who are above one of the two, and who is neither */
	static const struct {
		const char *name;
		bool reads;
	} readers[] = { { "other.admin", false }, { "chief", false }, { "hr.lead", false }, { "sales.lead", true } };
	for (size_t i = 0; i < sizeof readers / sizeof *readers; i++) {
		struct api_reply *all = api_expect(
			api_get(api_as("programme_admin", readers[i].name), "%s", acts), 200);
		assert_int_equal(api_count(all, "items"), 3);
		assert_int_equal(strstr(all->text, "They know each other") != NULL, readers[i].reads);
		assert_non_null(strstr(all->text, "A journey")); /* concerns no pair */
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(
			who_has_paused_or_not_enrolled_yet_is_said_to_have, people_begin_anew),
		cmocka_unit_test_setup(a_coordinator_who_is_close_does_not_read_why, people_begin_anew),
	};
	return cmocka_run_group_tests_name(
		"said by coordinators", tests, people_without_limits, api_release);
}
