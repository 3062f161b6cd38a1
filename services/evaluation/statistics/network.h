/*
 * network.h - how far the people of a network are from one another. No I/O.
 */
#ifndef UPWARD_EVALUATION_STATISTICS_NETWORK_H
#define UPWARD_EVALUATION_STATISTICS_NETWORK_H

#include <stdbool.h>
#include <stddef.h>
#include "base/cleanup.h"

/* A tie between two people, by number. It has no direction; one that is named twice counts once. */
struct tie {
	size_t one, other;
};

struct network {
	size_t components; /* people without a tie are one each */
	size_t linked;     /* people with a tie */
	double connected; /* of all pairs of two people, the share that ties lead between, 0 to 1 */
	double distance; /* mean number of ties on the shortest way between such two; 0: there are none */
};

/* Measures a network of `people`, numbered from 0. Distances are those from at most `sources` people, evenly
 * chosen by number, to everybody: exact if there are no more. Breadth-first searches (Newman 2010, Networks,
 * section 10.3): sources * (people + ties). False if a tie names nobody, or out of memory. */
CHECKED bool network_measure(size_t people, const struct tie *ties, size_t count, size_t sources,
	struct network *ret_network);

#endif
