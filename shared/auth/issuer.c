#include "auth/issuer.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "auth/fetch.h"
#include "auth/scope.h"
#include "auth/signer.h"
#include "base/str.h"
#include "json/field.h"

#define NAME_MOST       255 /* characters and bytes of an issuer, a claim, an audience */
#define REFRESH_SECONDS 3600

static const char *const person_keys[] = { "user_name", "external_id", "email", NULL };
static const struct field claim_name = {
	.name = "claim", .type = FIELD_STRING, .min = 1, .max = NAME_MOST
};
static const struct field row_fields[] = {
	{ .name = "issuer",
		.type = FIELD_STRING,
		.flags = FIELD_REQUIRED,
		.min = 1,
		.max = NAME_MOST },
	{ .name = "audience",
		.type = FIELD_STRING,
		.flags = FIELD_REQUIRED,
		.min = 1,
		.max = NAME_MOST },
	{ .name = "jwks_file", .type = FIELD_STRING, .min = 1, .max = 4096 },
	{ .name = "jwks_url", .type = FIELD_STRING, .min = 1, .max = 2048 },
	{ .name = "discovery", .type = FIELD_BOOLEAN },
	{ .name = "refresh_seconds", .type = FIELD_INTEGER, .min = 1, .max = 86400 },
	{ .name = "person_claim", .type = FIELD_STRING, .min = 1, .max = NAME_MOST },
	{ .name = "person_key", .type = FIELD_STRING, .min = 1, .max = 16, .values = person_keys },
	{ .name = "role_claims",
		.type = FIELD_ARRAY,
		.max = 16,
		.members = &claim_name,
		.member_count = 1 },
	{ .name = "roles", .type = FIELD_OBJECT, .flags = FIELD_OPEN },
};

static const char *text_of(const json_t *row, const char *name, const char *otherwise)
{
	const char *text = json_string_value(json_object_get(row, name));
	return text ? text : otherwise;
}

/* The path as written or, if it is relative, next to the issuers' file. */
static char *path_beside(const char *issuers_file, const char *path)
{
	struct buf b = BUF_INIT(8192);
	const char *slash = strrchr(issuers_file, '/');
	if (*path != '/' && slash)
		buf_add(&b, issuers_file, (size_t)(slash - issuers_file) + 1);
	buf_text(&b, path);
	return buf_take(&b);
}

static char *discovery_address(const char *issuer)
{
	struct buf b = BUF_INIT(2048);
	size_t length = strlen(issuer);
	buf_add(&b, issuer, length && issuer[length - 1] == '/' ? length - 1 : length);
	buf_text(&b, "/.well-known/openid-configuration");
	return buf_take(&b);
}

static bool is_role(const json_t *name)
{
	return json_is_string(name) && role_of_name(json_string_value(name));
}

/* Each value maps to one role or to several. */
static const char *roles_fault(const json_t *roles)
{
	const char *value;
	json_t *mapped, *one;
	size_t i;
	json_object_foreach((json_t *)roles, value, mapped)
	{
		bool known = is_role(mapped) || json_array_size(mapped) > 0;
		json_array_foreach(mapped, i, one) known = known && is_role(one);
		if (!known)
			return "roles maps a value to an unknown role";
	}
	return NULL;
}

/* There must be exactly one source of keys. */
static const char *source_fault(struct issuer *issuer, const char *issuers_file)
{
	const char *file = text_of(issuer->row, "jwks_file", NULL);
	const char *url = text_of(issuer->row, "jwks_url", NULL);
	bool discovery = json_is_true(json_object_get(issuer->row, "discovery"));
	if ((file != NULL) + (url != NULL) + discovery != 1)
		return "needs exactly one of jwks_file, jwks_url, discovery";
	issuer->source = file ? ISSUER_FILE : url ? ISSUER_URL : ISSUER_DISCOVERY;
	issuer->location = file  ? path_beside(issuers_file, file)
			   : url ? str_copy(url)
				 : discovery_address(issuer->name);
	if (!issuer->location)
		return "no memory";
	if (!file && !fetch_allowed(issuer->location))
		return "keys are fetched by https alone (http from loopback where "
		       "APP_ENV=development)";
	return NULL;
}

static const char *row_fault(
	struct issuer *issuer, const char *issuers_file, char *room, size_t size)
{
	owned(faults_release) struct faults faults = { 0 };
	if (!json_is_object(issuer->row))
		return "is not an object";
	if (!field_check(row_fields, COUNT(row_fields), issuer->row, "", &faults)) {
		snprintf(room, size, "%s: %s", faults.count ? faults.items[0].pointer : "",
			faults.count ? faults.items[0].message : "no memory");
		return room;
	}
	issuer->name = text_of(issuer->row, "issuer", "");
	issuer->audience = text_of(issuer->row, "audience", "");
	issuer->person_claim = text_of(issuer->row, "person_claim", "sub");
	issuer->person_key = text_of(issuer->row, "person_key", "user_name");
	const json_t *refresh = json_object_get(issuer->row, "refresh_seconds");
	issuer->refresh_seconds = refresh ? (int)json_integer_value(refresh) : REFRESH_SECONDS;
	issuer->role_claims = json_object_get(issuer->row, "role_claims");
	issuer->roles = json_object_get(issuer->row, "roles");
	if (strlen(issuer->name) > NAME_MOST)
		return "issuer is too long";
	if (str_equal(issuer->name, SIGNER_ISSUER) && !auth_in_development())
		return "trusts " SIGNER_ISSUER ", whose tokens anybody with upward-token can make: "
		       "only where APP_ENV=development";
	const char *fault = roles_fault(issuer->roles);
	return fault ? fault : source_fault(issuer, issuers_file);
}

bool issuer_list_read(
	const char *path, struct issuer_list *ret_list, char *ret_reason, size_t reason_size)
{
	json_error_t error;
	char room[400];
	const char *fault = NULL;
	struct issuer_list list = { .count = 0 };
	size_t i;
	json_t *row, *rows = json_load_file(path, JSON_REJECT_DUPLICATES, &error);
	if (!json_is_array(rows) || json_array_size(rows) == 0 ||
		json_array_size(rows) > ISSUERS_MOST) {
		snprintf(ret_reason, reason_size,
			"ISSUERS_FILE: cannot be read, or is not a JSON array of 1 to %d issuers",
			ISSUERS_MOST);
		json_decref(rows);
		return false;
	}
	json_array_foreach(rows, i, row)
	{
		struct issuer *issuer = &list.items[list.count++];
		issuer->row = json_incref(row);
		fault = row_fault(issuer, path, room, sizeof room);
		for (size_t j = 0; !fault && j < i; j++)
			if (str_equal(list.items[j].name, issuer->name))
				fault = "names an issuer that stands there already";
		if (fault)
			break;
	}
	json_decref(rows);
	if (fault) {
		snprintf(ret_reason, reason_size, "ISSUERS_FILE: row %zu %s", i + 1, fault);
		issuer_list_release(&list);
		return false;
	}
	*ret_list = list;
	return true;
}

void issuer_list_release(struct issuer_list *list)
{
	for (size_t i = 0; i < list->count; i++) {
		free(list->items[i].location);
		json_decref(list->items[i].row);
	}
	list->count = 0;
}
