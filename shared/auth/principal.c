#include "auth/principal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "auth/cache.h"
#include "base/clock.h"
#include "base/str.h"
#include "gen/shared/statements.h"

#define PEOPLE_MOST    16384
#define PEOPLE_LIFE_US (UINT64_C(1000) * PRINCIPAL_LIFE_MS)

struct authority {
	struct key_ring *keys;
	struct token_cache *tokens;
	struct cache
		*people; /* "user_name\0mira.okafor\0sub" -> struct known, of those who may act */
	struct database *db;
	struct {
		char sql[ROLES_SQL_BYTES];
		scope_set scopes;
	} role_sets[ROLE_SETS]; /* precomputed for every combination of roles */
};

/* A person, and the time from which their tokens are valid (Unix seconds; 0: none was revoked). */
struct known {
	char person_id[37];
	int64_t valid_from;
};

struct person_key {
	char text[sizeof((struct identity *)0)->key_kind +
		  sizeof((struct identity *)0)->person_key + sizeof((struct identity *)0)->subject];
	size_t length;
};

struct authority *authority_open(const char *issuers_file, int life_most, struct database *db,
	char *ret_reason, size_t reason_size)
{
	struct authority *a = calloc(1, sizeof *a);
	if (a) {
		a->db = db;
		a->tokens = token_cache_new(life_most);
		a->people = cache_new(PEOPLE_MOST);
	}
	if (!a || !a->tokens || !a->people) {
		snprintf(ret_reason, reason_size, "no memory");
		authority_close(a);
		return NULL;
	}
	a->keys = key_ring_open(issuers_file, ret_reason, reason_size);
	if (!a->keys) {
		authority_close(a);
		return NULL;
	}
	for (unsigned roles = 0; roles < ROLE_SETS; roles++) {
		role_names_sql(roles, a->role_sets[roles].sql);
		a->role_sets[roles].scopes = scope_of_roles(roles);
	}
	return a;
}

void authority_renew(struct authority *a)
{
	key_ring_renew(a->keys);
	cache_clear(a->people);
}

void authority_close(struct authority *a)
{
	if (!a)
		return;
	key_ring_close(a->keys);
	token_cache_free(a->tokens);
	cache_free(a->people);
	free(a);
}

static void key_of(const struct identity *identity, struct person_key *ret)
{
	size_t kind = strlen(identity->key_kind) + 1, name = strlen(identity->person_key) + 1;
	size_t subject = strlen(identity->subject);
	memcpy(ret->text, identity->key_kind, kind);
	memcpy(ret->text + kind, identity->person_key, name);
	memcpy(ret->text + kind + name, identity->subject, subject);
	ret->length = kind + name + subject;
}

static const struct statement *statement_of(const char *key_kind)
{
	if (str_equal(key_kind, "user_name"))
		return &stmt_identity_by_user_name;
	if (str_equal(key_kind, "external_id"))
		return &stmt_identity_by_external_id;
	return &stmt_identity_by_email;
}

/* The column holds Unix seconds, or nothing. */
static bool read_valid_from(const struct db_rows *rows, int column, int64_t *ret_valid_from)
{
	const char *text = db_value(rows, 0, column);
	*ret_valid_from = 0;
	return !text || str_to_i64(text, ret_valid_from);
}

static enum principal_outcome judge(const struct db_rows *rows, struct known *ret)
{
	if (db_rows_count(rows) != 1) /* never two: the keys are unique */
		return PRINCIPAL_UNKNOWN;
	const char *id = db_value(rows, 0, 0), *status = db_value(rows, 0, 1);
	if (!id || !str_is_uuid(id) || !status || !read_valid_from(rows, 3, &ret->valid_from))
		return PRINCIPAL_UNAVAILABLE;
	if (!str_equal(status, "active") && !str_equal(status, "on_leave"))
		return PRINCIPAL_INACTIVE;
	memcpy(ret->person_id, id, strlen(id) + 1);
	return PRINCIPAL_OK;
}

/* Whether the keys are about to be given to another person. */
static bool on_hold(const struct db_rows *rows)
{
	return str_equal(db_value(rows, 0, 2), "t");
}

/* Finds the token's person. Only people who may act are cached, so a person who has just been
 * imported or readmitted need not wait. People whose keys are on hold are not cached: when the keys
 * change hands, no service may remember the former holder. */
