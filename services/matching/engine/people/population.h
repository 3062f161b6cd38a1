/*
 * The people of one run: who they are, what they offer and want, when they are free, and who
 * reports to whom. People are added, exclusions and pins noted, then the population is sealed:
 * sealing checks everything, names every fault, and works out the reporting forest (without
 * recursion, so a chain of any depth will do).
 *
 * Only consented facts may enter: a declaration without consent for matching is simply absent (0).
 */
#ifndef ENGINE_POPULATION_H
#define ENGINE_POPULATION_H

#include "matching/engine/base/status.h"

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
#define ENGINE_DECLARATION_KINDS    4
#define ENGINE_DECLARATION_CODE_MAX 15
#define ENGINE_CHANNEL_MAX          15u /* four bits: in person, phone, video, chat */
#define ENGINE_HALF_HOURS           336 /* of a week, from Monday 00:00 UTC */
#define ENGINE_HOURS_WORDS          6
#define ENGINE_WANT_WEIGHT_MAX      4
#define ENGINE_CHOICES_MAX          64

/* A skill somebody teaches, at level 1..5. */
struct engine_offer {
	uint32_t skill;
	int32_t level;
};

/* A skill somebody needs: 0 <= current < target <= 5. Weight 1..4 (0 is taken as 1) marks focus. */
struct engine_want {
	uint32_t skill;
	int32_t current;
	int32_t target;
	int32_t weight;
};

/* One person as handed in; all pointers are borrowed for the call. Zero means "nothing stated". */
struct engine_person {
	uint32_t roles;   /* ENGINE_ROLE_*, 0 for somebody who is only part of the reporting line */
	bool active;      /* inactive people keep their place in the line and are never paired */
	int32_t level;    /* 0..32767, higher = more senior */
	int32_t age_band; /* 0 unknown, 1 youngest .. 15 */
	uint32_t manager; /* index, may name somebody added later; ENGINE_NONE at the top */
	uint32_t department;                /* below the vocabulary's count, or ENGINE_NONE */
	uint64_t languages;                 /* bit per language */
	uint64_t hours[ENGINE_HOURS_WORDS]; /* bit h = free in half hour h of the UTC week */
	uint32_t channels;                  /* bit set; 0 = any */
	int32_t declarations[ENGINE_DECLARATION_KINDS]; /* 1..15, 0 = not declared or not consented
							 */
	int32_t mentor_capacity;                        /* places as mentor, 1..255 if a mentor */
	int32_t mentee_capacity; /* pairs wanted as mentee, 1..255 if a mentee */
	int32_t shown; /* shortlists that already show this mentor; counts against the cap */
	const struct engine_offer *offers;
	size_t offer_count;
	const struct engine_want *wants;
	size_t want_count;
	const uint32_t *interests;
	size_t interest_count;
};

/* How many skills, interests and departments exist: ids are 0..count-1. */
struct engine_vocabulary {
	uint32_t skills;
	uint32_t interests;
	uint32_t departments;
};

struct engine_population;

/* Returns owned, or null without memory. */
struct engine_population *engine_population_new(struct engine_vocabulary vocabulary);
void engine_population_free(struct engine_population *population);

/* Copies a person in; the index is the count of people before. Values are checked by sealing. */
enum engine_status engine_population_add(struct engine_population *population,
	const struct engine_person *person, uint32_t *ret_person);

/*
 * The two are never paired: exclusion, earlier partner, decline. Order and repetition do not
 * matter.
 */
enum engine_status engine_population_block(
	struct engine_population *population, uint32_t one, uint32_t other);

/*
 * This pair is decided already: it takes its places (or its shortlist place and exposure) and the
 * engine fills the rest. A pin must keep every hard rule of the policy it is solved under.
 */
enum engine_status engine_population_pin(
	struct engine_population *population, uint32_t mentee, uint32_t mentor);

/*
 * Whom this person would rather have than anybody else, most wanted first: mentors if as_mentee,
 * else mentees. Borrowed for the call; may name people added later. Only stable matchings
 * (stable.h) look at it. A choice that a hard rule refuses is no fault: see engine_choices_refused.
 *
 * Faults, with the place in the list from 0 as entry: ENGINE_FIELD_CHOICES with UNKNOWN_PERSON,
 * SELF, DUPLICATE; with ENGINE_NONE as entry ROLE_MISSING (the person is not on that side),
 * TOO_MANY (more than ENGINE_CHOICES_MAX; none is kept), DUPLICATE (a second list of the same
 * person for the same side). ENGINE_OK or ENGINE_NO_MEMORY; then nothing was added.
 */
enum engine_status engine_population_prefer(struct engine_population *population, uint32_t person,
	bool as_mentee, const uint32_t *choices, size_t count);

/* The place of the choice in that list, from 1; 0 if it is not stated. Sealed only. */
uint32_t engine_population_choice(const struct engine_population *population, uint32_t person,
	bool as_mentee, uint32_t choice);

/*
 * Checks everything and works out the line. ENGINE_INVALID if faults were found (all are listed,
 * the population stays unsealed and may only be freed). After sealing it is read-only and may be
 * shared by threads; engine_live alone changes people.
 */
enum engine_status engine_population_seal(
	struct engine_population *population, struct engine_faults *faults);

size_t engine_population_size(const struct engine_population *population);

/*
 * Marks the local weekly window as free. Day 0 is Monday; minutes of the local day, from < to, to
 * may pass 1440 into the next day; the offset is local minus UTC in minutes (-840..840). The week
 * wraps around. Only half hours that lie wholly inside are marked (offsets of 15 or 45 minutes lose
 * the rims). False, and nothing marked, if a number is out of range.
 */
bool engine_hours_add(
	uint64_t hours[ENGINE_HOURS_WORDS], int day, int from, int to, int utc_offset);

/* Spreads an hourly mask (bit h = hour h of the UTC week, three words) over half hours. */
void engine_hours_from_hourly(const uint64_t hourly[3], uint64_t ret_hours[ENGINE_HOURS_WORDS]);

#endif
