/*
 * The matching engine: who teaches whom, provably optimal over all possible pairs.
 *
 * Data in, data out: no SQL, no HTTP, no globals, no clock, no environment. Callers include only this
 * header. The parts (each uses only parts above it in this list) and their interface for callers, in
 * order of use:
 *
 *	base/	  policy.h	hard rules and weights of a programme	engine_policy_*
 *		  options.h	threads, kernel, cancelling, progress
 *		  result.h	pairs, outcomes, certificate		engine_result_release
 *	people/	  population.h	people in, every error reported		engine_population_*
 *		  hours.h	weekly windows as bits			engine_hours_*
 *	score/	  pair.h	the score of one pair			engine_pair_score
 *		  scorer.h	one row of scores, kernels by width	engine_scorer_*
 *	exact/	  solve.h	shortlists, pairs, repair		engine_shortlist, engine_pairs
 *		  estimate.h	memory that a run will need		engine_estimate
 *		  cap.h		lists that may show one mentor		engine_exposure_cap
 *		  live.h	exact again after one change		engine_live_*
 *		  compare.h	two policies on the same people		engine_compare
 *	lists/	  lists.h	shortlists chosen as sets		engine_lists
 *	stable/	  stable.h	mentee-optimal stable matching		engine_stable
 *	explain/  explain.h	"why": the parts of a score		engine_explain
 *		  list_why.h	why this list: wants and teachers	engine_list_why
 *		  teachers.h	who teaches what, for these two		engine_teachers_*
 *		  why_not.h	"why not": rules and a way out		engine_why_not
 *		  fairness.h	exposure, ranks, coverage		engine_fairness_*
 *	check/	  check.h	an independent check of a result,	engine_check
 *				from base/ and people/ alone
 *
 * The interface of a part for the parts below it is <part>/<part>.h; its other headers are private.
 *
 * Everything is an integer. The same people, policy and seed give the same pairs for any number of
 * threads and any SIMD width. Wherever a function returns an enum engine_status, its ret_ parameters
 * are untouched unless it says otherwise, and nothing has leaked.
 *
 * A person is identified by the index that engine_population_add returned. Ties are broken by it, so a
 * caller that adds people in order of their ids gets the same pairs every time.
 */
#ifndef ENGINE_ENGINE_H
#define ENGINE_ENGINE_H

#include "matching/engine/base/options.h"
#include "matching/engine/base/policy.h"
#include "matching/engine/base/result.h"
#include "matching/engine/base/status.h"
#include "matching/engine/check/check.h"
#include "matching/engine/exact/cap.h"
#include "matching/engine/exact/compare.h"
#include "matching/engine/exact/estimate.h"
#include "matching/engine/exact/live.h"
#include "matching/engine/exact/solve.h"
#include "matching/engine/explain/explain.h"
#include "matching/engine/explain/fairness.h"
#include "matching/engine/explain/list_why.h"
#include "matching/engine/explain/teachers.h"
#include "matching/engine/explain/why_not.h"
#include "matching/engine/lists/lists.h"
#include "matching/engine/people/hours.h"
#include "matching/engine/people/population.h"
#include "matching/engine/score/pair.h"
#include "matching/engine/score/scorer.h"
#include "matching/engine/stable/stable.h"

#endif
