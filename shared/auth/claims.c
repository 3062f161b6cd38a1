#include "auth/claims.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include "base/base64url.h"
#include "base/str.h"
#include "base/text.h"
#include "json/field.h"

#define TIME_MOST INT64_C(253402300799) /* the last second of the year 9999 */

static const struct field header_fields[] = {
	{ .name = "alg", .type = FIELD_STRING, .flags = FIELD_REQUIRED, .min = 1, .max = 16 },
	{ .name = "kid",
		.type = FIELD_STRING,
		.flags = FIELD_REQUIRED,
		.min = 1,
		.max = KEY_KID_BYTES - 1 },
	{ .name = "typ", .type = FIELD_STRING, .min = 1, .max = 64 },
};
static const struct field header_table = { .name = "header",
	.type = FIELD_OBJECT,
	.flags = FIELD_REQUIRED | FIELD_OPEN,
	.members = header_fields,
	.member_count = COUNT(header_fields) };
static const struct field claim_fields[] = {
	{ .name = "iss", .type = FIELD_STRING, .flags = FIELD_REQUIRED, .min = 1, .max = 255 },
	{ .name = "sub", .type = FIELD_STRING, .flags = FIELD_REQUIRED, .min = 1, .max = 255 },
	{ .name = "aud", .type = FIELD_ANY, .flags = FIELD_REQUIRED },
	{ .name = "exp",
		.type = FIELD_NUMBER,
		.flags = FIELD_REQUIRED,
		.min = 0,
		.max = TIME_MOST },
	{ .name = "nbf", .type = FIELD_NUMBER, .min = 0, .max = TIME_MOST },
	{ .name = "iat", .type = FIELD_NUMBER, .min = 0, .max = TIME_MOST },
};
static const struct field claims_table = { .name = "claims",
	.type = FIELD_OBJECT,
	.flags = FIELD_REQUIRED | FIELD_OPEN,
	.members = claim_fields,
	.member_count = COUNT(claim_fields) };
/* A token that names its own key, or requires an extension, is refused. */
static const char *const header_refused[] = { "crit", "jku", "jwk", "x5u", "x5c" };

/* Checks one object against one table: the members in the table are checked, others are ignored. */
static bool matches(const struct field *table, const json_t *object)
{
	owned(faults_release) struct faults faults = { 0 };
	json_t *wrapped = json_pack("{sO}", table->name, object);
	bool good = wrapped && field_check(table, 1, wrapped, "", &faults);
	json_decref(wrapped);
	return good;
}

json_t *claims_part(const char *text)
{
	unsigned char *bytes = NULL;
	size_t length = 0;
	if (!str_from_base64url(text, &bytes, &length))
		return NULL;
	owned(faults_release) struct faults faults = { 0 };
	json_t *object = field_parse((const char *)bytes, length, &faults);
	free(bytes);
	if (object && !json_is_object(object)) {
		json_decref(object);
		return NULL;
	}
	return object;
}

/* Media types ignore case, and "application/" may be left out (RFC 7515 4.1.9). */
static bool is_access_token(const char *typ)
{
	static const char prefix[] = "application/";
	if (strncasecmp(typ, prefix, sizeof prefix - 1) == 0)
		typ += sizeof prefix - 1;
	return strcasecmp(typ, "JWT") == 0 || strcasecmp(typ, "at+jwt") == 0;
}

enum token_fault claims_header(const json_t *header, struct token_header *ret_header)
{
	for (size_t i = 0; i < COUNT(header_refused); i++)
		if (json_object_get(header, header_refused[i]))
			return TOKEN_HEADER;
	if (!matches(&header_table, header))
		return TOKEN_HEADER;
	struct token_header read;
	const char *kid = json_string_value(json_object_get(header, "kid"));
	const char *typ = json_string_value(json_object_get(header, "typ"));
	if (typ && !is_access_token(typ))
		return TOKEN_TYPE;
	read.plain = !typ || strcasecmp(typ, "JWT") == 0;
	if (!key_alg_find(json_string_value(json_object_get(header, "alg")), &read.alg))
		return TOKEN_ALGORITHM;
	if (strlen(kid) >= sizeof read.kid)
		return TOKEN_HEADER;
	memcpy(read.kid, kid, strlen(kid) + 1);
	*ret_header = read;
	return TOKEN_GOOD;
}

static bool copy_text(const json_t *value, char *ret_text, size_t size)
{
	if (!json_is_string(value) || json_string_length(value) >= size)
		return false;
	memcpy(ret_text, json_string_value(value), json_string_length(value) + 1);
	return true;
}

/* The key of a person, normalised like a key in a file or a request body. */
static bool copy_key(const json_t *value, char *ret_text, size_t size)
{
	struct text taken;
	if (!json_is_string(value) || text_take(TEXT_KEY, json_string_value(value),
					      json_string_length(value), &taken) != TEXT_GOOD)
		return false;
	const char *key = taken.changed ? taken.changed : json_string_value(value);
	bool fits = strlen(key) < size;
	if (fits)
		memcpy(ret_text, key, strlen(key) + 1);
	free(taken.changed);
	return fits;
}

