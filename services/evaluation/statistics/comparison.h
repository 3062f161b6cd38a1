/*
 * comparison.h - selects a comparison group for the participants of a programme from everybody else.
 * No I/O.
 *
 * A participant and the person compared with them have the same level, department and tenure band.
 * Within such a stratum as many people as possible are paired, each once, so that the sum of the
 * differences in length of service is minimal (Rosenbaum 1989, "Optimal matching for observational
 * studies", J. Am. Stat. Assoc. 84:1024; by dynamic programming on a line, which takes as many steps
 * and bits as the product of the two groups). Balance is the standardised difference (Austin 2009,
 * Statistics in Medicine 28:3083): below 0.1 the groups are considered alike. Matching corrects only
 * for the facts that are compared.
 */
#ifndef UPWARD_EVALUATION_STATISTICS_COMPARISON_H
#define UPWARD_EVALUATION_STATISTICS_COMPARISON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "base/cleanup.h"

struct comparison_person {
	int32_t level;
	int32_t department;  /* a number of the caller's, the same for the same department */
	int32_t tenure_days; /* when the observation began */
	bool participant;
};

/* Positions in the array of people. */
struct comparison_pair {
	size_t participant, other;
};

#define COMPARISON_BANDS 5

/* 0 below one year of service, then below 3, 6, 11, and more. */
CHECKED int comparison_band(int32_t tenure_days);
/* ret_pairs has room for one pair a participant. Returns false if out of memory. The same people in the
 * same order give the same pairs. */
CHECKED bool comparison_match(const struct comparison_person *people, size_t count,
	struct comparison_pair *ret_pairs, size_t *ret_count);

struct comparison_balance {
	double level, tenure; /* standardised difference, participants less others */
	double department;    /* largest of any department's share, without sign */
};

/* Participants compared with everybody else. False if out of memory. A difference is 0 if one of
 * the groups is empty, or all people have the same value. */
CHECKED bool comparison_balance_of(const struct comparison_person *people, size_t count,
	struct comparison_balance *ret_balance);

#endif
