/*
 * people.h - what the tests of programmes share: the company, its programme manager hr.lead, and how they
 * and the others see themselves in a programme.
 */
#ifndef UPWARD_TESTS_MATCHING_PEOPLE_H
#define UPWARD_TESTS_MATCHING_PEOPLE_H

#include <stdbool.h>

#include "support/client.h"

/* Group set-ups: the company; the same, where people may be in any number of pairs. */
int people_set_up(void **state);
int people_without_limits(void **state);
/* A test's set-up: the same few people meet for the first time. */
int people_begin_anew(void **state);

struct api *admin(void);
/* Another programme manager, who coordinates nothing. */
struct api *other(void);
struct api *as(const char *user_name);

/* The enrolment of a person in a programme: its id; as they read it. */
const char *enrolment_of(const char *user_name, const char *programme);
struct api_reply *enrolment(const char *user_name, const char *programme);
/* A coordinator pairs two people; more members of the request, after a comma. */
struct api_reply *pair_by_hand(
	const char *programme, const char *mentee, const char *mentor, const char *more);
/* The present version of a programme's policy; a new one with these members, without the braces. */
long long policy_number(const char *programme);
struct api_reply *policy_write(const char *programme, const char *members);
/* Waits until the round is ready; as it then reads. */
struct api_reply *ready_round(const char *id);
/* Whether a task of this kind stands on somebody's page. */
bool has_task(struct api *who, const char *kind);
/* Waits until somebody has been told so. */
void is_told(const char *user_name, const char *kind);

#endif
