/*
 * round_policy.h - converts the policy of a round into the engine's policy and whatever else the round
 * needs. Everything is read from the row of that version; a missing or unknown member is an error, so
 * that no current default changes the meaning of an older version. Versions from before lists were
 * chosen as sets have no repeat_share: every teacher of a want counts in full, as then. Hard rules that
 * were added later are optional: a version that does not name them does not have them.
 */
#ifndef UPWARD_MATCHING_ROUND_POLICY_H
#define UPWARD_MATCHING_ROUND_POLICY_H

#include "db/database.h"
#include "matching/engine/engine.h"

#define ROUND_LEASE      3 /* column of round_claim, read by the job */
#define ROUND_FOCUS_MOST     20
#define ROUND_LANGUAGES_MOST 20

/* The kinds in which two people can differ (the engine's declared kinds): three facts from the HR
 * system, then what people have declared and allowed matching to use. */
enum {
	ROUND_COUNTRY,
	ROUND_LOCATION,
	ROUND_TENURE,
	ROUND_GENDER,
	ROUND_ETHNICITY,
	ROUND_DISABILITY,
	ROUND_RELIGION,
	ROUND_ORIENTATION,
	ROUND_AGE_BAND,
	ROUND_KINDS
};
_Static_assert(ROUND_KINDS <= ENGINE_DECLARATION_KINDS, "the engine counts them");
#define ROUND_HR_KINDS ((1u << ROUND_GENDER) - 1)

struct round_policy {
	struct engine_policy engine;
	/* The same without what people have declared. Everything that is shown or stored of a score
	 * is computed with it, so that a declaration affects only the choice of mentors. */
	struct engine_policy shown;
	int64_t seed;
	int32_t focus_weight; /* of a want whose skill is in focus; other wants weigh 1 */
	size_t focus_count;
	char focus[ROUND_FOCUS_MOST][37]; /* skill ids */
	size_t language_count;            /* 0: any language may be shared */
	char languages[ROUND_LANGUAGES_MOST][36];
	const char *starts_on;            /* borrowed from the row, like rules */
	const char *rules;                /* the document itself, for the fingerprint */
};

/* Reads the row of round_claim. false if the policy is invalid. */
CHECKED bool round_policy_read(const struct db_rows *claimed, struct round_policy *ret_policy);

/* The kind of difference of this name; ROUND_KINDS if there is none. */
size_t round_kind_of(const char *name);

/* The name of a criterion in a policy's weights and in the parts of a score; NULL: not used. */
const char *round_criterion_word(enum engine_criterion criterion);

#endif
