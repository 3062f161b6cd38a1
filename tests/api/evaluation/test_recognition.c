/* Stories and their feed, and certificates, over the API. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "support/client.h"
#include "support/company.h"
#include "support/story.h"

static const char *programme, *pair, *mentor;

static struct api *junior(void)
{
	return api_as("participant", mentor);
}
static struct api *leader(void)
{
	return api_as("participant", "chief");
}
static struct api *coordinator(void)
{
	return api_as("programme_admin", "hr.lead");
}
static struct api *colleague(void)
{
	return api_as("participant", "sales.team");
}

static int set_up(void **state)
{
	(void)state;
	company_import();
	programme = company_programme("Recognition & <Praise>", 2);
	story_round("hr.lead", programme);
	pair = story_pair("chief", programme, &mentor);
	return 0;
}

/* ---- stories --------------------------------------------------------------------------------------- */

static struct api_reply *write_story(const char *title, const char *in_feed)
{
	return api_post(junior(), "/api/v1/stories",
		"{\"pair_id\": \"%s\", \"kind\": \"joint_post\", \"title\": \"%s\", \"text\": "
		"\"First "
		"line <b>& more\\nSecond\", \"in_feed\": %s}",
		pair, title, in_feed);
}

static struct api_reply *step(struct api *who, const char *path, const char *what)
{
	return api_post(who, api_path("%s/%s", path, what),
		strcmp(what, "return") ? NULL : "{\"note\": \"Without the customer, please.\"}");
}

/* What a reader of Atom makes of the feed: its faults, and a line for each entry. */
static const char *feed(void)
{
	char file[] = "/tmp/upward-atom-XXXXXX";
	struct api_reply *atom = api_expect(api_get(api_as(NULL, NULL), "/stories.atom"), 200);
	assert_string_equal(
		api_header_of(atom, "Content-Type"), "application/atom+xml; charset=utf-8");
	int fd = mkstemp(file);
	assert_true(fd >= 0);
	assert_int_equal(write(fd, atom->text, strlen(atom->text)), strlen(atom->text));
	close(fd);
	const char *lines = api_run(
		(const char *[]){ "/usr/bin/python3", "tests/support/atom_reader.py", file, NULL });
	unlink(file);
	assert_null(strstr(lines, "fault:"));
	return lines;
}

static bool listed(struct api *who, const char *path)
{
	return strstr(api_expect(api_get(who, "/api/v1/stories"), 200)->text, path) != NULL;
}

/* Whoever changes it needs the other's consent again, for more readers too; the coordinator may return it. */
static void a_change_needs_consent_again(const char *path)
{
	api_if_match(leader(), api_expect(api_get(leader(), "%s", path), 200));
	struct api_reply *changed = api_expect(
		api_patch(leader(), path, "{\"title\": \"Ours & <yours>\"}"), 200);
	assert_string_equal(api_text(changed, "status"), "proposed");
	api_expect(api_get(coordinator(), "%s", path), 404);
	api_expect_problem(step(leader(), path, "consent"), 409, "wrong_state");
	api_expect(step(junior(), path, "consent"), 200);
	struct api_reply *returned = api_expect(step(coordinator(), path, "return"), 200);
	assert_string_equal(api_text(returned, "status"), "returned");
	assert_string_equal(api_text(api_expect(api_get(junior(), "%s", path), 200), "note"),
		"Without the customer, please.");
	api_if_match(junior(), api_expect(api_get(junior(), "%s", path), 200));
	api_expect(api_patch(junior(), path, "{}"), 200);
	api_expect(step(leader(), path, "consent"), 200);
	api_expect(step(coordinator(), path, "publication"), 200);
}

