/*
 * column.h - the columns of an employee file.
 */
#ifndef UPWARD_PROFILES_EMPLOYEE_FILE_COLUMN_H
#define UPWARD_PROFILES_EMPLOYEE_FILE_COLUMN_H

#include <stdbool.h>
#include <stddef.h>

enum column_kind {
	KIND_TEXT,
	KIND_KEY,
	KIND_EMAIL,
	KIND_COUNTRY,
	KIND_REGION,
	KIND_ZONE,
	KIND_LEVEL,
	KIND_HIRE_DATE, /* may be earlier than the range of all other dates */
	KIND_DATE,
	KIND_ACTIVE, /* a flag that is written as a status */
	KIND_FLAG,
	KIND_LANGUAGES,
	KIND_SKILLS,
	KIND_INTERESTS
};

struct column {
	const char *name;
	enum column_kind kind;
	size_t most; /* characters */
	bool required;
};

/* In the order of import_row_copy. */
#define COLUMN_COUNT 23
extern const struct column columns[COLUMN_COUNT];
/* Positions in that order. */
enum {
	COLUMN_KEY = 0,
	COLUMN_GIVEN = 2,
	COLUMN_FAMILY = 3,
	COLUMN_TITLE = 5,
	COLUMN_COUNTRY = 8,
	COLUMN_LEVEL = 10,
	COLUMN_MANAGER = 11,
	COLUMN_REGION = 22
};

/* The position of the column of that name, -1 if there is none. */
int column_find(const char *name);

/* Characters of a header that are compared. */
#define HEADER_MOST  200
#define HEADER_BYTES (4 * HEADER_MOST + 1)
/* The form in which headers and values are compared: trimmed, NFC, A to Z in lower case. Empty if
 * the cell is blank or not readable. */
void column_fold(const char *cell, char ret_folded[HEADER_BYTES]);

#endif
