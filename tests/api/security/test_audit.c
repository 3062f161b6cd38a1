/*
 * P23 (the seal apart): every change of an object leaves its audit rows in the same transaction,
 * with who, what and in which request, and none of the values; a refusal leaves none; and no role
 * of a service can write, change or read them otherwise.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "world.h"

static struct world world;
static int requests;
static char request_id[40]; /* of the last request that was named */

static int build(void **state)
{
	(void)state;
	world_build(&world);
	return 0;
}

static struct api *who(enum caller caller)
{
	return world_caller(&world, caller);
}

/* The caller's next request bears an id to find its rows by. */
static struct api *named(struct api *caller)
{
	snprintf(request_id, sizeof request_id, "audit-test-%d", ++requests);
	api_header(caller, "X-Request-Id: %s", request_id);
	return caller;
}

/* The last named request's rows as "table change columns", sorted; "" for none. */
static const char *rows(void)
{
	return api_sql("superuser",
		"SELECT coalesce(string_agg(object || ' ' || change || coalesce(' ' || "
		"array_to_string(columns, ','), ''), '; ' ORDER BY object, change), '') "
		"FROM common.audit WHERE request_id = '%s'",
		request_id);
}

/* All rows of the last named request are of this object (or lie beneath it), actor, operation. */
static void rows_say(const char *wanted, const char *actor, const char *operation)
{
	assert_string_equal(rows(), wanted);
	assert_string_equal(
		api_sql("superuser",
			"SELECT DISTINCT actor, operation, delegate IS NULL, role ~ '^upward_' "
			"FROM common.audit WHERE request_id = '%s'",
			request_id),
		api_path("%s|%s|t|t", actor, operation));
}

/* The row of the table that changed carries the transaction id of the audit row. */
static void same_transaction(const char *table, const char *id)
{
	assert_string_equal(
		api_sql("superuser",
			"SELECT count(*) > 0 AND bool_and((a.xid::text::bigint & 4294967295) = "
			"t.xmin::text::bigint) FROM common.audit a, %s t WHERE a.request_id = '%s' "
			"AND a.object = '%s' AND a.object_id = t.id AND t.id = '%s'",
			table, request_id, table, id),
		"t");
}

static void a_new_object_is_audited(void **state)
{
	(void)state;
	const char *sign = api_path("/api/v1/agreements/%s/signature", world.agreement);
	api_expect(api_change(who(CALLER_MENTOR), sign), 200);
	api_expect(api_change(who(CALLER_MENTEE), sign), 200);
	struct api_reply *made = api_expect(
		api_post(named(who(CALLER_MENTOR)), "/api/v1/sessions",
			"{\"pair_id\": \"%s\", \"starts_at\": \"2027-02-20T10:00\", \"time_zone\":"
			" \"Europe/Berlin\", \"duration_minutes\": 45, \"mode\": \"video\"}",
			world.pair),
		201);
	rows_say("scheduling.participant insert; scheduling.plan update result,session_id;"
		 " scheduling.session insert",
		world.mentor, "session_create");
	same_transaction("scheduling.session", api_text(made, "id"));
}

static void a_change_is_audited_by_the_names_of_its_columns(void **state)
{
	(void)state;
	struct api *mentor = who(CALLER_MENTOR);
	const char *path = api_path("/api/v1/sessions/%s", world.session);
	api_if_match(mentor, api_expect(api_get(mentor, "%s", path), 200));
	api_expect(api_patch(named(mentor), path, "{\"place\": \"in the quiet room\"}"), 200);
	assert_string_equal(rows(), "scheduling.session update place,sequence,step,version");
	same_transaction("scheduling.session", world.session);
	/* names of columns, and no values */
	assert_string_equal(
		api_sql("superuser", "SELECT count(*) FROM common.audit a WHERE a::text ~ 'quiet'"),
		"0");
}

