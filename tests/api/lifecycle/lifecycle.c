/* What the contract says: life cycles, operations, callers, requests. */
#include "lifecycle.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "staff.h"

static json_t *load(const char *path)
{
	json_error_t error;
	json_t *whole = json_load_file(path, 0, &error);
	if (!whole)
		fail_msg("%s: %s", path, error.text);
	return whole;
}

json_t *lifecycle_of(const char *noun)
{
	static json_t *all;
	if (!all)
		all = load("build/lifecycles.json");
	json_t *life = noun ? json_object_get(all, noun) : all;
	if (!life)
		fail_msg("%s has no life cycle", noun);
	return life;
}

json_t *lifecycle_operation(const char *id, const char **ret_method, const char **ret_path)
{
	static json_t *contract;
	const char *path, *method;
	json_t *item, *spec;
	if (!contract)
		contract = load("build/openapi.json");
	json_object_foreach(json_object_get(contract, "paths"), path, item)
		json_object_foreach(item, method, spec)
	{
		const char *name = json_string_value(json_object_get(spec, "operationId"));
		if (!name || strcmp(name, id) != 0)
			continue;
		*ret_method = method;
		*ret_path = path;
		return spec;
	}
	return NULL;
}

bool lifecycle_has(const char *words, const char *word)
{
	size_t length = strlen(word);
	for (const char *at = words; at && (at = strstr(at, word)); at++)
		if ((at == words || at[-1] == ' ') && (at[length] == ' ' || !at[length]))
			return true;
	return false;
}

/* ---- callers
 * ------------------------------------------------------------------------------------*/

static const struct {
	const char *name, *role, *user; /* user NULL: one of the object's, or none */
} callers[CALLERS] = {
	[MENTOR] = { "the mentor", "participant", NULL },
	[MENTEE] = { "the mentee", "participant", NULL },
	[MEMBER] = { "another member", "participant", STAFF_MEMBER },
	[COORDINATOR] = { "the coordinator", "programme_admin", STAFF_COORDINATOR },
	[OTHER_COORDINATOR] = { "another coordinator", "programme_admin", STAFF_OTHER },
	[STRANGER] = { "a stranger", "participant", STAFF_STRANGER },
	[ADMIN] = { "an admin", "admin", NULL },
	[HRIS] = { "the HR system", "hris", NULL },
	[AUDITOR] = { "an auditor", "auditor", NULL },
	[NOBODY] = { "nobody", NULL, NULL },
};

const char *lifecycle_who(enum who who)
{
	return callers[who].name;
}

struct api *lifecycle_caller(enum who who, const struct object *object)
{
	static struct api *nobody;
	if (who == NOBODY)
		return nobody ? nobody : (nobody = api_with_token(NULL));
	return api_as(callers[who].role, who == MENTOR    ? object->mentor
					 : who == MENTEE  ? object->mentee
					 : who == ADMIN   ? object->admin
					 : who == AUDITOR ? object->auditor
							  : callers[who].user);
}

/* A relation presupposes the role of its name; one to a row, that of a participant. */
bool lifecycle_plays(json_t *operation, enum who who)
{
	static const char *const roles = "programme_admin admin hris auditor mail_gateway";
	const char *mine = callers[who].role;
	size_t i;
	json_t *one;
	json_array_foreach(json_object_get(operation, "x-authz"), i, one)
	{
		const char *relation = json_string_value(one);
		if (mine && lifecycle_has(roles, relation) ? strcmp(mine, relation) == 0
							   : mine && who < ADMIN)
			return true;
	}
	return false;
}

static bool lists(json_t *array, const char *text)
{
	size_t i;
	json_t *one;
	json_array_foreach(
		array, i, one) if (strcmp(json_string_value(one), text) == 0) return true;
	return false;
}

json_t *lifecycle_step(const struct noun *noun, const char *operation, const char *state,
	enum who who, const char *to)
{
	const char *name;
	json_t *step, *one;
	size_t i;
	json_object_foreach(json_object_get(lifecycle_of(noun->name), "steps"), name, step)
	{
		bool mine = false;
		if (strcmp(json_string_value(json_object_get(step, "operation")), operation) != 0)
			continue;
		json_array_foreach(json_object_get(step, "by"), i, one)
			mine |= lifecycle_has(noun->relations[who], json_string_value(one));
		if (mine && lists(json_object_get(step, "from"), state) &&
			(!to || lists(json_object_get(step, "to"), to)))
			return step;
	}
	return NULL;
}

