/*
 * client.h - a small client of the whole API, for API tests and journeys. A test reads as the story
 * of who asks for what:
 *
 *	struct api *pat = api_as("programme_admin", "pat.admin");
 *	struct api_reply *made = api_expect(api_post(pat, "/api/v1/programmes", "{\"title\":
 *\"%s\"}", t), 201); api_if_match(pat, made); api_expect(api_patch(pat,
 * api_path("/api/v1/programmes/%s", api_text(made, "id")), "{…}"), 200);
 *
 * The stack is the one whose stack.json $UPWARD_STACK names. Every exchange is appended to the file
 * $UPWARD_RECORD, where judge.mjs reads it and holds it against the contract.
 *
 * Callers, replies and the texts got from them are borrowed: they live until api_release(), or for
 * a caller of api_new() until api_free(). A caller serves one thread at a time; what fails a test
 * (api_expect…, api_text…) is for the test's own thread only.
 */
#ifndef UPWARD_TESTS_CLIENT_H
#define UPWARD_TESTS_CLIENT_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

struct api; /* one caller: a role, a person, a connection */

struct api_reply {
	int status; /* 0: no answer, and `text` says why */
	char *text; /* the body, NUL-terminated; "" if there is none */
	size_t length;
	json_t *body;    /* the parsed body, or NULL if it is not JSON */
	json_t *headers; /* lower-case name -> value; repeated ones joined by ", " */
	char *asked;     /* "POST /api/v1/…", for messages */
	double seconds;
	bool begun; /* part of a response arrived, even if it broke off and status is 0 */
	struct api_reply *next;
};

/* ---- who asks ---------------------------------------------------------------------------------*/

/* A caller with a token for the role (participant, programme_admin, admin, hris …) and user
 * name. NULL user: a role without a person; NULL role: no token. */
struct api *api_as(const char *role, const char *user_name);
/* The same with a given Authorization value, e.g. "Bearer x.y.z". */
struct api *api_with_token(const char *authorization);
/* A separate caller, for a thread; freed with its replies by api_free. */
struct api *api_new(const char *role, const char *user_name);
struct api *api_new_with_token(const char *authorization);
void api_free(struct api *caller);
/* From now on the caller uses one service directly (profiles …) or, with NULL, the gateway. */
struct api *api_direct(struct api *caller, const char *service);
/* The token of a caller, for requests by hand. */
const char *api_token(struct api *caller);
/* Makes this program sign the tokens of new callers, instead of the stack's own. */
void api_token_tool(const char *path);
/* Frees every caller of api_as and every reply; to be used as group teardown. */
int api_release(void **state);

/* ---- asking -----------------------------------------------------------------------------------*/

/* Paths begin with /api/v1/… and are sent unchanged. Bodies are JSON in printf format, or NULL. A
 * request that an overloaded service did not process (503 `overloaded`) is sent again, as a portal
 * would, so that a slow machine fails no test. */
struct api_reply *api_get(struct api *caller, const char *path, ...)
	__attribute__((format(printf, 2, 3)));
struct api_reply *api_delete(struct api *caller, const char *path, ...)
	__attribute__((format(printf, 2, 3)));
struct api_reply *api_post(struct api *caller, const char *path, const char *body, ...)
	__attribute__((format(printf, 3, 4)));
struct api_reply *api_put(struct api *caller, const char *path, const char *body, ...)
	__attribute__((format(printf, 3, 4)));
/* Sent as application/merge-patch+json. */
struct api_reply *api_patch(struct api *caller, const char *path, const char *body, ...)
	__attribute__((format(printf, 3, 4)));
/* Any method and any body; content_type NULL: no Content-Type header. */
struct api_reply *api_send(struct api *caller, const char *method, const char *path,
	const char *content_type, const void *body, size_t length);
