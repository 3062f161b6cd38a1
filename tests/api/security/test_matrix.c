/*
 * P1: who may do what. Every operation of the contract is asked for by everybody in the world, once
 * with the world's own object and once with one that does not exist. What x-authz says of the
 * operation must be what came back: the refusals, the finds, and for a foreign object the very
 * answer that a missing one gets. Then the contract is changed, one relation at a time, in memory:
 * each change must be noticed, or this test could not fail.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "contract.h"
#include "masked.h"

enum verdict {
	OPEN,      /* done, or refused for a reason of its own state (409, 412, 422) */
	NO_TOKEN,  /* 401 */
	NO_ROLE,   /* 403 */
	NOT_THERE, /* as if it did not exist */
	BROKEN     /* anything else: a request that should not have been at fault */
};
static const char *const verdicts[] = { "open", "401", "403", "not there", "broken" };

/* Where an operation says which object it is about. People belong to no programme: there, to be a
 * programme admin is a role and no relation. */
enum bound { BY_NOTHING, BY_PERSON, BY_PATH, BY_BODY };

struct observation {
	enum verdict own, missing;
	int status;
	bool same; /* the two answers differ in request_id alone */
	bool seen; /* a list shows the world's object */
};

static struct world world;
static struct observation observed[OPERATIONS_MOST][CALLERS];

static const char *const relations[] = { "participant", "self", "pair_member", "mentor", "mentee",
	"shortlist_mentee", "programme_admin", "admin", "hris", "auditor", "mail_gateway",
	"delegate" };
#define RELATIONS (sizeof relations / sizeof *relations)

/* ---- what the contract says -------------------------------------------------------------------*/

static enum bound bound_of(const struct operation_row *row)
{
	if (strstr(row->path, "_id}"))
		return strstr(row->path, "/people/{") ? BY_PERSON : BY_PATH;
	if (strcmp(row->method, "POST") != 0 || contract_lists(row, "participant"))
		return BY_NOTHING;
	json_t *members = json_object_get(contract_body(row, NULL), "properties");
	return json_object_get(members, "pair_id") || json_object_get(members, "programme_id")
		       ? BY_BODY
		       : BY_NOTHING;
}

static bool has_person(enum caller caller)
{
	return caller > CALLER_UNKNOWN && caller < CALLER_ADMIN;
}

/* The role that a relation presupposes. */
static const char *role_behind(const char *relation)
{
	static const char *const roles[] = { "programme_admin", "admin", "hris", "auditor",
		"mail_gateway", "delegate" };
	for (size_t i = 0; i < sizeof roles / sizeof *roles; i++)
		if (strcmp(relation, roles[i]) == 0)
			return relation;
	return "participant";
}

static bool plays(enum caller caller, const char *role)
{
	if (caller == CALLER_DELEGATE) /* acts for somebody, and is nobody else meanwhile */
		return strcmp(role, "delegate") == 0;
	return strcmp(role, "participant") == 0 ? has_person(caller)
						: strcmp(world_role(caller), role) == 0;
}

/* Does the caller stand in this relation to the world's object? */
static bool stands(enum caller caller, const char *relation, enum bound bound)
{
	if (strcmp(relation, "self") == 0 || strcmp(relation, "mentor") == 0)
		return caller == CALLER_MENTOR;
	if (strcmp(relation, "mentee") == 0 || strcmp(relation, "shortlist_mentee") == 0)
		return caller == CALLER_MENTEE;
	if (strcmp(relation, "pair_member") == 0 || strcmp(relation, "enrolled") == 0)
		return caller == CALLER_MENTOR || caller == CALLER_MENTEE;
	if (strcmp(relation, "programme_admin") == 0 && bound > BY_PERSON)
		return caller == CALLER_COORDINATOR;
	return plays(caller, role_behind(relation));
}

/* relation: one of x-authz; swapped (or NULL): what stands in its place. */
static bool any(const struct operation_row *row, enum caller caller, enum bound bound,
	const char *swapped, const char *with,
	bool (*test)(enum caller caller, const char *relation, enum bound bound))
{
	size_t i;
	json_t *one;
	json_array_foreach(json_object_get(row->spec, "x-authz"), i, one)
	{
		const char *relation = json_string_value(one);
		if (swapped && strcmp(relation, swapped) == 0)
			relation = with;
		if (test(caller, relation, bound))
			return true;
	}
	return false;
}

static bool plays_behind(enum caller caller, const char *relation, enum bound bound)
{
	(void)bound;
	return plays(caller, role_behind(relation));
}

