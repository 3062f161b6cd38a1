#include "matching/cli/words.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

static uint64_t hash_word(const char *word, size_t len)
{
	uint64_t hash = 0xcbf29ce484222325u; /* FNV-1a */
	for (size_t i = 0; i < len; i++)
		hash = (hash ^ (unsigned char)word[i]) * 0x100000001b3u;
	return hash ^ hash >> 29;
}

const char *words_text(const struct words *words, uint32_t number)
{
	return words->bytes + words->starts[number];
}

/* The slot of a word, or the free one where it would go. */
static size_t find_slot(const struct words *words, const char *word, size_t len)
{
	size_t mask = words->slot_count - 1;
	size_t slot = hash_word(word, len) & mask;
	while (words->slots[slot] != WORDS_NONE) {
		const char *known = words_text(words, words->slots[slot]);
		if (strncmp(known, word, len) == 0 && known[len] == '\0')
			break;
		slot = (slot + 1) & mask;
	}
	return slot;
}

uint32_t words_find(const struct words *words, const char *word, size_t len)
{
	return words->slot_count ? words->slots[find_slot(words, word, len)] : WORDS_NONE;
}

static bool grow_slots(struct words *words)
{
	size_t count = words->slot_count ? words->slot_count * 2 : 64;
	uint32_t *slots = malloc(count * sizeof *slots);
	if (!slots)
		return false;
	memset(slots, 0xff, count * sizeof *slots);
	free(words->slots);
	words->slots = slots;
	words->slot_count = count;
	for (uint32_t n = 0; n < words->count; n++) {
		const char *word = words_text(words, n);
		slots[find_slot(words, word, strlen(word))] = n;
	}
	return true;
}

static bool make_room(struct words *words, size_t len)
{
	if (words->len + len + 1 > words->room) {
		size_t room = (words->len + len + 1) + words->room / 2 + 256;
		char *bytes = realloc(words->bytes, room);
		if (!bytes)
			return false;
		words->bytes = bytes;
		words->room = room;
	}
	if (words->count == words->start_room) {
		uint32_t room = words->start_room + words->start_room / 2 + 32;
		size_t *starts = realloc(words->starts, room * sizeof *starts);
		if (!starts)
			return false;
		words->starts = starts;
		words->start_room = room;
	}
	return (words->count + 1) * (uint64_t)2 <= words->slot_count || grow_slots(words);
}

uint32_t words_add(struct words *words, const char *word, size_t len)
{
	uint32_t known = words_find(words, word, len);
	if (known != WORDS_NONE)
		return known;
	if (words->count >= UINT32_MAX / 2 || !make_room(words, len))
		return WORDS_NONE;
	words->slots[find_slot(words, word, len)] = words->count;
	words->starts[words->count] = words->len;
	memcpy(words->bytes + words->len, word, len);
	words->bytes[words->len + len] = '\0';
	words->len += len + 1;
	return words->count++;
}

void words_release(struct words *words)
{
	free(words->bytes);
	free(words->starts);
	free(words->slots);
	*words = (struct words){ 0 };
}
