#include "http/steps.h"

#include <assert.h>
#include "base/buf.h"
#include "base/str.h"
#include "gen/shared/statements.h"
#include "http/answering.h"
#include "http/idempotency.h"
#include "http/page.h"

#define STEPS_MOST         24
#define KEYS_RETRY_SECONDS 60

struct reply call_read(const struct call *call, const struct step *step)
{
	owned_rows struct db_rows *rows = NULL;
	struct db_error error = { 0 };
	enum db_outcome outcome = answer_rows(call, step, &rows, &error);
	if (outcome != DB_DONE)
		return call_refusal(call, outcome, &error);
	return answer_of_rows(call, 200, rows, NULL);
}

/* The steps of one write and their positions. */
struct write {
	struct step steps[STEPS_MOST];
	struct db_rows *rows[STEPS_MOST];
	size_t count, key_at; /* key_at 0: no key */
	char guard[CALL_GUARD_TEXT];
	struct idempotency key;
};

/* Whether the operation creates the object that its read shows; a state change has the object in
 * its path. */
static bool makes_object(const struct operation *op)
{
	for (int i = 0; op->read.statement && i < op->read.statement->param_count; i++)
		if (op->read.sources[i].kind == SOURCE_NEW_ID)
			return true;
	return false;
}

static bool write_plan(const struct call *call, const struct step *steps, size_t count,
	const char *object_id, struct write *w)
{
	const struct operation *op = call->operation;
	const char *shown = object_id ? object_id : makes_object(op) ? call->new_id.text : NULL;
	assert(count + 3 <= STEPS_MOST);
	w->count = w->key_at = 0;
	w->steps[w->count++] = call_context(call, w->guard);
	if (call->idempotency_key) {
		w->key_at = w->count;
		if (!idempotency_step(call, shown, &w->key, &w->steps[w->count++]))
			return false;
	}
	for (size_t i = 0; i < count; i++)
		w->steps[w->count++] = steps[i];
	if (op->read.statement)
		w->steps[w->count++] = answer_step(call, object_id);
	for (size_t i = 0; i < w->count; i++)
		w->rows[i] = NULL;
	return true;
}

static struct reply write_refused(const struct call *call, const struct write *w,
	enum db_outcome outcome, const struct db_error *error)
{
	bool at_key = outcome == DB_REFUSED && w->key_at > 0 && error->step == (int)w->key_at;
	if (at_key && idempotency_seen(error))
		return idempotency_replay(call, w->key.hash);
	struct reply reply;
	if (at_key && str_equal(error->code, "rate_limited")) { /* a repeat is still answered */
		if (idempotency_repeated(call, &reply))
			return reply;
		reply = reply_problem(call, PROBLEM_RATE_LIMITED, NULL, NULL, NULL);
		reply.retry_after = KEYS_RETRY_SECONDS;
		return reply;
	}
	if (at_key && str_equal(error->sqlstate, "55P03"))
		return reply_problem(call, PROBLEM_IN_PROGRESS, NULL, NULL, NULL);
	return call_refusal(call, outcome, error);
}

static enum db_lane lane_of(const struct operation *op)
{
	return op->lane == DB_BATCH ? DB_POOL : op->lane;
}

struct reply call_write(const struct call *call, const struct step *steps, size_t count,
	const char *object_id, struct db_rows **ret_rows)
{
	const struct operation *op = call->operation;
	__attribute__((uninitialized)) struct write w;
	struct db_error error = { 0 };
	for (size_t i = 0; ret_rows && i < count; i++)
		ret_rows[i] = NULL;
	if (!write_plan(call, steps, count, object_id, &w))
		return reply_problem(call, PROBLEM_OVERLOADED, NULL, NULL, NULL);
	enum db_outcome outcome = database_write(call->db, lane_of(op), w.steps, w.count, w.rows, &error);
	if (outcome != DB_DONE)
		return write_refused(call, &w, outcome, &error);
	struct reply reply = op->read.statement ? answer_of_rows(call, op->success,
							  w.rows[w.count - 1], object_id)
						: reply_empty(op->success);
	size_t first = w.key_at + 1;
	for (size_t i = 0; i < w.count; i++) {
		if (ret_rows && i >= first && i < first + count)
			ret_rows[i - first] = w.rows[i];
		else
			db_rows_free(w.rows[i]);
	}
	return reply;
}

