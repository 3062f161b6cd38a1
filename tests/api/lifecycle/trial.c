/* The trial: what is allowed works, everything else is refused and changes nothing. */
#include "lifecycle.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define OPERATIONS_MOST 24
#define NOUNS_MOST      8

static int faults, refused, done;

__attribute__((format(printf, 2, 3))) static void fault(
	const struct way *way, const char *format, ...)
{
	char text[1024];
	va_list args;
	va_start(args, format);
	vsnprintf(text, sizeof text, format, args);
	va_end(args);
	print_error("%s (%s): %s\n", way->state, way->name, text);
	faults++;
}

/* ---- what is there
 * ------------------------------------------------------------------------------*/

static const char *row_of(const struct noun *noun, const struct object *o)
{
	return api_sql("superuser", "SELECT t FROM %s t WHERE t.id = '%s'", noun->table, o->id);
}

/* The operations that take a step of a caller; how many. */
static size_t operations_of(const struct noun *noun, const char *ret_operations[])
{
	const char *name, *method, *path;
	json_t *step;
	size_t count = 0;
	json_object_foreach(json_object_get(lifecycle_of(noun->name), "steps"), name, step)
	{
		const char *operation = json_string_value(json_object_get(step, "operation"));
		bool known = !lifecycle_operation(operation, &method, &path);
		for (size_t i = 0; i < count; i++)
			known |= strcmp(ret_operations[i], operation) == 0;
		if (known)
			continue;
		assert_true(count < OPERATIONS_MOST);
		ret_operations[count++] = operation;
	}
	return count;
}

static const struct withheld *withheld_by(
	const struct way *way, const char *operation, enum who who)
{
	for (const struct withheld *w = way->withheld; w && w->operation; w++)
		if (strcmp(w->operation, operation) == 0 && (!w->whom || w->whom & 1U << who))
			return w;
	return NULL;
}

static bool hidden(const struct noun *noun, const char *state)
{
	size_t i;
	json_t *one;
	json_array_foreach(json_object_get(lifecycle_of(noun->name), "hidden"), i,
		one) if (strcmp(json_string_value(one), state) == 0) return true;
	return false;
}

/* Does x-authz name a relation of the caller to the object? */
static bool related(const struct noun *noun, json_t *operation, enum who who)
{
	size_t i;
	json_t *one;
	json_array_foreach(json_object_get(operation, "x-authz"), i,
		one) if (lifecycle_has(noun->relations[who], json_string_value(one))) return true;
	return false;
}

/* Is the problem that of a step by this operation? */
static bool refuses(const struct noun *noun, const char *operation, const char *code)
{
	const char *name;
	json_t *step;
	json_object_foreach(json_object_get(lifecycle_of(noun->name), "steps"), name,
		step) if (strcmp(json_string_value(json_object_get(step, "operation")),
				  operation) == 0 &&
			  code &&
			  strcmp(json_string_value(json_object_get(step, "refusal")), code) ==
				  0) return true;
	return false;
}

/* The word of an operation in `can`. */
static const char *action_of(const struct noun *noun, const char *operation)
{
	size_t length = strlen(noun->name);
	return strncmp(operation, noun->name, length) == 0 && operation[length] == '_'
		       ? operation + length + 1
		       : operation;
}

/* `can` of the object as the caller reads it; NULL where the caller does not. Borrowed. */
static json_t *can_of(const struct noun *noun, const struct object *o, enum who who)
{
	struct api_reply *reply = lifecycle_read(noun, o, who);
	return reply->status == 200 ? api_member(reply, "can") : NULL;
}

static bool offered(json_t *can, const char *action)
{
	size_t i;
	json_t *one;
	json_array_foreach(
		can, i, one) if (strcmp(json_string_value(one), action) == 0) return true;
	return false;
}

/* ---- refusals
 * -----------------------------------------------------------------------------------*/

/* What is wrong with a refusal; NULL: nothing. */
static const char *wrong_refusal(const struct noun *noun, const struct way *way,
	const char *operation, enum who who, const struct api_reply *reply)
{
	const char *method, *path;
	json_t *spec = lifecycle_operation(operation, &method, &path);
	const char *code = json_string_value(api_member(reply, "code"));
	const char *now = json_string_value(api_member(reply, "current_status"));
	const struct withheld *withheld = withheld_by(way, operation, who);
	if (who == NOBODY)
		return reply->status == 401 ? NULL : "401 was due";
	if (!lifecycle_plays(spec, who))
		return reply->status == 403 ? NULL : "403 was due";
	if (!related(noun, spec, who) || hidden(noun, way->state))
		return reply->status == 404 ? NULL : "404 was due";
	if (withheld && !withheld->problem)
		return reply->status == 200 ? NULL : "success without a change was due";
	if (withheld)
		return code && strcmp(code, withheld->problem) == 0 ? NULL : withheld->problem;
	if (reply->status != 409 || !refuses(noun, operation, code))
		return "409 with the step's problem was due";
	return now && strcmp(now, way->state) == 0 ? NULL : "current_status was due";
}

