/*
 * story.h - steps that several journeys share, each through the API with the right person's token.
 */
#ifndef UPWARD_TESTS_STORY_H
#define UPWARD_TESTS_STORY_H

#include "support/client.h"

#define ORACLE_FILE "../shared/data/oracle_hr_employees.csv"

/* The file's path if it exists; otherwise the test is skipped with a message. */
const char *story_oracle_file(void);

/* The id of the person with this user name. */
const char *story_person_id(const char *user_name);
/* A skill of the taxonomy by name, created if new. */
const char *story_skill(const char *name);
/* The person knows each of the skills and offers to teach it, at level 4. NULL ends the list. */
void story_teaches(const char *user_name, const char *skill, ...) __attribute__((sentinel));
/* The person wants to learn each of the skills: level 1 now, level 4 wanted. NULL ends the list. */
void story_wants(const char *user_name, const char *skill, ...) __attribute__((sentinel));
/* Creates a programme in recruiting as this programme admin. */
const char *story_programme(const char *admin, const char *title);
/* Enrols the person; returns the enrolment's id. */
const char *story_enrol(
	const char *user_name, const char *programme_id, const char *role, int capacity);
/* Rounds of the programme go by this kind of facts: the first so many who take part declare one of the values,
 * in turn, and let matching use it. Returns the user name of one of them. */
const char *story_declare(const char *admin, const char *programme_id, const char *kind,
	const char *values[2], int people);
#define STORY_GENDER "gender", (const char *[]){ "woman", "man" }
/* Takes that back. */
void story_withdraw(const char *user_name);
/* Runs a round until it is `ready`; returns the round's id. */
const char *story_ready(const char *admin, const char *programme_id);
/* The same, and publishes it up to the last shortlist. */
const char *story_round(const char *admin, const char *programme_id);
/* The mentee's open shortlist in the programme, as the mentee reads it. */
struct api_reply *story_shortlist(const char *mentee, const char *programme_id);
/* The mentee picks the first card and that mentor accepts; returns the pair's id. *ret_mentor: the
 * mentor's user name. */
const char *story_pair(const char *mentee, const char *programme_id, const char **ret_mentor);
/* An agreement of the pair from that day on (weekly for three months, 45 minutes, video,
 * Europe/Berlin), proposed by one and signed by both; returns its id. */
const char *story_agreement(
	const char *pair_id, const char *one, const char *other, const char *starts_on);
/* Has a snapshot of the programme's reports taken now, or of the company's (NULL), and waits until it is
 * ready. Unlike a coordinator it may do so more than once a week. Returns the snapshot's id. */
const char *story_snapshot(const char *programme_id);
/* Waits until every consumer has passed all events, including those it wrote itself. */
void story_settle(void);
/* The user name of a person. */
const char *story_user_name(const char *person_id);

#endif
