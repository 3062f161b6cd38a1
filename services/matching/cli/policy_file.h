/*
 * policy_file.h - a policy from JSON. Every member is optional; `{}` is the built-in default.
 */
#ifndef UPWARD_MATCH_POLICY_FILE_H
#define UPWARD_MATCH_POLICY_FILE_H

#include <stdio.h>
#include "base/cleanup.h"
#include "matching/engine/engine.h"
#include "matching/cli/faults.h"
#include "matching/cli/people_file.h"

/* Reads the whole document; ret_ parameters hold something valid only when no fault was added. */
CHECKED enum reading policy_read(const char *text, size_t len, struct file_faults *faults,
	struct engine_policy *ret_policy, struct people_when *ret_when);

/* The JSON Schema of such a document. */
void policy_schema_print(FILE *out);

/* ---- shared by policy_file.c and policy_schema.c ---- */

enum policy_kind { POLICY_INTEGER, POLICY_BOOLEAN };

struct policy_member {
	const char *name;
	enum policy_kind kind;
	size_t offset; /* in struct engine_policy: int32_t or bool */
	int32_t least, most;
	const char *says;
};
extern const struct policy_member policy_members[];
extern const size_t policy_member_count;
#define POLICY_LINE_MOST 1000000 /* steps */

/*
 * Where a member's name stands in a valid JSON text, line and character from 1: the member `outer`
 * of the document, or `inner` of it. The document's beginning when there is none.
 */
void policy_place(const char *text, size_t len, const char *outer, const char *inner,
	int64_t *ret_line, size_t *ret_column);

#endif
