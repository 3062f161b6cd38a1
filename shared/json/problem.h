/*
 * problem.h - RFC 9457 problem details. The build generates the table from api/problems.yaml; a code
 * that is not in it does not compile (there is no PROBLEM_<CODE>).
 */
#ifndef UPWARD_JSON_PROBLEM_H
#define UPWARD_JSON_PROBLEM_H

#include <stdbool.h>
#include <stddef.h>
#include "base/buf.h"
#include "gen/problem_codes.h" /* enum problem_code { PROBLEM_NOT_FOUND, ... PROBLEM_COUNT } */

struct problem_kind {
	const char *code;  /* "pair_not_active" */
	int status;        /* HTTP status */
	const char *title; /* one sentence, the same for every occurrence */
};

/* What a violated constraint means to the caller (api/problems.yaml, `constraints`). */
struct constraint_problem {
	const char *constraint; /* its name in the schema */
	enum problem_code code;
	const char *pointer; /* JSON pointer into the body, or NULL */
	const char *detail;
};

extern const struct problem_kind problem_kinds[PROBLEM_COUNT];
extern const struct constraint_problem constraint_problems[];
extern const size_t constraint_problem_count;

/* false if there is no such code (refusing with an unknown code is a defect: 500 and an alarm) */
CHECKED bool problem_find(const char *code, enum problem_code *ret_code);
const struct constraint_problem *problem_of_constraint(const char *constraint); /* or NULL */

/* One error in the request. The pointer is a JSON pointer into the body, or a parameter's name. */
struct fault {
	char pointer[160];
	bool parameter; /* pointer names a path, query or header parameter */
	char code[32];  /* required, unknown_member, too_long, format, ... */
	char message[200];
};

#define FAULTS_MOST 32

/* All errors in one request, at most FAULTS_MOST. `more`: further ones were left out; `lost`: there was
 * no memory for one. Initialise with { 0 }; memory is allocated with the first error. */
struct faults {
	struct fault *items; /* owned */
	size_t count;
	bool more, lost;
	bool rewritten; /* a text was normalised (field.h) */
};

static inline bool faults_any(const struct faults *f)
{
	return f->count > 0 || f->more || f->lost;
}
void faults_release(struct faults *f);
void faults_add(struct faults *f, bool parameter, const char *pointer, const char *code,
	const char *message, ...) PRINTF(5, 6);

struct problem {
	enum problem_code code;
	const char *detail;          /* borrowed, or NULL */
	const char *instance;        /* borrowed request path, or NULL */
	const char *request_id;      /* borrowed */
	const char *base_url;        /* PUBLIC_BASE_URL, for `type` */
	const struct faults *faults; /* borrowed, or NULL */
	const char *extra; /* borrowed: further members as JSON text `"a":1,"b":2`, or NULL */
};

void problem_write(struct buf *out, const struct problem *p);

#endif
