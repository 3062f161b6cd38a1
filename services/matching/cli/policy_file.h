/*
 * policy_file.h - a policy from JSON. Every member is optional; `{}` is the built-in default.
 */
#ifndef UPWARD_MATCH_POLICY_FILE_H
#define UPWARD_MATCH_POLICY_FILE_H

#include "base/cleanup.h"
#include "matching/engine/engine.h"
#include "matching/cli/faults.h"
#include "matching/cli/people.h"

/* Reads the whole document; the ret_ parameters are valid only if no fault was added. */
CHECKED enum reading policy_read(const char *text, size_t len, struct file_faults *faults,
	struct engine_policy *ret_policy, struct people_when *ret_when);

#endif
