#include "matching/rounds/names.h"

#include <stdbool.h>
#include <stdlib.h>

#include "base/str.h"

static size_t names_hash(const char *text)
{
	uint64_t hash = 14695981039346656037u; /* FNV-1a */
	for (const unsigned char *c = (const unsigned char *)text; *c; c++)
		hash = (hash ^ *c) * 1099511628211u;
	return (size_t)(hash ^ hash >> 32);
}

/* The slot of a text, or the one where it would go; slots hold number + 1, 0 = empty. */
static size_t names_slot(const struct names *names, const char *text)
{
	size_t at = names_hash(text) & (names->slot_count - 1);
	while (names->slots[at] && !str_equal(names->texts[names->slots[at] - 1], text))
		at = (at + 1) & (names->slot_count - 1);
	return at;
}

static bool names_grow(struct names *names)
{
	size_t room = names->room ? names->room * 2 : 64;
	char **texts = realloc(names->texts, room * sizeof *texts);
	if (!texts)
		return false;
	names->texts = texts;
	names->room = room;
	free(names->slots);
	names->slot_count = room * 2;
	names->slots = calloc(names->slot_count, sizeof *names->slots);
	if (!names->slots)
		return false;
	for (size_t i = 0; i < names->count; i++)
		names->slots[names_slot(names, names->texts[i])] = (uint32_t)i + 1;
	return true;
}

uint32_t names_add(struct names *names, const char *text)
{
	if ((names->count == names->room || !names->slots) && !names_grow(names))
		return NAMES_NONE;
	size_t at = names_slot(names, text);
	if (!names->slots[at]) {
		char *copy = str_copy(text);
		if (!copy)
			return NAMES_NONE;
		names->texts[names->count++] = copy;
		names->slots[at] = (uint32_t)names->count;
	}
	return names->slots[at] - 1;
}

uint32_t names_find(const struct names *names, const char *text)
{
	return names->slots ? names->slots[names_slot(names, text)] - 1 : NAMES_NONE;
}

void names_release(struct names *names)
{
	for (size_t i = 0; i < names->count; i++)
		free(names->texts[i]);
	free(names->texts);
	free(names->slots);
	*names = (struct names){ 0 };
}
