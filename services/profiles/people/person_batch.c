/*
 * person_batch.c - up to a thousand rows in one request, each with its own outcome. They are
 * checked in one transaction and applied in chunks, so that nobody waits long for the
 * reporting-line lock. The plan is stored: if a request is interrupted and repeated with the same
 * key, it continues where it stopped and has the same outcome.
 */
#include <stdio.h>

#include "base/id.h"
#include "base/str.h"
#include "gen/profiles/contract.h"
#include "gen/profiles/statements.h"
#include "http/idempotency.h"
#include "http/steps.h"
#include "profiles/people/person_rows.h"

#define CHUNK      100
#define CHUNK_TEXT "100"

struct batch {
	const struct call *call;
	struct person_rows rows;
	struct id id;
	bool judged;
	struct db_error error;
};

static enum db_outcome run(struct batch *b, const struct step *steps, size_t count,
	struct db_rows *results[PERSON_ROWS_STEPS])
{
	for (size_t i = 0; i < PERSON_ROWS_STEPS; i++)
		results[i] = NULL;
	return call_transaction(b->call, steps, count, results, &b->error);
}

static void release(struct db_rows *results[PERSON_ROWS_STEPS])
{
	for (size_t i = 0; i < PERSON_ROWS_STEPS; i++)
		db_rows_free(results[i]);
}

/* Creates a batch, or continues one of the same request that was interrupted. */
static enum db_outcome take(struct batch *b)
{
	char asker[HASH_TEXT];
	struct db_rows *results[PERSON_ROWS_STEPS];
	if (!idempotency_asker(b->call, asker))
		return DB_NO_MEMORY;
	const struct step step = STEP(
		&stmt_person_batch_take, b->call->new_id.text, *asker ? asker : NULL);
	enum db_outcome outcome = run(b, &step, 1, results);
	if (outcome == DB_DONE) {
		snprintf(b->id.text, sizeof b->id.text, "%s", db_value(results[0], 0, 1));
		b->judged = str_equal(db_value(results[0], 0, 2), "t");
	}
	release(results);
	return outcome;
}

static enum db_outcome judge(struct batch *b)
{
	struct step steps[PERSON_ROWS_STEPS];
	struct db_rows *results[PERSON_ROWS_STEPS];
	const json_t *items = json_object_get(b->call->body, "items");
	const struct person_rows_terms terms = {
		.chunked = true,
		.confirm_deactivations = call_value(b->call, "confirm_deactivations"),
	};
	for (size_t i = 0; i < json_array_size(items); i++)
		if (!person_rows_add(&b->rows, b->id.text, (int)i, json_array_get(items, i), NULL))
			return DB_NO_MEMORY;
	size_t count = person_rows_steps(&b->rows, b->id.text, &terms, steps);
	enum db_outcome outcome = run(b, steps, count, results);
	release(results);
	return outcome;
}

/* Each chunk, with its sets and events, is one transaction. */
static enum db_outcome carry_out(struct batch *b)
{
	enum db_outcome outcome = DB_DONE;
	const struct step steps[] = {
		STEP(&stmt_person_rows_by_index, NULL),
		STEP(&stmt_person_batch_renew, b->id.text),
		STEP(&stmt_import_apply_chunk, b->id.text, b->id.text, CHUNK_TEXT),
		STEP(&stmt_import_apply_sets, b->id.text, CHUNK_TEXT),
	};
	for (int64_t done = CHUNK; outcome == DB_DONE && done == CHUNK;) {
		struct db_rows *results[PERSON_ROWS_STEPS];
		outcome = run(b, steps, COUNT(steps), results);
		if (outcome == DB_DONE && !str_to_i64(db_value(results[2], 0, 0), &done))
			done = 0;
		release(results);
	}
	return outcome;
}

/* After a refusal the plan is dropped and made anew when the request is repeated; after any other
 * failure it is kept, and a repeat continues it. */
static struct reply lay_down(struct batch *b, enum db_outcome outcome)
{
	struct db_rows *results[PERSON_ROWS_STEPS];
	struct reply reply = call_refusal(b->call, outcome, &b->error);
	const struct step step = STEP(
		reply.status < 500 ? &stmt_person_batch_drop : &stmt_person_batch_lay_down,
		b->id.text);
	(void)!run(b, &step, 1, results); /* if this fails, the claim on the batch expires */
	release(results);
	return reply;
}

struct reply person_batch_create(const struct call *call)
{
	struct batch b = { .call = call, .rows = PERSON_ROWS_INIT };
	struct reply reply;
	if (idempotency_repeated(call, &reply))
		return reply;
	enum db_outcome outcome = take(&b);
	if (outcome != DB_DONE)
		return call_refusal(call, outcome, &b.error);
	if (!b.judged)
		outcome = judge(&b);
	if (outcome == DB_DONE)
		outcome = carry_out(&b);
	if (outcome == DB_DONE) {
		const struct step keep = STEP(&stmt_person_batch_keep, b.id.text);
		reply = call_write(call, &keep, 1, b.id.text, NULL);
	} else {
		reply = lay_down(&b, outcome);
	}
	person_rows_release(&b.rows);
	return reply;
}
