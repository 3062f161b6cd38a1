/*
 * cell.h - reads one cell of an employee file: its value as it is stored, or its error.
 */
#ifndef UPWARD_PROFILES_EMPLOYEE_FILE_CELL_H
#define UPWARD_PROFILES_EMPLOYEE_FILE_CELL_H

#include "base/buf.h"
#include "base/text.h"
#include "profiles/employee_file/mapping.h"

struct cell {
	const char *value; /* NULL: empty. Valid while the cell and its text are */
	const char *code;  /* of its error, or NULL */
	bool unknown;      /* the error is a value that the mapping does not know */
	char message[140];
	struct text text; /* owned */
	char date[11];
};

/* Reads one cell. false: it has an error. text is NULL if the file has no such column. required:
 * the cell must not be empty. */
CHECKED bool cell_read(const struct mapping *mapping, size_t column, const char *text,
	bool required, struct cell *ret_cell);
void cell_release(struct cell *cell);
/* Writes the value as COPY text; NULL is null. false: an error in a list, with its message in the cell
 * and null written. */
CHECKED bool cell_write(struct buf *out, size_t column, struct cell *cell);

/* Writes text escaped for COPY. */
void cell_copy_text(struct buf *out, const char *text);

#endif
