/*
 * never.h - the words in which test_never… says what must not happen.
 */
#ifndef UPWARD_TESTS_NEVER_H
#define UPWARD_TESTS_NEVER_H

#include "world.h"

#define NEVER_ID "019a0000-0000-7000-8000-0000000009d9" /* of nothing */

extern struct world never_world;

int never_build(void **state); /* a group setup */
struct api *never_as(enum caller caller);
/* /api/v1/<pages>/<id> is to this caller as if it did not exist. */
void never_there(enum caller caller, const char *pages, const char *id);
/* The answer does not hold the text, in any case. */
void never_says(const struct api_reply *reply, const char *text);
/* How many items the list at the path has for this caller. */
size_t never_items(enum caller caller, const char *path);

#endif
