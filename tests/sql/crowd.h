/*
 * crowd.h - eight people and four pairs in different states, for tests that set two transactions
 * against each other; and the way back to that beginning.
 *
 * 1 leads all; 2 and 3 report to 1; 4 to 2; 5 to 4; 6 to 3; 7 and 8 to 6.
 */
#ifndef UPWARD_TESTS_SQL_CROWD_H
#define UPWARD_TESTS_SQL_CROWD_H

#include "sql/population.h"

/* Pairs by number: 1 = 7 for 2, proposed; 2 = 8 for 4 and 4 = 8 for 2, active; 3 = 5 for 6,
 * suspended. */
#define PAIR_ID "'30000000-0000-4000-8000-00000000000%d'"
#define PAIR_1  "'30000000-0000-4000-8000-000000000001'"
#define PAIR_2  "'30000000-0000-4000-8000-000000000002'"
#define PAIR_3  "'30000000-0000-4000-8000-000000000003'"
#define PAIR_4  "'30000000-0000-4000-8000-000000000004'"
#define P(n)    "'10000000-0000-4000-8000-00000000000" #n "'"

/* Fills an empty, migrated database by real statements, and by more of them unless NULL, and keeps
 * a copy. Returns the statements (owned) that bring the beginning back, with triggers and foreign
 * keys at rest. */
CHECKED char *crowd_make(PGconn *pg, const char *more);

#endif