static void a_story_needs_both_and_a_coordinator(void **state)
{
	(void)state;
	assert_string_equal(feed(), ""); /* an empty feed is one too */
	api_expect_fault(api_expect_problem(api_post(colleague(), "/api/v1/stories",
						    "{\"pair_id\": \"%s\", \"title\": \"x\", "
						    "\"text\": \"x\"}",
						    pair),
				 422, "unknown_reference"),
		"/pair_id");
	const char *path = api_text(api_expect(write_story("Ours", "true"), 201), "links.self");
	/* nobody but the two knows of it */
	api_expect(api_get(colleague(), "%s", path), 404);
	api_expect(api_get(coordinator(), "%s", path), 404);
	api_expect(step(coordinator(), path, "publication"), 404);
	api_expect(step(colleague(), path, "consent"), 404);
	api_expect(step(colleague(), path, "withdrawal"), 404);
	api_expect_problem(step(junior(), path, "consent"), 409, "wrong_state");
	api_expect(step(leader(), path, "consent"), 200);
	api_expect(step(colleague(), path, "publication"), 403);
	api_expect(step(api_as("programme_admin", "other.admin"), path, "publication"), 404);
	api_expect(api_get(colleague(), "%s", path), 404);
	assert_string_equal(feed(), "");
	a_change_needs_consent_again(path);
	struct api_reply *seen = api_expect(api_get(colleague(), "%s", path), 200);
	assert_true(json_is_null(api_member(seen, "pair_id")));
	assert_true(json_is_null(api_member(seen, "note")));
	assert_true(listed(colleague(), path));
	assert_non_null(strstr(feed(), "Ours & <yours> | "));
	assert_non_null(strstr(feed(), " | Carla Chief | First line <b>& more\nSecond"));
	api_if_match(junior(), api_expect(api_get(junior(), "%s", path), 200));
	api_expect_problem(api_patch(junior(), path, "{\"title\": \"x\"}"), 409, "wrong_state");
	/* the one who wrote it last is not the only one who can end it */
	api_expect(step(colleague(), path, "withdrawal"), 404);
	api_expect(step(leader(), path, "withdrawal"), 200);
	api_expect(api_get(colleague(), "%s", path), 404);
	api_expect(api_get(coordinator(), "%s", path), 404);
	assert_false(listed(colleague(), path));
	assert_string_equal(feed(), "");
}

static void the_feed_has_what_the_pair_wants_there(void **state)
{
	(void)state;
	const char *path = api_text(api_expect(write_story("Inside", "false"), 201), "links.self");
	api_expect(step(leader(), path, "consent"), 200);
	api_expect(step(coordinator(), path, "publication"), 200);
	assert_true(listed(colleague(), path));
	assert_string_equal(feed(), "");
	api_expect(step(coordinator(), path, "return"), 200);
	assert_false(listed(colleague(), path));
	api_wait_until(20.0, strstr(api_get(junior(), "/api/v1/notifications?limit=100")->text,
				     "story_returned") != NULL);
	assert_string_equal(api_sql("superuser", "SELECT DISTINCT status FROM evaluation.story s "
						 "WHERE consented_by IS NOT NULL AND "
						 "consented_by = written_by"),
		"");
}

/* ---- certificates ---------------------------------------------------------------------------------- */

static struct api_reply *issue(struct api *who)
{
	return api_post(who, "/api/v1/certificates", "{\"pair_id\": \"%s\"}", pair);
}

static struct api_reply *page_of(const char *path)
{
	return api_get(api_as(NULL, NULL), "%s", path);
}

/* Each character but the dashes changed in turn: never the page, and always the same answer. */
static void no_other_address_is_that_of_a_certificate(const char *path)
{
	char *wrong = strdup(path);
	size_t length = strlen(path), begin = strlen("/certificates/");
	for (size_t i = begin; i < length; i += 7) {
		char was = wrong[i];
		if (was == '-' || was == '.')
			continue;
		wrong[i] = was == 'a' ? 'b' : 'a';
		api_expect_problem(page_of(wrong), 404, "not_found");
		wrong[i] = was;
	}
	wrong[length - 1] = '\0';
	assert_true(page_of(wrong)->status >= 400);
	free(wrong);
}

