/*
 * shown.h - which fields of a person the contract says that an answer shows: every schema, property and text with
 * x-field.
 */
#ifndef UPWARD_TESTS_SHOWN_H
#define UPWARD_TESTS_SHOWN_H

#include <stdint.h>

#include "contract.h"

/* The bit of a field; below 0: it is not looked for. */
typedef int shown_number(const char *field);

/* The fields in a schema, at most that many properties and items down. */
uint64_t shown_in(json_t *schema, shown_number *number, int depth);
/* The fields in all successful answers of an operation, in whatever form. */
uint64_t shown_by(const struct operation_row *row, shown_number *number);
/* The media types of the answers with this status, at most most; how many there are. */
size_t shown_types(
	const struct operation_row *row, const char *status, const char **ret_types, size_t most);

#endif
