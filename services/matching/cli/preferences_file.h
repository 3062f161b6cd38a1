/*
 * preferences_file.h - people's preferences, from CSV: id, choice and, for people with both roles,
 * side; in any order, named by the header. Each line is one choice; the lines of one person and
 * side are in order of preference, not necessarily adjacent.
 *
 * Side is the role, mentee or mentor, in which the person `id` chooses. If it is empty or missing,
 * it is the person's only role.
 */
#ifndef UPWARD_MATCH_PREFERENCES_FILE_H
#define UPWARD_MATCH_PREFERENCES_FILE_H

#include "matching/cli/people.h"

/*
 * To be called after people_read and before people_seal: passes the lists to the population.
 * Borrows the text during the call; it must be valid (people_text_fits). Faults are reported by
 * line and column; a list with faults is left out or shortened, so the population must not be used
 * if there are any.
 */
CHECKED enum reading preferences_read(
	const char *text, size_t len, struct file_faults *faults, struct people *people);

#endif
