/*
 * The visibility table (api/visibility.yaml) against every answer of the API. One person fills every field
 * with a value that is nowhere else, and shows all that can be chosen to nobody, to partners, to colleagues.
 * Each time everybody asks every GET of the contract about them. A value in an answer whose reader may not see
 * the field fails, and so does a field that its reader may see and that the operation which shows it (x-field)
 * leaves out. Then the table is changed, a cell at a time: each change must be found out.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include "contract.h"

enum audience { NOBODY, PARTNERS, COLLEAGUES, AUDIENCES };
static const char *const audiences[AUDIENCES] = { "nobody", "partners", "colleagues" };

/* What stands in an answer that shows the field. */
static const struct {
	const char *field, *marker;
} fields[] = {
	{ "bio", "vis-biography" },
	{ "pronouns", "vis/pronouns" },
	{ "languages", "\"tlh\"" },
	{ "interests", "vis-interest" },
	{ "skills_offered", "Vis offered" },
	{ "skills_wanted", "Vis wanted" },
	{ "skills_known", "Vis known" },
	{ "weekly_hours", "\"03:30\"" },
	{ "channels", "\"channels\":[\"chat\"]" },
	{ "email", "vis@mail.example" },
	{ "hired_on", "1971-03-07" },
	{ "manager", "\"manager\":{\"id\"" },
	{ "reporting_line", "\"vacant\":" },
	{ "hr_record", "VIS-EXTERNAL" },
	{ "import_changes", "vis-import" },
	{ "training_records", "vis-training" },
	{ "skill_checks", "vis-instrument" },
	{ "listings", "vis-listing" },
	{ "listing_replies", "vis-reply" },
	{ "delegates", "\"until\":\"2061-05-04\"" },
	{ "access_needs", "\"needs\":[\"hearing_loop\"]" },
	{ "declarations", "Vis ethnicity" },
	{ "consents", "\"decision\":\"grant\"" },
	{ "visibility", "\"default\":\"colleagues\"" },
};
#define FIELDS (sizeof fields / sizeof *fields)

/* The table: by default and by choice, and the roles, a bit each. */
struct rule {
	enum audience fixed;
	bool chosen; /* by the person */
	bool hris, programme_admin, admin;
};

static struct rule table[FIELDS];
static struct world world;
static const struct operation_row *rows;
static size_t row_count;
static uint32_t seen[OPERATIONS_MOST][CALLERS][AUDIENCES]; /* a bit for each field */
static bool answered[OPERATIONS_MOST][CALLERS];
static uint32_t shows[OPERATIONS_MOST]; /* the fields that its answer shows, by x-field */
static bool found_by_skill[CALLERS][AUDIENCES];
static const char *offered;

static int field_of(const char *name)
{
	for (size_t f = 0; f < FIELDS; f++)
		if (strcmp(fields[f].field, name) == 0)
			return (int)f;
	return -1;
}

/* ---- the table, as the person reads it --------------------------------------------------------*/

static void read_table(void)
{
	size_t i, k;
	json_t *row, *role;
	struct api_reply *own = api_expect(
		api_get(world_as(world.mentor_user), "/api/v1/people/me/visibility"), 200);
	size_t known = 0;
	json_array_foreach(api_member(own, "fields"), i, row)
	{
		const char *name = json_string_value(json_object_get(row, "field"));
		int f = field_of(name);
		if (f < 0) { /* what everybody sees needs no marker */
			assert_string_equal(
				json_string_value(json_object_get(row, "default")), "colleagues");
			assert_int_equal(json_array_size(json_object_get(row, "choices")), 0);
			continue;
		}
		known++;
		while (strcmp(audiences[table[f].fixed],
			       json_string_value(json_object_get(row, "default"))) != 0)
			table[f].fixed++;
		table[f].chosen = json_array_size(json_object_get(row, "choices")) == AUDIENCES;
		json_array_foreach(json_object_get(row, "roles"), k, role)
		{
			table[f].hris |= strcmp(json_string_value(role), "hris") == 0;
			table[f].programme_admin |= strcmp(json_string_value(role),
							    "programme_admin") == 0;
			table[f].admin |= strcmp(json_string_value(role), "admin") == 0;
		}
	}
	assert_int_equal(known, FIELDS);
}

