#include "http/idempotency.h"

#include <stdio.h>
#include <string.h>
#include "base/str.h"
#include "gen/shared/statements.h"
#include "http/answering.h"
#include "http/refusal.h"
#include "ops/log.h"
#include "http/state.h"

#define HASHED_BYTES ((size_t)1 << 20)

static int add_json(const char *bytes, size_t len, void *text)
{
	buf_add(text, bytes, len);
	return 0;
}

/* Dumps into a buffer, which remembers any failure: json_dumps() may silently leave out a key if
 * memory runs out. */
bool idempotency_hash(const struct call *call, char ret_hash[HASH_TEXT])
{
	struct buf text = BUF_INIT(HASHED_BYTES);
	unsigned char hash[HASH_BYTES];
	buf_text(&text, call->url_path);
	for (size_t i = 0; i < call->target->query_count; i++) {
		buf_print(&text, "%c%s=%s", i ? '&' : '?', call->target->query[i].name,
			call->target->query[i].value);
	}
	buf_char(&text, '\n');
	if (call->principal->delegate_id[0])
		buf_print(&text, "for %s\n", call->principal->person_id);
	bool dumped = !call->body || json_dump_callback(call->body, add_json, &text,
					     JSON_COMPACT | JSON_SORT_KEYS) == 0;
	bool made = dumped && buf_ok(&text);
	if (made) {
		hash_hmac_two(call->service->secret, sizeof call->service->secret, text.data,
			text.len, call->body ? "" : call->body_text,
			call->body ? 0 : call->body_length, hash);
		hash_hex(hash, sizeof hash, ret_hash);
	}
	buf_release(&text);
	return made;
}

bool idempotency_step(const struct call *call, const char *object_id, struct idempotency *store,
	struct step *ret_step)
{
	if (!idempotency_hash(call, store->hash))
		return false;
	snprintf(store->status, sizeof store->status, "%d", call->operation->success);
	snprintf(store->most, sizeof store->most, "%d", call->service->idempotency_keys);
	*ret_step = STEP(&stmt_idempotency_take, call->principal->subject, call->operation->id,
		call->idempotency_key, store->hash, store->status, object_id, store->most);
	return true;
}

bool idempotency_asker(const struct call *call, char ret_asker[HASH_TEXT])
{
	unsigned char hash[HASH_BYTES];
	char request[HASH_TEXT];
	struct buf text = BUF_INIT(HASHED_BYTES);
	ret_asker[0] = '\0';
	if (!call->idempotency_key)
		return true;
	buf_print(&text, "%s\n%s\n%s", call->principal->subject, call->operation->id,
		call->idempotency_key);
	bool made = idempotency_hash(call, request) && buf_ok(&text);
	if (made) {
		hash_hmac_two(call->service->secret, sizeof call->service->secret, text.data,
			text.len, request, sizeof request - 1, hash);
		hash_hex(hash, sizeof hash, ret_asker);
	}
	buf_release(&text);
	return made;
}

bool idempotency_seen(const struct db_error *error)
{
	return str_equal(error->sqlstate, "23505") &&
	       str_equal(error->constraint, "idempotency_once");
}

static enum db_outcome find_key(
	const struct call *call, struct db_rows **ret_rows, struct db_error *ret_error)
{
	struct step step = STEP(&stmt_idempotency_find, call->principal->subject,
		call->operation->id, call->idempotency_key);
	return database_read(call->db, DB_POOL, &step, ret_rows, ret_error);
}

bool idempotency_repeated(const struct call *call, struct reply *ret_reply)
{
	owned_rows struct db_rows *rows = NULL;
	struct db_error error = { 0 };
	char hash[HASH_TEXT];
	if (!call->idempotency_key || find_key(call, &rows, &error) != DB_DONE ||
		db_rows_count(rows) == 0 || !idempotency_hash(call, hash))
		return false;
	*ret_reply = idempotency_replay(call, hash);
	return true;
}

struct reply idempotency_replay(const struct call *call, const char *hash)
{
	owned_rows struct db_rows *rows = NULL;
	struct db_error error = { 0 };
	int64_t status;
	enum db_outcome outcome = find_key(call, &rows, &error);
	if (outcome != DB_DONE)
		return call_refusal(call, outcome, &error);
	if (db_rows_count(rows) == 0) /* just deleted: treated as still in progress */
		return reply_problem(call, PROBLEM_IN_PROGRESS, NULL, NULL, NULL);
	if (!str_equal(db_value(rows, 0, 0), hash))
		return reply_problem(call, PROBLEM_KEY_REUSED, NULL, NULL, NULL);
	if (!str_to_i64(db_value(rows, 0, 1), &status))
		return reply_problem(call, PROBLEM_INTERNAL, NULL, NULL, NULL);
	struct reply reply = answer_by_read(call, (int)status, db_value(rows, 0, 2));
	reply.replayed = reply.status == (int)status;
	return reply;
}

bool idempotency_tidy(struct service_state *service, struct db_session *w)
{
	(void)service;
	struct step step = STEP(&stmt_idempotency_forget, NULL);
	owned_rows struct db_rows *rows = NULL;
	struct db_error error = { 0 };
	enum db_outcome outcome = db_session_run(w, &step, &rows, &error);
	if (outcome == DB_REFUSED)
		log_warning("tidy_refused", LOG_TEXT(LOG_STATEMENT, step.statement->name),
			LOG_TEXT(LOG_SQLSTATE, error.sqlstate));
	return outcome == DB_DONE && db_rows_count(rows) > 0;
}
