/*
 * company.h - a small company for the tests of people: who is who, and what several of them ask.
 *
 *	Ada Osei (P-1, level 5) - Ben Brook (P-2, 3) - Cem Arslan (P-3, 1), Dora Diaz (P-4, 1)
 *	                        - Eve Arslan (P-5, 3)                      Finn Falk (P-6, left)
 */
#ifndef UPWARD_TESTS_PROFILES_COMPANY_H
#define UPWARD_TESTS_PROFILES_COMPANY_H

#include "support/client.h"

#define PEOPLE_HEADER                                                                              \
	"external_id,user_name,given_name,family_name,email,title,department,location,country,"    \
	"time_zone,level,manager_external_id,hired_on,active\n"

/* A group setup: the company arrives by import. */
int company_arrives(void **state);
/* The person behind a sign-in name: a caller, and the id. */
struct api *as(const char *user_name);
const char *id_of(const char *user_name);
/* Text with whatever files escape, at random and always the same for a seed; it ends with the seed. As
 * it stands in JSON; valid until the next call. */
const char *awkward(unsigned seed);
/* Two refusals are the same but for their request. */
void expect_same_refusal(const struct api_reply *one, const struct api_reply *other);
/* "line column code" of every fault of an import, in order, each followed by a semicolon. */
const char *faults_of(const struct api_reply *import);
/* Where an import stands, and the code of its problem, or NULL. */
void expect_status(const struct api_reply *import, const char *status, const char *problem);
/* A column, or any expression, of the person of an external_id. */
const char *column_of(const char *external_id, const char *column);
/* A list member holds a string. */
bool list_has(const struct api_reply *reply, const char *list, const char *text);

#endif
