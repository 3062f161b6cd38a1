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
#include "marked.h"
#include "shown.h"

static struct marked_rule table[FIELDS];
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

/* ---- what the answers say ----------------------------------------------------------------------*/

/* What an operation about one person shows of them, on the first levels of its answer. */
static uint64_t owed_by(const struct operation_row *row)
{
	json_t *ok = json_object_get(json_object_get(row->spec, "responses"), "200");
	json_t *media = json_object_get(json_object_get(ok, "content"), "application/json");
	bool reads = strcmp(row->method, "GET") == 0 && strstr(row->path, "/people/{person_id}");
	return reads && media ? shown_in(json_object_get(media, "schema"), marked_find, 4) : 0;
}

/* Whatever of the person stands in the changes of an import belongs to that field. */
static uint64_t markers_in(const struct operation_row *row, const struct api_reply *reply)
{
	uint64_t set = 0;
	bool changes = strcmp(row->id, "import_changes") == 0;
	char *text = reply->body ? json_dumps(reply->body, JSON_COMPACT | JSON_ENCODE_ANY) : NULL;
	for (size_t f = 0; f < FIELDS; f++)
		if (strstr(text ? text : reply->text, marked_fields[f].marker))
			set |= UINT64_C(1) << (changes ? marked_find("import_changes") : (int)f);
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
static bool allowed(const struct marked_rule *rule, size_t f, const struct operation_row *row,
	enum caller caller, enum audience choice)
{
	return marked_may_see(rule, caller, choice) ||
	       ((int)f == marked_find("card") && contract_lists(row, "public"));
}

/* How many fields in the answer should not be there; told: each is printed. */
static size_t intruders(size_t r, enum caller caller, enum audience choice, uint64_t there,
	const struct marked_rule *rules, bool told)
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
				world_caller_name(caller), marked_fields[f].name,
				may ? "its contract does not mark; it is open to" : "is open to",
				marked_audiences[choice]);
	}
	return wrong;
}

/* How many answers are not as the rules say; told: each is printed. */
static size_t judge(const struct marked_rule *rules, bool told)
{
	size_t wrong = 0;
	int by_skill = marked_find("skills_offered");
	for (int choice = NOBODY; choice < AUDIENCES; choice++) {
		for (size_t r = 0; r < row_count; r++)
			for (enum caller c = CALLER_NOBODY; is_read(&rows[r]) && c < CALLERS; c++) {
				uint64_t there = seen[r][c][choice];
				uint64_t due = answered[r][c] ? owes[r] & ~there : 0;
				wrong += intruders(r, c, (enum audience)choice, there, rules, told);
				for (size_t f = 0; due && f < FIELDS; f++) {
					if (!(due >> f & 1) ||
						!marked_may_see(&rules[f], c, (enum audience)choice))
						continue;
					wrong++;
					if (told)
						print_error("%s: %s does not see %s, which is open "
							    "to %s\n",
							rows[r].id, world_caller_name(c),
							marked_fields[f].name, marked_audiences[choice]);
				}
			}
		for (enum caller c = CALLER_STRANGER; c <= CALLER_HRIS; c++)
			wrong += found_by_skill[c][choice] !=
				 marked_may_see(&rules[by_skill], c, (enum audience)choice);
	}
	return wrong;
}

static void every_answer_obeys_the_table(void **state)
{
	(void)state;
	for (enum audience choice = NOBODY; choice < AUDIENCES; choice++) {
		marked_choose(&world, table, choice);
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
		struct marked_rule changed[FIELDS];
		memcpy(changed, table, sizeof changed);
		changed[f].chosen = !table[f].chosen;
		changed[f].fixed = COLLEAGUES;
		if (reads(CALLER_STRANGER, f) && judge(changed, false) == 0)
			fail_msg("%s: nobody notices who can choose", marked_fields[f].name);
		memcpy(changed, table, sizeof changed);
		changed[f].hris = !table[f].hris;
		if (reads(CALLER_HRIS, f) && judge(changed, false) == 0)
			fail_msg("%s: nobody notices what hris sees", marked_fields[f].name);
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
	marked_choose(&world, table, NOBODY);
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
		shows[r] = shown_by(&rows[r], marked_find);
	for (size_t r = 0; r < row_count; r++)
		owes[r] = owed_by(&rows[r]) & ~(UINT64_C(1) << marked_find("card"));
	marked_read(&world, table);
	offered = marked_fill(&world);
	marked_belongings(&world);
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
