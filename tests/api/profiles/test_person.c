/* People: the start-up call, what who may see of whom, whose fields are whose, what HR gets back.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>
#include "company.h"

#define NOBODY "019a0000-0000-7000-8000-00000000dead"

static void me_is_the_caller(void **state)
{
	(void)state;
	struct api_reply *me = api_expect(api_get(as("eve"), "/api/v1/me"), 200);
	assert_string_equal(api_text(me, "person.display_name"), "Eve Arslan");
	assert_string_equal(api_text(me, "time_zone"), "Europe/Paris");
	assert_true(list_has(me, "roles", "participant"));
	struct api_reply *hris = api_expect(api_get(api_as("hris", NULL), "/api/v1/me"), 200);
	assert_true(json_is_null(api_member(hris, "person")));
	api_expect_problem(api_get(as("finn"), "/api/v1/me"), 403, "person_inactive");
}

static void a_colleague_sees_the_profile_but_not_the_hr_record(void **state)
{
	(void)state;
	struct api_reply *seen = api_expect(
		api_get(as("cem"), "/api/v1/people/%s", id_of("ben")), 200);
	assert_string_equal(api_text(seen, "display_name"), "Ben Brook");
	assert_true(json_is_null(api_member(seen, "hr")));
	assert_int_equal(api_count(seen, "can"), 0);
	assert_null(strstr(seen->text, "ben@example.org"));
	struct api_reply *own = api_expect(api_get(as("ben"), "/api/v1/people/me"), 200);
	assert_string_equal(api_text(own, "hr.external_id"), "P-2");
	assert_string_equal(api_text(own, "hr.manager.display_name"), "Ada Osei");
	assert_true(list_has(own, "can", "patch"));
	struct api_reply *hris = api_expect(
		api_get(api_as("hris", NULL), "/api/v1/people/%s", id_of("ben")), 200);
	assert_string_equal(api_text(hris, "hr.email"), "ben@example.org");
	static const char *const acts[] = { "patch", "export", "renumbering", "merge" };
	for (size_t i = 0; i < sizeof acts / sizeof *acts; i++)
		assert_true(list_has(hris, "can", acts[i]));
	assert_int_equal(api_count(hris, "can"), 4);
}

static void who_has_left_looks_like_nobody(void **state)
{
	(void)state;
	const char *finn = api_sql(
		"superuser", "SELECT id FROM profiles.person WHERE user_name = 'finn'");
	struct api_reply *left = api_get(as("cem"), "/api/v1/people/%s", finn);
	struct api_reply *missing = api_get(as("cem"), "/api/v1/people/" NOBODY);
	api_expect_problem(left, 404, "not_found");
	expect_same_refusal(left, missing);
	assert_null(api_member(left, "instance"));
	struct api_reply *hris = api_expect(
		api_get(api_as("hris", NULL), "/api/v1/people/%s", finn), 200);
	assert_string_equal(api_text(hris, "status"), "inactive");
	api_expect_fault(api_expect_problem(
				 api_get(as("cem"), "/api/v1/people/x"), 400, "invalid_parameter"),
		"person_id");
}

static void people_change_their_own_profile(void **state)
{
	(void)state;
	struct api *cem = as("cem");
	struct api_reply *was = api_expect(api_get(cem, "/api/v1/people/me"), 200);
	api_if_match(cem, was);
	struct api_reply *now = api_expect(
		api_patch(cem, "/api/v1/people/me",
			"{\"bio\": \"I teach.\", \"pronouns\": \"he/him\", \"time_zone_override\": "
			"\"Europe/Istanbul\"}"),
		200);
	assert_string_equal(api_text(now, "bio"), "I teach.");
	assert_string_equal(api_text(now, "time_zone"), "Europe/Istanbul");
	assert_int_equal(api_integer(now, "version"), api_integer(was, "version") + 1);
	assert_string_equal(api_text(now, "department"), "Finance");
	api_if_match(cem, now);
	now = api_expect(api_patch(cem, "/api/v1/people/me",
				 "{\"bio\": null, \"time_zone_override\": null}"),
		200);
	assert_true(json_is_null(api_member(now, "bio")));
	assert_string_equal(api_text(now, "pronouns"), "he/him");
	assert_string_equal(api_text(now, "time_zone"), "Europe/Berlin");
}

static void a_member_has_one_owner(void **state)
{
	(void)state;
	struct api *cem = as("cem"), *hris = api_as("hris", NULL);
	struct api_reply *mine = api_expect(api_get(cem, "/api/v1/people/me"), 200);
	static const char *const not_mine[] = { "{\"level\": 9}", "{\"status\": \"inactive\"}",
		"{\"bio\": \"x\", \"title\": \"Chief\"}", "{\"manager_id\": null}" };
	for (size_t i = 0; i < sizeof not_mine / sizeof *not_mine; i++) {
		api_if_match(cem, mine);
		api_expect_problem(api_patch(cem, "/api/v1/people/me", "%s", not_mine[i]), 403,
			"field_not_yours");
	}
	const char *path = api_path("/api/v1/people/%s", api_text(mine, "id"));
	api_if_match(hris, api_expect(api_get(hris, "%s", path), 200));
	api_expect_problem(api_patch(hris, path, "{\"bio\": \"x\"}"), 403, "field_not_yours");
	api_if_match(hris, api_expect(api_get(hris, "%s", path), 200));
	struct api_reply *moved = api_expect(
		api_patch(hris, path, "{\"title\": \"Senior Analyst\", \"level\": 2}"), 200);
	assert_int_equal(api_integer(moved, "level"), 2);
	assert_string_equal(api_text(moved, "pronouns"), "he/him");
}

static void another_person_is_not_mine_to_change(void **state)
{
	(void)state;
	struct api *cem = as("cem");
	const char *ben = id_of("ben");
	api_header(cem, "If-Match: *");
	struct api_reply *other = api_patch(
		cem, api_path("/api/v1/people/%s", ben), "{\"bio\": \"x\"}");
	api_header(cem, "If-Match: *");
	struct api_reply *missing = api_patch(cem, "/api/v1/people/" NOBODY, "{\"bio\": \"x\"}");
	api_expect_problem(other, 404, "not_found");
	expect_same_refusal(other, missing);
	assert_string_equal(
		api_sql("superuser", "SELECT count(*) FROM profiles.person WHERE bio = 'x'"), "0");
}

static struct api_reply *patch_by_hr(const char *id, const char *body)
{
	struct api *hris = api_as("hris", NULL);
	const char *path = api_path("/api/v1/people/%s", id);
	api_if_match(hris, api_expect(api_get(hris, "%s", path), 200));
	return api_patch(hris, path, "%s", body);
}

static void what_hr_patches_is_judged_as_a_whole(void **state)
{
	(void)state;
	api_import("external_id,user_name,given_name,level,title,location\nW-1,w1,Wim,1,Clerk,Bonn\n", NULL);
	const char *wim = api_path("%s", column_of("W-1", "id"));
	static const struct {
		const char *body, *code, *pointer;
	} refused[] = {
		{ "{\"status\": \"inactive\", \"active_from\": \"2031-02-01\", \"active_until\": \"2031-01-31\"}",
			"dates_reversed", "/active_until" },
		{ "{\"active_from\": \"2031-02-01\"}", "unprocessable", "/active_from" },
	};
	for (size_t i = 0; i < sizeof refused / sizeof *refused; i++)
		api_expect_fault(api_expect_problem(patch_by_hr(wim, refused[i].body), 422, refused[i].code),
			refused[i].pointer);
	/* what is blank is empty */
	struct api_reply *now = api_expect(patch_by_hr(wim, "{\"title\": \"  \", \"location\": \"\"}"), 200);
	assert_true(json_is_null(api_member(now, "title")) && json_is_null(api_member(now, "location")));
	/* a first day that is past brings nobody back who has just left */
	api_expect(patch_by_hr(wim, "{\"status\": \"inactive\", \"active_from\": \"2020-01-01\"}"), 200);
	assert_string_equal(column_of("W-1", "coalesce(active_from::text, 'none')"), "none");
	/* nor one who has been gone; but a first day that has come is not lost by another change */
	api_expect(patch_by_hr(wim, "{\"active_from\": \"2020-01-01\"}"), 200);
	assert_string_equal(column_of("W-1", "coalesce(active_from::text, 'none')"), "none");
	api_sql("superuser", "BEGIN; SET LOCAL session_replication_role = replica; UPDATE profiles.person "
			     "SET active_from = common.today() WHERE external_id = 'W-1'; COMMIT");
	api_wait_until(60.0, patch_by_hr(wim, "{\"title\": \"Clerk\"}")->status == 200);
	assert_string_equal(column_of("W-1", "status = 'active' OR active_from = common.today()"), "t");
	api_wait_until(60.0, strcmp(column_of("W-1", "status"), "active") == 0);
	/* what was sent about somebody who has begun says nothing new */
	api_expect(patch_by_hr(wim, "{\"active_from\": \"2020-01-01\"}"), 200);
}

