/*
 * names.h - gives texts (ids, interests, languages) small numbers, in order of first use.
 */
#ifndef UPWARD_MATCHING_NAMES_H
#define UPWARD_MATCHING_NAMES_H

#include <stddef.h>
#include <stdint.h>
#include "base/cleanup.h"

#define NAMES_NONE UINT32_MAX

struct names {
	char **texts; /* owned copies, by number */
	uint32_t *slots;
	size_t count, room, slot_count;
};

/* The number of a text, a new one if necessary; NAMES_NONE if out of memory. Start with {0}. */
CHECKED uint32_t names_add(struct names *names, const char *text);
/* NAMES_NONE if it has none. */
CHECKED uint32_t names_find(const struct names *names, const char *text);
void names_release(struct names *names);

#endif