enum db_outcome call_transaction(const struct call *call, const struct step *steps, size_t count,
	struct db_rows **ret_rows, struct db_error *ret_error)
{
	__attribute__((uninitialized)) struct step all[STEPS_MOST];
	struct db_rows *rows[STEPS_MOST] = { NULL };
	char guard[CALL_GUARD_TEXT];
	assert(count < STEPS_MOST);
	all[0] = call_context(call, guard);
	for (size_t i = 0; i < count; i++)
		all[i + 1] = steps[i];
	enum db_outcome outcome = database_write(call->db, lane_of(call->operation), all, count + 1,
		rows, ret_error);
	db_rows_free(rows[0]);
	for (size_t i = 0; i < count; i++)
		ret_rows[i] = rows[i + 1];
	return outcome;
}

/* Whether the total is wanted, and the list offers it. */
static bool total_wanted(const struct call *call)
{
	const char *value = call_query_value(call, "include_total");
	return value && str_equal(value, "true");
}

/* Counts the whole list with its own statement, from the first page on and without a limit. */
static enum db_outcome count_all(
	const struct call *call, struct db_rows **ret_rows, struct db_error *ret_error)
{
	const struct binding *run = &call->operation->run;
	struct statement whole = *run->statement;
	struct buf sql = BUF_INIT(1 << 16);
	buf_print(&sql, "SELECT count(*) AS total FROM (%s) l", whole.sql);
	enum db_outcome outcome = DB_NO_MEMORY;
	if (buf_ok(&sql)) {
		whole.sql = sql.data;
		struct step step = call_step(call);
		step.statement = &whole;
		for (int i = 0; i < whole.param_count; i++)
			if (run->sources[i].kind == SOURCE_LIMIT ||
				run->sources[i].kind == SOURCE_AFTER)
				step.values[i] = NULL;
		outcome = answer_rows(call, &step, ret_rows, ret_error);
	}
	buf_release(&sql);
	return outcome;
}

/* Reads as_of before the list, so that whatever this list does not show yet is found next time; the
 * first page passes it on to the others. */
static enum db_outcome read_as_of(
	struct call *call, struct db_rows **ret_rows, struct db_error *ret_error)
{
	const struct operation *op = call->operation;
	if (!op->as_of || !call_query_value(call, "updated_since"))
		return DB_DONE;
	call->as_of = call->after[op->page_key_count];
	if (call->as_of)
		return DB_DONE;
	const struct step step = STEP(&stmt_page_as_of, NULL);
	enum db_outcome outcome = database_read(call->db, DB_POOL, &step, ret_rows, ret_error);
	if (outcome == DB_DONE)
		call->as_of = db_value(*ret_rows, 0, 0);
	return outcome;
}

static struct reply run_list(const struct call *asked)
{
	struct call copy = *asked;
	const struct call *call = &copy;
	struct step step = call_step(call);
	owned_rows struct db_rows *as_of = NULL;
	owned_rows struct db_rows *rows = NULL;
	owned_rows struct db_rows *total = NULL;
	struct db_error error = { 0 };
	enum db_outcome outcome = read_as_of(&copy, &as_of, &error);
	if (outcome == DB_DONE)
		outcome = answer_rows(call, &step, &rows, &error);
	if (outcome == DB_DONE && total_wanted(call))
		outcome = count_all(call, &total, &error);
	if (outcome != DB_DONE)
		return call_refusal(call, outcome, &error);
	return page_reply(call, rows, total ? db_value(total, 0, 0) : NULL);
}

struct reply call_run(const struct call *call)
{
	struct step step;
	switch (call->operation->kind) {
	case OPERATION_READ:
		step = call_step(call);
		return call_read(call, &step);
	case OPERATION_LIST:
		return run_list(call);
	case OPERATION_WRITE:
	case OPERATION_DELETE:
		break;
	}
	step = call_step(call);
	return call_write(call, &step, 1, NULL, NULL);
}
