/*
 * population.h - people in a random reporting tree, three programmes with different policies in which
 * all of them are enrolled on both sides, and the oracle: one SQL statement, written from the
 * rules alone and sharing nothing with the triggers, that counts what breaks them in one snapshot.
 *
 * Person n, its enrolments and so on are named by number; the macros make the ids.
 */
#ifndef UPWARD_TESTS_SQL_POPULATION_H
#define UPWARD_TESTS_SQL_POPULATION_H

#include "sql/support.h"

#define POPULATION_PERSON     "('10000000-0000-4000-8000-' || lpad((%d)::text, 12, '0'))::uuid"
#define POPULATION_PROGRAMME  "('20000000-0000-4000-8000-' || lpad((%d)::text, 12, '0'))::uuid"
#define POPULATION_PROGRAMMES 3 /* 1: any distance; 2: two steps, gap 2; 3: skills only */

/* Fills an empty, migrated database. pg is the superuser's. Person n's manager is one of 1 … n-1.
 */
void population_make(PGconn *pg, int people, double seed);

/* Active programmes for the rows (number, level gap, line distance) of a query. */
void population_programmes(PGconn *pg, const char *rows);

/* The enrolment of a person in a programme, as an SQL expression; owned. */
CHECKED char *population_enrolment(int programme, int person, const char *role);

/* INSERT of a proposed pair in a programme; owned. */
CHECKED char *population_pick(int programme, int mentor, int mentee);

struct verdict {
	int64_t violations;
	char words[160];    /* which rules */
	char snapshot[160]; /* which snapshot it was */
};
void population_judge(PGconn *pg, struct verdict *ret_verdict);

#endif
