#include "http/answering.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "base/str.h"
#include "http/csv_reply.h"
#include "http/refusal.h"
#include "json/load.h"

/* Fills in "/api/v1/goals/{goal_id}": the last braces get the object's id, the others the path's
 * values. */
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
		snprintf(name, sizeof name, "%.*s", (int)(close - at - 1), at + 1);
		const char *value = strchr(close, '{') ? call_path_value(call, name) : object_id;
		used += (size_t)snprintf(out + used, size - used, "%s", value ? value : "");
		at = close + 1;
	}
	out[used < size ? used : size - 1] = '\0';
}

struct step answer_step(const struct call *call, const char *object_id)
{
	const struct binding *read = &call->operation->read;
	struct step step = call_bind(call, read);
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

/* The body unchanged; for CSV, the objects in the column `rows`. */
static struct reply reply_of_row(
	const struct call *call, int status, const struct db_rows *rows, int body_at)
{
	int rows_at = db_column(rows, "rows");
	if (rows_at >= 0 && csv_wanted(call))
		return csv_reply_array(
			call, db_value(rows, 0, rows_at), db_length(rows, 0, rows_at));
	size_t len = db_length(rows, 0, body_at);
	char *body = malloc(len + 1);
	if (!body)
		return reply_problem(call, PROBLEM_OVERLOADED, NULL, NULL, NULL);
	memcpy(body, db_value(rows, 0, body_at), len + 1);
	const char *type = status == 200 && call->accept ? call->accept : "application/json";
	return reply_text(status, type, body, len);
}

/* The path that a new object says itself, for what is found by another name than the id that the
 * request gave it: a policy by its number. */
static void copy_own_path(const struct reply *reply, char *out, size_t size)
{
	json_t *body = json_load_whole(reply->body, reply->length, 0, NULL, NULL);
	const char *path = json_string_value(
		json_object_get(json_object_get(body, "links"), "self"));
	snprintf(out, size, "%s", path ? path : "");
	json_decref(body);
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
	bool is_new = status == 201 || status == 202;
	if (is_new && op->location)
		write_location(call, object_id ? object_id : call->new_id.text, reply.location,
			sizeof reply.location);
	else if (is_new && reply.body)
		copy_own_path(&reply, reply.location, sizeof reply.location);
	return reply;
}

enum db_outcome answer_rows(const struct call *call, const struct step *step,
	struct db_rows **ret_rows, struct db_error *ret_error)
{
	const struct operation *op = call->operation;
	/* a whole table runs in the slow pool, away from other requests */
	enum db_lane lane = csv_wanted(call) ? DB_SLOW : op->lane;
	if (!op->no_store && !call->principal->delegate_id[0])
		return database_read(call->db, lane, step, ret_rows, ret_error);
	char guard[CALL_GUARD_TEXT];
	struct step steps[] = { call_context(call, guard), *step };
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
	enum db_outcome outcome = answer_rows(call, &step, &rows, &error);
	if (outcome != DB_DONE)
		return call_refusal(call, outcome, &error);
	return answer_of_rows(call, status, rows, object_id);
}
