#include "marked.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <string.h>

const char *const marked_audiences[AUDIENCES] = { "nobody", "partners", "colleagues" };

const struct marked_field marked_fields[FIELDS] = {
	{ "card", "Vis Ible", "Vis Ible" },
	{ "bio", "vis-biography", "vis-biography" },
	{ "pronouns", "vis/pronouns", "vis/pronouns" },
	{ "languages", "\"tlh\"", "tlh" },
	{ "interests", "vis-interest", "vis-interest" },
	{ "skills_offered", "Vis offered", "Vis offered" },
	{ "skills_wanted", "Vis wanted", "Vis wanted" },
	{ "skills_known", "Vis known", "Vis known" },
	{ "weekly_hours", "\"03:30\"", "03:30" },
	{ "channels", "\"channels\":[\"chat\"]", "chat" },
	{ "cadence", "\"preferred_cadence\":\"every_second_month\"", "second month" },
	{ "email", "vis@mail.example", "vis@mail.example" },
	{ "hired_on", "1971-03-07", "1971" },
	{ "manager", "\"manager\":{\"id\"", "Lena Line" },
	{ "reporting_line", "\"vacant\":", "Bo Boss" },
	{ "hr_record", "VIS-EXTERNAL", "VIS-EXTERNAL" },
	{ "import_changes", "vis-import", NULL },
	{ "intake_answers", "vis-intake", "vis-intake" },
	{ "training_records", "vis-training", "vis-training" },
	{ "skill_checks", "vis-instrument", "vis-instrument" },
	{ "listings", "vis-listing", "vis-listing" },
	{ "listing_replies", "vis-reply", "vis-reply" },
	{ "delegates", "\"until\":\"2061-05-04\"", "2061" },
	{ "access_needs", "\"needs\":[\"hearing_loop\"]", "hearing" },
	{ "declarations", "Vis ethnicity", "Vis ethnicity" },
	{ "consents", "\"decision\":\"grant\"", "ethnicity" },
	{ "visibility", "\"default\":\"colleagues\"", NULL },
};

int marked_find(const char *name)
{
	for (size_t f = 0; f < FIELDS; f++)
		if (strcmp(marked_fields[f].name, name) == 0)
			return (int)f;
	return -1;
}

/* ---- the table, as the person reads it --------------------------------------------------------*/

void marked_read(const struct world *world, struct marked_rule ret_table[FIELDS])
{
	size_t i, k;
	json_t *row, *role;
	struct api_reply *own = api_expect(
		api_get(world_as(world->mentor_user), "/api/v1/people/me/visibility"), 200);
	size_t known = 0;
	memset(ret_table, 0, FIELDS * sizeof *ret_table);
	json_array_foreach(api_member(own, "fields"), i, row)
	{
		const char *name = json_string_value(json_object_get(row, "field"));
		int f = marked_find(name);
		if (f < 0) { /* what everybody sees needs no marker */
			assert_string_equal(
				json_string_value(json_object_get(row, "default")), "colleagues");
			assert_int_equal(json_array_size(json_object_get(row, "choices")), 0);
			continue;
		}
		known++;
		while (strcmp(marked_audiences[ret_table[f].fixed],
			       json_string_value(json_object_get(row, "default"))) != 0)
			ret_table[f].fixed++;
		ret_table[f].chosen = json_array_size(json_object_get(row, "choices")) == AUDIENCES;
		json_array_foreach(json_object_get(row, "roles"), k, role)
		{
			ret_table[f].hris |= strcmp(json_string_value(role), "hris") == 0;
			ret_table[f].programme_admin |= strcmp(json_string_value(role),
							    "programme_admin") == 0;
			ret_table[f].admin |= strcmp(json_string_value(role), "admin") == 0;
		}
	}
	assert_int_equal(known, FIELDS);
}

bool marked_may_see(const struct marked_rule *rule, enum caller caller, enum audience choice)
{
	enum audience open = rule->chosen ? choice : rule->fixed;
	switch (caller) {
	case CALLER_MENTOR:
	case CALLER_DELEGATE: /* asks as the person, and only where the operation is open to delegates */
		return true;
	case CALLER_MENTEE:
		return open >= PARTNERS;
	case CALLER_COORDINATOR:
	case CALLER_OTHER:
		return open >= COLLEAGUES || rule->programme_admin;
	case CALLER_ADMIN:
		return open >= COLLEAGUES || rule->admin;
	case CALLER_HRIS:
		return open >= COLLEAGUES || rule->hris;
	case CALLER_NOBODY:
	case CALLER_UNKNOWN:
		return false;
	default:
		return open >= COLLEAGUES;
	}
}

/* ---- the person --------------------------------------------------------------------------------*/

static const char *skill(const char *name)
{
	return api_text(api_expect(api_post(api_as("admin", NULL), "/api/v1/skills",
					   "{\"name\": \"%s\"}", name),
				201),
		"id");
}

