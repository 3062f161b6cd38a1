/*
 * person_rows.h - rows of an employee file that come in a request, as JSON: read by the rules of a file
 * (employee_file/file.h), then checked and applied by the statements of an import.
 */
#ifndef UPWARD_PROFILES_PERSON_ROWS_H
#define UPWARD_PROFILES_PERSON_ROWS_H

#include <jansson.h>
#include "base/buf.h"
#include "db/statement.h"

#define PERSON_ROWS_STEPS 18 /* with room for the one that ends them */

struct person_rows {
	struct buf rows, faults; /* JSON arrays, for person_rows_stage */
	bool dated, skilled, with_sets; /* some row has dates; skills; any set */
};

#define PERSON_ROWS_INIT                                                                           \
	((struct person_rows){                                                                     \
		.rows = BUF_INIT(PERSON_ROWS_BYTES), .faults = BUF_INIT(PERSON_ROWS_BYTES) })
#define PERSON_ROWS_BYTES ((size_t)16 << 20)

/* Reads one row: its members are columns; null empties one, what is left out stays as it is. external_id:
 * if not NULL, used instead of the member. batch: the id of the request's import. false if out of memory. */
CHECKED bool person_rows_add(struct person_rows *r, const char *batch, int line, const json_t *item,
	const char *external_id);

struct person_rows_terms {
	const char *version; /* the person must have it, or NULL */
	bool only_new;
	bool chunked; /* the steps end when the plan is made; it is applied by others */
	const char *confirm_deactivations; /* or NULL */
};

/* Fills in the steps that check and apply the rows, up to the one that ends them; returns how many. */
CHECKED size_t person_rows_steps(struct person_rows *r, const char *batch,
	const struct person_rows_terms *terms, struct step steps[PERSON_ROWS_STEPS]);
void person_rows_release(struct person_rows *r);

#endif