/* Who waits for a manager, and is given another, waits no more. */
static void a_manager_who_was_waited_for_comes_too_late(void **state)
{
	(void)state;
	const char *file = "external_id,user_name,given_name,level,manager_external_id\n";
	api_import(api_path("%sW-2,w2,Wil,1,W-9\n", file), NULL);
	assert_string_equal(column_of("W-2", "manager_external_id"), "W-9");
	const char *id = api_path("%s", column_of("W-2", "id"));
	api_expect(patch_by_hr(id, api_path("{\"manager_id\": \"%s\"}", id_of("ben"))), 200);
	api_expect(patch_by_hr(id, "{\"manager_id\": null}"), 200);
	api_import(api_path("%sW-9,w9,Wanda,4,P-1\n", file), NULL);
	assert_string_equal(column_of("W-2", "num_nonnulls(manager_id, manager_external_id)"), "0");
}

static void versions_keep_two_writers_apart(void **state)
{
	(void)state;
	struct api *dora = as("dora");
	struct api_reply *was = api_expect(api_get(dora, "/api/v1/people/me"), 200);
	const char *tag = api_header_of(was, "ETag");
	assert_non_null(tag);
	api_header(dora, "If-None-Match: %s", tag);
	struct api_reply *same = api_expect(api_get(dora, "/api/v1/people/me"), 304);
	assert_int_equal(same->length, 0);
	assert_string_equal(api_header_of(same, "ETag"), tag);
	api_expect_problem(api_patch(dora, "/api/v1/people/me", "{\"bio\": \"a\"}"), 428,
		"precondition_required");
	api_header(dora, "If-Match: nonsense");
	api_expect_problem(
		api_patch(dora, "/api/v1/people/me", "{\"bio\": \"a\"}"), 400, "invalid_etag");
	/* the version alone is not the tag */
	api_header(dora, "If-Match: \"%lld.00000000\"", api_integer(was, "version"));
	api_expect_problem(api_patch(dora, "/api/v1/people/me", "{\"bio\": \"a\"}"), 412, "stale");
	api_if_match(dora, was);
	api_expect(api_patch(dora, "/api/v1/people/me", "{\"bio\": \"a\"}"), 200);
	api_if_match(dora, was);
	api_expect_problem(api_patch(dora, "/api/v1/people/me", "{\"bio\": \"b\"}"), 412, "stale");
	api_header(dora, "If-None-Match: %s", tag);
	api_expect(api_get(dora, "/api/v1/people/me"), 200);
}