static bool may_see(const struct rule *rule, enum caller caller, enum audience choice)
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

static void put(const char *part, const char *body)
{
	api_expect(api_put(world_as(world.mentor_user), api_path("/api/v1/people/me/%s", part),
			   "%s", body),
		200);
}

static void fill_every_field(void)
{
	struct api *own = world_as(world.mentor_user);
	offered = skill("Vis offered");
	const char *wanted = skill("Vis wanted"), *known = skill("Vis known");
	put("skills",
		api_path("{\"skills\": [{\"skill_id\": \"%s\", \"current\": 4, \"offered\": true},"
			 " {\"skill_id\": \"%s\", \"current\": 0, \"target\": 3},"
			 " {\"skill_id\": \"%s\", \"current\": 2}]}",
			offered, wanted, known));
	put("interests", "{\"interests\": [\"vis-interest\"]}");
	put("languages", "{\"languages\": [\"en\", \"tlh\"]}");
	put("weekly-hours",
		"{\"windows\": [{\"weekday\": 7, \"starts\": \"03:00\", \"ends\": \"03:30\"}]}");
	put("channels", "{\"channels\": [\"chat\"]}");
	put("access-needs", "{\"needs\": [\"hearing_loop\"]}");
	api_expect(
		api_post(own, "/api/v1/people/me/consents",
			"{\"attribute\": \"ethnicity\", \"purpose\": \"matching\", \"decision\": "
			"\"grant\", \"notice_version\": 1}"),
		201);
	put("declarations",
		"{\"declarations\": [{\"kind\": \"ethnicity\", \"value\": \"Vis ethnicity\"}]}");
	api_if_match(own, api_expect(api_get(own, "/api/v1/people/me"), 200));
	api_expect(api_patch(own, "/api/v1/people/me",
			   "{\"bio\": \"vis-biography\", \"pronouns\": \"vis/pronouns\"}"),
		200);
	(void)api_sql("superuser",
		"UPDATE profiles.person SET email = 'vis@mail.example', hired_on = '1971-03-07',"
		" external_id = 'VIS-EXTERNAL' WHERE id = '%s'",
		world.mentor);
}

/* What the world has of the person beside the profile is theirs too. */
static void mark_belongings(void)
{
	const char *others = api_text(
		api_expect(api_post(world_as("dela.delegate"), "/api/v1/listings",
				   "{\"kind\": \"learn\", \"title\": \"Anything\"}"),
			201),
		"id");
	api_expect(api_post(world_as(world.mentor_user),
			   api_path("/api/v1/listings/%s/replies", others),
			   "{\"message\": \"vis-reply\"}"),
		201);
	(void)api_sql("superuser",
		"UPDATE profiles.training_record SET title = 'vis-training' WHERE id = '%s';"
		" UPDATE profiles.skill_check SET instrument = 'vis-instrument' WHERE id = '%s';"
		" UPDATE profiles.listing SET title = 'vis-listing' WHERE id = '%s';"
		" UPDATE profiles.delegate SET until = '2061-05-04' WHERE id = '%s'",
		world.training_record, world.skill_check, world.listing, world.delegate);
}

/* A file that waits to be confirmed, and would change the person's record. */
static void await_changes(void)
{
	const char *file = api_path("external_id,user_name,given_name,level,title\n"
				    "VIS-EXTERNAL,%s,Vis,2,vis-import\n",
		world.mentor_user);
	struct api *hris = api_as("hris", NULL);
	world.import = api_text(api_expect(api_send(hris, "POST", "/api/v1/imports?dry_run=true",
						   "text/csv", file, strlen(file)),
					202),
		"id");
	api_wait_until(60.0,
		strcmp(api_text(api_expect(api_get(hris, "/api/v1/imports/%s", world.import), 200),
			       "status"),
			"checked") == 0);
}

