/*
 * The population as the engine keeps it: packed people, one pool for their lists, the reporting
 * forest by pre-order numbers. Internal to the engine; the checker reads it too, since it is the
 * input.
 */
#ifndef ENGINE_PACKED_H
#define ENGINE_PACKED_H

#include "matching/engine/people/facts.h"
#include "matching/engine/people/links.h"

#define ENGINE_SKILLS_MAX (1u << 24) /* a want packs its skill into 24 bits */

struct person {
	uint64_t languages;
	uint64_t hours[ENGINE_HOURS_WORDS];
	uint32_t manager;
	uint32_t department;
	uint32_t country;
	uint32_t list; /* first entry in the pool: offers, then wants, then interests, each
			  ascending */
	int16_t level;
	uint8_t roles;
	uint8_t age_band;
	uint8_t channels; /* 1..15 */
	uint8_t mentor_capacity;
	uint8_t mentee_capacity;
	uint8_t shown;
	uint8_t declarations[ENGINE_DECLARATION_KINDS];
	uint8_t offers, wants, interests;
	bool active;
};

/* A person's position in the reporting forest. */
struct standing {
	uint32_t pre;  /* pre-order number */
	uint32_t last; /* one past the last number below, so below = [pre + 1, last) */
	uint32_t depth;
};

/* One entry of a person's list of choices. */
struct choice {
	uint32_t person; /* whose list */
	uint32_t choice;
	uint32_t place; /* in the list, 1 = most wanted */
};

/* All lists of one side; ascending by person, place after sealing. */
struct choices {
	struct choice *list;
	size_t count, room;
};
enum { CHOICES_OF_MENTEES = 0, CHOICES_OF_MENTORS, CHOICES_SIDES };

struct engine_population {
	struct engine_vocabulary vocabulary;
	struct person *people;
	struct standing *standings; /* from sealing on */
	size_t count, room;
	uint32_t *pool;
	size_t pool_count, pool_room;
	struct link *blocked; /* both directions, ascending and unique after sealing */
	size_t blocked_count, blocked_room;
	uint32_t *blocked_first; /* count + 1 entries, from sealing on */
	uint32_t *mentors;       /* who may be one, ascending, from sealing on */
	size_t mentor_count;
	struct link *pins; /* mentee, mentor; ascending after sealing */
	size_t pin_count, pin_room;
	struct choices choices[CHOICES_SIDES];
	struct engine_faults faults; /* of values, noted while adding */
	bool sealed;
};

static inline uint32_t offer_skill(uint32_t offer)
{
	return offer >> 3;
}
static inline uint32_t offer_level(uint32_t offer)
{
	return offer & 7;
}
static inline uint32_t want_skill(uint32_t want)
{
	return want >> 8;
}
static inline uint32_t want_current(uint32_t want)
{
	return want & 7;
}
static inline uint32_t want_target(uint32_t want)
{
	return want >> 3 & 7;
}
static inline uint32_t want_weight(uint32_t want)
{
	return (want >> 6 & 3) + 1;
}

static inline const uint32_t *offers_of(
	const struct engine_population *population, const struct person *person)
{
	return population->pool + person->list;
}
static inline const uint32_t *wants_of(
	const struct engine_population *population, const struct person *person)
{
	return population->pool + person->list + person->offers;
}
static inline const uint32_t *interests_of(
	const struct engine_population *population, const struct person *person)
{
	return population->pool + person->list + person->offers + person->wants;
}

static inline bool is_mentor(const struct person *person)
{
	return person->active && (person->roles & ENGINE_ROLE_MENTOR);
}
static inline bool is_mentee(const struct person *person)
{
	return person->active && (person->roles & ENGINE_ROLE_MENTEE);
}

/* True if the two may never be paired because they are blocked. Only after sealing. */
bool people_blocked(const struct engine_population *population, uint32_t one, uint32_t other);

/* True if the pair is pinned. Only after sealing. */
bool people_pinned(const struct engine_population *population, uint32_t mentee, uint32_t mentor);

/* One person's list, most wanted first. Only after sealing. */
const struct choice *people_choices(
	const struct engine_population *population, int side, uint32_t person, size_t *ret_count);

#endif
