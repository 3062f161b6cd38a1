#include "contract.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CONTRACT "build/openapi.json"
/* An id that no object has. */
#define NOWHERE "019a0000-0000-7000-8000-0000000009d9"
#define FORGED                                                                                     \
	"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"                                              \
	"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA" /* 86 */
/* as long as the code of a link in a mail, but not signed */
#define UNSEALED                                                                                   \
	"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"                     \
	"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"

static json_t *whole;
static struct operation_row rows[OPERATIONS_MOST];
static size_t row_count;

static void add_row(const char *path, const char *method, json_t *spec)
{
	static const char *const names[][2] = { { "get", "GET" }, { "put", "PUT" },
		{ "post", "POST" }, { "patch", "PATCH" }, { "delete", "DELETE" } };
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		if (strcmp(method, names[i][0]) != 0)
			continue;
		assert_true(row_count < OPERATIONS_MOST);
		rows[row_count++] = (struct operation_row){
			.id = json_string_value(json_object_get(spec, "operationId")),
			.method = names[i][1],
			.path = path,
			.spec = spec,
		};
	}
}

size_t contract_operations(const struct operation_row **ret_rows)
{
	json_error_t error;
	const char *path, *method;
	json_t *item, *spec;
	if (!whole) {
		whole = json_load_file(CONTRACT, 0, &error);
		assert_non_null(whole);
		json_object_foreach(json_object_get(whole, "paths"), path, item)
			json_object_foreach(item, method, spec) add_row(path, method, spec);
	}
	*ret_rows = rows;
	return row_count;
}

const struct operation_row *contract_find(const char *id)
{
	const struct operation_row *all;
	size_t count = contract_operations(&all);
	for (size_t i = 0; i < count; i++)
		if (strcmp(all[i].id, id) == 0)
			return &all[i];
	fail_msg("the contract has no %s", id);
	return NULL;
}

json_t *contract_resolve(json_t *schema)
{
	const char *ref;
	while ((ref = json_string_value(json_object_get(schema, "$ref")))) {
		const char *name = strrchr(ref, '/') + 1;
		char kind[40];
		assert_int_equal(sscanf(ref, "#/components/%39[^/]", kind), 1);
		schema = json_object_get(
			json_object_get(json_object_get(whole, "components"), kind), name);
		assert_non_null(schema);
	}
	return schema;
}

static json_t *content_of(const struct operation_row *row)
{
	return json_object_get(json_object_get(row->spec, "requestBody"), "content");
}

bool contract_has_body(const struct operation_row *row)
{
	return content_of(row) != NULL;
}

json_t *contract_body(const struct operation_row *row, const char **ret_type)
{
	const char *type;
	json_t *content;
	json_object_foreach(content_of(row), type, content)
	{
		if (!strstr(type, "json"))
			continue;
		if (ret_type)
			*ret_type = type;
		return contract_resolve(json_object_get(content, "schema"));
	}
	return NULL;
}

json_t *contract_parameter(const struct operation_row *row, size_t index)
{
	return contract_resolve(json_array_get(json_object_get(row->spec, "parameters"), index));
}

bool contract_is_list(const struct operation_row *row)
{
	json_t *parameter;
	for (size_t i = 0; (parameter = contract_parameter(row, i)); i++)
		if (strcmp(json_string_value(json_object_get(parameter, "name")), "cursor") == 0)
			return true;
	return false;
}

bool contract_lists(const struct operation_row *row, const char *relation)
{
	size_t i;
	json_t *one;
	json_array_foreach(json_object_get(row->spec, "x-authz"), i,
		one) if (strcmp(json_string_value(one), relation) == 0) return true;
	return false;
}

