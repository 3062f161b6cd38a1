/*
 * world.h - one small company in the middle of a programme, built through the API, and everybody
 * who might ask for something in it: the two of a pair, their line manager, the coordinator, and
 * people with no part in it. Built once for a test program; ids are borrowed until api_release.
 */
#ifndef UPWARD_TESTS_WORLD_H
#define UPWARD_TESTS_WORLD_H

#include "support/client.h"

/* Who asks. From CALLER_ADMIN to CALLER_GATEWAY: roles without a person. */
enum caller {
	CALLER_NOBODY,      /* no token */
	CALLER_UNKNOWN,     /* a good token of somebody who is no employee */
	CALLER_STRANGER,    /* an employee with no part in anything */
	CALLER_MENTOR,      /* of the pair; owns the enrolment, exclusion, feed and feedback */
	CALLER_MENTEE,      /* of the pair and of the shortlist */
	CALLER_LINE,        /* the mentor's line manager */
	CALLER_COORDINATOR, /* programme admin of the programme */
	CALLER_OTHER,       /* programme admin of another one */
	CALLER_ADMIN,
	CALLER_HRIS,
	CALLER_AUDITOR,
	CALLER_GATEWAY, /* for mail */
	CALLER_DELEGATE, /* of the mentor, on whose behalf everything is asked */
	CALLERS
};

#define WORLD_COORDINATOR "cora.coordinator"
#define WORLD_OTHER       "ozzy.other"
#define WORLD_STRANGER    "sten.stranger"
#define WORLD_LINE        "lena.line"
#define WORLD_MENTEE      "mia.mentee"
#define WORLD_DELEGATE    "dela.delegate"
#define WORLD_WAITING     "mona.mentee" /* has an open shortlist */

struct world {
	const char *programme;      /* matching; coordinated by CALLER_COORDINATOR */
	const char *draft;          /* another of the coordinator's, never opened */
	const char *round;          /* published */
	const char *shortlist;      /* the mentee's, picked from */
	const char *open_list;      /* of WORLD_WAITING */
	const char *pair;           /* active */
	const char *enrolment;      /* the mentor's */
	const char *session;        /* booked, ahead */
	const char *agreement;      /* proposed */
	const char *goal;           /* agreed, in the mentor's words */
	const char *progress;       /* on it, by the mentor */
	const char *assessment;     /* of the programme */
	const char *attempt;        /* at it, by the mentee */
	const char *survey;         /* a pulse of mentors, which the mentor has begun to answer */
	const char *help_request;   /* by the mentor */
	const char *story;          /* of the pair, published */
	const char *certificate;    /* of the mentor, of a pair that is no more */
	const char *certificate_code;
	const char *disclosure;     /* of what the mentor asked for, and over */
	const char *improvement;    /* of the pair, planned, owned by the mentor */
	const char *snapshot;       /* of the programme's reports */
	const char *flag;           /* about the pair, dealt with */
	const char *notification;   /* the mentor's */
	const char *delivery;       /* a dead mail to the mentor */
	const char *unsubscription; /* the code of the mentor's link in a mail */
	const char *feed, *feed_path;
	const char *feedback;            /* the mentor's */
	const char *exclusion;           /* the mentor's, of somebody without a part */
	const char *programme_exclusion; /* of the same person */
	const char *enrolment_batch;     /* of the programme */
	const char *sponsor;             /* the mentor */
	const char *wish;                /* the mentee's, of the mentor */
	const char *review;              /* of the pair, by the mentor */
	const char *invitation, *form, *cohort, *repair, *resource; /* of the programme */
	const char *message; /* to those of it who have not signed */
	const char *skill, *token_revocation, *import, *coordinator;
	const char *delegate, *exception, *busy_calendar, *chat, *touchpoint; /* of the mentor */
	const char *takeaway;                                          /* the mentor's, shared */
	const char *gathering, *registration; /* an information session; the mentor's place */
	const char *outcome;                  /* of it, by the mentor */
	const char *circle;                   /* of the mentors of another programme */
	const char *import_mapping;
	const char *consent;                       /* by the mentor */
	const char *listing, *reply;               /* the mentor's; to it, by WORLD_WAITING */
	const char *training_record, *skill_check; /* the mentor's */
	const char *mentor, *mentee;               /* persons */
	const char *person_batch;                  /* of S-99, whom nobody else needs */
	const char *mentor_user;
	const char *excluded_user;
};

extern const char world_people[]; /* the company as an HR file */

/* Builds the world; fails the test where a step is refused. */
void world_build(struct world *ret_world);
/* A part of it: what the reports are read from, and what the programme costs. */
void world_reports(struct world *world);
void world_disclosure(struct world *world);
void world_recognition(struct world *world);
/* A dead mail, and the link in another. */
void world_mail(struct world *w);
/* The part of it that plans gatherings. */
void world_gatherings(struct world *w);
struct api *world_caller(const struct world *world, enum caller caller);
const char *world_caller_name(enum caller caller);
/* The caller's roles as a token names them; NULL for nobody. */
const char *world_role(enum caller caller);

/* The id of a person of the company. */
const char *world_person(const char *user_name);
/* Somebody by user name, as a participant. */
struct api *world_as(const char *user_name);
/* A programme in recruiting. */
const char *world_programme(const char *admin, const char *title);
/* The enrolment's id. */
const char *world_enrol(const char *user_name, const char *programme, const char *role);
/* Runs a round and publishes it; its id. */
const char *world_round(const char *admin, const char *programme);
/* The mentee's open shortlist. */
struct api_reply *world_open_list(const char *mentee, const char *programme);

#endif