static bool audience_holds(const json_t *aud, const char *audience)
{
	if (json_is_string(aud))
		return str_equal(json_string_value(aud), audience);
	size_t i;
	json_t *one;
	bool found = false;
	json_array_foreach(aud, i, one)
	{
		if (!json_is_string(one))
			return false;
		found |= str_equal(json_string_value(one), audience);
	}
	return found;
}

static double time_of(const json_t *claims, const char *name, double otherwise)
{
	const json_t *value = json_object_get(claims, name);
	return value ? json_number_value(value) : otherwise;
}

static enum token_fault judge_times(const json_t *claims, int64_t now, int life_most)
{
	double at = (double)now, expires = time_of(claims, "exp", 0);
	double issued = time_of(claims, "iat", -1);
	if (at >= expires + CLAIMS_LEEWAY)
		return TOKEN_EXPIRED;
	if (time_of(claims, "nbf", 0) > at + CLAIMS_LEEWAY)
		return TOKEN_NOT_YET_VALID;
	if (issued < 0)
		return TOKEN_NOT_ISSUED;
	if (issued >= expires)
		return TOKEN_ISSUED_LATE;
	if (issued > at + CLAIMS_LEEWAY)
		return TOKEN_NOT_YET_VALID;
	return expires - issued > life_most ? TOKEN_LIFE : TOKEN_GOOD;
}

/* A claim by its name or, if no member has the whole name, by its path. Names may contain dots
 * themselves (https://id.example/claims.roles), so every dot is tried. */
static const json_t *claim_at(const json_t *claims, const char *path)
{
	const json_t *value = json_object_get(claims, path);
	for (const char *dot = strchr(path, '.'); !value && dot; dot = strchr(dot + 1, '.'))
		value = claim_at(json_object_getn(claims, path, (size_t)(dot - path)), dot + 1);
	return value;
}

/* The roles that one value of a claim maps to: one role, or several. */
static unsigned roles_behind(const struct issuer *issuer, const char *value, size_t length)
{
	const json_t *mapped = json_object_getn(issuer->roles, value, length);
	unsigned roles = json_is_string(mapped) ? role_of_name(json_string_value(mapped)) : 0;
	size_t i;
	json_t *one;
	json_array_foreach(mapped, i, one) roles |= role_of_name(json_string_value(one));
	return roles;
}

/* The roles of a text: it is a single value, or else values separated by blanks, as in `scope` (RFC
 * 8693 4.2). */
static unsigned roles_of_text(const struct issuer *issuer, const char *text)
{
	unsigned roles = roles_behind(issuer, text, strlen(text));
	if (roles)
		return roles;
	for (size_t length; *text; text += length + strspn(text + length, " ")) {
		length = strcspn(text, " ");
		roles |= roles_behind(issuer, text, length);
	}
	return roles;
}

static unsigned roles_of(const struct issuer *issuer, const json_t *claims)
{
	unsigned roles = 0;
	size_t i, j;
	json_t *path, *one;
	json_array_foreach(issuer->role_claims, i, path)
	{
		const json_t *value = claim_at(claims, json_string_value(path));
		if (json_is_string(value))
			roles |= roles_of_text(issuer, json_string_value(value));
		json_array_foreach(value, j, one) if (json_is_string(one)) roles |= roles_behind(
			issuer, json_string_value(one), json_string_length(one));
	}
	return roles;
}

enum token_fault claims_read(const struct issuer *issuer, const json_t *claims, int64_t now,
	int life_most, struct identity *ret_identity)
{
	struct identity read;
	if (!matches(&claims_table, claims) ||
		!copy_text(json_object_get(claims, "iss"), read.issuer, sizeof read.issuer) ||
		!str_equal(read.issuer, issuer->name) ||
		!copy_text(json_object_get(claims, "sub"), read.subject, sizeof read.subject))
		return TOKEN_CLAIMS;
	enum token_fault fault = judge_times(claims, now, life_most);
	if (fault)
		return fault;
	if (!audience_holds(json_object_get(claims, "aud"), issuer->audience))
		return TOKEN_AUDIENCE;
	const json_t *person = claim_at(claims, issuer->person_claim);
	read.person_key[0] = 0;
	if (person && !copy_key(person, read.person_key, sizeof read.person_key))
		return TOKEN_CLAIMS;
	snprintf(read.key_kind, sizeof read.key_kind, "%s", issuer->person_key);
	read.roles = roles_of(issuer, claims);
	read.issued_at = (int64_t)time_of(claims, "iat", 0);
	read.expires_at = (int64_t)time_of(claims, "exp", 0);
	*ret_identity = read;
	return TOKEN_GOOD;
}