static enum principal_outcome find_person(
	struct authority *a, const struct identity *identity, struct known *ret)
{
	struct person_key key;
	struct db_rows *rows = NULL;
	struct db_error error;
	if (!identity->person_key[0])
		return PRINCIPAL_UNKNOWN;
	key_of(identity, &key);
	uint64_t asked_at = clock_monotonic_us();
	if (cache_get(a->people, key.text, key.length, 0, asked_at, ret, sizeof *ret))
		return PRINCIPAL_OK;
	struct step step = STEP(
		statement_of(identity->key_kind), identity->person_key, identity->subject);
	if (database_read(a->db, DB_BATCH, &step, &rows, &error) != DB_DONE)
		return PRINCIPAL_UNAVAILABLE;
	enum principal_outcome outcome = judge(rows, ret);
	bool keep = outcome == PRINCIPAL_OK && !on_hold(rows);
	db_rows_free(rows);
	/* the cache's life begins at the query, because the answer may have taken long */
	if (keep)
		cache_put(a->people, key.text, key.length, 0, asked_at, asked_at + PEOPLE_LIFE_US,
			ret, sizeof *ret);
	return outcome;
}

/* A caller without a person: the tokens of this subject may have been revoked too. */
static bool find_revocation(struct authority *a, const struct identity *identity, struct known *ret)
{
	owned_rows struct db_rows *rows = NULL;
	struct db_error error;
	struct step step = STEP(&stmt_identity_revoked, identity->subject);
	return database_read(a->db, DB_BATCH, &step, &rows, &error) == DB_DONE &&
	       db_rows_count(rows) == 1 && read_valid_from(rows, 0, &ret->valid_from);
}

static void give_roles(const struct authority *a, unsigned roles, struct principal *ret)
{
	ret->roles = roles;
	memcpy(ret->roles_sql, a->role_sets[roles].sql, sizeof ret->roles_sql);
	ret->scopes = a->role_sets[roles].scopes;
}

static void fill(const struct authority *a, const struct identity *identity, unsigned roles,
	struct principal *ret)
{
	size_t issuer = strlen(identity->issuer), subject = strlen(identity->subject);
	memcpy(ret->subject, identity->issuer, issuer);
	ret->subject[issuer] = ' ';
	memcpy(ret->subject + issuer + 1, identity->subject, subject + 1);
	ret->delegate_id[0] = '\0';
	give_roles(a, roles, ret);
}

enum principal_outcome authority_identify(struct authority *a, const char *header,
	struct principal *ret_principal, enum token_fault *ret_fault)
{
	struct identity identity;
	struct known known = { .person_id = "" };
	enum token_fault fault = token_verify(a->tokens, a->keys, header, &identity);
	if (fault) {
		*ret_fault = fault;
		return PRINCIPAL_REFUSED;
	}
	unsigned roles = identity.roles & (ROLE_SETS - 1);
	enum principal_outcome outcome = find_person(a, &identity, &known);
	if (outcome == PRINCIPAL_OK)
		roles |= ROLE_PARTICIPANT;
	else if (outcome != PRINCIPAL_UNKNOWN || !(roles & ROLES_WITHOUT_PERSON))
		return outcome;
	else if (!find_revocation(a, &identity, &known))
		return PRINCIPAL_UNAVAILABLE;
	else /* keep only the roles that need no person */
		roles &= ROLES_WITHOUT_PERSON;
	if (identity.issued_at < known.valid_from) {
		*ret_fault = TOKEN_REVOKED;
		return PRINCIPAL_REFUSED;
	}
	memcpy(ret_principal->person_id, known.person_id, sizeof known.person_id);
	fill(a, &identity, roles, ret_principal);
	return PRINCIPAL_OK;
}

enum principal_outcome authority_act_for(
	struct authority *a, const char *person_id, struct principal *principal)
{
	owned_rows struct db_rows *rows = NULL;
	struct db_error error;
	if (!principal->person_id[0] || !str_is_uuid(person_id))
		return PRINCIPAL_NO_DELEGATE;
	struct step step = STEP(&stmt_identity_delegate, person_id, principal->person_id);
	if (database_read(a->db, DB_BATCH, &step, &rows, &error) != DB_DONE)
		return PRINCIPAL_UNAVAILABLE;
	const char *id = db_rows_count(rows) == 1 ? db_value(rows, 0, 0) : NULL;
	if (!id || !str_is_uuid(id))
		return PRINCIPAL_NO_DELEGATE;
	memcpy(principal->delegate_id, principal->person_id, sizeof principal->delegate_id);
	memcpy(principal->person_id, id, strlen(id) + 1);
	give_roles(a, ROLE_PARTICIPANT, principal);
	return PRINCIPAL_OK;
}
