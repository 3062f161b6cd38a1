/*
 * round_policy.h - a programme's rules and purpose as the engine's policy.
 */
#ifndef UPWARD_MATCHING_ROUND_POLICY_H
#define UPWARD_MATCHING_ROUND_POLICY_H

#include "db/database.h"
#include "matching/engine/policy.h"

/* Columns of round_claim that others read too. */
#define ROUND_STARTS_ON 7

/* Reads the row of round_claim. ret_text: the same as text, for the fingerprint. */
CHECKED bool round_policy_read(const struct db_rows *claimed, struct engine_policy *ret_policy,
	char *ret_text, size_t text_size);

#endif