static void choose(enum audience choice)
{
	char body[2000];
	size_t used = 0;
	used += (size_t)snprintf(body, sizeof body, "{\"fields\": [");
	for (size_t f = 0; f < FIELDS; f++)
		if (table[f].chosen)
			used += (size_t)snprintf(body + used, sizeof body - used,
				"%s{\"field\": \"%s\", \"audience\": \"%s\"}",
				body[used - 1] == '[' ? "" : ", ", fields[f].field,
				audiences[choice]);
	snprintf(body + used, sizeof body - used, "]}");
	put("visibility", body);
}

/* ---- what the answers say ----------------------------------------------------------------------*/

static void mark(json_t *schema, uint32_t *set, int depth)
{
	size_t i;
	const char *name;
	json_t *inner;
	schema = contract_resolve(schema);
	const char *field = json_string_value(json_object_get(schema, "x-field"));
	if (field && field_of(field) >= 0)
		*set |= 1u << field_of(field);
	if (depth == 0)
		return;
	json_object_foreach(json_object_get(schema, "properties"), name, inner)
	{
		field = json_string_value(json_object_get(inner, "x-field"));
		if (field && field_of(field) >= 0)
			*set |= 1u << field_of(field);
		mark(inner, set, depth - 1);
	}
	if (json_object_get(schema, "items"))
		mark(json_object_get(schema, "items"), set, depth - 1);
	json_array_foreach(json_object_get(schema, "oneOf"), i, inner) mark(inner, set, depth - 1);
}

static uint32_t shown_by(const struct operation_row *row)
{
	uint32_t set = 0;
	json_t *ok = json_object_get(json_object_get(row->spec, "responses"), "200");
	json_t *media = json_object_get(json_object_get(ok, "content"), "application/json");
	if (strstr(row->path, "/people/{person_id}") && media)
		mark(json_object_get(media, "schema"), &set, 4);
	return set;
}

/* Whatever of the person stands in the changes of an import belongs to that field. */
static uint32_t markers_in(const struct operation_row *row, const struct api_reply *reply)
{
	uint32_t set = 0;
	bool changes = strcmp(row->id, "import_changes") == 0;
	char *text = reply->body ? json_dumps(reply->body, JSON_COMPACT | JSON_ENCODE_ANY) : NULL;
	for (size_t f = 0; f < FIELDS; f++)
		if (strstr(text ? text : reply->text, fields[f].marker))
			set |= 1u << (changes ? field_of("import_changes") : (int)f);
	free(text);
	return set;
}

/* Does the world have everything that the path names? */
static bool in_the_world(const struct operation_row *row)
{
	char name[64];
	for (const char *at = row->path; (at = strchr(at, '{')); at++)
		if (sscanf(at, "{%63[^}]}", name) != 1 || !contract_id(&world, name))
			return false;
	return true;
}

/* The taxonomy names every skill, whoever has it. */
static bool asked(const struct operation_row *row, enum caller caller)
{
	return strcmp(row->method, "GET") == 0 && in_the_world(row) &&
	       !strstr(row->path, "/api/v1/skills") &&
	       (caller != CALLER_DELEGATE || contract_lists(row, "delegate"));
}

static void ask_everything(enum audience choice)
{
	for (size_t r = 0; r < row_count; r++)
		for (enum caller c = CALLER_NOBODY; c < CALLERS; c++) {
			if (!asked(&rows[r], c) || (choice > NOBODY && !answered[r][c]))
				continue;
			struct api_reply *reply = contract_send(&rows[r], world_caller(&world, c),
				contract_path(&rows[r], &world, false), NULL, NULL, 0);
			answered[r][c] = reply->status == 200;
			seen[r][c][choice] = markers_in(&rows[r], reply);
		}
	for (enum caller c = CALLER_STRANGER; c <= CALLER_HRIS; c++) {
		struct api_reply *found = api_expect(
			api_get(world_caller(&world, c), "/api/v1/people?skill_id=%s", offered),
			200);
		found_by_skill[c][choice] = strstr(found->text, world.mentor) != NULL;
	}
}

