/*
 * people_file.h - the people of a run from CSV: id, role, level, manager_id, department, languages,
 * time_zone, hours, offers, wants, interests, capacity; in any order, named by the heading.
 *
 * Reading takes three steps, so that one run finds every fault of every file: people_read and
 * blocked_read report what they can see, people_seal what depends on all files. A population is
 * built even from a faulty file (without the faulty cells), but must not be used then.
 */
#ifndef UPWARD_MATCH_PEOPLE_FILE_H
#define UPWARD_MATCH_PEOPLE_FILE_H

#include "matching/cli/people.h"

/* Borrows the text during the call. The file is valid if faults->total is 0. */
CHECKED enum reading people_read(const char *text, size_t len, struct people_when when,
	struct file_faults *faults, struct people *people);
/* Seals the population; faults are those of the people file. */
CHECKED enum reading people_seal(struct people *people, struct file_faults *faults);
#endif