static void hr_marks_executives_and_everybody_finds_them(void **state)
{
	(void)state;
	struct api *hris = api_as("hris", NULL);
	const char *ada = api_path("/api/v1/people/%s", id_of("ada"));
	api_if_match(hris, api_expect(api_get(hris, "%s", ada), 200));
	assert_true(api_truth(api_expect(api_patch(hris, ada, "{\"executive\": true}"), 200), "executive"));
	struct api_reply *found = api_expect(api_get(as("cem"), "/api/v1/people?executive=true"), 200);
	assert_int_equal(api_count(found, "items"), 1);
	assert_string_equal(api_text(found, "items.0.id"), id_of("ada"));
	api_if_match(as("ada"), api_expect(api_get(as("ada"), "%s", ada), 200));
	api_expect_problem(
		api_patch(as("ada"), ada, "{\"executive\": false}"), 403, "field_not_yours");
}

static void a_circle_in_the_line_is_refused(void **state)
{
	(void)state;
	struct api *hris = api_as("hris", NULL);
	const char *ada = api_path("/api/v1/people/%s", id_of("ada"));
	const char *cem = id_of("cem");
	api_if_match(hris, api_expect(api_get(hris, "%s", ada), 200));
	api_expect_fault(api_expect_problem(api_patch(hris, ada, "{\"manager_id\": \"%s\"}", cem),
				 422, "line_cycle"),
		"/manager_id");
	api_if_match(hris, api_expect(api_get(hris, "%s", ada), 200));
	api_expect(api_patch(hris, ada, "{\"manager_id\": \"" NOBODY "\"}"), 422);
}

