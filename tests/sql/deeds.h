/*
 * deeds.h - what people, coordinators, HR and jobs do to a population (population.h) in a storm: one statement
 * each, chosen and filled in at random, as the services run it or cruder.
 */
#ifndef UPWARD_TESTS_SQL_DEEDS_H
#define UPWARD_TESTS_SQL_DEEDS_H

#include <stdatomic.h>

#include "sql/population.h"

enum deed {
	PICK,
	PICK_LISTED,
	ACCEPT,
	RESUME,
	END,
	MOVE,
	LEVEL,
	LEAVE,
	EXCLUDE,
	INCLUDE,
	MANUAL,
	REQUEST,
	WISH,
	CONFIRM,
	KEEP_APART,
	CAPACITY,
	ARRIVE,
	REJOIN,
	PAUSE,
	WITHDRAW,
	FOUND,
	MATCH,
	AUTO_ROUND,
	REPLACE,
	PUBLISH,
	TAKE_BACK,
	ACTIVATE,
	CLOSE,
	WIND_DOWN,
	DEEDS
};

/* "pick", "accept" … */
extern const char *const deed_words[DEEDS];

/* What the workers of a storm have made so far, each with a number of its own. */
struct deed_counts {
	atomic_int arrivals, programmes, rounds;
};

/* Where one worker takes its deeds from. */
struct deed_source {
	int people;
	uint64_t random; /* not 0 */
	struct deed_counts *counts;
};

/* Prepares the programmes that stay: mentees may ask mentors, rounds start by themselves, and there is a
 * coordinator. */
void deeds_prepare(PGconn *pg);

enum deed deeds_choose(struct deed_source *source);

/* Whether it is done in the role of the service of profiles, rather than of matching. */
bool deeds_of_profiles(enum deed deed);

/* The statement; owned. */
CHECKED char *deeds_statement(struct deed_source *source, enum deed deed);

#endif
