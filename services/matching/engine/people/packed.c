/* Questions about pairs of people in a sealed population. */
#include "matching/engine/people/packed.h"

bool people_blocked(const struct engine_population *population, uint32_t one, uint32_t other)
{
	const uint32_t *first = population->blocked_first + one;
	return links_find(population->blocked, first[0], first[1], (struct link){ one, other });
}

bool people_pinned(const struct engine_population *population, uint32_t mentee, uint32_t mentor)
{
	return links_find(
		population->pins, 0, population->pin_count, (struct link){ mentee, mentor });
}

const struct choice *people_choices(
	const struct engine_population *population, int side, uint32_t person, size_t *ret_count)
{
	const struct choices *choices = &population->choices[side];
	size_t low = 0, high = choices->count, end;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (choices->list[middle].person < person)
			low = middle + 1;
		else
			high = middle;
	}
	for (end = low; end < choices->count && choices->list[end].person == person; end++)
		continue;
	*ret_count = end - low;
	return choices->list ? choices->list + low : NULL;
}
