#include "db/set.h"

#include <stdlib.h>
#include <string.h>

#define VALUES_MOST (1 << 20) /* bytes of all values: far more than request lines can contain */

/* Adds one element of an array literal; a NULL value differs from the text "NULL". */
static void add_element(struct buf *b, const char *value)
{
	if (!value) {
		buf_text(b, "NULL");
		return;
	}
	buf_char(b, '"');
	for (const char *at = value; *at;) {
		size_t plain = strcspn(at, "\"\\");

		buf_add(b, at, plain);
		at += plain;
		if (*at) {
			buf_char(b, '\\');
			buf_char(b, *at++);
		}
	}
	buf_char(b, '"');
}

bool set_step(
	const struct step *const steps[], size_t count, struct buf *text, struct step *ret_step)
{
	const struct statement *set = steps[0]->statement->set;
	size_t starts[STATEMENT_PARAMS_MOST];

	*text = BUF_INIT(VALUES_MOST);
	*ret_step = (struct step){ .statement = set };
	for (int p = 0; p < set->param_count; p++) {
		starts[p] = text->len;
		for (size_t i = 0; i < count; i++) {
			buf_char(text, i ? ',' : '{');
			add_element(text, steps[i]->values[p]);
		}
		buf_add(text, "}", sizeof "}");
	}
	if (!buf_ok(text))
		return false;
	for (int p = 0; p < set->param_count; p++)
		ret_step->values[p] = text->data + starts[p];
	return true;
}

/* Finds each call's row, -1 if there is none. false: a row without a call, or a second one. */
static bool find_rows(const PGresult *result, size_t count, int place[SET_MOST])
{
	int last = PQnfields(result) - 1;

	for (size_t i = 0; i < count; i++)
		place[i] = -1;
	for (int row = 0; row < PQntuples(result); row++) {
		size_t n = strtoul(PQgetvalue(result, row, last), NULL, 10);

		if (n < 1 || n > count || place[n - 1] >= 0)
			return false;
		place[n - 1] = row;
	}
	return true;
}

/* A result with only this row, or with none. */
static PGresult *only(const PGresult *result, int row)
{
	PGresult *one = PQcopyResult(result, PG_COPYRES_ATTRS);

	if (one && row < 0)
		return one;
	for (int c = 0, last = PQnfields(result) - 1; one && c < last; c++) {
		bool null = PQgetisnull(result, row, c);

		if (PQsetvalue(one, 0, c, null ? NULL : PQgetvalue(result, row, c),
			    null ? -1 : PQgetlength(result, row, c)))
			continue;
		PQclear(one);
		one = NULL;
	}
	return one;
}

bool set_rows(const PGresult *result, size_t count, struct db_rows **ret_rows)
{
	int place[SET_MOST];

	if (!find_rows(result, count, place))
		return false;
	for (size_t i = 0; i < count; i++) {
		PGresult *one = only(result, place[i]);

		ret_rows[i] = one ? rows_of(one) : NULL;
		if (one)
			continue;
		while (i-- > 0)
			db_rows_free(ret_rows[i]);
		return false;
	}
	return true;
}
