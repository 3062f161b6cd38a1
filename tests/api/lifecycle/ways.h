/* ways.h - matching's nouns, with the ways into their states. */
#ifndef UPWARD_TESTS_LIFECYCLE_WAYS_H
#define UPWARD_TESTS_LIFECYCLE_WAYS_H

#include "lifecycle.h"

extern const struct noun noun_programme, noun_enrolment, noun_round, noun_shortlist, noun_pair;

#endif
