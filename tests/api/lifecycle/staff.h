/*
 * staff.h - a company for the test of life cycles: fourteen leaders who may be taught by each of
 * fourteen juniors, and small programmes of one leader and a few juniors. A leader and a junior
 * meet once: each programme takes the next two.
 */
#ifndef UPWARD_TESTS_LIFECYCLE_STAFF_H
#define UPWARD_TESTS_LIFECYCLE_STAFF_H

#include "lifecycle.h"

#define STAFF_COORDINATOR "hr.lead"
#define STAFF_OTHER       "other.admin"
#define STAFF_MEMBER      "member"
#define STAFF_STRANGER    "stranger"

/* Imports the company; the same with what its people want to learn and teach. Group set-ups. */
int staff_company(void **state);
int staff_build(void **state);
/* A programme in recruiting; a member of it who is nobody's mentor. */
void staff_programme(struct object *ret_object);
/* The same with a leader and this many juniors enrolled. */
void staff_people(struct object *ret_object, int juniors);
/* The same with a round that is ready; published. */
void staff_ready(struct object *ret_object, int juniors);
void staff_round(struct object *ret_object, int juniors);
/* The same with a pair that is proposed; active; shortlist_id and mentor are set. */
void staff_pick(struct object *ret_object);
void staff_pair(struct object *ret_object);
/* A pair like these of a programme with many more, which is much faster. */
void staff_crowd_pick(struct object *ret_object);
void staff_crowd_pair(struct object *ret_object);
/* Moves the clock by days until a row of the table has this status, and back. */
void staff_later(int days, const char *table, const char *id, const char *status);
/* As a large round that is being taken back is between two batches; leased, so that the job leaves it alone. */
void staff_take_back(const char *round_id);
/* HR says that a junior works here, or does not. */
void staff_works(const char *junior, bool active);
/* The mentor writes that they will not be paired with the mentee, and takes it back. */
void staff_exclusion(const struct object *object);
/* A step of an object by somebody, who must succeed. path by printf with the id. */
struct api_reply *staff_step(struct api *who, const char *path, const char *id, const char *body);
/* Waits until a row of the table has this status. */
void staff_wait(const char *table, const char *id, const char *status);
/* Moves the clock to an instant, for good; NULL: back. */
void staff_clock_to(const char *instant);
struct api *staff_coordinator(void);
struct api *staff_mentor(const struct object *object);
struct api *staff_mentee(const struct object *object);

#endif
