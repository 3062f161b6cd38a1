/*
 * lists.h - cells that hold several values, separated by bars, as array literals in COPY text. A bar or a
 * backslash in a value has a backslash before it.
 */
#ifndef UPWARD_PROFILES_EMPLOYEE_FILE_LISTS_H
#define UPWARD_PROFILES_EMPLOYEE_FILE_LISTS_H

#include "base/buf.h"

/* Each writes the cell's values, or returns what is wrong with one of them, as a sentence; then
 * what it has written is to be taken back. Empty values are none. */
CHECKED const char *lists_languages(struct buf *out, const char *cell);
CHECKED const char *lists_interests(struct buf *out, const char *cell);
/* Skills as name[:current[:target[:offered]]], written as current:target:offered:name. A name alone
 * is a skill at level 1. offered is yes or no, true or false, 1 or 0. */
CHECKED const char *lists_skills(struct buf *out, const char *cell);

#endif
