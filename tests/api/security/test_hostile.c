/*
 * P19: hostile values, generated from the contract: every member of every body, every path and
 * query parameter. What the contract does not take is refused with its place named and leaves no
 * trace; what it takes is text like any other. Nothing is ever answered with a 5xx, and the
 * services do not grow. Each place gets every fifth of the values, the next one others;
 * UPWARD_LONG=1: all.
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
#include "hostile.h"
#include "memory.h"

#define PLACES_MOST 60

static struct world world;
static int sent, wrong, places_met;

/* Is it a value's turn at this place? */
static bool has_turn(size_t value)
{
	return getenv("UPWARD_LONG") || (value + (size_t)places_met) % 5 == 0;
}

static int build(void **state)
{
	(void)state;
	world_build(&world);
	memory_note();
	return 0;
}

static enum caller allowed(const struct operation_row *row)
{
	static const struct {
		const char *relation;
		enum caller caller;
	} by[] = { { "participant", CALLER_MENTOR }, { "self", CALLER_MENTOR },
		{ "pair_member", CALLER_MENTOR }, { "mentor", CALLER_MENTOR },
		{ "mentee", CALLER_MENTEE }, { "shortlist_mentee", CALLER_MENTEE },
		{ "programme_admin", CALLER_COORDINATOR }, { "hris", CALLER_HRIS },
		{ "admin", CALLER_ADMIN }, { "auditor", CALLER_AUDITOR },
		{ "mail_gateway", CALLER_GATEWAY } };
	for (size_t i = 0; i < sizeof by / sizeof *by; i++)
		if (contract_lists(row, by[i].relation))
			return by[i].caller;
	return CALLER_NOBODY;
}

static void complain(
	const struct api_reply *reply, const char *place, const char *value, const char *what)
{
	if (wrong++ < 40)
		print_error("%s, %s at %s: %s: %d %.300s\n", reply->asked, value, place, what,
			reply->status, reply->text);
}

/* One of errors[] names the place, something in it or above it, or the whole body. */
static bool names_place(const struct api_reply *reply, const char *key, const char *place)
{
	size_t i;
	json_t *fault;
	json_array_foreach(api_member(reply, "errors"), i, fault)
	{
		const char *said = json_string_value(json_object_get(fault, key));
		size_t length = said ? strlen(said) : 0;
		if (said &&
			(strncmp(said, place, strlen(place)) == 0 ||
				(strcmp(key, "pointer") == 0 && strncmp(place, said, length) == 0)))
			return true;
	}
	return false;
}

static struct api_reply *try(const struct operation_row *row, const char *mark, const char *body)
{
	struct api *caller = world_caller(&world, allowed(row));
	const char *type = NULL;
	contract_body(row, &type);
	api_header(caller, "X-Request-Id: %s-%d", mark, ++sent);
	if (strcmp(row->method, "POST") == 0)
		api_header(caller, "Idempotency-Key: %s-%d", mark, sent);
	else
		api_header(caller, "If-Match: *");
	return api_send(
		caller, row->method, contract_path(row, &world, false), type, body, strlen(body));
}

/* text NULL: the member left out. */
static void refuse_one(const struct operation_row *row, json_t *good, const char *pointer,
	const char *name, const char *text)
{
	char *body = hostile_body(good, pointer, text);
	struct api_reply *reply = try(row, "hostile", body);
	free(body);
	if (reply->status != 400 && reply->status != 422 && reply->status != 413)
		complain(reply, pointer, name, "neither 400 nor 422");
	else if (reply->status != 413 && !names_place(reply, "pointer", pointer))
		complain(reply, pointer, name, "no pointer to the place");
}

static void take_one(const struct operation_row *row, json_t *good, const char *pointer,
	const struct hostile *value)
{
	char *body = hostile_body(good, pointer, value->text);
	struct api_reply *reply = try(row, "fitting", body);
	free(body);
	if (reply->status == 0 || reply->status >= 500)
		complain(reply, pointer, value->name, "a fault of ours");
}

static void try_place(
	const struct operation_row *row, json_t *good, const struct hostile_place *place)
{
	const struct hostile *values;
	size_t count = hostile_values(&values);
	places_met++;
	if (place->required)
		refuse_one(row, good, place->pointer, "left out", NULL);
	for (size_t i = 0; i < count; i++) {
		if (!has_turn(i))
			continue;
		if (hostile_fits(place->schema, values[i].text))
			take_one(row, good, place->pointer, &values[i]);
		else
			refuse_one(row, good, place->pointer, values[i].name, values[i].text);
	}
}

static int start(void **state)
{
	(void)state;
	wrong = 0;
	return 0;
}

static void every_member_of_every_body(void **state)
{
	(void)state;
	const struct operation_row *rows;
	struct hostile_place places[PLACES_MOST];
	size_t count = contract_operations(&rows), fields = 0;
	for (size_t i = 0; i < count; i++) {
		json_t *schema = contract_body(&rows[i], NULL);
		if (!schema)
			continue;
		char *text = contract_request(&rows[i], &world, false);
		json_t *good = json_loads(text, 0, NULL);
		size_t found = hostile_places(schema, good, places, PLACES_MOST);
		for (size_t at = 0; at < found; at++)
			try_place(&rows[i], good, &places[at]);
		refuse_one(&rows[i], good, "/no_such_member", "an unknown member", "1");
		fields += found;
		json_decref(good);
		free(text);
	}
	print_message("%zu members, %d requests\n", fields, sent);
	assert_true(fields > 50);
	assert_int_equal(wrong, 0);
}

