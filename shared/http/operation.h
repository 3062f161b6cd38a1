/*
 * operation.h - one operation of the contract, as the build writes it from
 * api/<service>/<noun>.yaml and services/<service>/<noun>.sql. A service is a sorted table of
 * these.
 */
#ifndef UPWARD_HTTP_OPERATION_H
#define UPWARD_HTTP_OPERATION_H

#include "auth/scope.h"
#include "db/database.h"
#include "json/field.h"

struct call;
struct reply;

enum http_method { HTTP_GET, HTTP_POST, HTTP_PUT, HTTP_PATCH, HTTP_DELETE, HTTP_METHODS };

enum operation_kind {
	OPERATION_READ,  /* statement gives one row (body, version); no row = 404 */
	OPERATION_LIST,  /* statement gives rows (body, page keys) -> {items, next_cursor} */
	OPERATION_WRITE, /* statement acts, `read` answers */
	OPERATION_DELETE /* statement acts, 204 */
};

enum body_kind { BODY_NONE, BODY_JSON, BODY_MERGE_PATCH, BODY_RAW /* text/csv, text/calendar */ };

/* Where a statement's parameter comes from. */
enum source_kind {
	SOURCE_ACTOR,    /* the principal's person id, or null */
	SOURCE_ROLES,    /* text[] */
	SOURCE_NEW_ID,   /* :id, the new object's */
	SOURCE_IF_MATCH, /* bigint, or null where If-Match is absent */
	SOURCE_LIMIT,
	SOURCE_AFTER, /* index: which page key; null on the first page */
	SOURCE_BODY,  /* the whole body as JSON text */
	SOURCE_PATH,  /* index into path_fields */
	SOURCE_QUERY, /* index into query_fields; null when absent */
	SOURCE_MEMBER /* index into body_fields; null when absent */
};

struct source {
	enum source_kind kind;
	int index;
};

struct binding {
	const struct statement *statement;
	const struct source *sources; /* statement->param_count of them */
};

struct page_key {
	const char *name; /* "name": bound as :after_name */
	const char *type; /* PostgreSQL type */
};

struct operation {
	const char *id;   /* operationId */
	const char *noun; /* "goal": the part before the last underscore */
	enum http_method method;
	const char
		*path; /* "/api/v1/goals/{goal_id}", parameters in braces, also inside a segment */
	enum operation_kind kind;
	enum scope scope; /* SCOPE_PUBLIC needs no token */
	unsigned roles;   /* roles of x-authz that may call without a person */
	enum db_lane lane;
	int success; /* 200, 201, 202, 204 */
	enum body_kind body;
	size_t body_most;     /* bytes; 64 KiB unless x-body-limit says otherwise */
	const char *consumes; /* "application/json", "text/csv", ...; NULL without a body */
	const char *produces; /* "application/json", "text/calendar; charset=utf-8", ... */
	const char *csv; /* the columns, "name,card.id", where text/csv is offered beside JSON */
	bool no_store;   /* x-cache: no-store (exports, feedback, tokens) */
	bool if_match;   /* If-Match required: 428 without */
	/* The GET whose answer bears the ETag that a write's If-Match is held against: of the path
	 * itself or of the object it hangs on. NULL: a collection, which has no tag to match. */
	const struct operation *tagged;
	bool confidential_time; /* x-id: v4 */
	const struct field *path_fields;
	size_t path_count;
	const struct field *query_fields; /* without limit and cursor, which every list takes */
	size_t query_count;
	const struct field *body_fields; /* members of the body object */
	size_t body_count;
	const struct page_key *page_keys; /* lists */
	size_t page_key_count;
	struct binding run;   /* statement NULL where only a handler answers */
	struct binding read;  /* the answering _read; statement NULL for reads, lists, deletes */
	const char *location; /* template of the object's own path, for 201 and 202, or NULL */
	struct reply (*handler)(const struct call *call); /* replaces `run`, or NULL */
};

#endif
