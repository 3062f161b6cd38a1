/*
 * The facts about a person, as passed by the caller, and the bounds of each. All pointers are
 * borrowed for the call.
 *
 * Only facts with consent for matching may be passed: all others are left out (0).
 */
#ifndef ENGINE_FACTS_H
#define ENGINE_FACTS_H

#include "matching/engine/base/status.h"
#include "matching/engine/people/hours.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define ENGINE_ROLE_MENTOR          1u
#define ENGINE_ROLE_MENTEE          2u
#define ENGINE_LEVEL_MAX            32767
#define ENGINE_AGE_BAND_MAX         15
#define ENGINE_SKILL_LEVEL_MAX      5
#define ENGINE_OFFERS_MAX           64
#define ENGINE_WANTS_MAX            32
#define ENGINE_INTERESTS_MAX        64
#define ENGINE_CAPACITY_MAX         255
#define ENGINE_LANGUAGES_MAX        64
#define ENGINE_DECLARATION_KINDS    9
#define ENGINE_DECLARATION_CODE_MAX 15
#define ENGINE_CHANNEL_MAX          15u /* four bits: in person, phone, video, chat */
#define ENGINE_WANT_WEIGHT_MAX      4
#define ENGINE_CHOICES_MAX          64

/* A skill that a person teaches, at level 1..5. */
struct engine_offer {
	uint32_t skill;
	int32_t level;
};

/* A skill that a person needs: 0 <= current < target <= 5. Weight 1..4 (0 counts as 1) marks
 * focus. */
struct engine_want {
	uint32_t skill;
	int32_t current;
	int32_t target;
	int32_t weight;
};

/* One person as passed by the caller; all pointers are borrowed for the call. Zero means "not
 * stated". */
struct engine_person {
	uint32_t roles;      /* ENGINE_ROLE_*; 0 if only part of the reporting line */
	bool active;         /* inactive people stay in the line but are never paired */
	int32_t level;       /* 0..32767, higher = more senior */
	int32_t age_band;    /* 0 unknown, 1 youngest .. 15 */
	uint32_t manager;    /* index, also of a person added later; ENGINE_NONE at the top */
	uint32_t department; /* below the vocabulary's count, or ENGINE_NONE */
	uint32_t country;    /* 1 to the vocabulary's count, 0 = unknown */
	uint64_t languages;  /* bit per language */
	uint64_t hours[ENGINE_HOURS_WORDS]; /* bit h = free in half hour h of the UTC week */
	uint32_t channels;                  /* bit set; 0 = any */
	int32_t declarations[ENGINE_DECLARATION_KINDS]; /* 1..15, 0 = none, or no consent */
	int32_t mentor_capacity;                        /* places as mentor, 1..255 if a mentor */
	int32_t mentee_capacity; /* pairs wanted as mentee, 1..255 if a mentee */
	int32_t shown; /* shortlists already shown with this mentor; count against the cap */
	const struct engine_offer *offers;
	size_t offer_count;
	const struct engine_want *wants;
	size_t want_count;
	const uint32_t *interests;
	size_t interest_count;
};

/* The numbers of skills, interests, departments and countries: ids are 0..count-1, for countries
 * 1..count. */
struct engine_vocabulary {
	uint32_t skills;
	uint32_t interests;
	uint32_t departments;
	uint32_t countries;
};

#endif
