/*
 * people.h - the people of a run and the names used in their files.
 */
#ifndef UPWARD_MATCH_PEOPLE_H
#define UPWARD_MATCH_PEOPLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "base/cleanup.h"
#include "matching/engine/engine.h"
#include "matching/cli/faults.h"
#include "matching/cli/words.h"

/* The time at which local hours are compared. */
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
	size_t choices; /* stated and passed to the population */
};

void people_release(struct people *people);

/* How reading a file ended; problems with its contents are in its faults. */
enum reading { READING_DONE, READING_NO_MEMORY };

/* Reports text that is not UTF-8 or contains a NUL, by line; such text must not be read. */
CHECKED bool people_text_fits(const char *text, size_t len, struct file_faults *faults);

#endif