/* How many answers are not as the rules say; told: each is printed. */
static size_t judge(const struct rule *rules, bool told)
{
	size_t wrong = 0;
	int by_skill = field_of("skills_offered");
	for (int choice = NOBODY; choice < AUDIENCES; choice++) {
		for (size_t r = 0; r < row_count; r++)
			for (enum caller c = CALLER_NOBODY; c < CALLERS; c++)
				for (size_t f = 0; asked(&rows[r], c) && f < FIELDS; f++) {
					bool there = seen[r][c][choice] >> f & 1;
					bool may = may_see(&rules[f], c, (enum audience)choice);
					bool due = answered[r][c] && shows[r] >> f & 1;
					if (there ? may : !(may && due))
						continue;
					wrong++;
					if (told)
						print_error("%s: %s %s %s, which is open to %s\n",
							rows[r].id, world_caller_name(c),
							there ? "sees" : "does not see",
							fields[f].field, audiences[choice]);
				}
		for (enum caller c = CALLER_STRANGER; c <= CALLER_HRIS; c++)
			wrong += found_by_skill[c][choice] !=
				 may_see(&rules[by_skill], c, (enum audience)choice);
	}
	return wrong;
}

static void every_answer_obeys_the_table(void **state)
{
	(void)state;
	for (enum audience choice = NOBODY; choice < AUDIENCES; choice++) {
		choose(choice);
		ask_everything(choice);
	}
	assert_int_equal(judge(table, true), 0);
}

/* Only whoever can confirm an import, and they do. */
static void the_changes_of_an_import_are_seen_by_its_roles(void **state)
{
	(void)state;
	size_t changes = (size_t)(contract_find("import_changes") - rows);
	for (enum caller c = CALLER_NOBODY; c < CALLERS; c++)
		assert_true(
			(seen[changes][c][NOBODY] != 0) == (c == CALLER_HRIS || c == CALLER_ADMIN));
}

/* Does this caller get an answer that shows the field to whoever may see it? */
static bool reads(enum caller caller, size_t field)
{
	for (size_t r = 0; r < row_count; r++)
		if (answered[r][caller] && shows[r] >> field & 1)
			return true;
	return false;
}

static void a_changed_table_is_found_out(void **state)
{
	(void)state;
	for (size_t f = 0; f < FIELDS; f++) {
		struct rule changed[FIELDS];
		memcpy(changed, table, sizeof changed);
		changed[f].chosen = !table[f].chosen;
		changed[f].fixed = COLLEAGUES;
		if (reads(CALLER_STRANGER, f) && judge(changed, false) == 0)
			fail_msg("%s: nobody notices who can choose", fields[f].field);
		memcpy(changed, table, sizeof changed);
		changed[f].hris = !table[f].hris;
		if (reads(CALLER_HRIS, f) && judge(changed, false) == 0)
			fail_msg("%s: nobody notices what hris sees", fields[f].field);
	}
}

static int set_up(void **state)
{
	(void)state;
	world_build(&world);
	row_count = contract_operations(&rows);
	for (size_t r = 0; r < row_count; r++)
		shows[r] = shown_by(&rows[r]);
	read_table();
	fill_every_field();
	mark_belongings();
	await_changes();
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_answer_obeys_the_table),
		cmocka_unit_test(the_changes_of_an_import_are_seen_by_its_roles),
		cmocka_unit_test(a_changed_table_is_found_out),
	};
	return cmocka_run_group_tests(tests, set_up, api_release);
}