/* ---- requests
 * -----------------------------------------------------------------------------------*/

/* The id behind a name such as pair_id, or NULL. */
static const char *id_of(const struct noun *noun, const struct object *o, const char *name)
{
	const struct {
		const char *name, *id;
	} ids[] = { { "programme_id", o->programme_id }, { "round_id", o->round_id },
		{ "shortlist_id", o->shortlist_id }, { "pair_id", o->pair_id },
		{ "agreement_id", o->agreement_id }, { "session_id", o->session_id },
		{ "goal_id", o->goal_id }, { "assessment_id", o->assessment_id },
		{ "mentor_id", o->mentor_id } };
	if (strncmp(name, noun->name, strlen(noun->name)) == 0 &&
		strcmp(name + strlen(noun->name), "_id") == 0)
		return o->id;
	for (size_t i = 0; i < sizeof ids / sizeof *ids; i++)
		if (strcmp(ids[i].name, name) == 0)
			return ids[i].id;
	return NULL;
}

static const char *path_of(const struct noun *noun, const struct object *o, const char *path)
{
	char out[512];
	size_t used = 0;
	for (const char *at = path; *at && used < sizeof out - 64;) {
		char name[64];
		if (*at != '{') {
			out[used++] = *at++;
			continue;
		}
		assert_int_equal(sscanf(at, "{%63[^}]}", name), 1);
		const char *id = id_of(noun, o, name);
		if (!id)
			fail_msg("%s: nothing is known of %s", path, name);
		used += (size_t)snprintf(out + used, sizeof out - used, "%s", id);
		at = strchr(at, '}') + 1;
	}
	out[used] = '\0';
	return api_path("%s", out);
}

/* The example of the body with the object's ids in it, owned; NULL: no body. *ret_type: borrowed.
 */
static char *example_of(
	const struct noun *noun, json_t *spec, const struct object *o, const char **ret_type)
{
	const char *type, *name;
	json_t *content, *member;
	json_object_foreach(
		json_object_get(json_object_get(spec, "requestBody"), "content"), type, content)
	{
		json_t *body = json_deep_copy(json_object_get(content, "example"));
		json_object_foreach(body, name, member)
		{
			const char *id = id_of(noun, o, name);
			if (id && json_is_string(member))
				json_string_set(member, id);
		}
		char *text = json_dumps(body, JSON_COMPACT);
		json_decref(body);
		*ret_type = type;
		return text;
	}
	return NULL;
}

struct api_reply *lifecycle_send(
	const struct noun *noun, const char *operation, const struct object *object, enum who who)
{
	struct api *caller = lifecycle_caller(who, object);
	const char *method, *path, *type = NULL;
	json_t *spec = lifecycle_operation(operation, &method, &path);
	if (!spec)
		fail_msg("there is no operation %s", operation);
	char *body = example_of(noun, spec, object, &type), upper[8] = "";
	const char *own = noun->body ? noun->body(operation, object, who) : NULL;
	for (size_t i = 0; method[i] && i < sizeof upper - 1; i++)
		upper[i] = (char)(method[i] - 'a' + 'A');
	if (own) {
		free(body);
		body = strdup(own);
	}
	if (strcmp(method, "patch") == 0 || strcmp(method, "delete") == 0 ||
		strstr(operation, "_signature")) {
		struct api_reply *seen = lifecycle_read(noun, object, who);
		const char *tag = seen->status == 200 ? api_header_of(seen, "etag") : NULL;
		api_header(caller, "If-Match: %s", tag ? tag : "*");
	}
	struct api_reply *reply = api_send(caller, upper, path_of(noun, object, path),
		body ? type : NULL, body, body ? strlen(body) : 0);
	free(body);
	return reply;
}

struct api_reply *lifecycle_read(const struct noun *noun, const struct object *object, enum who who)
{
	return lifecycle_send(noun, api_path("%s_read", noun->name), object, who);
}
