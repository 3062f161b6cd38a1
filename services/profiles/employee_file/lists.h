/*
 * lists.h - cells that hold several values, separated by bars, as array literals in COPY text. A
 * bar or a backslash in a value is escaped with a backslash.
 */
#ifndef UPWARD_PROFILES_EMPLOYEE_FILE_LISTS_H
#define UPWARD_PROFILES_EMPLOYEE_FILE_LISTS_H

#include "base/buf.h"

/* Each writes the values of a cell, or returns a sentence that says how they must be written; the
 * caller must then discard the output. Empty interests and skills are ignored; an empty language is
 * wrong. */
CHECKED const char *lists_languages(struct buf *out, const char *cell);
CHECKED const char *lists_interests(struct buf *out, const char *cell);
/* Skills as name[:current[:target[:offered]]], written as current:target:offered:name. A name alone
 * is a skill at level 1. offered is yes or no, true or false, 1 or 0. */
CHECKED const char *lists_skills(struct buf *out, const char *cell);

#endif