/* One operation by everybody to whom it is not open. */
static void try_refusal(const struct noun *noun, const struct way *way, const struct object *o,
	const char *operation, json_t *const can[CALLERS])
{
	for (int w = 0; w < CALLERS; w++) {
		enum who who = (enum who)w;
		if (lifecycle_step(noun, operation, way->state, who, NULL) &&
			!hidden(noun, way->state) && !withheld_by(way, operation, who))
			continue;
		const struct withheld *held = withheld_by(way, operation, who);
		if (offered(can[who], action_of(noun, operation)) && !(held && !held->problem))
			fault(way, "%s is in can of %s", operation, lifecycle_who(who));
		struct api_reply *reply = lifecycle_send(noun, operation, o, who);
		const char *wrong = wrong_refusal(noun, way, operation, who, reply);
		if (wrong)
			fault(way, "%s by %s: %d %s (%s)", operation, lifecycle_who(who),
				reply->status, reply->text, wrong);
		refused++;
	}
}

/* All operations by those; the row must stay what it is. */
static void try_refusals(const struct noun *noun, const struct way *way, const struct object *o,
	json_t *const can[CALLERS])
{
	const char *operations[OPERATIONS_MOST];
	size_t count = operations_of(noun, operations);
	const char *before = row_of(noun, o);
	for (size_t i = 0; i < count; i++) {
		try_refusal(noun, way, o, operations[i], can);
		const char *after = row_of(noun, o);
		if (strcmp(before, after) != 0)
			fault(way, "%s was refused and changed %s to %s", operations[i], before,
				after);
		before = after;
	}
}

/* ---- what is allowed
 * ----------------------------------------------------------------------------*/

static void try_step(
	const struct noun *noun, const struct way *way, const char *operation, enum who who)
{
	struct object o = { 0 };
	way->lead(&o);
	if (!offered(can_of(noun, &o, who), action_of(noun, operation)))
		fault(way, "%s is not in can of %s", operation, lifecycle_who(who));
	const char *before = api_sql("superuser",
		"SELECT t.version || ' ' || (SELECT coalesce(max(id), 0) FROM common.outbox) "
		"FROM %s t WHERE t.id = '%s'",
		noun->table, o.id);
	long long version, last;
	assert_int_equal(sscanf(before, "%lld %lld", &version, &last), 2);
	struct api_reply *reply = lifecycle_send(noun, operation, &o, who);
	const char *after = api_sql("superuser",
		"SELECT t.status, t.version > %lld FROM %s t WHERE t.id = '%s'", version,
		noun->table, o.id);
	char state[64], raised;
	assert_int_equal(sscanf(after, "%63[^|]|%c", state, &raised), 2);
	json_t *step = lifecycle_step(noun, operation, way->state, who, state);
	if (reply->status < 200 || reply->status > 299 || !step) {
		fault(way, "%s by %s: %d %s, and it is %s", operation, lifecycle_who(who),
			reply->status, reply->text, state);
		return;
	}
	done++;
	const char *event = json_string_value(json_object_get(step, "event"));
	if (raised != 't')
		fault(way, "%s by %s raised no version", operation, lifecycle_who(who));
	if (event &&
		strcmp(api_sql("superuser",
			       "SELECT count(*) FROM common.outbox WHERE id > %lld AND type = '%s' "
			       "AND subject_id = '%s'",
			       last, event, o.id),
			"1") != 0)
		fault(way, "%s by %s told nobody of %s", operation, lifecycle_who(who), event);
}

/* What else `can` offers the caller, one after the other in a copy; after a deletion in another. */
static void try_others(const struct noun *noun, const struct way *way, enum who who, json_t *can)
{
	const char *operations[OPERATIONS_MOST], *method, *path;
	size_t count = operations_of(noun, operations), i;
	struct object o = { 0 };
	json_t *one;
	json_array_foreach(can, i, one)
	{
		const char *action = json_string_value(one);
		const char *own = api_path("%s_%s", noun->name, action);
		const char *operation = lifecycle_operation(own, &method, &path) ? own : action;
		bool step = false;
		for (size_t k = 0; k < count; k++)
			step |= strcmp(operations[k], operation) == 0;
		if (step)
			continue;
		if (!o.id)
			way->lead(&o);
		struct api_reply *reply = lifecycle_send(noun, operation, &o, who);
		if (reply->status < 200 || reply->status > 299)
			fault(way, "%s is in can of %s: %d %s", operation, lifecycle_who(who),
				reply->status, reply->text);
		if (strcmp(action, "delete") == 0)
			o = (struct object){ 0 };
		done++;
	}
}

