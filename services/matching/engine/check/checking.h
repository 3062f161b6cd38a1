/*
 * The state of a check.
 */
#ifndef ENGINE_CHECKING_H
#define ENGINE_CHECKING_H

#include "matching/engine/base/base.h"
#include "matching/engine/check/auditor.h"
#include "matching/engine/check/verdict.h"

struct checking {
	struct auditor auditor;
	const struct engine_population *population;
	const struct engine_policy *policy;
	const struct engine_result *result;
	const struct engine_certificate *certificate;
	const atomic_bool *cancel;
	uint32_t *mentor_at; /* by person: index in the certificate, or ENGINE_NONE */
	uint32_t *taken;     /* by place of a mentor: pairs, pins included */
	uint32_t *pinned;    /* by place of a mentor: pins */
	bool stopped;        /* cancelled */
	bool no_memory;
	struct engine_verdict verdict;
};

/* Records the refusal; always returns false. */
static inline bool check_refuse(
	struct checking *checking, enum engine_refusal refusal, uint32_t mentee, uint32_t mentor)
{
	checking->verdict.refusal = refusal;
	checking->verdict.mentee = mentee;
	checking->verdict.mentor = mentor;
	return false;
}

#endif
