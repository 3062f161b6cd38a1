/*
 * csv_reply.h - a list as CSV (RFC 4180), for spreadsheets. There is a column for every member that
 * the contract gives its rows, so an empty list has a header too. Members of inner objects are named
 * `outer.inner`, of short lists of objects `outer.1.inner`; arrays of scalars are joined with `|`,
 * other arrays are JSON. The file begins with a byte order mark, without which Excel does not read it
 * as UTF-8. A cell that a spreadsheet would read as a formula (it begins with = + - @, tab or CR) is
 * prefixed with an apostrophe.
 */
#ifndef UPWARD_HTTP_CSV_REPLY_H
#define UPWARD_HTTP_CSV_REPLY_H

#include "http/call.h"
#include "http/reply.h"

#define CSV_LIMIT 2000 /* rows of a list, unless the caller says how many */

/* Whether the caller wants CSV, and the operation offers it. */
bool csv_wanted(const struct call *call);
/* The first `count` rows of a list (body in the first column). */
CHECKED struct reply csv_reply(const struct call *call, const struct db_rows *rows, int count);
/* The same for a JSON array of objects. */
CHECKED struct reply csv_reply_array(const struct call *call, const char *array, size_t length);
/* One cell, quoted if necessary. */
void csv_cell(struct buf *out, const char *text);

#endif
