/*
 * unknown.h - values of an employee file that its mapping does not know, with how many rows have
 * each: reported once, however many rows there are.
 */
#ifndef UPWARD_PROFILES_EMPLOYEE_FILE_UNKNOWN_H
#define UPWARD_PROFILES_EMPLOYEE_FILE_UNKNOWN_H

#include <jansson.h>
#include "base/buf.h"
#include "profiles/employee_file/column.h"

/* So many different values per column are counted separately; rows with other values only as a
 * total. */
#define UNKNOWN_MOST    100
#define UNKNOWN_MESSAGE 400

/* Initialise with { 0 }. */
struct unknown_values {
	struct {
		json_t *counts; /* owned: rows by value, in file order; NULL: none */
		size_t rows;
	} of[COLUMN_COUNT];
};

/* Counts a row. false: out of memory. */
CHECKED bool unknown_count(struct unknown_values *unknown, size_t column, const char *value);
/* The values of a column as a sentence; false if there are none. */
bool unknown_say(
	const struct unknown_values *unknown, size_t column, char ret_message[UNKNOWN_MESSAGE]);
/* All of them as JSON, [{column, value, rows}]. false: out of memory. */
CHECKED bool unknown_write(const struct unknown_values *unknown, struct buf *out);
void unknown_release(struct unknown_values *unknown);

#endif
