/*
 * policy_schema.h - the members of a policy document: how they are read, and their JSON Schema.
 */
#ifndef UPWARD_MATCH_POLICY_SCHEMA_H
#define UPWARD_MATCH_POLICY_SCHEMA_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

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

/* Prints the JSON Schema of a policy document. */
void policy_schema_print(FILE *out);

#endif
