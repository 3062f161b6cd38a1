/*
 * story.h - steps that several journeys share, each through the API with the right person's token.
 */
#ifndef UPWARD_TESTS_STORY_H
#define UPWARD_TESTS_STORY_H

#include "support/client.h"

#define ORACLE_FILE "../shared/data/oracle_hr_employees.csv"

/* The file's path where it is present, else the test is skipped, saying so. */
const char *story_oracle_file(void);

/* The id of the person with this user name. */
const char *story_person_id(const char *user_name);
/* A skill of the taxonomy by name, made when it is new. */
const char *story_skill(const char *name);
/* The person knows, and offers to teach, each of the skills at level 4. NULL ends the list. */
void story_teaches(const char *user_name, const char *skill, ...) __attribute__((sentinel));
/* The person wants to learn each of the skills: 1 now, 4 wanted. NULL ends the list. */
void story_wants(const char *user_name, const char *skill, ...) __attribute__((sentinel));
/* A programme in recruiting, made by this programme admin. */
const char *story_programme(const char *admin, const char *title);
/* Enrols; the enrolment's id. */
const char *story_enrol(
	const char *user_name, const char *programme_id, const char *role, int capacity);
/* Runs a round to `ready`; the round's id. */
const char *story_ready(const char *admin, const char *programme_id);
/* The same, and publishes it to the last shortlist. */
const char *story_round(const char *admin, const char *programme_id);
/* The mentee's open shortlist in the programme, as the mentee reads it. */
struct api_reply *story_shortlist(const char *mentee, const char *programme_id);
/* The mentee picks the first card, that mentor accepts; the pair's id. *ret_mentor: user name. */
const char *story_pair(const char *mentee, const char *programme_id, const char **ret_mentor);
/* An agreement of the pair from that day on (weekly for three months, 45 minutes, video,
 * Europe/Berlin), proposed by the one and signed by both; its id. */
const char *story_agreement(
	const char *pair_id, const char *one, const char *other, const char *starts_on);
/* Waits until every consumer has passed all events, the ones it wrote itself included. */
void story_settle(void);
/* The user name of a person. */
const char *story_user_name(const char *person_id);

#endif