static void a_change_of_state_is_audited_with_all_it_brings(void **state)
{
	(void)state;
	struct api *mentee = world_as(WORLD_WAITING);
	struct api_reply *list = world_open_list(WORLD_WAITING, world.programme);
	int other = strcmp(api_text(list, "mentors.0.mentor.id"), world.mentor) == 0;
	const char *mentor = api_text(list, api_path("mentors.%d.mentor.id", other));
	struct api_reply *pair = api_expect(
		api_post(named(mentee), api_path("/api/v1/shortlists/%s/pick", world.open_list),
			"{\"mentor_id\": \"%s\"}", mentor),
		201);
	const char *id = api_text(pair, "id");
	assert_string_equal(api_sql("superuser",
				    "SELECT string_agg(DISTINCT object || ' ' || change, '; ') "
				    "FROM common.audit "
				    "WHERE request_id = '%s'",
				    request_id),
		"matching.enrolment update; matching.pair insert; matching.shortlist update");
	same_transaction("matching.pair", id);
	same_transaction("matching.shortlist", world.open_list);
	struct api_reply *person = api_get(who(CALLER_HRIS), "/api/v1/people/%s", mentor);
	struct api *picked = world_as(api_text(person, "hr.user_name"));
	api_expect(api_post(named(picked), api_path("/api/v1/pairs/%s/acceptance", id), NULL), 200);
	rows_say("matching.pair update accepted_at,came_from,status,step,version", mentor,
		"pair_acceptance");
	same_transaction("matching.pair", id);
}

static void what_is_deleted_is_audited(void **state)
{
	(void)state;
	struct api *mentor = who(CALLER_MENTOR);
	const char *path = api_path("/api/v1/exclusions/%s", world.exclusion);
	api_if_match(mentor, api_expect(api_get(mentor, "%s", path), 200));
	api_expect(api_delete(named(mentor), "%s", path), 204);
	rows_say("matching.exclusion delete", world.mentor, "exclusion_delete");
}

static void a_whole_set_is_audited_under_its_person(void **state)
{
	(void)state;
	api_expect(api_put(named(who(CALLER_MENTOR)), "/api/v1/people/me/interests",
			   "{\"interests\": [\"go\", \"tango\", \"mango\"]}"),
		200);
	rows_say("profiles.person update own_sets,version; profiles.person_interest "
		 "insert",
		world.mentor, "person_interests_put");
}

static void what_an_import_does_is_audited(void **state)
{
	(void)state;
	const char *before = api_sql("superuser",
		"SELECT count(*) FROM common.audit WHERE object = 'profiles.person' AND change = "
		"'insert'");
	api_import("external_id,user_name,given_name,family_name,level\n"
		   "S-70,new.one,New,One,1\nS-71,new.two,New,Two,1\n",
		NULL);
	assert_string_equal(api_sql("superuser",
				    "SELECT count(*) - %s FROM common.audit WHERE object = "
				    "'profiles.person' AND "
				    "change = 'insert'",
				    before),
		"2");
}

static void a_refusal_leaves_no_row(void **state)
{
	(void)state;
	struct api *mentor = who(CALLER_MENTOR), *mentee = who(CALLER_MENTEE);
	api_expect(
		api_post(named(mentor), api_path("/api/v1/pairs/%s/acceptance", world.pair), NULL),
		409);
	assert_string_equal(rows(), "");
	api_expect(
		api_post(named(mentee), api_path("/api/v1/pairs/%s/acceptance", world.pair), NULL),
		404);
	assert_string_equal(rows(), "");
	api_header(mentor, "If-Match: \"99.00000000\"");
	api_expect(api_patch(named(mentor), "/api/v1/people/me", "{\"bio\": \"x\"}"), 412);
	assert_string_equal(rows(), "");
	api_expect(api_post(named(who(CALLER_ADMIN)), "/api/v1/skills",
			   "{\"name\": \"Security Craft\"}"),
		409);
	assert_string_equal(rows(), "");
}

static void a_repeated_request_is_audited_once(void **state)
{
	(void)state;
	struct api *admin = who(CALLER_ADMIN);
	for (int i = 0; i < 3; i++) {
		api_header(admin, "Idempotency-Key: once");
		api_header(admin, "X-Request-Id: audit-once-%d", i);
		api_expect(api_post(admin, "/api/v1/skills", "{\"name\": \"once only\"}"), 201);
	}
	assert_string_equal(api_sql("superuser", "SELECT string_agg(request_id || ' ' || object, "
						 "'; ') FROM common.audit WHERE "
						 "request_id LIKE 'audit-once-%%'"),
		"audit-once-0 profiles.skill");
}

static void reading_leaves_no_audit_row(void **state)
{
	(void)state;
	static const char *const pages[] = { "me", "people", "pairs", "sessions", "feedback",
		"exclusions", "calendar-feeds", "enrolments" };
	for (int i = 0; i < 8; i++) {
		api_expect(api_get(named(who(CALLER_MENTOR)), "/api/v1/%s", pages[i]), 200);
		assert_string_equal(rows(), "");
	}
}

/* ---- who may do what to the record itself -----------------------------------------------------*/

