#include "support/story.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define WAIT 40.0

const char *story_oracle_file(void)
{
	if (access(ORACLE_FILE, R_OK) != 0) {
		print_message("%s is absent: skipped\n", ORACLE_FILE);
		skip();
	}
	return ORACLE_FILE;
}

const char *story_person_id(const char *user_name)
{
	struct api_reply *me = api_expect(
		api_get(api_as("participant", user_name), "/api/v1/me"), 200);
	return api_text(me, "person.id");
}

const char *story_user_name(const char *person_id)
{
	struct api_reply *person = api_expect(
		api_get(api_as("hris", NULL), "/api/v1/people/%s", person_id), 200);
	return api_text(person, "hr.user_name");
}

const char *story_skill(const char *name)
{
	struct api *admin = api_as("admin", NULL);
	struct api_reply *made = api_post(admin, "/api/v1/skills", "{\"name\": \"%s\"}", name);
	if (made->status == 201)
		return api_text(made, "id");
	api_expect_problem(made, 409, "name_taken");
	return api_path("%s",
		api_sql("superuser", "SELECT id FROM profiles.skill WHERE name = '%s'", name));
}

static void put_skills(const char *user_name, const char *members, const char *skill, va_list more)
{
	char body[4096] = "";
	size_t used = 0;
	for (; skill; skill = va_arg(more, const char *))
		used += (size_t)snprintf(body + used, sizeof body - used,
			"%s{\"skill_id\": \"%s\", %s}", used ? ", " : "", story_skill(skill),
			members);
	api_expect(api_put(api_as("participant", user_name), "/api/v1/people/me/skills",
			   "{\"skills\": [%s]}", body),
		200);
}

void story_teaches(const char *user_name, const char *skill, ...)
{
	va_list more;
	va_start(more, skill);
	put_skills(user_name, "\"current\": 4, \"offered\": true", skill, more);
	va_end(more);
}

void story_wants(const char *user_name, const char *skill, ...)
{
	va_list more;
	va_start(more, skill);
	put_skills(user_name, "\"current\": 1, \"target\": 4", skill, more);
	va_end(more);
}

const char *story_programme(const char *admin, const char *title)
{
	struct api *who = api_as("programme_admin", admin);
	struct api_reply *made = api_expect(
		api_post(who, "/api/v1/programmes",
			"{\"title\": \"%s\", \"purpose\": \"digital_skills\", \"starts_on\": "
			"\"2027-01-11\","
			" \"ends_on\": \"2027-07-09\"}",
			title),
		201);
	const char *id = api_text(made, "id");
	struct api_reply *open = api_expect(
		api_post(who, api_path("/api/v1/programmes/%s/recruitment", id), NULL), 200);
	assert_string_equal(api_text(open, "status"), "recruiting");
	return id;
}

const char *story_enrol(
	const char *user_name, const char *programme_id, const char *role, int capacity)
{
	struct api_reply *made = api_expect(
		api_post(api_as("participant", user_name), "/api/v1/enrolments",
			"{\"programme_id\": \"%s\", \"role\": \"%s\", \"capacity\": %d}",
			programme_id, role, capacity),
		201);
	return api_text(made, "id");
}

const char *story_declare(
	const char *admin, const char *programme_id, const char *kind, const char *values[2], int people)
{
	struct api *who = api_as("programme_admin", admin);
	const char *path = api_path("/api/v1/programmes/%s", programme_id);
	api_if_match(who, api_expect(api_get(who, "%s", path), 200));
	api_expect(api_patch(who, path, "{\"declared_kinds\": [\"%s\"]}", kind), 200);
	const char *all = api_path("WITH who AS (SELECT p.id, p.user_name, row_number() OVER (ORDER BY p.id) AS n"
				   " FROM profiles.person p WHERE p.id IN (SELECT e.person_id FROM "
				   "matching.enrolment e WHERE e.programme_id = '%s' AND e.status = "
				   "'enrolled') ORDER BY p.id LIMIT %d)",
		programme_id, people);
	(void)api_sql("superuser",
		"%s INSERT INTO profiles.consent (id, person_id, number, attribute, purpose, given, "
		"notice_version) SELECT gen_random_uuid(), id, 1, '%s', 'matching', true, 1 FROM who",
		all, kind);
	return api_sql("superuser",
		"%s, said AS (INSERT INTO profiles.declaration (person_id, kind, value) SELECT id, '%s',"
		" CASE WHEN n %% 2 = 0 THEN '%s' ELSE '%s' END FROM who)"
		" SELECT user_name FROM who WHERE n = 3",
		all, kind, values[0], values[1]);
}

void story_withdraw(const char *user_name)
{
	api_expect(api_post(api_as("participant", user_name), "/api/v1/people/me/consents",
			   "{\"attribute\": \"gender\", \"purpose\": \"matching\", \"decision\": "
			   "\"withdraw\", \"notice_version\": 1}"),
		201);
}

