/*
 * person_key.c - one person by their key in the HR system: one row of an employee file, sent alone.
 */
#include <stdio.h>
#include <string.h>

#include "base/str.h"
#include "gen/profiles/contract.h"
#include "gen/profiles/statements.h"
#include "http/steps.h"
#include "profiles/people/person_rows.h"

/* The row was refused; the transaction has changed nothing. */
static struct reply refused(const struct call *call, const json_t *errors)
{
	struct faults faults = { 0 };
	struct reply reply;
	for (size_t i = 0; i < json_array_size(errors); i++) {
		const json_t *error = json_array_get(errors, i);
		const char *column = json_string_value(json_object_get(error, "column"));
		bool key = column && str_equal(column, "external_id");
		char pointer[80];
		snprintf(pointer, sizeof pointer, "%s%s", key || !column ? "" : "/",
			column ? column : "");
		faults_add(&faults, key, pointer, json_string_value(json_object_get(error, "code")),
			"%s", json_string_value(json_object_get(error, "message")));
	}
	reply = reply_faults(call, PROBLEM_UNPROCESSABLE, &faults);
	faults_release(&faults);
	return reply;
}

/* The reply for a row that was applied, or a problem instead. */
static struct reply outcome_of(const struct call *call, struct reply reply, const char *told)
{
	json_t *items = json_loads(told, 0, NULL);
	const json_t *item = json_array_get(items, 0);
	const char *status = json_string_value(json_object_get(item, "status"));
	if (!status) {
		reply_release(&reply);
		reply = reply_problem(call, PROBLEM_OVERLOADED, NULL, NULL, NULL);
	} else if (str_equal(status, "refused")) {
		reply_release(&reply);
		reply = refused(call, json_object_get(item, "errors"));
	} else if (str_equal(status, "created")) {
		reply.status = 201;
		snprintf(reply.location, sizeof reply.location, "/api/v1/people/%s",
			json_string_value(json_object_get(item, "id")));
	}
	json_decref(items);
	return reply;
}

static struct reply put(const struct call *call, struct person_rows *rows)
{
	const char *batch = call->new_id.text;
	struct step steps[PERSON_ROWS_STEPS];
	struct db_rows *results[PERSON_ROWS_STEPS];
	const struct person_rows_terms terms = {
		.version = call->if_match >= 0 ? call->if_match_text : NULL,
		.only_new = call->only_new,
	};
	size_t count = person_rows_steps(rows, batch, &terms, steps);
	steps[count++] = STEP(&stmt_person_rows_end, batch);
	struct reply reply = call_write(call, steps, count, NULL, results);
	const char *told = results[count - 1] ? db_value(results[count - 1], 0, 0) : NULL;
	if (told)
		reply = outcome_of(call, reply, told);
	for (size_t i = 0; i < count; i++)
		db_rows_free(results[i]);
	return reply;
}

struct reply person_key_put(const struct call *call)
{
	const char *key = call_path_value(call, "external_id");
	struct person_rows rows = PERSON_ROWS_INIT;
	struct reply reply;
	if (person_rows_add(&rows, call->new_id.text, 0, call->body, key))
		reply = put(call, &rows);
	else
		reply = reply_problem(call, PROBLEM_OVERLOADED, NULL, NULL, NULL);
	person_rows_release(&rows);
	return reply;
}