static const char *const roles[] = { "profiles", "matching", "scheduling", "evaluation" };

/* Each statement, as the role, is refused for want of a right and for nothing else. */
static void may_not(const char *role, const char *const *statements, size_t count)
{
	char script[8192];
	size_t used = 0;
	for (size_t i = 0; i < count; i++) {
		used += (size_t)snprintf(script + used, sizeof script - used,
			"DO $$ BEGIN EXECUTE $x$%s$x$; RAISE EXCEPTION 'allowed: %%', $x$%s$x$; "
			"EXCEPTION WHEN insufficient_privilege THEN NULL; END $$;\n",
			statements[i], statements[i]);
		assert_true(used < sizeof script);
	}
	assert_string_equal(api_sql(role, "%sSELECT 'refused'", script), "refused");
}

static void no_service_changes_or_reads_the_audit(void **state)
{
	(void)state;
	static const char *const statements[] = {
		"INSERT INTO common.audit (object, object_id, change) VALUES ('x', "
		"gen_random_uuid(), 'insert')",
		"UPDATE common.audit SET actor = NULL",
		"DELETE FROM common.audit",
		"TRUNCATE common.audit",
		"SELECT count(*) FROM common.audit",
		"ALTER TABLE common.audit DISABLE TRIGGER ALL",
		"DROP TABLE common.audit",
		"SELECT common.attach_audit()",
		"ALTER TABLE matching.pair DISABLE TRIGGER audit_update",
		"ALTER TABLE profiles.person DISABLE TRIGGER audit_update",
		"DROP TRIGGER audit_insert ON scheduling.session",
		"SET session_replication_role = replica",
		"SET ROLE owner",
		"SET ROLE guard",
		"SET SESSION AUTHORIZATION postgres",
		"CREATE TABLE common.mine ()",
	};
	for (int role = 0; role < 4; role++)
		may_not(roles[role], statements, sizeof statements / sizeof *statements);
}

static void a_service_adds_to_the_access_log_and_no_more(void **state)
{
	(void)state;
	static const char *const statements[] = {
		"SELECT count(*) FROM common.access_log",
		"UPDATE common.access_log SET object = 'y'",
		"DELETE FROM common.access_log",
		"TRUNCATE common.access_log",
		"INSERT INTO common.access_log (object, object_id, actor) VALUES ('x', "
		"gen_random_uuid(), gen_random_uuid())",
		"INSERT INTO common.access_log (object, object_id, at) VALUES ('x', "
		"gen_random_uuid(), now())",
	};
	for (int role = 0; role < 4; role++) {
		may_not(roles[role], statements, sizeof statements / sizeof *statements);
		api_sql(roles[role],
			"BEGIN; INSERT INTO common.access_log (object, object_id) VALUES ('x', "
			"gen_random_uuid()); ROLLBACK");
	}
}

/* Every table of the services that has an id is audited, and says so if it is not. */
static void no_table_is_forgotten(void **state)
{
	(void)state;
	assert_string_equal(
		api_sql("superuser",
			"SELECT coalesce(string_agg(c.oid::regclass::text, ' '), '') FROM pg_class "
			"c "
			"JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname IN "
			"('profiles', 'matching', 'scheduling', 'evaluation') AND c.relkind IN "
			"('r', "
			"'p') AND coalesce(obj_description(c.oid, 'pg_class'), '') NOT LIKE "
			"'unaudited:%%' AND (SELECT count(*) FROM pg_trigger t WHERE t.tgrelid = "
			"c.oid AND t.tgenabled = 'O' AND t.tgname IN ('audit_insert', "
			"'audit_update', 'audit_delete')) <> 3"),
		"");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_new_object_is_audited),
		cmocka_unit_test(a_change_is_audited_by_the_names_of_its_columns),
		cmocka_unit_test(a_change_of_state_is_audited_with_all_it_brings),
		cmocka_unit_test(what_is_deleted_is_audited),
		cmocka_unit_test(a_whole_set_is_audited_under_its_person),
		cmocka_unit_test(what_an_import_does_is_audited),
		cmocka_unit_test(a_refusal_leaves_no_row),
		cmocka_unit_test(a_repeated_request_is_audited_once),
		cmocka_unit_test(reading_leaves_no_audit_row),
		cmocka_unit_test(no_service_changes_or_reads_the_audit),
		cmocka_unit_test(a_service_adds_to_the_access_log_and_no_more),
		cmocka_unit_test(no_table_is_forgotten),
	};
	return cmocka_run_group_tests(tests, build, api_release);
}