const char *contract_id(const struct world *w, const char *name)
{
	const struct {
		const char *name, *id;
	} ids[] = { { "programme_id", w->programme }, { "round_id", w->round },
		{ "shortlist_id", w->shortlist }, { "pair_id", w->pair },
		{ "enrolment_id", w->enrolment }, { "session_id", w->session },
		{ "calendar_feed_id", w->feed }, { "feedback_id", w->feedback },
		{ "exclusion_id", w->exclusion },
		{ "programme_exclusion_id", w->programme_exclusion },
		{ "enrolment_batch_id", w->enrolment_batch }, { "wish_id", w->wish },
		{ "sponsor_id", w->sponsor }, { "review_id", w->review },
		{ "invitation_id", w->invitation }, { "form_id", w->form },
		{ "cohort_id", w->cohort }, { "repair_id", w->repair },
		{ "resource_id", w->resource }, { "skill_id", w->skill },
		{ "token_revocation_id", w->token_revocation }, { "import_id", w->import },
		{ "person_id", w->mentor }, { "mentor_id", w->mentor }, { "manager_id", w->mentee },
		{ "agreement_id", w->agreement }, { "goal_id", w->goal },
		{ "progress_id", w->progress }, { "help_request_id", w->help_request },
		{ "improvement_id", w->improvement }, { "disclosure_id", w->disclosure },
		{ "story_id", w->story }, { "certificate_id", w->certificate },
		{ "certificate_code", w->certificate_code }, { "snapshot_id", w->snapshot },
		{ "flag_id", w->flag }, { "survey_id", w->survey }, { "wave", "2026-11-30" },
		{ "assessment_id", w->assessment }, { "attempt_id", w->attempt },
		{ "notification_id", w->notification }, { "delivery_id", w->delivery },
		{ "held_mailbox_id", w->mentor }, { "code", w->unsubscription },
		{ "message_id", w->message }, { "country_or_region", "DE" }, { "policy_id", "1" },
		{ "coordinator_id", w->coordinator }, { "delegate_id", w->delegate },
		{ "listing_id", w->listing }, { "reply_id", w->reply },
		{ "training_record_id", w->training_record }, { "skill_check_id", w->skill_check },
		{ "external_id", "S-99" }, { "person_batch_id", w->person_batch },
		{ "person_record_id", w->mentor }, { "consent_id", w->consent },
		{ "import_mapping_id", w->import_mapping }, { "exception_id", w->exception },
		{ "busy_calendar_id", w->busy_calendar }, { "chat_id", w->chat },
		{ "touchpoint_id", w->touchpoint }, { "takeaway_id", w->takeaway },
		{ "gathering_id", w->gathering }, { "registration_id", w->registration },
		{ "circle_id", w->circle }, { "outcome_id", w->outcome },
		{ "lesson_id", "feedback" } };
	for (size_t i = 0; i < sizeof ids / sizeof *ids; i++)
		if (strcmp(ids[i].name, name) == 0)
			return ids[i].id;
	return NULL;
}

const char *contract_path(const struct operation_row *row, const struct world *world, bool missing)
{
	char out[512];
	size_t used = 0;
	if (strstr(row->path, "{token}"))
		return missing ? "/calendar/AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA.ics"
			       : world->feed_path;
	for (const char *at = row->path; *at && used < sizeof out - 64;) {
		char name[64];
		if (*at != '{') {
			out[used++] = *at++;
			continue;
		}
		assert_int_equal(sscanf(at, "{%63[^}]}", name), 1);
		const char *nowhere = strcmp(name, "policy_id") == 0          ? "999999"
				      : strcmp(name, "code") == 0             ? UNSEALED
				      : strcmp(name, "certificate_code") == 0 ? NOWHERE "." FORGED
									      : NOWHERE;
		const char *id = missing ? nowhere : contract_id(world, name);
		assert_non_null(id);
		used += (size_t)snprintf(out + used, sizeof out - used, "%s", id);
		at = strchr(at, '}') + 1;
	}
	out[used] = '\0';
	return api_path("%s", out);
}

/* Members named …_id get the world's ids, at any depth. */
static void put_ids(json_t *value, const struct world *world, bool missing)
{
	const char *name;
	json_t *member;
	size_t i;
	json_array_foreach(value, i, member) put_ids(member, world, missing);
	json_object_foreach(value, name, member)
	{
		const char *id = contract_id(world, name);
		if (id && json_is_string(member))
			json_string_set(member, missing ? NOWHERE : id);
		put_ids(member, world, missing);
	}
}

char *contract_request(const struct operation_row *row, const struct world *world, bool missing)
{
	const char *type;
	json_t *content;
	json_object_foreach(content_of(row), type, content)
	{
		json_t *example = json_object_get(content, "example");
		if (json_is_string(example))
			return strdup(json_string_value(example));
		json_t *body = json_deep_copy(example);
		put_ids(body, world, missing);
		if (strcmp(row->id, "person_patch") == 0) /* the person's own or HR's: neither */
			json_object_clear(body);
		char *text = json_dumps(body, JSON_COMPACT);
		json_decref(body);
		return text;
	}
	return NULL;
}

static bool wants_if_match(const struct operation_row *row)
{
	json_t *parameter;
	for (size_t i = 0; (parameter = contract_parameter(row, i)); i++)
		if (strcmp(json_string_value(json_object_get(parameter, "name")), "If-Match") == 0)
			return json_is_true(json_object_get(parameter, "required"));
	return false;
}

const char *contract_type(const struct operation_row *row)
{
	const char *type;
	json_t *first;
	json_object_foreach(content_of(row), type, first) return type;
	return NULL;
}

struct api_reply *contract_send(const struct operation_row *row, struct api *caller,
	const char *path, const char *type, const void *body, size_t length)
{
	if (wants_if_match(row)) {
		size_t len = strcmp(row->method, "POST") ? strlen(path)
							 : (size_t)(strrchr(path, '/') - path);
		struct api_reply *seen = api_get(caller, "%.*s", (int)len, path);
		const char *etag = seen->status == 200 ? api_header_of(seen, "etag") : NULL;
		api_header(caller, "If-Match: %s", etag ? etag : "*");
	}
	if (!type)
		type = contract_type(row);
	return api_send(caller, row->method, path, body ? type : NULL, body, length);
}