const char *story_ready(const char *admin, const char *programme_id)
{
	struct api *who = api_as("programme_admin", admin);
	struct api_reply *started = api_expect(
		api_post(who, "/api/v1/rounds", "{\"programme_id\": \"%s\"}", programme_id), 202);
	const char *id = api_text(started, "id");
	struct api_reply *now = started;
	api_wait_until(WAIT, (now = api_expect(api_get(who, "/api/v1/rounds/%s", id), 200),
				     strcmp(api_text(now, "status"), "queued") != 0 &&
					     strcmp(api_text(now, "status"), "running") != 0));
	assert_string_equal(api_text(now, "status"), "ready");
	return id;
}

const char *story_round(const char *admin, const char *programme_id)
{
	struct api *who = api_as("programme_admin", admin);
	const char *id = story_ready(admin, programme_id);
	const char *publication = api_path("/api/v1/rounds/%s/publication", id);
	struct api_reply *now;
	/* an overloaded service may ask to try again */
	api_wait_until(WAIT, (now = api_post(who, publication, NULL))->status != 503);
	api_expect(now, 200);
	api_wait_until(WAIT, (now = api_expect(api_get(who, "/api/v1/rounds/%s", id), 200),
				     strcmp(api_text(now, "status"), "publishing") != 0));
	assert_string_equal(api_text(now, "status"), "published");
	return id;
}

struct api_reply *story_shortlist(const char *mentee, const char *programme_id)
{
	struct api *who = api_as("participant", mentee);
	struct api_reply *list = api_expect(
		api_get(who, "/api/v1/shortlists?programme_id=%s&status=open", programme_id), 200);
	assert_int_equal(api_count(list, "items"), 1);
	return api_expect(api_get(who, "/api/v1/shortlists/%s", api_text(list, "items.0.id")), 200);
}

const char *story_pair(const char *mentee, const char *programme_id, const char **ret_mentor)
{
	struct api_reply *list = story_shortlist(mentee, programme_id);
	const char *mentor_id = api_text(list, "mentors.0.mentor.id");
	struct api_reply *picked = api_expect(
		api_post(api_as("participant", mentee),
			api_path("/api/v1/shortlists/%s/pick", api_text(list, "id")),
			"{\"mentor_id\": \"%s\"}", mentor_id),
		201);
	const char *id = api_text(picked, "id");
	*ret_mentor = story_user_name(mentor_id);
	struct api_reply *yes = api_expect(
		api_post(api_as("participant", *ret_mentor),
			api_path("/api/v1/pairs/%s/acceptance", id), NULL),
		200);
	assert_string_equal(api_text(yes, "status"), "active");
	return id;
}

const char *story_agreement(
	const char *pair_id, const char *one, const char *other, const char *starts_on)
{
	struct api_reply *made = api_expect(
		api_post(api_as("participant", one), "/api/v1/agreements",
			"{\"pair_id\": \"%s\", \"cadence\": \"weekly_3_months\","
			" \"duration_minutes\": 45, \"channels\": [\"video\"],"
			" \"time_zone\": \"Europe/Berlin\", \"starts_on\": \"%s\"}",
			pair_id, starts_on),
		201);
	const char *sign = api_path("%s/signature", api_text(made, "links.self"));
	api_expect(api_change(api_as("participant", one), sign), 200);
	struct api_reply *both = api_expect(api_change(api_as("participant", other), sign), 200);
	assert_string_equal(api_text(both, "status"), "signed");
	return api_text(made, "id");
}

void story_settle(void)
{
	api_wait_until(60.0,
		strcmp(api_sql("superuser",
			       "SELECT NOT EXISTS (SELECT FROM common.outbox e, common.cursor c"
			       " WHERE (e.xid, e.id) > (c.xid, c.id))"),
			"t") == 0);
}

const char *story_snapshot(const char *programme_id)
{
	const char *of = programme_id ? api_path("'%s'", programme_id) : "NULL";
	const char *id;
	/* the product takes its own, too: then the next number is tried */
	api_wait_until(30.0,
		*(id = api_path("%.36s",
			  api_sql("superuser",
				  "INSERT INTO evaluation.snapshot (id, programme_id, number, "
				  "programme_status) SELECT gen_random_uuid(), %s, coalesce(max(number), 0) "
				  "+ 1, (SELECT p.status FROM matching.programme p WHERE p.id = %s) FROM "
				  "evaluation.snapshot WHERE programme_id IS NOT DISTINCT FROM %s ON "
				  "CONFLICT DO NOTHING RETURNING id",
				  of, of, of))));
	api_wait_until(
		30.0, strcmp(api_sql("superuser",
				     "SELECT ready FROM evaluation.snapshot WHERE id = '%s'", id),
			      "t") == 0);
	return id;
}