static void a_deactivated_person_is_signed_out(void **state)
{
	(void)state;
	struct api *hris = api_as("hris", NULL);
	api_expect(api_get(as("eve"), "/api/v1/me"), 200);
	const char *eve = api_path("/api/v1/people/%s", id_of("eve"));
	api_if_match(hris, api_expect(api_get(hris, "%s", eve), 200));
	api_expect(api_patch(hris, eve, "{\"status\": \"inactive\"}"), 200);
	api_wait_until(20, api_get(as("eve"), "/api/v1/me")->status == 403);
	api_expect_problem(api_get(as("eve"), "/api/v1/me"), 403, "person_inactive");
	assert_string_equal(api_sql("superuser", "SELECT count(*) FROM common.outbox WHERE type = "
						 "'person.deactivated'"),
		"1");
	api_if_match(hris, api_expect(api_get(hris, "%s", eve), 200));
	api_expect(api_patch(hris, eve,
			   "{\"status\": \"on_leave\", \"on_leave_until\": "
			   "\"2031-01-01\"}"),
		200);
	api_wait_until(20, api_get(as("eve"), "/api/v1/me")->status == 200);
}

static void hr_reads_back_what_it_sent(void **state)
{
	(void)state;
	struct api *hris = api_as("hris", NULL);
	const char *ben = id_of("ben");
	struct api_reply *out = api_expect(api_get(hris, "/api/v1/people/%s/export", ben), 200);
	json_t *wanted = json_pack("{s:s,s:s,s:s,s:s,s:s,s:s,s:s,s:s,s:s,s:s,s:i,s:s,s:s,s:b,"
				   "s:[],s:[],s:[],s:n,s:n,s:n,s:n,s:b,s:n}",
		"external_id", "P-2", "user_name", "ben", "given_name", "Ben", "family_name",
		"Brook", "email", "ben@example.org", "title", "Controller", "department", "Finance",
		"location", "Berlin", "country", "DE", "time_zone", "Europe/Berlin", "level", 3,
		"manager_external_id", "P-1", "hired_on", "2017-05-02", "active", 1,
		"languages", "skills", "interests", "active_from", "active_until", "on_leave_from",
		"on_leave_until", "executive", 0, "holiday_region");
	assert_true(json_equal(out->body, wanted));
	json_decref(wanted);
	assert_string_equal(api_header_of(out, "Cache-Control"), "no-store");
	api_expect_problem(api_get(as("ben"), "/api/v1/people/me/export"), 403, "forbidden");
	api_expect_problem(api_get(hris, "/api/v1/people/" NOBODY "/export"), 404, "not_found");
}

