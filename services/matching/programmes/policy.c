/* policy.c - the schema of a policy, with the current values as defaults. */
#include <jansson.h>
#include <string.h>

#include "gen/forms.h"
#include "gen/matching/contract.h"
#include "gen/matching/statements.h"
#include "http/steps.h"
#include "json/load.h"

/* Sets the current value of each member as its default, also in inner objects. What does not count at present
 * has none: a level gap where skills alone do. */
static void set_defaults(json_t *schema, json_t *present)
{
	json_t *members = json_object_get(schema, "properties"), *member;
	const char *name;
	json_object_foreach(members, name, member)
	{
		json_t *value = json_object_get(present, name);
		if (json_object_get(member, "properties"))
			set_defaults(member, value);
		else if (value)
			(void)json_object_set(member, "default", value);
		else
			(void)json_object_del(member, "default");
	}
}

struct reply policy_schema_read(const struct call *call)
{
	struct db_error error = { 0 };
	owned_rows struct db_rows *rows = NULL;
	const struct step step = STEP(&stmt_policy_present, call_value(call, "programme_id"),
		principal_actor(call->principal), call->principal->roles_sql);
	enum db_outcome outcome = database_read(call->db, DB_POOL, &step, &rows, &error);
	if (outcome != DB_DONE)
		return call_refusal(call, outcome, &error);
	if (db_rows_count(rows) == 0)
		return reply_problem(call, PROBLEM_NOT_FOUND, NULL, NULL, NULL);
	json_t *schema = json_load_whole(form_policy_create, strlen(form_policy_create), 0, NULL, NULL);
	json_t *present = json_load_whole(
		db_value(rows, 0, 0), db_length(rows, 0, 0), 0, NULL, NULL);
	set_defaults(schema, present);
	char *text = schema && present ? json_dumps(schema, JSON_COMPACT) : NULL;
	json_decref(schema);
	json_decref(present);
	return reply_json(200, text, 0);
}
