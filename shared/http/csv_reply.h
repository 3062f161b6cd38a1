/*
 * csv_reply.h - a list as CSV (RFC 4180) for people with a spreadsheet: a column for every member that
 * the contract gives its rows, so that a list without any has its header too; those of inner
 * objects as `outer.inner`, of short lists of objects as `outer.1.inner`; arrays of scalars joined
 * by `|`, other arrays as JSON. It begins with a byte order mark, without which Excel reads UTF-8
 * as something else. A cell that a spreadsheet would take for a formula (it begins with = + - @ tab
 * or CR) is preceded by an apostrophe.
 */
#ifndef UPWARD_HTTP_CSV_REPLY_H
#define UPWARD_HTTP_CSV_REPLY_H

#include "http/call.h"
#include "http/reply.h"

#define CSV_LIMIT 2000 /* rows of a list, where the caller does not say how many */

/* Whether the caller wants CSV of what is offered as CSV too. */
bool csv_wanted(const struct call *call);
/* The first `count` rows of a list (body in the first column). */
CHECKED struct reply csv_reply(const struct call *call, const struct db_rows *rows, int count);
/* The same of one JSON array of objects. */
CHECKED struct reply csv_reply_array(const struct call *call, const char *array, size_t length);
/* One cell, quoted where it must be. */
void csv_cell(struct buf *out, const char *text);

#endif
