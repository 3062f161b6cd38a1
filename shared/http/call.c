#include "http/call.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>
#include "base/str.h"
#include "gen/shared/statements.h"

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

struct step call_bind(const struct call *call, const struct binding *binding)
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
	return call_bind(call, &call->operation->run);
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

const char *call_path_value(const struct call *call, const char *name)
{
	bool found = false;
	return find_value(call->operation->path_fields, call->operation->path_count, name,
		call->path_values, &found);
}

const char *call_query_value(const struct call *call, const char *name)
{
	bool found = false;
	return find_value(call->operation->query_fields, call->operation->query_count, name,
		call->query_values, &found);
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

struct step call_context(const struct call *call, char guard[CALL_GUARD_TEXT])
{
	bool guarded = call->if_match > 0 && call->if_match_object;
	if (guarded)
		snprintf(guard, CALL_GUARD_TEXT, "%.36s %s", call->if_match_object,
			call->if_match_text);
	return STEP(&stmt_call_context, principal_actor(call->principal),
		principal_delegate(call->principal), call->operation->id, call->request_id,
		guarded ? guard : NULL);
}
