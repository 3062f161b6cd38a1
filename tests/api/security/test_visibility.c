/*
 * The visibility table (api/visibility.yaml) against every answer of the API. One person fills every field
 * with a value that is nowhere else, and shows all that can be chosen to nobody, to partners, to colleagues.
 * Each time everybody asks every GET of the contract about them, in each form that it offers (JSON, CSV, lines of
 * JSON, calendars, feeds, pages); at last everybody carries out all that changes something.
 * A value in an answer whose reader may not see the field fails, and so does one in an answer whose contract does
 * not say that it shows the field (x-field), and a field that its reader may see and that the operation which shows
 * it leaves out. Then the table is changed, a cell at a time: each change must be found out.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include "shown.h"

enum audience { NOBODY, PARTNERS, COLLEAGUES, AUDIENCES };
static const char *const audiences[AUDIENCES] = { "nobody", "partners", "colleagues" };

/* What stands in an answer that shows the field. */
static const struct {
	const char *field, *marker;
} fields[] = {
	{ "card", "Vis Ible" },
	{ "bio", "vis-biography" },
	{ "pronouns", "vis/pronouns" },
	{ "languages", "\"tlh\"" },
	{ "interests", "vis-interest" },
	{ "skills_offered", "Vis offered" },
	{ "skills_wanted", "Vis wanted" },
	{ "skills_known", "Vis known" },
	{ "weekly_hours", "\"03:30\"" },
	{ "channels", "\"channels\":[\"chat\"]" },
	{ "cadence", "\"preferred_cadence\":\"every_second_month\"" },
	{ "email", "vis@mail.example" },
	{ "hired_on", "1971-03-07" },
	{ "manager", "\"manager\":{\"id\"" },
	{ "reporting_line", "\"vacant\":" },
	{ "hr_record", "VIS-EXTERNAL" },
	{ "import_changes", "vis-import" },
	{ "intake_answers", "vis-intake" },
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
static uint64_t seen[OPERATIONS_MOST][CALLERS][AUDIENCES]; /* a bit for each field */
static bool answered[OPERATIONS_MOST][CALLERS];
static unsigned
	told_as[OPERATIONS_MOST]; /* a bit for each media type in which somebody got an answer */
static uint64_t
	owes[OPERATIONS_MOST]; /* the fields that its answer shows to all who may see them */
static uint64_t shows[OPERATIONS_MOST]; /* those that any of its answers shows, by x-field */
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

/* What the round has found that the two have in common. */
static void share(void)
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
			i ? "round_candidate" : "shortlist_entry", world.mentor);
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
			   "{\"bio\": \"vis-biography\", \"pronouns\": \"vis/pronouns\","
			   " \"preferred_cadence\": \"every_second_month\"}"),
		200);
	(void)api_sql("superuser",
		"UPDATE profiles.person SET email = 'vis@mail.example', hired_on = '1971-03-07',"
		" external_id = 'VIS-EXTERNAL', given_name = 'Vis', family_name = 'Ible' WHERE id "
		"= '%s'",
		world.mentor);
	share();
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
		" UPDATE profiles.delegate SET until = '2061-05-04' WHERE id = '%s';"
		" UPDATE matching.enrolment SET answers = '{\"why\": \"vis-intake\"}' WHERE id = "
		"'%s'",
		world.training_record, world.skill_check, world.listing, world.delegate,
		world.enrolment);
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

/* What an operation about one person shows of them, on the first levels of its answer. */
static uint64_t owed_by(const struct operation_row *row)
{
	json_t *ok = json_object_get(json_object_get(row->spec, "responses"), "200");
	json_t *media = json_object_get(json_object_get(ok, "content"), "application/json");
	bool reads = strcmp(row->method, "GET") == 0 && strstr(row->path, "/people/{person_id}");
	return reads && media ? shown_in(json_object_get(media, "schema"), field_of, 4) : 0;
}

/* Whatever of the person stands in the changes of an import belongs to that field. */
static uint64_t markers_in(const struct operation_row *row, const struct api_reply *reply)
{
	uint64_t set = 0;
	bool changes = strcmp(row->id, "import_changes") == 0;
	char *text = reply->body ? json_dumps(reply->body, JSON_COMPACT | JSON_ENCODE_ANY) : NULL;
	for (size_t f = 0; f < FIELDS; f++)
		if (strstr(text ? text : reply->text, fields[f].marker))
			set |= UINT64_C(1) << (changes ? field_of("import_changes") : (int)f);
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
	return in_the_world(row) && !strstr(row->path, "/api/v1/skills") &&
	       (caller != CALLER_DELEGATE || contract_lists(row, "delegate"));
}