static void methods_are_told(void **state)
{
	(void)state;
	struct api *cem = as("cem");
	struct api_reply *head = api_expect(
		api_send(cem, "HEAD", "/api/v1/people/me", NULL, NULL, 0), 200);
	assert_int_equal(head->length, 0);
	assert_non_null(api_header_of(head, "ETag"));
	struct api_reply *options = api_send(cem, "OPTIONS", "/api/v1/people/me", NULL, NULL, 0);
	assert_int_equal(options->status, 204);
	assert_non_null(strstr(api_header_of(options, "Allow"), "PATCH"));
	struct api_reply *gone = api_expect_problem(
		api_delete(cem, "/api/v1/people/me"), 405, "method_not_allowed");
	assert_non_null(strstr(api_header_of(gone, "Allow"), "GET"));
}

/* ---- a rehire: what somebody has said under either record ------------------------------------- */

#define ME "/api/v1/people/me"

static void decide(const char *user, const char *attribute, const char *decision)
{
	api_expect(api_post(as(user), ME "/consents",
			   "{\"attribute\": \"%s\", \"purpose\": \"matching\", \"decision\": \"%s\", \"notice_version\": 1}",
			   attribute, decision),
		201);
}

static void set(const char *user, const char *part, const char *body)
{
	api_expect(api_put(as(user), api_path(ME "/%s", part), "%s", body), 200);
}

static const char *made_by(const char *user, const char *path, const char *body)
{
	return api_text(api_expect(api_post(as(user), path, "%s", body), 201), "id");
}

/* The consents cross: one given later in the newer record, one withdrawn later in each. */
static void say_much(const char *earlier, const char *newer)
{
	decide(newer, "religion", "grant");
	set(newer, "declarations", "{\"declarations\": [{\"kind\": \"religion\", \"value\": \"unsaid\"}]}");
	decide(earlier, "religion", "grant");
	decide(earlier, "religion", "withdraw");
	decide(earlier, "ethnicity", "grant");
	set(earlier, "declarations", "{\"declarations\": [{\"kind\": \"ethnicity\", \"value\": \"taken back\"}]}");
	decide(newer, "ethnicity", "grant");
	decide(newer, "ethnicity", "withdraw");
	decide(newer, "gender", "grant");
	set(newer, "declarations",
		"{\"declarations\": [{\"kind\": \"gender\", \"value\": \"woman\"}, {\"kind\": \"religion\", \"value\": \"x\"}]}");
	set(earlier, "channels", "{\"channels\": [\"video\", \"phone\"]}");
	set(newer, "channels", "{\"channels\": [\"chat\"]}");
	set(earlier, "access-needs", "{\"needs\": [\"captions\"]}");
	set(newer, "access-needs", "{\"needs\": [\"breaks\"]}");
	set(earlier, "visibility",
		"{\"fields\": [{\"field\": \"bio\", \"audience\": \"nobody\"}, {\"field\": \"interests\", \"audience\": \"nobody\"}]}");
	set(newer, "visibility", "{\"fields\": [{\"field\": \"bio\", \"audience\": \"partners\"}]}");
}

static struct api_reply *read_as(const char *user, const char *path)
{
	return api_expect(api_get(as(user), "%s", path), 200);
}

static void expect_confidential(void)
{
	struct api_reply *mine = read_as("cem.back", ME "/declarations");
	assert_int_equal(api_count(mine, "declarations"), 1);
	assert_string_equal(api_text(mine, "declarations.0.value"), "woman");
	mine = read_as("cem.back", ME "/consents");
	assert_int_equal(api_count(mine, "items"), 5);
	assert_string_equal(api_text(mine, "items.0.attribute"), "gender");
	assert_true(api_truth(mine, "items.0.in_force"));
	assert_string_equal(api_text(mine, "items.1.decision"), "withdraw");
	assert_int_equal(api_count(read_as("cem.back", ME "/access-needs"), "needs"), 2);
	mine = read_as("cem.back", ME "/channels");
	assert_int_equal(api_count(mine, "channels"), 1);
	assert_true(list_has(mine, "channels", "chat"));
	assert_string_equal(column_of("M-1", "visibility ->> 'bio' || (visibility ->> 'interests')"), "partnersnobody");
}

