/*
 * company.h - a company of seventeen for tests: a chief, three directors of departments of their
 * own, and juniors four steps down, who may teach the chief; others who may not.
 *
 *	chief (8) ── sales.lead (6) ── sales.team (4) ── sales.desk (3) ── ann, bob, cleo (1)
 *	          ├─ it.lead (6) ──── it.team (4) ──── it.desk (3) ──── dev, eve, fay (1)
 *	          └─ hr.lead (6) ──── hr.team (4)
 *
 * Everybody speaks English; the juniors teach, the chief and the leads want to learn.
 */
#ifndef UPWARD_TESTS_COMPANY_H
#define UPWARD_TESTS_COMPANY_H

/* Imports the company and records what people teach and want to learn. */
void company_import(void);
/* The same, with a programme in recruiting coordinated by hr.lead, in which the chief and it.lead
 * are mentees and all juniors are mentors with this capacity; returns the programme's id. */
const char *company_programme(const char *title, int capacity);
/* Creates a crowd beside the company, which must have been imported: leaders leader1 … want to
 * learn what juniors junior1 … teach, ten crafts in all. Everybody is enrolled in a programme of
 * hr.lead, juniors with this capacity; returns the programme's id. */
const char *company_enrolled_crowd(const char *title, int leaders, int juniors, int capacity);
/* The same, and publishes a round, so that every leader has a shortlist. */
const char *company_crowd(const char *title, int leaders, int juniors, int capacity);

#endif