static void a_certificate_is_issued_when_the_pair_is_completed(void **state)
{
	(void)state;
	struct api_reply *refused = api_expect_problem(issue(junior()), 409, "not_completed");
	assert_string_equal(api_text(refused, "current_status"), "active");
	api_expect(api_post(leader(), api_path("/api/v1/pairs/%s/completion", pair), NULL), 200);
	api_expect_fault(
		api_expect_problem(issue(colleague()), 422, "unknown_reference"), "/pair_id");
	api_expect_problem(issue(coordinator()), 422, "unknown_reference");
	struct api_reply *made = api_expect(issue(junior()), 201);
	api_expect_problem(issue(junior()), 409, "already_given");
	assert_string_equal(api_text(api_expect(issue(leader()), 201), "role"), "mentee");
	const char *self = api_text(made, "links.self"), *page = api_text(made, "links.page");
	assert_int_equal(api_text(made, "id")[14], '4');
	assert_string_equal(api_text(made, "role"), "mentor");
	api_expect(api_get(leader(), "%s", self), 404);
	api_expect(api_get(coordinator(), "%s", self), 404);
	/* the page says what was completed, and of whom only if they want it */
	struct api_reply *seen = api_expect(page_of(page), 200);
	assert_string_equal(api_header_of(seen, "Content-Type"), "text/html; charset=utf-8");
	assert_non_null(strstr(seen->text, "Recognition &#38; &#60;Praise&#62;"));
	assert_non_null(strstr(seen->text, "@page"));
	assert_null(strstr(seen->text, api_text(made, "name")));
	assert_null(strstr(seen->text, "Carla"));
	assert_null(strstr(seen->text, "<script"));
	api_if_match(junior(), made);
	api_expect(api_patch(junior(), self, "{\"show_name\": true}"), 200);
	assert_non_null(strstr(page_of(page)->text, api_text(made, "name")));
	no_other_address_is_that_of_a_certificate(page);
}

static void anybody_with_the_public_key_verifies_it(void **state)
{
	(void)state;
	struct api_reply *list = api_expect(api_get(junior(), "/api/v1/certificates"), 200);
	const char *text = api_text(list, "items.0.signed_text"),
		   *signature = api_text(list, "items.0.signature");
	struct api_reply *page = page_of(api_text(list, "items.0.links.page"));
	const char *key = api_path(
		"%.43s", strstr(page->text, "public key ") + strlen("public key "));
	const char *const program[] = { "node", "tests/support/stamp_verifier.mjs", key, signature,
		text, NULL };
	assert_string_equal(api_run(program), "holds\n");
	char *other = strdup(text);
	*strstr(other, "mentor") = 'M';
	const char *const forged[] = { "node", "tests/support/stamp_verifier.mjs", key, signature,
		other, NULL };
	assert_string_equal(api_run(forged), "does not hold\n");
	free(other);
}

/* A row that somebody has changed behind the service is no longer certified. */
static void a_changed_row_is_not_certified(void **state)
{
	(void)state;
	struct api_reply *made = api_expect(api_get(leader(), "/api/v1/certificates"), 200);
	const char *page = api_text(made, "items.0.links.page"), *id = api_text(made, "items.0.id");
	api_expect(page_of(page), 200);
	api_sql("superuser",
		"UPDATE evaluation.certificate SET facts = replace(facts::text, '\"mentee\"', "
		"'\"mentor\"')::json "
		"WHERE id = '%s'",
		id);
	api_expect_problem(page_of(page), 404, "not_found");
	assert_non_null(
		strstr(api_sql("evaluation", "SELECT has_column_privilege("
					     "'evaluation.certificate', 'facts', 'UPDATE')"),
			"f"));
}

static void a_withdrawn_certificate_is_as_if_it_had_never_been(void **state)
{
	(void)state;
	struct api_reply *list = api_expect(api_get(junior(), "/api/v1/certificates"), 200);
	const char *self = api_text(list, "items.0.links.self"),
		   *page = api_text(list, "items.0.links.page");
	api_expect(step(leader(), self, "revocation"), 404);
	struct api_reply *gone = api_expect(step(junior(), self, "revocation"), 200);
	assert_null(strstr(gone->text, "\"page\""));
	api_expect_problem(page_of(page), 404, "not_found");
	api_expect_problem(step(junior(), self, "revocation"), 409, "wrong_state");
	/* another one can be issued, and an erasure ends it */
	const char *again = api_text(api_expect(issue(junior()), 201), "links.page");
	api_expect(page_of(again), 200);
	api_sql("superuser", "SELECT evaluation.erase_person('%s')", story_person_id(mentor));
	api_expect_problem(page_of(again), 404, "not_found");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_story_needs_both_and_a_coordinator),
		cmocka_unit_test(the_feed_has_what_the_pair_wants_there),
		cmocka_unit_test(a_certificate_is_issued_when_the_pair_is_completed),
		cmocka_unit_test(anybody_with_the_public_key_verifies_it),
		cmocka_unit_test(a_changed_row_is_not_certified),
		cmocka_unit_test(a_withdrawn_certificate_is_as_if_it_had_never_been),
	};
	return cmocka_run_group_tests_name("recognition", tests, set_up, api_release);
}
