/*
 * people_file.h - the people of a run from CSV: id, role, level, manager_id, department, languages,
 * time_zone, hours, offers, wants, interests, capacity; in any order, named by the heading.
 *
 * Reading goes in three steps, so that every fault of every file is found in one run: people_read
 * and blocked_read note what they can see, people_seal what only the whole shows. A population is
 * made even from a faulty file (faulty cells are left out); whoever has faults must not use it.
 */
#ifndef UPWARD_MATCH_PEOPLE_FILE_H
#define UPWARD_MATCH_PEOPLE_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "base/cleanup.h"
#include "matching/engine/engine.h"
#include "matching/cli/faults.h"
#include "matching/cli/words.h"

/* When local hours are compared. */
struct people_when {
	bool dated;
	int64_t seconds; /* Unix, if dated; otherwise each zone's standard time holds */
};

/* A person's index is the number of the id. Start with {0}. */
struct people {
	struct engine_population *population;
	struct words ids, departments, languages, skills, interests;
	int64_t *lines; /* by person, where the record begins */
	uint8_t *roles; /* by person, ENGINE_ROLE_* */
	size_t room;
	size_t mentees, mentors;
	size_t choices; /* stated and handed over */
};

enum reading { READING_DONE, READING_NO_MEMORY };

/* Borrows the text for the call. Whether the file is good is what faults->total says. */
CHECKED enum reading people_read(const char *text, size_t len, struct people_when when,
	struct file_faults *faults, struct people *people);
/* Pairs that may never be, `id,id`; a first line `a,b` is a heading, unless two people are so
 * called. */
CHECKED enum reading blocked_read(
	const char *text, size_t len, struct file_faults *faults, struct people *people);
/* Seals the population; faults are those of the people file. */
CHECKED enum reading people_seal(struct people *people, struct file_faults *faults);
void people_release(struct people *people);

/* Notes that the text is not UTF-8 or has a NUL, by line; then it must not be read. */
CHECKED bool people_text_fits(const char *text, size_t len, struct file_faults *faults);

#endif