/* What the contract promises, with one relation swapped for another or as it is (NULL). */
static enum verdict promised(
	const struct operation_row *row, enum caller caller, const char *swapped, const char *with)
{
	enum bound bound = bound_of(row);
	if (contract_lists(row, "public"))
		return OPEN;
	if (caller == CALLER_NOBODY)
		return NO_TOKEN;
	if (caller == CALLER_UNKNOWN || !any(row, caller, bound, swapped, with, plays_behind))
		return NO_ROLE;
	if (bound == BY_NOTHING || any(row, caller, bound, swapped, with, stands))
		return OPEN;
	return NOT_THERE;
}

/* What a list of this noun should show, or not: the world's object of that kind. NULL: none. */
static const char *object_of(const struct operation_row *row)
{
	char name[64];
	snprintf(name, sizeof name, "%.*s_id", (int)(strlen(row->id) - strlen("_list")), row->id);
	return contract_id(&world, name);
}

/* Whether a list of a noun shows this caller the world's object. */
static bool promised_seen(
	const struct operation_row *row, enum caller caller, const char *swapped, const char *with)
{
	return any(row, caller, object_of(row) ? BY_PATH : BY_NOTHING, swapped, with, stands);
}

/* ---- what comes back --------------------------------------------------------------------------*/

static enum verdict judged(const struct api_reply *reply, enum bound bound)
{
	const char *code = json_string_value(api_member(reply, "code"));
	if (reply->status == 401)
		return NO_TOKEN;
	if (reply->status == 403)
		return NO_ROLE;
	if (reply->status == 404)
		return NOT_THERE;
	if (bound == BY_BODY && code && strcmp(code, "unknown_reference") == 0)
		return NOT_THERE;
	if ((reply->status >= 200 && reply->status < 300) || reply->status == 409 ||
		reply->status == 412 || reply->status == 422)
		return OPEN;
	return BROKEN;
}

static struct api_reply *ask(const struct operation_row *row, enum caller caller, bool missing)
{
	const char *path = contract_path(
		row, &world, missing && (bound_of(row) == BY_PATH || bound_of(row) == BY_PERSON));
	const char *of_programme =
		missing || !contract_is_list(row) || bound_of(row) != BY_NOTHING ? NULL
		: contract_find("programme_list") == row                         ? NULL
		: strstr("agreement_list enrolment_list pair_list shortlist_list round_list",
			  row->id)
			? world.programme
			: NULL;
	if (of_programme)
		path = api_path("%s?programme_id=%s", path, of_programme);
	if (contract_find("slot_read") == row)
		path = api_path("%s?pair_id=%s", path, world.pair);
	if (row == contract_find("dashboard_mentee") || row == contract_find("dashboard_mentor"))
		path = api_path("%s?programme_id=%s", path, world.programme);
	/* not done: what is deleted is nothing to try the others with */
	if (contract_find("delegate_delete") == row || contract_find("exception_delete") == row ||
		contract_find("busy_calendar_delete") == row ||
		contract_find("chat_delete") == row || contract_find("takeaway_delete") == row ||
		contract_find("import_mapping_delete") == row)
		return api_header(world_caller(&world, caller), "If-Match: \"0.0\""),
		       api_delete(world_caller(&world, caller), "%s", path);
	char *body = contract_request(row, &world, missing);
	struct api_reply *reply = contract_send(
		row, world_caller(&world, caller), path, NULL, body, body ? strlen(body) : 0);
	free(body);
	return reply;
}

static void observe(size_t at, const struct operation_row *row, enum caller caller)
{
	struct observation *o = &observed[at][caller];
	enum bound bound = bound_of(row);
	bool makes = contract_find("person_key_put") == row; /* what is missing */
	struct api_reply *missing = bound == BY_NOTHING || makes ? NULL : ask(row, caller, true);
	struct api_reply *own = ask(row, caller, false);
	o->status = own->status;
	o->own = judged(own, bound);
	o->missing = missing ? judged(missing, bound) : NOT_THERE;
	o->same = makes || (missing && masked_same(own, missing));
	const char *object = contract_is_list(row) ? object_of(row) : NULL;
	const char *sign = object                                     ? object
			   : row == contract_find("settings_history") ? "\"source\""
			   : row == contract_find("preset_list")      ? "cross_function"
			   : row == contract_find("session_partners") ? world.pair
			   : row == contract_find("survey_shipped_sets")
				   ? "pulse"
				   : "participation"; /* a report */
	o->seen = own->status == 200 && contract_is_list(row) && strstr(own->text, sign);
}

