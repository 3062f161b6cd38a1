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
	char *text; /* the body, NUL-terminated; "" when there is none */
	size_t length;
	json_t *body;    /* the body parsed, or NULL when it is not JSON */
	json_t *headers; /* lower-case name -> value; repeated ones joined by ", " */
	char *asked;     /* "POST /api/v1/…", for messages */
	double seconds;
	bool begun; /* something of an answer came, even where it broke off and status is 0 */
	struct api_reply *next;
};

/* ---- who asks ---------------------------------------------------------------------------------*/

/* A caller with a token for the role (participant, programme_admin, admin, hris, auditor) and the
 * user name; NULL user: a role without a person; NULL role: nobody, without a token. */
struct api *api_as(const char *role, const char *user_name);
/* The same with an Authorization value of one's own, e.g. "Bearer x.y.z". */
struct api *api_with_token(const char *authorization);
/* A caller of one's own, for a thread; freed with its replies by api_free. */
struct api *api_new(const char *role, const char *user_name);
struct api *api_new_with_token(const char *authorization);
void api_free(struct api *caller);
/* From now on the caller speaks to one service directly (profiles …), or, with NULL, the gateway.
 */
struct api *api_direct(struct api *caller, const char *service);
/* The token of a caller, for requests by hand. */
const char *api_token(struct api *caller);
/* Has the tokens of new callers signed by this program instead of the stack's own. */
void api_token_tool(const char *path);
/* Frees every caller of api_as and every reply; a group teardown. */
int api_release(void **state);

/* ---- asking -----------------------------------------------------------------------------------*/

/* Paths begin with /api/v1/… and are sent as they are. Bodies are JSON by printf, NULL for none.
 * A request that an overloaded service did not process (503 `overloaded`) is sent again, as a
 * portal does: a slow machine fails no test. */
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
/* A path made by printf, borrowed. */
const char *api_path(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Headers of the caller's next request alone. */
void api_header(struct api *caller, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* From now on the caller acts for this person, as their delegate; NULL: for themselves. */
void api_on_behalf_of(struct api *caller, const char *person_id);
/* If-Match with the ETag of the reply. */
void api_if_match(struct api *caller, const struct api_reply *reply);

/* A state change without a body, under the ETag of the object that it hangs on, as this caller
 * reads it; `*` where the caller cannot. */
struct api_reply *api_change(struct api *caller, const char *path);

/* Bytes as they are over a socket of their own, to the gateway (NULL) or a service; the first
 * answer, read until the other side closes. Status 0 when nothing came. */
struct api_reply *api_raw(const char *service, const void *bytes, size_t length);

/* ---- what came back ---------------------------------------------------------------------------*/

/* These end the test with the whole exchange when it is not so; else they return the reply. */
struct api_reply *api_expect(struct api_reply *reply, int status);
struct api_reply *api_expect_problem(struct api_reply *reply, int status, const char *code);
/* One of errors[] has this pointer or parameter. */
struct api_reply *api_expect_fault(struct api_reply *reply, const char *pointer_or_parameter);

/* A member by its path: "items.0.mentor.id"; NULL when it is not there. */
json_t *api_member(const struct api_reply *reply, const char *path);
/* The same, failing the test unless it is a string, an integer, a boolean, an array. */
const char *api_text(const struct api_reply *reply, const char *path);
long long api_integer(const struct api_reply *reply, const char *path);
bool api_truth(const struct api_reply *reply, const char *path);
size_t api_count(const struct api_reply *reply, const char *path);
/* A header's value, or NULL. Name in any case. */
const char *api_header_of(const struct api_reply *reply, const char *name);

/* Waits until the expression holds, with a deadline; the test fails when it never does. */
#define api_wait_until(seconds, expression)                                                        \
	for (double api_deadline_ = api_now() + (seconds); !(expression);)                         \
	api_pause(api_deadline_, #expression, __FILE__, __LINE__)
double api_now(void); /* monotonic, seconds */
void api_pause(double deadline, const char *expression, const char *file, int line);

/* ---- the stack --------------------------------------------------------------------------------*/

/* A member of stack.json: "url", "services.profiles.admin_url", "dsn.superuser", "flavour" … */
const char *api_stack(const char *path);
long long api_stack_integer(const char *path);
/* Imports people (CSV with a header line) as the HR system and waits until it is applied; the
 * import as it then reads. The query, e.g. "mode=full", may be NULL. */
struct api_reply *api_import(const char *csv, const char *query);
/* The same from a file. */
struct api_reply *api_import_file(const char *path, const char *query);
/* Runs a program in the project's folder; what it printed, borrowed. Fails the test when the
 * program does. */
const char *api_run(const char *const argv[]);
/* SQL as a role of stack.json's dsn (superuser …); the unaligned output, borrowed. Fails
 * the test on an error. */
const char *api_sql(const char *role, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
/* A transaction of the superuser that runs this SQL (a lock) and stays open until let go. */
struct api_hold;
struct api_hold *api_hold(const char *sql);
void api_let_go(struct api_hold *hold);
/* The same, but what it did stays. */
void api_hold_commit(struct api_hold *hold);
/* Business time begins on 30 November 2026, 09:00 UTC, with the first caller of a test program, so
 * that dates may be written down. This moves it for all services, from there; 0 brings it back. */
void api_clock(long long offset_seconds);
/* Moves it to an instant that PostgreSQL reads, e.g. "2027-03-01 12:00Z". */
void api_clock_to(const char *instant);
/* GET of an admin listener's path, e.g. ("profiles", "/metrics"). Not recorded. */
struct api_reply *api_admin(const char *service, const char *path);
/* Takes a process of the stack (a service, postgres, gateway) down, and up again until it works. */
void api_stop(const char *process);
void api_start(const char *process);
/* The same with settings beside its own, "NAME=VALUE", until it is started again; NULL ends them. */
void api_start_with(const char *process, const char *setting, ...) __attribute__((sentinel));
/* Ask for the one or the other and do not wait. */
void api_ask_stop(const char *process);
void api_ask_start(const char *process);
/* The pid of a process now. */
int api_pid(const char *process);

#endif
