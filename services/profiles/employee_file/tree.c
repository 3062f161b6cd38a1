#include "profiles/employee_file/tree.h"

enum { UNKNOWN = -1, ON_THIS_WALK = -2 };

/* Marks the cycle that contains `at`. Returns its length. */
static size_t mark_circle(struct import_node *nodes, int at)
{
	size_t length = 0;
	for (; !nodes[at].in_circle; at = nodes[at].above, length++) {
		nodes[at].in_circle = true;
		nodes[at].depth = 0;
	}
	return length;
}

/* Climbs from start to the first node whose depth is known or in progress. Returns the number of
 * nodes passed, and in *ret_end where it stopped (-1 = above the top). */
static int climb(struct import_node *nodes, int start, int *ret_end)
{
	int steps = 0, at = start;
	for (; at >= 0 && nodes[at].depth == UNKNOWN; at = nodes[at].above, steps++)
		nodes[at].depth = ON_THIS_WALK;
	*ret_end = at;
	return steps;
}

size_t import_tree_walk(struct import_node *nodes, size_t count)
{
	size_t circled = 0;
	for (size_t i = 0; i < count; i++) {
		nodes[i].depth = UNKNOWN;
		nodes[i].in_circle = false;
	}
	for (size_t i = 0; i < count; i++) {
		int end, steps = climb(nodes, (int)i, &end);
		if (end >= 0 && nodes[end].depth == ON_THIS_WALK) {
			size_t length = mark_circle(nodes, end);
			circled += length;
			steps -= (int)length;
		}
		int depth = end >= 0 ? nodes[end].depth + steps : steps - 1;
		for (int at = (int)i; at >= 0 && nodes[at].depth == ON_THIS_WALK;
			at = nodes[at].above)
			nodes[at].depth = depth--;
	}
	return circled;
}
