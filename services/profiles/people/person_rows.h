/*
 * person_rows.h - rows of an employee file that arrive in a request, as JSON: read by the rules for
 * files (employee_file/file.h), then checked and applied by the statements of an import.
 */
#ifndef UPWARD_PROFILES_PERSON_ROWS_H
#define UPWARD_PROFILES_PERSON_ROWS_H

#include <jansson.h>
#include "base/buf.h"
#include "db/statement.h"

#define PERSON_ROWS_STEPS 19 /* including the final step */

struct person_rows {
	struct buf rows, faults; /* JSON arrays, for person_rows_stage */
	bool dated, skilled, with_sets; /* whether any row has dates; skills; any set */
};

#define PERSON_ROWS_INIT                                                                           \
	((struct person_rows){                                                                     \
		.rows = BUF_INIT(PERSON_ROWS_BYTES), .faults = BUF_INIT(PERSON_ROWS_BYTES) })
#define PERSON_ROWS_BYTES ((size_t)16 << 20)

/* Reads one row. Its members are columns; null empties a column, and a missing member leaves it
 * unchanged. external_id, unless NULL, replaces the member. batch: the id of the request's import.
 * false: out of memory. */
CHECKED bool person_rows_add(struct person_rows *r, const char *batch, int line, const json_t *item,
	const char *external_id);

struct person_rows_terms {
	const char *version; /* the version the person must have, or NULL */
	bool only_new;
	bool chunked; /* the steps end when the plan is made; it is applied by others */
	const char *confirm_deactivations; /* or NULL */
};

/* Fills in the steps that check and apply the rows, up to and including the final one; returns
 * their number. */
CHECKED size_t person_rows_steps(struct person_rows *r, const char *batch,
	const struct person_rows_terms *terms, struct step steps[PERSON_ROWS_STEPS]);
void person_rows_release(struct person_rows *r);

#endif
