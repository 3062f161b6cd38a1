/* Sorted pairs of people. */
#include "matching/engine/people/links.h"

int links_compare(const void *left, const void *right)
{
	const struct link *a = left, *b = right;
	if (a->one != b->one)
		return a->one < b->one ? -1 : 1;
	return a->other < b->other ? -1 : a->other > b->other;
}

bool links_find(const struct link *links, size_t low, size_t high, struct link wanted)
{
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		int order = links_compare(&links[middle], &wanted);
		if (!order)
			return true;
		if (order < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return false;
}
