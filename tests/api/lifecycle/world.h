/*
 * world.h - a company for the test of life cycles: fourteen leaders who may be taught by each of
 * fourteen juniors, and small programmes of one leader and a few juniors. A leader and a junior
 * meet once: each programme takes the next two.
 */
#ifndef UPWARD_TESTS_LIFECYCLE_WORLD_H
#define UPWARD_TESTS_LIFECYCLE_WORLD_H

#include "lifecycle.h"

#define WORLD_COORDINATOR "hr.lead"
#define WORLD_OTHER       "other.admin"
#define WORLD_MEMBER      "member"
#define WORLD_STRANGER    "stranger"

/* Imports the company; the same with what its people want to learn and teach. Group set-ups. */
int world_company(void **state);
int world_build(void **state);
/* A programme in recruiting; a member of it who is nobody's mentor. */
void world_programme(struct object *ret_object);
/* The same with a leader and this many juniors enrolled. */
void world_people(struct object *ret_object, int juniors);
/* The same with a round that is ready; published. */
void world_ready(struct object *ret_object, int juniors);
void world_round(struct object *ret_object, int juniors);
/* The same with a pair that is proposed; active; shortlist_id and mentor are set. */
void world_pick(struct object *ret_object);
void world_pair(struct object *ret_object);
/* A pair like these of a programme with many more, which is much faster. */
void world_crowd_pick(struct object *ret_object);
void world_crowd_pair(struct object *ret_object);
/* Moves the clock by days until a row of the table has this status, and back. */
void world_later(int days, const char *table, const char *id, const char *status);
/* HR says that a junior works here, or does not. */
void world_works(const char *junior, bool active);
/* The mentor writes that they will not be paired with the mentee, and takes it back. */
void world_exclusion(const struct object *object);
/* A step of an object by somebody, who must succeed. path by printf with the id. */
struct api_reply *world_step(struct api *who, const char *path, const char *id, const char *body);
/* Waits until a row of the table has this status. */
void world_wait(const char *table, const char *id, const char *status);
/* Moves the clock to an instant, for good; NULL: back. */
void world_clock_to(const char *instant);
struct api *world_coordinator(void);
struct api *world_mentor(const struct object *object);
struct api *world_mentee(const struct object *object);

#endif