/* What is open to a caller, each in a fresh copy. */
static void try_open(const struct noun *noun, const struct way *way, enum who who, json_t *can)
{
	const char *operations[OPERATIONS_MOST];
	size_t count = operations_of(noun, operations);
	try_others(noun, way, who, can);
	for (size_t i = 0; i < count; i++)
		if (lifecycle_step(noun, operations[i], way->state, who, NULL) &&
			!withheld_by(way, operations[i], who))
			try_step(noun, way, operations[i], who);
}

/* Does the way withhold a step that is declared? Then its purpose is the refusal. */
static bool withholds(const struct noun *noun, const struct way *way)
{
	for (const struct withheld *held = way->withheld; held && held->operation; held++)
		for (int w = 0; w < CALLERS; w++)
			if (!held->whom && lifecycle_step(noun, held->operation, way->state,
						   (enum who)w, NULL))
				return true;
	return false;
}

static void try_way(const struct noun *noun, const struct way *way)
{
	struct object o = { 0 };
	json_t *can[CALLERS];
	way->lead(&o);
	if (noun->settle)
		noun->settle(&o);
	const char *state = api_sql(
		"superuser", "SELECT t.status FROM %s t WHERE t.id = '%s'", noun->table, o.id);
	if (strcmp(state, way->state) != 0) {
		fault(way, "the way leads to %s", state);
		return;
	}
	for (int w = 0; w < CALLERS; w++) {
		can[w] = can_of(noun, &o, (enum who)w);
		if (can[w] && hidden(noun, way->state))
			fault(way, "%s sees it", lifecycle_who((enum who)w));
	}
	try_refusals(noun, way, &o, can);
	for (int w = 0; w < CALLERS && !withholds(noun, way) && !hidden(noun, way->state); w++)
		try_open(noun, way, (enum who)w, can[w]);
}

int lifecycle_faults(const struct noun *noun)
{
	const char *state;
	json_t *text;
	faults = refused = done = 0;
	json_object_foreach(json_object_get(lifecycle_of(noun->name), "states"), state, text)
	{
		int ways = 0;
		for (const struct way *way = noun->ways; way->state; way++) {
			if (strcmp(way->state, state) != 0)
				continue;
			ways++;
			try_way(noun, way);
		}
		if (!ways) {
			print_error("%s: no way into state %s is known\n", noun->name, state);
			faults++;
		}
	}
	return faults;
}

/* ---- the program
 * --------------------------------------------------------------------------------*/

static void a_step_is_taken_by_whom_it_is_open_to_and_by_nobody_else(void **state)
{
	const struct noun *noun = *state;
	double began = api_now();
	int found = lifecycle_faults(noun);
	print_message("%s: %d refusals, %d deeds, %.1f s\n", noun->name, refused, done,
		api_now() - began);
	assert_int_equal(found, 0);
	assert_true(refused > 0 && done > 0);
}

struct plan {
	const char *service;
	const struct noun *const *nouns;
};

static void every_noun_is_tried(void **state)
{
	const struct plan *plan = *state;
	const char *name;
	json_t *life;
	json_object_foreach(lifecycle_of(NULL), name, life)
	{
		bool known = strcmp(json_string_value(json_object_get(life, "service")),
				     plan->service) != 0;
		for (const struct noun *const *noun = plan->nouns; *noun; noun++)
			known |= strcmp((*noun)->name, name) == 0;
		if (!known)
			fail_msg("%s has a life cycle and no ways into its states", name);
	}
}

int lifecycle_main(const char *service, const struct noun *const nouns[],
	int (*set_up)(void **state), const struct CMUnitTest *more)
{
	struct plan plan = { service, nouns };
	struct CMUnitTest tests[NOUNS_MOST + 2] = { cmocka_unit_test_prestate(
		every_noun_is_tried, &plan) };
	size_t count = 0;
	for (; nouns[count]; count++) {
		assert_true(count < NOUNS_MOST);
		tests[count + 1] = (struct CMUnitTest){ .name = nouns[count]->name,
			.test_func = a_step_is_taken_by_whom_it_is_open_to_and_by_nobody_else,
			.initial_state = (void *)nouns[count] };
	}
	if (more)
		tests[count + 1] = *more;
	return cmocka_run_group_tests_name("life cycles", tests, set_up, api_release);
}
