/*
 * words.h - numbers words in order of first appearance, from 0.
 */
#ifndef UPWARD_MATCH_WORDS_H
#define UPWARD_MATCH_WORDS_H

#include <stddef.h>
#include <stdint.h>
#include "base/cleanup.h"

#define WORDS_NONE UINT32_MAX

/* Start with {0}. */
struct words {
	char *bytes; /* the words, each followed by a NUL */
	size_t len, room;
	size_t *starts; /* by number */
	uint32_t count, start_room;
	uint32_t *slots; /* open addressing: number, WORDS_NONE = free */
	size_t slot_count;
};

/* The number of a word, a new one if necessary. WORDS_NONE: out of memory. */
CHECKED uint32_t words_add(struct words *words, const char *word, size_t len);
/* WORDS_NONE if the word has no number. */
CHECKED uint32_t words_find(const struct words *words, const char *word, size_t len);
/* The word with a number below count; valid until the next words_add. */
const char *words_text(const struct words *words, uint32_t number);
void words_release(struct words *words);

#endif
