/*
 * fourteen.h - a company in which fourteen leaders, of three departments, one of them of one, each have a
 * junior as mentor, in an active programme of ada's.
 */
#ifndef UPWARD_TESTS_FOURTEEN_H
#define UPWARD_TESTS_FOURTEEN_H

#define PAIRS 14 /* six leaders of Sales, seven of Law, one of =Odd */

extern const char *fourteen_programme, *fourteen_pairs[PAIRS];

/* User names, from 0. */
const char *fourteen_leader(int i);
const char *fourteen_mentor(int i);
/* Pairs made by hand, as no round would make just these. */
int fourteen_set_up(void **state);

#endif
