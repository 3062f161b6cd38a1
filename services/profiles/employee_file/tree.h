/*
 * tree.h - reporting lines as a list of people, each with the position of their manager: finds
 * everyone's depth, and cycles. No I/O. Linear in the number of people, however deep the lines are.
 */
#ifndef UPWARD_PROFILES_EMPLOYEE_FILE_TREE_H
#define UPWARD_PROFILES_EMPLOYEE_FILE_TREE_H

#include <stdbool.h>
#include <stddef.h>

struct import_node {
	int above;      /* position of the manager in the same list, -1 = none */
	int depth;      /* ret: steps to the top, or to the cycle above */
	bool in_circle; /* ret: this person is part of a cycle */
};

/* Fills depth and in_circle of all nodes. Returns how many are in a cycle. */
size_t import_tree_walk(struct import_node *nodes, size_t count);

#endif