static bool is_read(const struct operation_row *row)
{
	return strcmp(row->method, "GET") == 0;
}

/* The path, and what the answer is to be about where that can be said; required: only where it must be. */
static const char *path_of(const struct operation_row *row, bool required)
{
	static const char *const subjects = " programme_id pair_id person_id ";
	const char *path = contract_path(row, &world, false);
	json_t *parameter;
	for (size_t i = 0; (parameter = contract_parameter(row, i)); i++) {
		const char *name = json_string_value(json_object_get(parameter, "name"));
		if (strcmp(json_string_value(json_object_get(parameter, "in")), "query") != 0 ||
			!strstr(subjects, api_path(" %s ", name)) ||
			(required && !json_is_true(json_object_get(parameter, "required"))))
			continue;
		path = api_path("%s%c%s=%s", path, strchr(path, '?') ? '&' : '?', name,
			contract_id(&world, name));
	}
	return path;
}

/* What the first choice hides, it hides in every form; the others are for what is due. */
static void ask(size_t r, enum caller c, enum audience choice)
{
	const char *types[8];
	size_t count = shown_types(&rows[r], "200", types, 8);
	const char *paths[] = { path_of(&rows[r], true), path_of(&rows[r], false) };
	size_t forms = choice > NOBODY || count == 0 ? 1 : count;
	size_t ways = choice > NOBODY || strcmp(paths[0], paths[1]) == 0 ? 1 : 2;
	for (size_t way = 0; way < ways; way++)
		for (size_t t = 0; t < forms; t++) {
			struct api *caller = world_caller(&world, c);
			if (count)
				api_header(caller, "Accept: %s", types[t]);
			struct api_reply *reply = api_get(caller, "%s", paths[way]);
			answered[r][c] |= reply->status == 200;
			if (count && reply->status == 200)
				told_as[r] |= 1u << t;
			seen[r][c][choice] |= markers_in(&rows[r], reply);
			if (reply->status != 200 && reply->status != 406)
				break; /* the other forms are refused alike */
		}
}

static void ask_everything(enum audience choice)
{
	for (size_t r = 0; r < row_count; r++)
		for (enum caller c = CALLER_NOBODY; is_read(&rows[r]) && c < CALLERS; c++)
			if (asked(&rows[r], c) && (choice == NOBODY || answered[r][c]))
				ask(r, c, choice);
	for (enum caller c = CALLER_STRANGER; c <= CALLER_HRIS; c++) {
		struct api_reply *found = api_expect(
			api_get(world_caller(&world, c), "/api/v1/people?skill_id=%s", offered),
			200);
		found_by_skill[c][choice] = strstr(found->text, world.mentor) != NULL;
	}
}

/* May the caller see it in an answer of this operation? Who has a link to a page or a feed reads it without
 * signing in: that is decided by whom it was given to, and it shows at most cards. */
static bool allowed(const struct rule *rule, size_t f, const struct operation_row *row,
	enum caller caller, enum audience choice)
{
	return may_see(rule, caller, choice) ||
	       ((int)f == field_of("card") && contract_lists(row, "public"));
}

/* How many fields in the answer should not be there; told: each is printed. */
static size_t intruders(size_t r, enum caller caller, enum audience choice, uint64_t there,
	const struct rule *rules, bool told)
{
	size_t wrong = 0;
	for (size_t f = 0; there >> f && f < FIELDS; f++) {
		if (!(there >> f & 1))
			continue;
		bool may = allowed(&rules[f], f, &rows[r], caller, choice);
		if (may && shows[r] >> f & 1)
			continue;
		wrong++;
		if (told)
			print_error("%s: %s sees %s, which %s %s\n", rows[r].id,
				world_caller_name(caller), fields[f].field,
				may ? "its contract does not mark; it is open to" : "is open to",
				audiences[choice]);
	}
	return wrong;
}

