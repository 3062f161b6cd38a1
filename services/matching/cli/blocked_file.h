/*
 * blocked_file.h - blocked pairs, from CSV.
 */
#ifndef UPWARD_MATCH_BLOCKED_FILE_H
#define UPWARD_MATCH_BLOCKED_FILE_H

#include "matching/cli/people.h"

/* Each line is `id,id`; a first line `a,b` is a header, unless these are the ids of two people. */
CHECKED enum reading blocked_read(
	const char *text, size_t len, struct file_faults *faults, struct people *people);

#endif
