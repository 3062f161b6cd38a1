/*
 * team_plan.h - mixed teams of equal size: seniors and juniors spread evenly, and as many departments
 * in each as there can be. No I/O.
 *
 * Seats are filled in rounds, those of seniors first: in a round every team that has a seat left gets
 * one person, and the engine's exact assignment (engine_pairs) chooses who, so that as many teams as
 * possible get a department that they do not have yet. Nobody is put in a team with their manager
 * unless there is no other way. Then two seniors, or two juniors, exchange their seats as long as that
 * keeps more people apart from their manager, or else mixes more departments. Small groups are searched so far
 * that hardly any other teams would be better.
 */
#ifndef UPWARD_MATCHING_TEAM_PLAN_H
#define UPWARD_MATCHING_TEAM_PLAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "matching/engine/engine.h"

struct team_person {
	uint32_t department; /* ENGINE_NONE: unknown */
	uint32_t manager;    /* index among the people, or ENGINE_NONE */
	bool senior;
};

/* Puts `count` people into teams of about `size` (sizes differ by at most one, and so do the numbers
 * of seniors); seniors must come first. ret_teams: the team of each, from 0. Departments are numbered
 * from 0 to departments - 1. ENGINE_OK or the engine's failure. */
enum engine_status team_plan(const struct team_person *people, size_t count, size_t size,
	uint32_t departments, uint32_t *ret_teams);

/* How many teams there are. */
size_t team_count(size_t people, size_t size);

#endif
