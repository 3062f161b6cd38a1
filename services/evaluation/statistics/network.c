#include "evaluation/statistics/network.h"

#include <stdint.h>
#include <stdlib.h>

#define NOT_SEEN SIZE_MAX

/* Who has a tie with whom: the neighbours of a person are neighbour[first[p]] up to first[p + 1]. */
struct graph {
	size_t people, *first, *neighbour;
	size_t *steps, *queue; /* of a search */
};

static void graph_release(struct graph *g)
{
	free(g->first);
	free(g->neighbour);
	free(g->steps);
	free(g->queue);
}

static bool graph_init(struct graph *g, size_t people, const struct tie *ties, size_t count)
{
	*g = (struct graph){ .people = people,
		.first = calloc(people + 2, sizeof(size_t)),
		.neighbour = calloc(2 * count + 1, sizeof(size_t)),
		.steps = calloc(people + 1, sizeof(size_t)),
		.queue = calloc(people + 1, sizeof(size_t)) };
	if (!g->first || !g->neighbour || !g->steps || !g->queue)
		return false;
	for (size_t i = 0; i < count; i++) {
		if (ties[i].one >= people || ties[i].other >= people)
			return false;
		g->first[ties[i].one + 2]++;
		g->first[ties[i].other + 2]++;
	}
	for (size_t p = 2; p < people + 2; p++)
		g->first[p] += g->first[p - 1];
	for (size_t i = 0; i < count;
		i++) { /* the beginning of the next person moves on meanwhile */
		g->neighbour[g->first[ties[i].one + 1]++] = ties[i].other;
		g->neighbour[g->first[ties[i].other + 1]++] = ties[i].one;
	}
	return true;
}

/* Sets the steps from one person to all whom ties lead to; those are the first of the queue. Returns how many
 * they are, the one included. */
static size_t search(struct graph *g, size_t from)
{
	size_t done = 0, found = 1;
	g->queue[0] = from;
	g->steps[from] = 0;
	while (done < found) {
		size_t at = g->queue[done++];
		for (size_t i = g->first[at]; i < g->first[at + 1]; i++) {
			size_t next = g->neighbour[i];
			if (g->steps[next] != NOT_SEEN)
				continue;
			g->steps[next] = g->steps[at] + 1;
			g->queue[found++] = next;
		}
	}
	return found;
}

static void forget(struct graph *g)
{
	for (size_t p = 0; p < g->people; p++)
		g->steps[p] = NOT_SEEN;
}

static void measure_components(struct graph *g, struct network *ret)
{
	double pairs = 0, all = (double)g->people * ((double)g->people - 1);
	forget(g);
	for (size_t p = 0; p < g->people; p++) {
		if (g->steps[p] != NOT_SEEN)
			continue;
		size_t size = search(g, p);
		ret->components++;
		ret->linked += size > 1 ? size : 0;
		pairs += (double)size * ((double)size - 1);
	}
	ret->connected = all > 0 ? pairs / all : 0;
}

static void measure_distance(struct graph *g, size_t sources, struct network *ret)
{
	size_t stride = sources ? (g->people + sources - 1) / sources : g->people;
	double sum = 0, pairs = 0;
	for (size_t p = 0; p < g->people; p += stride) {
		forget(g);
		size_t found = search(g, p);
		for (size_t i = 1; i < found; i++)
			sum += (double)g->steps[g->queue[i]];
		pairs += (double)(found - 1);
	}
	ret->distance = pairs > 0 ? sum / pairs : 0;
}

bool network_measure(size_t people, const struct tie *ties, size_t count, size_t sources,
	struct network *ret_network)
{
	struct graph g;
	struct network found = { 0 };
	bool done = graph_init(&g, people, ties, count);
	if (done && people) {
		measure_components(&g, &found);
		measure_distance(&g, sources, &found);
	}
	if (done)
		*ret_network = found;
	graph_release(&g);
	return done;
}
