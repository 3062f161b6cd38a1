#include "http/call.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>
#include "base/str.h"
#include "db/dberror.h"
#include "gen/shared/statements.h"
#include "http/answering.h"
#include "http/csv.h"
#include "http/idempotency.h"
#include "http/page.h"
#include "ops/log.h"

#define STEPS_MOST         16
#define KEYS_RETRY_SECONDS 60

static const char *value_of(const struct call *call, struct source source)
{
	switch (source.kind) {
	case SOURCE_ACTOR:
		return principal_actor(call->principal);
	case SOURCE_ROLES:
		return call->principal->roles_sql;
	case SOURCE_NEW_ID:
		return call->new_id.text;
	case SOURCE_IF_MATCH:
		return call->if_match < 0 ? NULL : call->if_match_text;
	case SOURCE_LIMIT:
		return call->limit_text;
	case SOURCE_AFTER:
		return call->after[source.index];
	case SOURCE_BODY:
		return call->body_text;
	case SOURCE_PATH:
		return call->path_values[source.index];
	case SOURCE_QUERY:
		return call->query_values[source.index];
	case SOURCE_MEMBER:
		return call->member_values ? call->member_values[source.index] : NULL;
	}
	return NULL;
}

static struct step bind(const struct call *call, const struct binding *binding)
{
	__attribute__((uninitialized)) struct step step;
	step.statement = binding->statement;
	step.bytes_at = step.bytes_length = 0;
	for (int i = 0; i < binding->statement->param_count; i++)
		step.values[i] = value_of(call, binding->sources[i]);
	return step;
}

struct step call_step(const struct call *call)
{
	assert(call->operation->run.statement);
	return bind(call, &call->operation->run);
}

static const char *find_value(const struct field *fields, size_t count, const char *name,
	const char *const *values, bool *found)
{
	for (size_t i = 0; i < count && !*found; i++) {
		if (str_equal(fields[i].name, name)) {
			*found = true;
			return values ? values[i] : NULL;
		}
	}
	return NULL;
}

const char *call_value(const struct call *call, const char *name)
{
	const struct operation *op = call->operation;
	bool found = false;
	const char *value = find_value(
		op->path_fields, op->path_count, name, call->path_values, &found);
	if (!found)
		value = find_value(
			op->query_fields, op->query_count, name, call->query_values, &found);
	if (!found)
		value = find_value(op->body_fields, op->body_count, name,
			(const char *const *)call->member_values, &found);
	assert(found);
	return value;
}

/* What common.if_match_holds() looks for: "<id> <version>". */
#define GUARD_TEXT (sizeof(struct id) + 24)

static struct step context_step(const struct call *call, char guard[GUARD_TEXT])
{
	bool guarded = call->if_match > 0 && call->if_match_object;
	if (guarded)
		snprintf(guard, GUARD_TEXT, "%.36s %s", call->if_match_object, call->if_match_text);
	return STEP(&stmt_call_context, principal_actor(call->principal), call->operation->id,
		call->request_id, guarded ? guard : NULL);
}

/* ---- answers ---- */

/* "/api/v1/goals/{goal_id}" with the object's id in the last braces, the path's values in others.
 */
static void write_location(const struct call *call, const char *object_id, char *out, size_t size)
{
	const struct operation *op = call->operation;
	size_t used = 0;
	for (const char *at = op->location; *at && used < size - 1;) {
		if (*at != '{') {
			out[used++] = *at++;
			continue;
		}
		const char *close = strchr(at, '}');
		char name[64];
		bool found = false;
		snprintf(name, sizeof name, "%.*s", (int)(close - at - 1), at + 1);
		const char *value = strchr(close, '{') ? find_value(op->path_fields, op->path_count,
								 name, call->path_values, &found)
						       : object_id;
		used += (size_t)snprintf(out + used, size - used, "%s", value ? value : "");
		at = close + 1;
	}
	out[used < size ? used : size - 1] = '\0';
}

