/*
 * file.h - reads an employee file (CSV) into the two COPY texts of an import: its rows and
 * the errors in single cells. No I/O. Checks that need other rows or the database (duplicates,
 * managers, cycles) are made in the database.
 */
#ifndef UPWARD_PROFILES_EMPLOYEE_FILE_FILE_H
#define UPWARD_PROFILES_EMPLOYEE_FILE_FILE_H

#include "base/buf.h"
#include "profiles/employee_file/mapping.h"

struct import_file {
	struct buf rows;           /* COPY text for import_row */
	struct buf faults;         /* COPY text for import_fault */
	struct buf columns;        /* array literal of our columns that the file has */
	struct buf headers;        /* JSON object: the file's header of each mapped column */
	struct buf unknown_values; /* JSON array: what the mapping does not know, with counts */
	struct buf suggestion; /* JSON object: a mapping for headers that are not ours, or empty */
	int64_t row_count;
	int64_t out_of_scope; /* rows that the mapping leaves out */
	int64_t fault_count;
	int64_t warning_count; /* warnings among the faults */
	bool readable;         /* false: the header has errors, so the rows were not read */
};

#define IMPORT_FILE_BYTES ((size_t)256 << 20)

/* Reads the whole text (valid UTF-8). mapping NULL: the file has our headers. false if out of memory. */
CHECKED bool import_file_read(const char *import_id, const struct mapping *mapping,
	const char *text, size_t length, struct import_file *ret_file);
/* Reads one row that did not come in a file, by the same rules; `line` is its number. names[i] is
 * the column of cells[i], which is modified ("" is an empty cell). false if out of memory, or a
 * name is not a column. */
CHECKED bool import_file_row(const char *import_id, int64_t line, const char *const names[],
	char *const cells[], size_t count, struct import_file *file);
/* The name of the i-th column of a row in import_file.rows, after import_id and line and before
 * skip and out_of_scope; NULL: no more. */
const char *import_file_column(size_t i);
/* Adds one error to a COPY text for import_fault; column may be NULL. */
void import_file_fault(struct buf *out, const char *import_id, int64_t line, const char *column,
	const char *code, const char *message);
/* Whether the file has a column whose name begins with this. */
bool import_file_has(const struct import_file *file, const char *prefix);
void import_file_release(struct import_file *file);

#endif
