/*
 * person_batch.c - up to a thousand rows at once, each judged by itself.
 */
#include "gen/profiles/contract.h"
#include "gen/profiles/statements.h"
#include "http/steps.h"
#include "profiles/people/person_rows.h"

struct reply person_batch_create(const struct call *call)
{
	struct person_rows rows = PERSON_ROWS_INIT;
	struct step steps[PERSON_ROWS_STEPS];
	const char *batch = call->new_id.text;
	const json_t *items = json_object_get(call->body, "items");
	const struct person_rows_terms terms = {
		.confirm_deactivations = call_value(call, "confirm_deactivations"),
	};
	bool good = true;
	for (size_t i = 0; i < json_array_size(items) && good; i++)
		good = person_rows_add(&rows, batch, (int)i, json_array_get(items, i), NULL);
	struct reply reply;
	if (good) {
		size_t count = person_rows_steps(&rows, batch, &terms, steps);
		steps[count++] = STEP(&stmt_person_batch_keep, batch);
		reply = call_write(call, steps, count, batch, NULL);
	} else {
		reply = reply_problem(call, PROBLEM_OVERLOADED, NULL, NULL, NULL);
	}
	person_rows_release(&rows);
	return reply;
}
