#include "http/refusal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "db/dberror.h"
#include "json/load.h"
#include "ops/log.h"

/* Splits the object given to common.refuse(): `pointer` says where the fault is, the other members
 * go into the problem unchanged. false: out of memory. */
static bool refusal_members(const char *detail, char *ret_pointer, size_t pointer_size,
	char *ret_members, size_t members_size)
{
	json_t *object = json_load_whole(detail, strlen(detail), 0, NULL, NULL);
	if (*detail && !object)
		return false;
	const char *pointer = json_string_value(json_object_get(object, "pointer"));
	snprintf(ret_pointer, pointer_size, "%s", pointer ? pointer : "");
	json_object_del(object, "pointer");
	char *text = json_object_size(object) ? json_dumps(object, JSON_COMPACT) : NULL;
	size_t len = text ? strlen(text) : 0;
	ret_members[0] = '\0';
	if (len > 2 && len <= members_size)
		snprintf(ret_members, members_size, "%.*s", (int)len - 2, text + 1);
	bool good = text || json_object_size(object) == 0;
	free(text);
	json_decref(object);
	return good;
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
	pointer[0] = members[0] = '\0';
	if (!problem.alarm && outcome == DB_REFUSED &&
		!refusal_members(error->detail, pointer, sizeof pointer, members, sizeof members))
		return reply_problem(call, PROBLEM_OVERLOADED, NULL, NULL, NULL);
	if (pointer[0])
		problem.pointer = pointer;
	if (members[0])
		extra = members;
	return reply_problem(call, problem.code, problem.pointer, problem.detail, extra);
}
