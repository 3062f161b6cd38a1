/*
 * fixture.h - a small hand-written contract ("things") and a service without authority, for the
 * tests of shared/http.
 */
#ifndef UPWARD_TESTS_HTTP_FIXTURE_H
#define UPWARD_TESTS_HTTP_FIXTURE_H

#include "http/steps.h"
#include "http/exchange.h"
#include "service/service.h"

enum {
	THING_LIST,
	THING_CREATE,
	THING_READ,
	THING_PATCH,
	THING_DELETE,
	THING_CLOSURE,
	THING_NEWEST,
	PERSON_THINGS,
	FEED_READ,
	THING_PUT,
	UPLOAD_CREATE,
	SECRET_READ,
	THING_COUNT
};

extern const struct operation things[THING_COUNT];

#define THING_ID  "019a0000-0000-7000-8000-000000000001"
#define PERSON_ID "019a0000-0000-7000-8000-0000000000ab"

/* What the handlers of the fixture saw last; the texts are copies. */
struct seen {
	int calls;
	char operation[32], path[4][64], name[64], tags[128], q[128], body[256], key[64];
	bool write; /* what was asked for is one */
	int64_t limit, if_match;
	char new_id[37], accept[64];
};
extern struct seen seen;

/* A service over the table, with a router. */
void fixture_open(struct service_state *service);
void fixture_close(struct service_state *service);

/* One request through answer_request(). The response's body is the caller's to free. headers: name,
 * value pairs by enum http_header, ended by HTTP_HEADERS. */
struct header {
	enum http_header name;
	const char *value;
};
void ask(struct service_state *service, const char *method, const char *target,
	const struct header *headers, const char *body, struct http_response *ret_response);
/* The value of a response header, or NULL. */
const char *header_of(const struct http_response *response, const char *name);
/* The member `code` of a problem; "" when the body is none. */
const char *code_of(const struct http_response *response);

/* Rows as PostgreSQL would give them; values row by row, NULL is SQL null. */
struct db_rows *rows_make(
	int columns, const char *const *names, int count, const char *const *values);

#endif
