/*
 * The matching engine: who teaches whom, provably best, over every possible pair.
 *
 * Pure data in, data out: no SQL, no HTTP, no globals, no clock, no environment. The order of use:
 *
 *	population.h	people in, every fault named		engine_population_*
 *	policy.h	hard rules and weights of a programme	engine_policy_*
 *	solve.h		shortlists, pairs, repair, what-if	engine_shortlist, engine_pairs, ...
 *	live.h		exact again after one change		engine_live_*
 *	stable.h	mentee-optimal stable matching		engine_stable,
 *			from scores and stated choices		engine_choices_refused
 *	explain.h	"why" and "why not"			engine_explain, engine_why_not
 *	score.h		one row of scores, kernels by width	engine_score_*
 *	check.h		an independent check of a result	engine_check
 *	fairness.h	exposure, ranks, coverage		engine_fairness_*
 *
 * Everything is an integer. The same people, policy and seed give the same pairs for any number of
 * threads and any SIMD width. Wherever a function returns an enum engine_status, its ret_
 *parameters are untouched unless it says otherwise, and nothing has leaked.
 *
 * A person is named by the index that engine_population_add returned; ties are broken by it, so a
 * caller who adds people in the order of their ids gets the same pairs every time.
 */
#ifndef ENGINE_ENGINE_H
#define ENGINE_ENGINE_H

#include "matching/engine/check/check.h"
#include "matching/engine/explain/explain.h"
#include "matching/engine/explain/fairness.h"
#include "matching/engine/exact/live.h"
#include "matching/engine/base/policy.h"
#include "matching/engine/people/population.h"
#include "matching/engine/score/score.h"
#include "matching/engine/exact/solve.h"
#include "matching/engine/stable/stable.h"
#include "matching/engine/base/status.h"

#endif
