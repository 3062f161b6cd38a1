/* ways.h - the nouns that are tried, with the ways into their states. */
#ifndef UPWARD_TESTS_LIFECYCLE_WAYS_H
#define UPWARD_TESTS_LIFECYCLE_WAYS_H

#include "lifecycle.h"

extern const struct noun noun_programme, noun_enrolment, noun_round, noun_shortlist, noun_pair;
extern const struct noun noun_agreement, noun_session, noun_touchpoint, noun_gathering;
extern const struct noun noun_goal, noun_attempt, noun_help_request, noun_improvement, noun_disclosure;
extern const struct noun noun_story, noun_certificate;
extern const struct noun noun_import;

#endif