static void put(const struct world *world, const char *part, const char *body)
{
	api_expect(api_put(world_as(world->mentor_user), api_path("/api/v1/people/me/%s", part),
			   "%s", body),
		200);
}

/* What the round has found that the two have in common. */
static void share(const struct world *world)
{
	api_expect(api_put(world_as(WORLD_MENTEE), "/api/v1/people/me/interests",
			   "{\"interests\": [\"vis-interest\"]}"),
		200);
	for (int i = 0; i < 2; i++)
		(void)api_sql("superuser",
			"UPDATE matching.%s SET reasons = reasons::jsonb || '{\"skills\": [\"Vis "
			"offered\"],"
			" \"interests\": [\"vis-interest\"], \"languages\": [\"tlh\"]}' WHERE "
			"mentor_id = '%s'",
			i ? "round_candidate" : "shortlist_entry", world->mentor);
}

const char *marked_fill(const struct world *world)
{
	struct api *own = world_as(world->mentor_user);
	const char *offered = skill("Vis offered");
	const char *wanted = skill("Vis wanted"), *known = skill("Vis known");
	put(world, "skills",
		api_path("{\"skills\": [{\"skill_id\": \"%s\", \"current\": 4, \"offered\": true},"
			 " {\"skill_id\": \"%s\", \"current\": 0, \"target\": 3},"
			 " {\"skill_id\": \"%s\", \"current\": 2}]}",
			offered, wanted, known));
	put(world, "interests", "{\"interests\": [\"vis-interest\"]}");
	put(world, "languages", "{\"languages\": [\"en\", \"tlh\"]}");
	put(world, "weekly-hours",
		"{\"windows\": [{\"weekday\": 7, \"starts\": \"03:00\", \"ends\": \"03:30\"}]}");
	put(world, "channels", "{\"channels\": [\"chat\"]}");
	put(world, "access-needs", "{\"needs\": [\"hearing_loop\"]}");
	api_expect(
		api_post(own, "/api/v1/people/me/consents",
			"{\"attribute\": \"ethnicity\", \"purpose\": \"matching\", \"decision\": "
			"\"grant\", \"notice_version\": 1}"),
		201);
	put(world, "declarations",
		"{\"declarations\": [{\"kind\": \"ethnicity\", \"value\": \"Vis ethnicity\"}]}");
	api_if_match(own, api_expect(api_get(own, "/api/v1/people/me"), 200));
	api_expect(api_patch(own, "/api/v1/people/me",
			   "{\"bio\": \"vis-biography\", \"pronouns\": \"vis/pronouns\","
			   " \"preferred_cadence\": \"every_second_month\"}"),
		200);
	(void)api_sql("superuser",
		"UPDATE profiles.person SET email = 'vis@mail.example', hired_on = '1971-03-07',"
		" external_id = 'VIS-EXTERNAL', given_name = 'Vis', family_name = 'Ible' WHERE id "
		"= '%s'",
		world->mentor);
	share(world);
	return offered;
}

void marked_belongings(const struct world *world)
{
	const char *others = api_text(
		api_expect(api_post(world_as("dela.delegate"), "/api/v1/listings",
				   "{\"kind\": \"learn\", \"title\": \"Anything\"}"),
			201),
		"id");
	api_expect(api_post(world_as(world->mentor_user),
			   api_path("/api/v1/listings/%s/replies", others),
			   "{\"message\": \"vis-reply\"}"),
		201);
	(void)api_sql("superuser",
		"UPDATE profiles.training_record SET title = 'vis-training' WHERE id = '%s';"
		" UPDATE profiles.skill_check SET instrument = 'vis-instrument' WHERE id = '%s';"
		" UPDATE profiles.listing SET title = 'vis-listing' WHERE id = '%s';"
		" UPDATE profiles.delegate SET until = '2061-05-04' WHERE id = '%s';"
		" UPDATE matching.enrolment SET answers = '{\"why\": \"vis-intake\"}' WHERE id = "
		"'%s'",
		world->training_record, world->skill_check, world->listing, world->delegate,
		world->enrolment);
}

void marked_choose(
	const struct world *world, const struct marked_rule table[FIELDS], enum audience choice)
{
	char body[2000];
	size_t used = 0;
	used += (size_t)snprintf(body, sizeof body, "{\"fields\": [");
	for (size_t f = 0; f < FIELDS; f++)
		if (table[f].chosen)
			used += (size_t)snprintf(body + used, sizeof body - used,
				"%s{\"field\": \"%s\", \"audience\": \"%s\"}",
				body[used - 1] == '[' ? "" : ", ", marked_fields[f].name,
				marked_audiences[choice]);
	snprintf(body + used, sizeof body - used, "]}");
	put(world, "visibility", body);
}
