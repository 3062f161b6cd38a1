/*
 * hostile.h - hostile values, and every place of a request body where they can be put.
 */
#ifndef UPWARD_TESTS_HOSTILE_H
#define UPWARD_TESTS_HOSTILE_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

/* JSON text as it is sent; some of it is none. */
struct hostile {
	const char *name;
	char *text; /* owned by the list */
};

/* The list; made once, borrowed. */
size_t hostile_values(const struct hostile **ret_values);

/* Whether the contract's schema takes the value (text of hostile_values). $ref are followed. */
bool hostile_fits(json_t *schema, const char *text);

/* One place in a body: JSON pointer, its schema, and the body with the value put there. */
struct hostile_place {
	char pointer[160];
	json_t *schema; /* borrowed */
	bool required;
};

/* The places below a body schema that the good body leads to; at most `most`. */
size_t hostile_places(json_t *schema, json_t *good, struct hostile_place *ret_places, size_t most);
/* The good body with the text at the pointer in place of what is there, owned. A NULL text takes
 * the member away; a pointer to an unknown member adds it. */
char *hostile_body(json_t *good, const char *pointer, const char *text);

#endif
