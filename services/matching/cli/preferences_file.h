/*
 * preferences_file.h - whom people would rather have, from CSV: id, choice and, where somebody is
 * on both sides, side; in any order, named by the heading. A line is one choice; the lines of one
 * person for one side stand in the order of preference, with anything between them.
 *
 * Side is mentee or mentor: as what the person of `id` chooses. Empty, or without the column, the
 * person's role says it.
 */
#ifndef UPWARD_MATCH_PREFERENCES_FILE_H
#define UPWARD_MATCH_PREFERENCES_FILE_H

#include "matching/cli/people.h"

/*
 * After people_read and before people_seal: hands the lists to the population. Borrows the text for
 * the call; it must fit (people_text_fits). Faults by line and column; a list with faults is left
 * out or shortened, so whoever has faults must not use the population.
 */
CHECKED enum reading preferences_read(
	const char *text, size_t len, struct file_faults *faults, struct people *people);

#endif