static void expect_records(const char *earlier, const char *listing, const char *others)
{
	static const char *const once[] = { ME "/delegates", ME "/skill-checks", ME "/training-records" };
	for (size_t i = 0; i < sizeof once / sizeof *once; i++)
		assert_int_equal(api_count(read_as("cem.back", once[i]), "items"), 1);
	api_wait_until(30, api_count(read_as("cem.back", "/api/v1/exclusions"), "items") == 1);
	assert_string_equal(api_text(read_as("ada", api_path("/api/v1/listings/%s", listing)), "person.id"), earlier);
	const char *replies = api_path("/api/v1/listings/%s/replies", listing);
	assert_int_equal(api_count(read_as("cem.back", replies), "items"), 0);
	replies = api_path("/api/v1/listings/%s/replies", others);
	assert_string_equal(api_text(read_as("ben", replies), "items.0.person.id"), earlier);
	assert_string_equal(api_text(read_as("ben", ME "/delegates"), "items.0.assistant.id"), earlier);
	assert_string_equal(api_text(read_as("dora", "/api/v1/exclusions"), "items.0.person.id"), earlier);
}

static bool is_signed_in(const char *user, const char *id)
{
	struct api_reply *me = api_get(as(user), ME);
	return me->status == 200 && strcmp(api_text(me, "id"), id) == 0;
}

/* Neither foreseen nor done. */
static void expect_no_merge(const char *newer, const char *earlier, const char *code)
{
	for (int dry = 0; dry < 2; dry++)
		api_expect_fault(
			api_expect_problem(api_post(api_as("hris", NULL), api_path("/api/v1/people/%s/merge", newer),
						   "{\"into\": \"%s\", \"dry_run\": %s}", earlier,
						   dry ? "true" : "false"),
				422, code),
			"/into");
}

/* Then a merge is neither offered nor done. */
static void not_while_a_file_moves_the_keys(const char *newer, const char *earlier)
{
	struct api *hris = api_as("hris", NULL);
	const char *record = api_path("/api/v1/people/%s", newer);
	assert_true(list_has(api_expect(api_get(hris, "%s", record), 200), "can", "merge"));
	(void)api_sql("superuser", "UPDATE profiles.person SET rekeyed_by = gen_random_uuid() WHERE id = '%s'", newer);
	assert_false(list_has(api_expect(api_get(hris, "%s", record), 200), "can", "merge"));
	assert_int_equal(api_post(hris, api_path("%s/merge", record), "{\"into\": \"%s\"}", earlier)->status, 409);
	(void)api_sql("superuser", "UPDATE profiles.person SET rekeyed_by = NULL WHERE id = '%s'", newer);
}

