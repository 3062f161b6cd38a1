/*
 * life.h - the life of one pair, step by step, each made by the right person through the API. The
 * order of the declarations is the order in which they work.
 */
#ifndef UPWARD_TESTS_LIFE_H
#define UPWARD_TESTS_LIFE_H

#include "support/client.h"

/* What the steps have made; the mentee is chief, the coordinator hr.lead. Borrowed. */
struct life {
	const char *programme; /* in recruiting, set by the test */
	const char *round_id;
	const char *pair, *mentor; /* the newest, and its mentor's user name */
	const char *agreement, *assessment;
	const char *goal; /* its path */
};
extern struct life life;

struct api *life_person(const char *user_name);
struct api *life_admin(void);
/* A whole body by a person, and the status that it must have. */
struct api_reply *life_post(const char *user_name, const char *path, const char *body, int status);
/* The chief's attempt at the assessment. */
struct api_reply *life_attempt(const char *phase);

void life_everybody_is_invited(void);
void life_a_round_is_ready(void);
void life_it_is_published(void);
void life_the_chief_picks(void);
void life_the_mentor_declines(void);
void life_the_next_one_never_answers(void);
void life_a_mentor_on_the_list_pauses(void);
void life_the_mentor_accepts(void);
void life_the_mentor_proposes_a_first_meeting(void);
void life_the_mentor_proposes_an_agreement(void);
void life_the_chief_signs(void);
void life_the_mentor_signs(void);
void life_the_admin_asks_where_people_stand(void);
void life_the_mentor_proposes_a_goal(void);
void life_the_chief_begins_to_answer(void);
void life_a_meeting_passes_without_a_word(void);
void life_the_half_nears(void);
void life_the_goals_day_passes(void);
void life_the_mentor_says_it_is_met(void);

#endif