/* A path in printf format, borrowed. */
const char *api_path(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Adds a header to the caller's next request only. */
void api_header(struct api *caller, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* From now on the caller sends each request once, even if the service is overloaded. */
void api_hasty(struct api *caller);
/* From now on the caller acts as a delegate for this person; NULL: for themselves. */
void api_on_behalf_of(struct api *caller, const char *person_id);
/* If-Match with the ETag of the reply. */
void api_if_match(struct api *caller, const struct api_reply *reply);

/* A state change without a body, with If-Match set to the ETag of the object it belongs to, as this
 * caller reads it; `*` if the caller cannot read it. */
struct api_reply *api_change(struct api *caller, const char *path);

/* Sends raw bytes over a separate socket, to the gateway (NULL) or a service; the first response,
 * read until the other side closes. Status 0 if nothing arrived. */
struct api_reply *api_raw(const char *service, const void *bytes, size_t length);

/* ---- what came back ---------------------------------------------------------------------------*/

/* These fail the test and print the whole exchange if the expectation is not met; otherwise they
 * return the reply. */
struct api_reply *api_expect(struct api_reply *reply, int status);
struct api_reply *api_expect_problem(struct api_reply *reply, int status, const char *code);
/* At least one of errors[] has this pointer or parameter. */
struct api_reply *api_expect_fault(struct api_reply *reply, const char *pointer_or_parameter);

/* A member by its path, such as "items.0.mentor.id"; NULL if it does not exist. */
json_t *api_member(const struct api_reply *reply, const char *path);
/* The same, failing the test unless it is a string, an integer, a boolean, an array. */
const char *api_text(const struct api_reply *reply, const char *path);
long long api_integer(const struct api_reply *reply, const char *path);
bool api_truth(const struct api_reply *reply, const char *path);
size_t api_count(const struct api_reply *reply, const char *path);
/* A header's value, or NULL. The name is matched in any case. */
const char *api_header_of(const struct api_reply *reply, const char *name);

/* Waits until the expression holds; the test fails at the deadline, which is on a slow and busy machine
 * many times the seconds that a quiet one may need. */
#define API_SLOW 8.0
#define api_wait_until(seconds, expression)                                                        \
	for (double api_deadline_ = api_now() + (seconds) * API_SLOW; !(expression);)              \
	api_pause(api_deadline_, #expression, __FILE__, __LINE__)
double api_now(void); /* monotonic, seconds */
void api_pause(double deadline, const char *expression, const char *file, int line);

/* ---- the stack --------------------------------------------------------------------------------*/

/* A member of stack.json: "url", "services.profiles.admin_url", "dsn.superuser", "flavour" … */
const char *api_stack(const char *path);
long long api_stack_integer(const char *path);
/* Imports people (CSV with a header line) as the HR system and waits until the import is applied;
 * returns the import as it then reads. The query, e.g. "mode=full", may be NULL. */
struct api_reply *api_import(const char *csv, const char *query);
/* The same from a file. */
struct api_reply *api_import_file(const char *path, const char *query);
/* Runs a program in the project's directory; returns its output, borrowed. Fails the test if the
 * program fails. */
const char *api_run(const char *const argv[]);
/* SQL as a role of stack.json's dsn (superuser …); the unaligned output, borrowed. Fails
 * the test on an error. */
const char *api_sql(const char *role, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
/* A superuser's transaction that runs this SQL (a lock) and stays open until it is released. */
struct api_hold;
struct api_hold *api_hold(const char *sql);
void api_let_go(struct api_hold *hold);
/* The same, but commits. */
void api_hold_commit(struct api_hold *hold);
/* Business time begins on 30 November 2026, 09:00 UTC, with the first caller of a test program, so
 * that tests can contain fixed dates. This moves it for all services, relative to that; 0 resets
 * it. */
void api_clock(long long offset_seconds);
/* Moves it to an instant that PostgreSQL reads, e.g. "2027-03-01 12:00Z". */
void api_clock_to(const char *instant);
/* GET of an admin listener's path, e.g. ("profiles", "/metrics"). Not recorded. */
struct api_reply *api_admin(const char *service, const char *path);
/* Stops a process of the stack (a service, postgres, gateway), or starts it again and waits until
 * it works. */
void api_stop(const char *process);
void api_start(const char *process);
/* The same with additional settings, "NAME=VALUE", until it is started again; NULL ends the
 * list. */
void api_start_with(const char *process, const char *setting, ...) __attribute__((sentinel));
/* Request a stop or start without waiting. */
void api_ask_stop(const char *process);
void api_ask_start(const char *process);
/* The current pid of a process. */
int api_pid(const char *process);

#endif