static void who_comes_back_keeps_what_they_said(void **state)
{
	(void)state;
	const char *until = api_sql("superuser", "SELECT common.today() + 60");
	const char *earlier = id_of("cem");
	struct api_reply *made = api_expect(
		api_put(api_as("hris", NULL), "/api/v1/people/by-external-id/M-1",
			"{\"user_name\": \"cem.back\", \"given_name\": \"Cem\", \"level\": 1, \"executive\": true, "
			"\"active_until\": \"%s\"}",
			until),
		201);
	const char *newer = api_text(made, "id");
	say_much("cem", "cem.back");
	const char *listing = made_by("cem.back", "/api/v1/listings", "{\"kind\": \"teach\", \"title\": \"Tables\"}");
	const char *others = made_by("ben", "/api/v1/listings", "{\"kind\": \"learn\", \"title\": \"Charts\"}");
	(void)made_by("cem.back", api_path("/api/v1/listings/%s/replies", others), "{\"message\": \"me\"}");
	(void)made_by("cem", api_path("/api/v1/listings/%s/replies", listing), "{\"message\": \"my own\"}");
	(void)made_by("cem.back", ME "/delegates", api_path("{\"assistant_id\": \"%s\"}", id_of("dora")));
	(void)made_by("ben", ME "/delegates", api_path("{\"assistant_id\": \"%s\"}", newer));
	(void)made_by("cem.back", "/api/v1/exclusions", api_path("{\"person_id\": \"%s\"}", id_of("eve")));
	(void)made_by("dora", "/api/v1/exclusions", api_path("{\"person_id\": \"%s\"}", newer));
	(void)made_by("cem.back", ME "/skill-checks",
		api_path("{\"instrument\": \"Test\", \"taken_on\": \"2026-01-10\", \"findings\": [{\"skill_id\": \"%s\", "
			 "\"finding\": \"strength\"}]}",
			api_text(api_expect(api_post(api_as("admin", NULL), "/api/v1/skills", "{\"name\": \"Of the check\"}"),
					201),
				"id")));
	const char *trained = "{\"topic\": \"listening\", \"title\": \"L\", \"completed_on\": \"2026-01-01\"}";
	api_expect(api_post(api_as("hris", NULL), api_path("/api/v1/people/%s/training-records", earlier), "%s", trained), 201);
	api_expect(api_post(api_as("hris", NULL), api_path("/api/v1/people/%s/training-records", newer), "%s", trained), 201);
	expect_no_merge(newer, newer, "self_reference");
	struct api *hris = api_as("hris", NULL);
	const char *ended = api_path("/api/v1/people/%s", newer);
	not_while_a_file_moves_the_keys(newer, earlier);
	(void)api_sql("superuser", "UPDATE profiles.person SET manager_id = '%s' WHERE user_name = 'dora'", earlier);
	(void)api_sql("superuser", "UPDATE profiles.person SET manager_id = '%s' WHERE id = '%s'", id_of("dora"), newer);
	expect_no_merge(newer, earlier, "line_cycle");
	(void)api_sql("superuser", "UPDATE profiles.person SET manager_id = '%s' WHERE user_name = 'dora'", id_of("ben"));
	api_expect(api_post(api_as("hris", NULL), api_path("/api/v1/people/%s/merge", newer), "{\"into\": \"%s\"}", earlier), 200);
	assert_false(list_has(api_expect(api_get(hris, "%s", ended), 200), "can", "merge"));
	api_if_match(hris, api_expect(api_get(hris, "%s", ended), 200));
	api_expect_problem(api_patch(hris, ended, "{\"status\": \"active\"}"), 409, "conflict");
	api_if_match(hris, api_expect(api_get(hris, "%s", ended), 200));
	api_expect_problem(
		api_post(hris, api_path("%s/renumbering", ended), "{\"external_id\": \"M-77\"}"), 409, "conflict");
	api_wait_until(60, is_signed_in("cem.back", earlier));
	expect_confidential();
	expect_records(earlier, listing, others);
	struct api_reply *me = api_expect(api_get(as("cem.back"), ME), 200);
	assert_string_equal(api_text(me, "id"), earlier);
	assert_true(api_truth(me, "executive"));
	assert_string_equal(column_of("M-1", "active_until"), until);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(me_is_the_caller),
		cmocka_unit_test(a_colleague_sees_the_profile_but_not_the_hr_record),
		cmocka_unit_test(who_has_left_looks_like_nobody),
		cmocka_unit_test(people_change_their_own_profile),
		cmocka_unit_test(a_member_has_one_owner),
		cmocka_unit_test(another_person_is_not_mine_to_change),
		cmocka_unit_test(versions_keep_two_writers_apart),
		cmocka_unit_test(a_circle_in_the_line_is_refused),
		cmocka_unit_test(hr_marks_executives_and_everybody_finds_them),
		cmocka_unit_test(a_deactivated_person_is_signed_out),
		cmocka_unit_test(hr_reads_back_what_it_sent),
		cmocka_unit_test(methods_are_told),
		cmocka_unit_test(who_comes_back_keeps_what_they_said),
		cmocka_unit_test(what_hr_patches_is_judged_as_a_whole),
		cmocka_unit_test(a_manager_who_was_waited_for_comes_too_late),
	};
	return cmocka_run_group_tests(tests, company_arrives, api_release);
}