struct step answer_step(const struct call *call, const char *object_id)
{
	const struct binding *read = &call->operation->read;
	struct step step = bind(call, read);
	int place = -1, last_path = -1;
	for (int i = 0; i < read->statement->param_count; i++) {
		if (read->sources[i].kind == SOURCE_NEW_ID)
			place = i;
		else if (read->sources[i].kind == SOURCE_PATH)
			last_path = i;
	}
	if (place < 0)
		place = last_path;
	if (object_id && place >= 0)
		step.values[place] = object_id;
	return step;
}

/* The body as it is; as CSV, the member objects of the column `rows`. */
static struct reply reply_of_row(
	const struct call *call, int status, const struct db_rows *rows, int body_at)
{
	int rows_at = db_column(rows, "rows");
	if (rows_at >= 0 && csv_wanted(call))
		return csv_array_reply(
			call, db_value(rows, 0, rows_at), db_length(rows, 0, rows_at));
	size_t len = db_length(rows, 0, body_at);
	char *body = malloc(len + 1);
	if (!body)
		return reply_problem(call, PROBLEM_INTERNAL, NULL, NULL, NULL);
	memcpy(body, db_value(rows, 0, body_at), len + 1);
	const char *type = status == 200 && call->accept ? call->accept : "application/json";
	return reply_text(status, type, body, len);
}

struct reply answer_of_rows(
	const struct call *call, int status, const struct db_rows *rows, const char *object_id)
{
	const struct operation *op = call->operation;
	int body_at = db_column(rows, "body"), version_at = db_column(rows, "version");
	if (db_rows_count(rows) == 0 || body_at < 0 || !db_value(rows, 0, body_at))
		return reply_problem(call, PROBLEM_NOT_FOUND, NULL, NULL, NULL);
	struct reply reply = reply_of_row(call, status, rows, body_at);
	const char *version = version_at < 0 ? NULL : db_value(rows, 0, version_at);
	if (version && !str_to_i64(version, &reply.version))
		reply.version = 0;
	if (op->location && (status == 201 || status == 202))
		write_location(call, object_id ? object_id : call->new_id.text, reply.location,
			sizeof reply.location);
	return reply;
}

/* Runs reads with the caller's context where the data is confidential: row security and the access
 * log look at it. */
static enum db_outcome run_read(const struct call *call, const struct step *step,
	struct db_rows **ret_rows, struct db_error *ret_error)
{
	const struct operation *op = call->operation;
	/* a whole table is made beside the requests of the others */
	enum db_lane lane = csv_wanted(call) ? DB_SLOW : op->lane;
	if (!op->no_store)
		return database_read(call->db, lane, step, ret_rows, ret_error);
	char guard[GUARD_TEXT];
	struct step steps[] = { context_step(call, guard), *step };
	struct db_rows *rows[COUNT(steps)] = { NULL };
	enum db_outcome outcome = database_write(
		call->db, lane == DB_BATCH ? DB_POOL : lane, steps, COUNT(steps), rows, ret_error);
	db_rows_free(rows[0]);
	*ret_rows = rows[1];
	return outcome;
}

struct reply answer_by_read(const struct call *call, int status, const char *object_id)
{
	if (!call->operation->read.statement)
		return reply_empty(status);
	struct step step = answer_step(call, object_id);
	owned_rows struct db_rows *rows = NULL;
	struct db_error error = { 0 };
	enum db_outcome outcome = run_read(call, &step, &rows, &error);
	if (outcome != DB_DONE)
		return call_refusal(call, outcome, &error);
	return answer_of_rows(call, status, rows, object_id);
}

/* ---- what handlers use ---- */

/* common.refuse() gave an object: `pointer` says where the fault is, other members go into the
 * problem as they are. */
static void refusal_members(const char *detail, char *ret_pointer, size_t pointer_size,
	char *ret_members, size_t members_size)
{
	json_t *object = json_loads(detail, 0, NULL);
	const char *pointer = json_string_value(json_object_get(object, "pointer"));
	snprintf(ret_pointer, pointer_size, "%s", pointer ? pointer : "");
	json_object_del(object, "pointer");
	char *text = json_object_size(object) ? json_dumps(object, JSON_COMPACT) : NULL;
	size_t len = text ? strlen(text) : 0;
	ret_members[0] = '\0';
	if (len > 2 && len <= members_size)
		snprintf(ret_members, members_size, "%.*s", (int)len - 2, text + 1);
	free(text);
	json_decref(object);
}

