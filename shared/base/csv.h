/*
 * csv.h - a reader of text separated by commas, semicolons or tabs (RFC 4180), one record at a
 * time, that reports errors by line. It repairs nothing: a stray quote is an error, not a character.
 *
 * The text must be valid UTF-8 without NUL (str_is_utf8); a byte order mark is skipped. Records end
 * with LF or CRLF (CRCRLF in files that were converted twice), or with CR if the text has no LF at
 * all; a blank last line is not a record. Borrows the text.
 */
#ifndef UPWARD_BASE_CSV_H
#define UPWARD_BASE_CSV_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "base/buf.h"

#define CSV_FIELDS_MOST 512
#define CSV_NAME_BYTES  260 /* of a column name of 64 characters */
#define CSV_FIELD_BYTES (64 * 1024)

struct csv {
	const char *text;
	size_t length, at;
	char delimiter; /* from a first line "sep=;", or else the most frequent one outside quotes in
			   the first line */
	char end;       /* of a line: LF or CR */
	int64_t line;   /* of the next record, from 1 */
	struct buf cells;
};

struct csv_record {
	int64_t line; /* where it begins */
	size_t count;
	char *fields[CSV_FIELDS_MOST]; /* valid until the next call; the reader may write in them */
};

enum csv_outcome {
	CSV_RECORD,
	CSV_END,
	CSV_BARE_QUOTE,   /* a quote inside an unquoted field, or text behind a closing one */
	CSV_UNTERMINATED, /* the text ends inside quotes */
	CSV_TOO_MANY_FIELDS,
	CSV_FIELD_TOO_LONG,
	CSV_NO_MEMORY
};

struct csv csv_open(const char *text, size_t length);
/* After a fault the reader is after the faulty line and may continue; record->line is its number. */
CHECKED enum csv_outcome csv_next(struct csv *csv, struct csv_record *ret_record);
void csv_release(struct csv *csv);

/* The normalised name of a column, from a cell of the header: "External ID" becomes external_id.
 * Empty if the cell has no readable name of at most 64 characters. */
void csv_column_name(const char *cell, char ret_name[CSV_NAME_BYTES]);
/* Whether a spreadsheet would take the text for a formula, or the text already hides one behind
 * apostrophes: csv_cell() writes such a text with one apostrophe more. */
bool csv_is_formula(const char *text);
/* Removes the apostrophe that csv_cell() puts before what a spreadsheet takes for a formula. */
void csv_unquote_formulas(struct csv_record *record);
/* The next value of a cell that holds several, separated by bars: a bar or backslash in a value has a
 * backslash before it, and loses it here. *at is the rest, NULL after the last value. */
char *csv_list_next(char **at);
/* Nothing but ASCII white space. */
bool csv_cell_is_blank(const char *cell);
/* Whether all cells are blank: what spreadsheets leave below the last row. */
bool csv_row_is_empty(const struct csv_record *row);

#endif