/* Every change of a table is audited under the id of its request. */
static void nothing_that_was_refused_is_stored(void **state)
{
	(void)state;
	assert_true(sent > 1000);
	assert_string_equal(
		api_sql("superuser",
			"SELECT count(*) FROM common.audit WHERE request_id LIKE 'hostile-%%'"),
		"0");
	assert_string_equal(
		api_sql("superuser",
			"SELECT count(*) FROM common.idempotency WHERE key LIKE 'hostile-%%'"),
		"0");
	/* and it would have been seen */
	assert_string_not_equal(
		api_sql("superuser",
			"SELECT count(*) FROM common.audit WHERE request_id LIKE 'fitting-%%'"),
		"0");
	assert_string_equal(
		api_sql("superuser", "SELECT to_regclass('matching.pair')"), "matching.pair");
}

/* ---- parameters -------------------------------------------------------------------------------*/

static const char *const texts[] = { "a_c", "", "1e3", "99999999999999999999", "1.5", "-", "null",
	"%27%3B%20DROP%20TABLE%20matching.pair%3B--", "%27%20OR%201%3D1--",
	"%F0%9F%91%A9%E2%80%8D%F0%9F%91%A7", "%E2%80%AE", "a,b,c", "%0D%0AX-Evil:%201",
	"019a0000-0000-7000-8000-0000000009dg", "2027-02-30T00:00:00Z", "%00", "%ff", "%C0%AF",
	"..%2f..%2f", "%zz" };
#define TEXTS (sizeof texts / sizeof *texts)

static bool is_free_text(json_t *schema)
{
	const char *type = json_string_value(json_object_get(schema, "type"));
	return type && strcmp(type, "string") == 0 && !json_object_get(schema, "format") &&
	       !json_object_get(schema, "enum");
}

static void try_query(const struct operation_row *row, json_t *parameter, const char *text)
{
	const char *name = json_string_value(json_object_get(parameter, "name"));
	json_t *schema = contract_resolve(json_object_get(parameter, "schema"));
	struct api *caller = world_caller(&world, allowed(row));
	struct api_reply *reply = api_send(caller, row->method,
		api_path("%s?%s=%s", contract_path(row, &world, false), name, text), NULL, NULL, 0);
	sent++;
	if (reply->status == 0 || reply->status >= 500)
		complain(reply, name, text, "a fault of ours");
	else if (!is_free_text(schema) && strcmp(name, "cursor") != 0 && reply->status != 400)
		complain(reply, name, text, "not 400");
	else if (reply->status == 400 && api_member(reply, "errors") &&
		 !names_place(reply, "parameter", name))
		complain(reply, name, text, "the parameter is not named");
}

static void every_query_parameter(void **state)
{
	(void)state;
	const struct operation_row *rows;
	size_t count = contract_operations(&rows), parameters = 0;
	json_t *parameter;
	for (size_t i = 0; i < count; i++)
		for (size_t at = 0; (parameter = contract_parameter(&rows[i], at)); at++) {
			const char *in = json_string_value(json_object_get(parameter, "in"));
			if (strcmp(in, "query") != 0 || strcmp(rows[i].method, "GET") != 0)
				continue;
			parameters++;
			places_met++;
			for (size_t text = 0; text < TEXTS; text++)
				if (has_turn(text))
					try_query(&rows[i], parameter, texts[text]);
		}
	print_message("%zu parameters\n", parameters);
	assert_int_equal(wrong, 0);
}

static void every_path_parameter(void **state)
{
	(void)state;
	const struct operation_row *rows;
	size_t count = contract_operations(&rows);
	for (size_t i = 0; i < count; i++) {
		const char *open = strchr(rows[i].path, '{');
		const char *close = open ? strchr(open, '}') : NULL;
		places_met++;
		for (size_t text = 0; open && text < TEXTS; text++) {
			if (!has_turn(text))
				continue;
			struct api *caller = world_caller(&world, allowed(&rows[i]));
			struct api_reply *reply = api_send(caller, rows[i].method,
				api_path("%.*s%s%s", (int)(open - rows[i].path), rows[i].path,
					texts[text], close + 1),
				NULL, NULL, 0);
			sent++;
			/* 405 and 2xx: an empty segment or "me" may be another page's path */
			if (reply->status < 200 || reply->status >= 500)
				complain(reply, "the path", texts[text], "a fault of ours");
			else if (*texts[text] && reply->status < 400)
				complain(reply, "the path", texts[text], "taken");
		}
	}
	assert_int_equal(wrong, 0);
}

static void the_services_do_not_grow(void **state)
{
	(void)state;
	memory_check();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(every_member_of_every_body, start),
		cmocka_unit_test(nothing_that_was_refused_is_stored),
		cmocka_unit_test_setup(every_query_parameter, start),
		cmocka_unit_test_setup(every_path_parameter, start),
		cmocka_unit_test(the_services_do_not_grow),
	};
	return cmocka_run_group_tests(tests, build, api_release);
}