struct reply call_refusal(
	const struct call *call, enum db_outcome outcome, const struct db_error *error)
{
	struct db_problem problem = db_problem_of(outcome, error);
	char pointer[160];
	char members[sizeof error->detail];
	const char *extra = NULL;
	if (problem.alarm)
		log_error("database_refused", LOG_TEXT(LOG_OPERATION, call->operation->id),
			LOG_TEXT(LOG_REQUEST_ID, call->request_id),
			LOG_TEXT(LOG_SQLSTATE, error->sqlstate),
			LOG_TEXT(LOG_CONSTRAINT, error->constraint),
			LOG_TEXT(LOG_CODE, error->code), LOG_NUMBER(LOG_STEP, error->step));
	if (!problem.alarm && outcome == DB_REFUSED)
		refusal_members(error->detail, pointer, sizeof pointer, members, sizeof members);
	else
		pointer[0] = members[0] = '\0';
	if (pointer[0])
		problem.pointer = pointer;
	if (members[0])
		extra = members;
	return reply_problem(call, problem.code, problem.pointer, problem.detail, extra);
}

struct reply call_read(const struct call *call, const struct step *step)
{
	owned_rows struct db_rows *rows = NULL;
	struct db_error error = { 0 };
	enum db_outcome outcome = run_read(call, step, &rows, &error);
	if (outcome != DB_DONE)
		return call_refusal(call, outcome, &error);
	return answer_of_rows(call, 200, rows, NULL);
}

/* The steps of one write, and what stands where. */
struct write {
	struct step steps[STEPS_MOST];
	struct db_rows *rows[STEPS_MOST];
	size_t count, key_at; /* key_at 0: no key */
	char guard[GUARD_TEXT];
	struct idempotency key;
};

/* Whether the operation makes the object that its read shows; a state change has it in its path. */
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
	w->steps[w->count++] = context_step(call, w->guard);
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
	if (at_key && str_equal(error->code, "rate_limited")) { /* an old key is still good */
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

struct reply call_write(const struct call *call, const struct step *steps, size_t count,
	const char *object_id, struct db_rows **ret_rows)
{
	const struct operation *op = call->operation;
	__attribute__((uninitialized)) struct write w;
	struct db_error error = { 0 };
	enum db_lane lane = op->lane == DB_BATCH ? DB_POOL : op->lane;
	for (size_t i = 0; ret_rows && i < count; i++)
		ret_rows[i] = NULL;
	if (!write_plan(call, steps, count, object_id, &w))
		return reply_problem(call, PROBLEM_INTERNAL, NULL, NULL, NULL);
	enum db_outcome outcome = database_write(call->db, lane, w.steps, w.count, w.rows, &error);
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
	char guard[GUARD_TEXT];
	assert(count < STEPS_MOST);
	all[0] = context_step(call, guard);
	for (size_t i = 0; i < count; i++)
		all[i + 1] = steps[i];
	enum db_outcome outcome = database_write(
		call->db, DB_POOL, all, count + 1, rows, ret_error);
	db_rows_free(rows[0]);
	for (size_t i = 0; i < count; i++)
		ret_rows[i] = rows[i + 1];
	return outcome;
}

/* Is the total wanted, of a list that offers it? */
static bool total_wanted(const struct call *call)
{
	const struct operation *op = call->operation;
	bool found = false;
	const char *value = find_value(
		op->query_fields, op->query_count, "include_total", call->query_values, &found);
	return value && str_equal(value, "true");
}

/* Counts the whole list: its own statement, from the first page on and without a limit. */
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
		outcome = run_read(call, &step, ret_rows, ret_error);
	}
	buf_release(&sql);
	return outcome;
}

static struct reply run_list(const struct call *call)
{
	struct step step = call_step(call);
	owned_rows struct db_rows *rows = NULL;
	owned_rows struct db_rows *total = NULL;
	struct db_error error = { 0 };
	enum db_outcome outcome = run_read(call, &step, &rows, &error);
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
