/*
 * One check under way; shared by the checker's own files only.
 */
#ifndef ENGINE_CHECK_STATE_H
#define ENGINE_CHECK_STATE_H

#include "matching/engine/check/check.h"
#include "matching/engine/check/check_score.h"

struct checking {
	struct auditor auditor;
	const struct engine_population *population;
	const struct engine_policy *policy;
	const struct engine_result *result;
	const struct engine_certificate *certificate;
	const atomic_bool *cancel;
	uint32_t *mentor_at; /* by person: place in the certificate, or ENGINE_NONE */
	uint32_t *taken;     /* by place of a mentor: pairs, pins included */
	uint32_t *pinned;    /* by place of a mentor: pins */
	bool stopped;        /* cancelled */
	struct engine_verdict verdict;
};

/* Notes the refusal; always false. */
bool check_refuse(
	struct checking *checking, enum engine_refusal refusal, uint32_t mentee, uint32_t mentor);

/* Feasibility, slackness and gap. */
bool check_prices(struct checking *checking);

/*
 * check_stable.c: no two people would rather have each other than what they hold, and every
 * mentee's pairs are ranked in its own order. ENGINE_CANCELLED and ENGINE_NO_MEMORY leave no
 * verdict.
 */
enum engine_status check_stability(struct checking *checking);

#endif
