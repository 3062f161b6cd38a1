/*
 * suggestion.h - proposes a mapping for a file whose headers are not ours: columns by the names of
 * their headers, and the date format by the look of the dates. A person decides.
 */
#ifndef UPWARD_PROFILES_EMPLOYEE_FILE_SUGGESTION_H
#define UPWARD_PROFILES_EMPLOYEE_FILE_SUGGESTION_H

#include "base/buf.h"

/* Writes the rules of a mapping as JSON, or nothing if every header is ours or none resembles ours.
 * text: the whole file. false: out of memory. */
CHECKED bool suggestion_write(const char *text, size_t length, struct buf *out);

#endif
