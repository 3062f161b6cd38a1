/*
 * Status codes of the engine's functions, and the list of faults in a rejected input.
 */
#ifndef ENGINE_STATUS_H
#define ENGINE_STATUS_H

#include <stddef.h>
#include <stdint.h>

#define ENGINE_NONE      UINT32_MAX /* no person, no manager, no department */
#define ENGINE_FORBIDDEN (-32768)   /* the score of a pair that a hard rule refuses */
#define ENGINE_SCORE_MAX 32767

enum engine_status {
	ENGINE_OK = 0,
	ENGINE_CANCELLED, /* the flag was raised; the result holds the best so far and its bound */
	ENGINE_NO_MEMORY, /* out of memory, or the estimate exceeds the limit */
	ENGINE_INVALID,   /* the input has faults, which are listed */
	ENGINE_TOO_LARGE, /* more people or places than the arithmetic can hold */
	ENGINE_UNSUPPORTED, /* this processor lacks the requested SIMD width */
};

/* The member of a person or a policy that a fault is about. */
enum engine_field {
	ENGINE_FIELD_NONE = 0,
	/* person */
	ENGINE_FIELD_ROLES,
	ENGINE_FIELD_LEVEL,
	ENGINE_FIELD_AGE_BAND,
	ENGINE_FIELD_MANAGER,
	ENGINE_FIELD_DEPARTMENT,
	ENGINE_FIELD_COUNTRY,
	ENGINE_FIELD_CHANNELS,
	ENGINE_FIELD_DECLARATIONS,
	ENGINE_FIELD_MENTOR_CAPACITY,
	ENGINE_FIELD_MENTEE_CAPACITY,
	ENGINE_FIELD_SHOWN,
	ENGINE_FIELD_OFFERS,
	ENGINE_FIELD_WANTS,
	ENGINE_FIELD_INTERESTS,
	ENGINE_FIELD_BLOCKED,
	ENGINE_FIELD_PINNED,
	ENGINE_FIELD_CHOICES,
	/* policy */
	ENGINE_FIELD_WEIGHTS,
	ENGINE_FIELD_LINE_DISTANCE,
	ENGINE_FIELD_JUNIOR,
	ENGINE_FIELD_LEVEL_GAP,
	ENGINE_FIELD_COMMON_HALF_HOURS,
	ENGINE_FIELD_AMPLE,
	ENGINE_FIELD_SHORTLIST_SIZE,
	ENGINE_FIELD_EXPOSURE_CAP,
	ENGINE_FIELD_TWO_DEPARTMENTS,
	ENGINE_FIELD_REPEAT_SHARE,
	ENGINE_FIELD_COUNT
};

enum engine_fault_code {
	ENGINE_FAULT_NONE = 0,
	ENGINE_FAULT_OUT_OF_RANGE,   /* a number outside what the header allows */
	ENGINE_FAULT_UNKNOWN_PERSON, /* manager, blocked, pinned or chosen person is not in the
					population */
	ENGINE_FAULT_UNKNOWN_ID,     /* skill, interest, department or country beyond the
					vocabulary */
	ENGINE_FAULT_DUPLICATE,      /* the same skill, interest or choice twice in one list, one
					pair pinned twice, choices of one person stated twice */
	ENGINE_FAULT_TOO_MANY,       /* a list is longer than allowed */
	ENGINE_FAULT_NOT_A_NEED,     /* a want whose current level is already at its target */
	ENGINE_FAULT_SELF,           /* own manager, blocked or pinned with oneself, own choice */
	ENGINE_FAULT_CYCLE,          /* the reporting line leads back to this person */
	ENGINE_FAULT_ROLE_MISSING,   /* a pinned mentor is not a mentor, a pinned mentee not a
				        mentee; choices on a side the person is not on */
	ENGINE_FAULT_BLOCKED,        /* the pair is pinned and blocked */
	ENGINE_FAULT_OVER_CAPACITY,  /* more pins than places */
	ENGINE_FAULT_RULE,           /* a pinned pair breaks a hard rule of this policy */
	ENGINE_FAULT_ALL_ZERO,       /* every weight is zero */
	ENGINE_FAULT_SUM,            /* the weights sum to more than ENGINE_WEIGHT_SUM */
	ENGINE_FAULT_CONTRADICTION,  /* two members of the policy exclude each other */
	ENGINE_FAULT_COUNT
};

struct engine_fault {
	uint32_t person; /* index, or ENGINE_NONE for a fault of the policy */
	uint32_t entry;  /* position in the list, or the other person; ENGINE_NONE if neither */
	enum engine_field field;
	enum engine_fault_code code;
};

/* Keeps the first ENGINE_FAULTS_KEPT faults and counts them all. Start with {0}. */
#define ENGINE_FAULTS_KEPT 10000
struct engine_faults {
	struct engine_fault *list; /* owned */
	size_t count;              /* entries of list */
	size_t total;              /* faults found, whether kept or not */
	size_t room;
};

/* Records one fault. If out of memory only the list is shorter; total stays right. */
void engine_faults_add(struct engine_faults *faults, struct engine_fault fault);
void engine_faults_release(struct engine_faults *faults);

/* Short lower-case words for logs, reports and problem codes: "out_of_range", "manager". Never
 * null. */
const char *engine_status_word(enum engine_status status);
const char *engine_fault_word(enum engine_fault_code code);
const char *engine_field_word(enum engine_field field);

#endif
