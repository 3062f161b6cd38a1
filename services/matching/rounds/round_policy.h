/*
 * round_policy.h - converts the policy that a round names into the engine's policy, plus what else
 * the round needs. Everything is read from the row of that version; a missing or unknown member is an
 * error, so that no current default changes the meaning of an older version.
 */
#ifndef UPWARD_MATCHING_ROUND_POLICY_H
#define UPWARD_MATCHING_ROUND_POLICY_H

#include "db/database.h"
#include "matching/engine/engine.h"

#define ROUND_LEASE      3 /* column of round_claim that the job reads */
#define ROUND_FOCUS_MOST 20

/* What makes two people different (engine: declared kinds). */
enum { ROUND_COUNTRY, ROUND_LOCATION, ROUND_TENURE };

struct round_policy {
	struct engine_policy engine;
	int64_t seed;
	int32_t focus_weight; /* of a want whose skill is in focus; others weigh 1 */
	size_t focus_count;
	char focus[ROUND_FOCUS_MOST][37]; /* skill ids */
	const char *starts_on;            /* borrowed from the row, like rules */
	const char *rules;                /* the document itself, for the fingerprint */
};

/* Reads the row of round_claim. false if the policy is invalid. */
CHECKED bool round_policy_read(const struct db_rows *claimed, struct round_policy *ret_policy);

/* The name of a criterion in a policy's weights and in the parts of a score; NULL: not used. */
const char *round_criterion_word(enum engine_criterion criterion);

#endif