/* Reads first, then what changes things, last what ends them. */
static int turn(const struct operation_row *row)
{
	static const char *const ends[] = { "_delete", "_cancellation", "_withdrawal", "_discard",
		"_decline" };
	if (strcmp(row->method, "GET") == 0)
		return 0;
	for (size_t i = 0; i < sizeof ends / sizeof *ends; i++)
		if (strstr(row->id, ends[i]))
			return 2;
	return 1;
}

static int observe_all(void **state)
{
	(void)state;
	const struct operation_row *rows;
	size_t count = contract_operations(&rows);
	world_build(&world);
	for (int now = 0; now < 3; now++)
		for (size_t i = 0; i < count; i++)
			for (int caller = 0; turn(&rows[i]) == now && caller < CALLERS; caller++)
				observe(i, &rows[i], (enum caller)caller);
	return 0;
}

/* ---- the comparison ---------------------------------------------------------------------------*/

/* Faults of one operation under a contract with one relation swapped, or as it is. */
static int faults(
	size_t at, const struct operation_row *row, const char *swapped, const char *with, bool say)
{
	int found = 0;
	for (int c = 0; c < CALLERS; c++) {
		const struct observation *o = &observed[at][c];
		enum verdict wanted = promised(row, (enum caller)c, swapped, with);
		bool list = contract_is_list(row) && bound_of(row) == BY_NOTHING && wanted == OPEN;
		bool wrong = o->own != wanted || (wanted == NOT_THERE && !o->same) ||
			     (wanted == OPEN && o->missing != NOT_THERE) ||
			     (list && o->seen != promised_seen(row, (enum caller)c, swapped, with));
		if (wrong && say)
			print_error("%s by %s: %s wanted, %s (%d) came; missing: %s, same %d, "
				    "seen %d\n",
				row->id, world_caller_name((enum caller)c), verdicts[wanted],
				verdicts[o->own], o->status, verdicts[o->missing], o->same,
				o->seen);
		found += wrong;
	}
	return found;
}

static void everyone_gets_what_the_contract_says(void **state)
{
	(void)state;
	const struct operation_row *rows;
	size_t count = contract_operations(&rows);
	int found = 0;
	assert_true(count > 50);
	for (size_t i = 0; i < count; i++)
		found += faults(i, &rows[i], NULL, NULL, true);
	print_message("%zu operations, %d callers\n", count, CALLERS);
	assert_int_equal(found, 0);
}

/* Does the change alter what anybody is promised? */
static bool matters(const struct operation_row *row, const char *swapped, const char *with)
{
	bool list = contract_is_list(row) && bound_of(row) == BY_NOTHING;
	for (int c = 0; c < CALLERS; c++) {
		enum caller caller = (enum caller)c;
		enum verdict now = promised(row, caller, NULL, NULL);
		if (now != promised(row, caller, swapped, with))
			return true;
		if (list && now == OPEN &&
			promised_seen(row, caller, NULL, NULL) !=
				promised_seen(row, caller, swapped, with))
			return true;
	}
	return false;
}

static void a_swapped_relation_is_noticed(void **state)
{
	(void)state;
	const struct operation_row *rows;
	size_t count = contract_operations(&rows), i, tried = 0;
	json_t *one;
	int unnoticed = 0;
	for (size_t at = 0; at < count; at++)
		json_array_foreach(json_object_get(rows[at].spec, "x-authz"), i,
			one) for (size_t r = 0; r < RELATIONS; r++)
		{
			const char *swapped = json_string_value(one);
			if (!matters(&rows[at], swapped, relations[r]))
				continue;
			tried++;
			if (faults(at, &rows[at], swapped, relations[r], false))
				continue;
			print_error("%s: %s for %s goes unnoticed\n", rows[at].id, relations[r],
				swapped);
			unnoticed++;
		}
	print_message("%zu changes of the contract tried\n", tried);
	assert_true(tried > 300);
	assert_int_equal(unnoticed, 0);
}

/* An operation that nobody could carry out would pass for a well guarded one. */
static void every_operation_is_open_to_somebody(void **state)
{
	(void)state;
	const struct operation_row *rows;
	size_t count = contract_operations(&rows);
	for (size_t i = 0; i < count; i++) {
		int open = 0;
		for (int c = 0; c < CALLERS; c++)
			open += observed[i][c].own == OPEN;
		if (!open)
			fail_msg("%s is open to nobody", rows[i].id);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(everyone_gets_what_the_contract_says),
		cmocka_unit_test(a_swapped_relation_is_noticed),
		cmocka_unit_test(every_operation_is_open_to_somebody),
	};
	return cmocka_run_group_tests(tests, observe_all, api_release);
}