/* How many answers are not as the rules say; told: each is printed. */
static size_t judge(const struct rule *rules, bool told)
{
	size_t wrong = 0;
	int by_skill = field_of("skills_offered");
	for (int choice = NOBODY; choice < AUDIENCES; choice++) {
		for (size_t r = 0; r < row_count; r++)
			for (enum caller c = CALLER_NOBODY; is_read(&rows[r]) && c < CALLERS; c++) {
				uint64_t there = seen[r][c][choice];
				uint64_t due = answered[r][c] ? owes[r] & ~there : 0;
				wrong += intruders(r, c, (enum audience)choice, there, rules, told);
				for (size_t f = 0; due && f < FIELDS; f++) {
					if (!(due >> f & 1) ||
						!may_see(&rules[f], c, (enum audience)choice))
						continue;
					wrong++;
					if (told)
						print_error("%s: %s does not see %s, which is open "
							    "to %s\n",
							rows[r].id, world_caller_name(c),
							fields[f].field, audiences[choice]);
				}
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
		if (answered[r][caller] && owes[r] >> field & 1)
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

/* A form that nobody has seen would pass for one that hides everything. */
static void every_form_of_an_answer_was_read_by_somebody(void **state)
{
	(void)state;
	for (size_t r = 0; r < row_count; r++) {
		const char *types[8];
		size_t count = shown_types(&rows[r], "200", types, 8);
		for (size_t t = 0; is_read(&rows[r]) && in_the_world(&rows[r]) && t < count; t++)
			if (!strstr(rows[r].path, "/api/v1/skills") && !(told_as[r] >> t & 1))
				fail_msg("%s: nobody has read it as %s", rows[r].id, types[t]);
	}
}

/* First what changes things, then what ends them. */
static bool ends(const struct operation_row *row)
{
	static const char *const ending[] = { "_delete", "_cancellation", "_withdrawal", "_discard",
		"_decline", "_ending", "_exit" };
	for (size_t i = 0; i < sizeof ending / sizeof *ending; i++)
		if (strstr(row->id, ending[i]))
			return true;
	return false;
}

/* Whoever is refused in any case (test_matrix) gets no view. What an import would change is seen until it is
 * confirmed; afterwards it is a part of the card. */
static bool tries(const struct operation_row *row, enum caller c)
{
	bool nobody = c < CALLER_STRANGER || c == CALLER_LINE || c == CALLER_OTHER ||
		      c == CALLER_GATEWAY;
	if (is_read(row) || nobody || !asked(row, c) || row == contract_find("import_confirmation"))
		return false;
	if (c == CALLER_STRANGER)
		return contract_lists(row, "participant");
	if (c >= CALLER_ADMIN && c <= CALLER_AUDITOR)
		return contract_lists(row, world_role(c));
	return true;
}

/* Whether the answer to a change was more than a refusal, and how many fields in it should not be there. */
static bool change(size_t r, enum caller c, size_t *wrong)
{
	char *body = contract_request(&rows[r], &world, false);
	struct api_reply *reply = contract_send(&rows[r], world_caller(&world, c),
		path_of(&rows[r], false), NULL, body, body ? strlen(body) : 0);
	free(body);
	*wrong += intruders(r, c, NOBODY, markers_in(&rows[r], reply), table, true);
	return reply->status >= 200 && reply->status < 300 && reply->length > 2;
}

/* What answers a change is a view of the object, as a read of it is. */
static void every_answer_to_a_change_obeys_the_table(void **state)
{
	(void)state;
	size_t wrong = 0, views = 0;
	choose(NOBODY);
	for (int turn = 0; turn < 2; turn++)
		for (size_t r = 0; r < row_count; r++)
			for (enum caller c = CALLER_NOBODY; c < CALLERS; c++)
				if (ends(&rows[r]) == (turn == 1) && tries(&rows[r], c))
					views += change(r, c, &wrong);
	print_message("%zu answers to changes\n", views);
	assert_true(views > 100);
	assert_int_equal(wrong, 0);
}

static int set_up(void **state)
{
	(void)state;
	world_build(&world);
	row_count = contract_operations(&rows);
	for (size_t r = 0; r < row_count; r++)
		shows[r] = shown_by(&rows[r], field_of);
	for (size_t r = 0; r < row_count; r++)
		owes[r] = owed_by(&rows[r]) & ~(UINT64_C(1) << field_of("card"));
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
		cmocka_unit_test(every_form_of_an_answer_was_read_by_somebody),
		cmocka_unit_test(a_changed_table_is_found_out),
		cmocka_unit_test(every_answer_to_a_change_obeys_the_table),
	};
	return cmocka_run_group_tests(tests, set_up, api_release);
}
