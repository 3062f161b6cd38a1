/*
 * lifecycle.h - every state of a noun, every operation that takes a step, every caller. What
 * x-lifecycle allows must succeed: the state is as declared, the version raised, the event written.
 * All else must be refused, as it refuses, and change nothing. What is open stands in `can`, and
 * what stands there works.
 *
 * The states, steps and callers come from build/lifecycles.json, the requests from
 * build/openapi.json; a test adds to each state the ways that lead there. A state that no way is
 * known to is a fault, so a new one is covered or noticed; a new step is tried at once, with the
 * body of the contract's example.
 */
#ifndef UPWARD_TESTS_LIFECYCLE_H
#define UPWARD_TESTS_LIFECYCLE_H

#include "support/client.h"

struct CMUnitTest;

/* Who tries: the people of an object, others, roles without a person, nobody. */
enum who {
	MENTOR,
	MENTEE,
	MEMBER,      /* somebody else of the programme */
	COORDINATOR, /* of the programme */
	OTHER_COORDINATOR,
	STRANGER,
	ADMIN,
	HRIS,
	AUDITOR,
	NOBODY,
	CALLERS
};

/* An object in some state, with what is around it. Ids and user names are borrowed. */
struct object {
	const char *id;
	const char *programme_id, *round_id, *shortlist_id, *pair_id;
	const char *agreement_id, *session_id, *goal_id, *assessment_id;
	const char *mentor, *mentee; /* user names */
	const char *mentor_id;       /* whom a pick names */
	const char *mentor_enrolment, *mentee_enrolment;
	const char *admin, *auditor; /* user names; NULL: the roles without a person */
};

/* An operation that takes no step because of something else than the state, and the problem that
 * says so; NULL: it succeeds and changes nothing. whom: to whom (1U << MENTOR …); 0: all. */
struct withheld {
	const char *operation, *problem;
	unsigned whom;
};

/* A way into a state; `lead` makes a new object each time. What is open is tried on ways that
 * withhold no step of their state. */
struct way {
	const char *state, *name;
	void (*lead)(struct object *ret_object);
	const struct withheld *withheld; /* up to one without an operation; NULL: none */
};

struct noun {
	const char *name, *table;
	const char *relations[CALLERS]; /* to the object, parted by spaces; NULL: none */
	const struct way *ways;         /* up to one without a state */
	/* A body for an operation where the contract's example does not do; NULL: it does. */
	const char *(*body)(const char *operation, const struct object *object, enum who who);
	/* Waits until nothing in the background changes the object's row any more; NULL: nothing
	 * does. */
	void (*settle)(const struct object *object);
};

/* The main program of a service: tries its nouns, up to NULL, and finds that no other one of it has
 * a life cycle. more: a further test, NULL: none. */
int lifecycle_main(const char *service, const struct noun *const nouns[],
	int (*set_up)(void **state), const struct CMUnitTest *more);
/* Tries all of a noun: how many things are not so; says each. */
int lifecycle_faults(const struct noun *noun);

/* ---- parts
 * --------------------------------------------------------------------------------------*/

/* x-lifecycle of a noun, as build/lifecycles.json has it; all of them for NULL. */
json_t *lifecycle_of(const char *noun);
/* An operation of the contract, NULL where there is none; its method and its path. */
json_t *lifecycle_operation(const char *id, const char **ret_method, const char **ret_path);
/* Is the word one of those in the text, which may be NULL? */
bool lifecycle_has(const char *words, const char *word);
/* The caller of an object, and how the caller is called. */
struct api *lifecycle_caller(enum who who, const struct object *object);
const char *lifecycle_who(enum who who);
/* Does x-authz of the operation let this caller's roles through? */
bool lifecycle_plays(json_t *operation, enum who who);
/* Sends the operation about the object; reads the object. */
struct api_reply *lifecycle_send(
	const struct noun *noun, const char *operation, const struct object *object, enum who who);
struct api_reply *lifecycle_read(
	const struct noun *noun, const struct object *object, enum who who);
/* The operation's step that a caller may take of an object in this state, and that leads to the
 * other one (NULL: to any); NULL: none. */
json_t *lifecycle_step(const struct noun *noun, const char *operation, const char *state,
	enum who who, const char *to);

#endif
