/* Depths and circles, against a slow walk that is plainly right, and on lines without end. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>
#include "profiles/employee_file/tree.h"

#define SMALL 6

/* Who climbs more often than there are people goes round. */
static void expect_right(const int *above, int count)
{
	struct import_node nodes[SMALL];
	size_t circled = 0;
	for (int i = 0; i < count; i++)
		nodes[i] =
			(struct import_node){ .above = above[i], .depth = 77, .in_circle = i % 2 };
	size_t said = import_tree_walk(nodes, (size_t)count);
	for (int i = 0; i < count; i++) {
		int steps = 0, at = above[i];
		bool back = false;
		for (; at >= 0 && steps <= count; at = above[at], steps++)
			back = back || at == i;
		circled += back;
		assert_int_equal(nodes[i].in_circle, back);
		if (at < 0)
			assert_int_equal(nodes[i].depth, steps);
		else
			assert_true(nodes[i].depth >= 0);
	}
	assert_int_equal(said, circled);
}

static void every_small_forest_is_walked_right(void **state)
{
	(void)state;
	for (int count = 1; count <= SMALL; count++) {
		int above[SMALL], shapes = 1;
		for (int i = 0; i < count; i++)
			shapes *= count + 1;
		for (int shape = 0; shape < shapes; shape++) {
			for (int i = 0, rest = shape; i < count; i++, rest /= count + 1)
				above[i] = rest % (count + 1) - 1;
			expect_right(above, count);
		}
	}
}

static void a_line_of_a_million_is_walked_once(void **state)
{
	(void)state;
	const int count = 1000000;
	struct import_node *nodes = calloc((size_t)count, sizeof *nodes);
	assert_non_null(nodes);
	for (int i = 0; i < count; i++)
		nodes[i].above = i + 1 < count ? i + 1 : -1;
	assert_int_equal(import_tree_walk(nodes, (size_t)count), 0);
	assert_int_equal(nodes[0].depth, count - 1);
	nodes[count - 1].above = 0;
	assert_int_equal(import_tree_walk(nodes, (size_t)count), count);
	for (int i = 0; i < count; i++)
		nodes[i].above = i ? i - 1 : -1;
	assert_int_equal(import_tree_walk(nodes, (size_t)count), 0);
	assert_int_equal(nodes[count - 1].depth, count - 1);
	free(nodes);
}

static void nobody_is_a_tree(void **state)
{
	(void)state;
	assert_int_equal(import_tree_walk(NULL, 0), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_small_forest_is_walked_right),
		cmocka_unit_test(a_line_of_a_million_is_walked_once),
		cmocka_unit_test(nobody_is_a_tree),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
