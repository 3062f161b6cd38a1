/*
 * Networks against all shortest ways by Floyd and Warshall, and where the answer is known.
 */
#include <math.h>

#include "evaluation/statistics/network.h"
#include "support/unit/prng.h"
#include "support/unit/unit.h"

#define MOST  12
#define NEVER 1000

static void assert_near(double found, double expected)
{
	if (fabs(found - expected) > 1e-9)
		fail_msg("%.12f, %.12f expected", found, expected);
}

/* The same by the matrix of all ways. */
static struct network measured(size_t people, const struct tie *ties, size_t count)
{
	unsigned way[MOST][MOST];
	struct network n = { 0 };
	double sum = 0, pairs = 0;
	for (size_t a = 0; a < people; a++)
		for (size_t b = 0; b < people; b++)
			way[a][b] = a == b ? 0 : NEVER;
	for (size_t i = 0; i < count; i++)
		if (ties[i].one != ties[i].other)
			way[ties[i].one][ties[i].other] = way[ties[i].other][ties[i].one] = 1;
	for (size_t k = 0; k < people; k++)
		for (size_t a = 0; a < people; a++)
			for (size_t b = 0; b < people; b++)
				if (way[a][k] + way[k][b] < way[a][b])
					way[a][b] = way[a][k] + way[k][b];
	for (size_t a = 0; a < people; a++) {
		size_t near = 0;
		bool first = true; /* of its component */
		for (size_t b = 0; b < people; b++) {
			near += a != b && way[a][b] < NEVER;
			first = first && (b >= a || way[a][b] >= NEVER);
			sum += a != b && way[a][b] < NEVER ? way[a][b] : 0;
		}
		n.components += first;
		n.linked += near > 0;
		pairs += (double)near;
	}
	n.connected = people > 1 ? pairs / (double)(people * (people - 1)) : 0;
	n.distance = pairs > 0 ? sum / pairs : 0;
	return n;
}

static void networks_are_measured_as_by_all_shortest_ways(void **state)
{
	(void)state;
	struct prng p = { .state = 20261130 };
	for (int round = 0; round < 3000; round++) {
		struct tie ties[2 * MOST];
		struct network found;
		size_t people = 1 + prng_next(&p) % MOST, count = prng_next(&p) % (2 * MOST);
		for (size_t i = 0; i < count; i++)
			ties[i] = (struct tie){ prng_next(&p) % people, prng_next(&p) % people };
		assert_true(network_measure(people, ties, count, people, &found));
		struct network expected = measured(people, ties, count);
		assert_int_equal(found.components, expected.components);
		assert_int_equal(found.linked, expected.linked);
		assert_near(found.connected, expected.connected);
		assert_near(found.distance, expected.distance);
	}
}

/* A chain of n: the mean of |a - b| over all two is (n + 1) / 3. */
static void a_long_chain_is_as_long_as_it_is_from_some_too(void **state)
{
	(void)state;
	enum { LONG = 3000 };
	struct tie *ties = calloc(LONG, sizeof *ties);
	struct network found;
	assert_non_null(ties);
	for (size_t i = 0; i + 1 < LONG; i++)
		ties[i] = (struct tie){ i, i + 1 };
	assert_true(network_measure(LONG, ties, LONG - 1, LONG, &found));
	assert_near(found.distance, (LONG + 1) / 3.0);
	assert_int_equal(found.components, 1);
	assert_true(network_measure(LONG, ties, LONG - 1, 100, &found));
	assert_true(fabs(found.distance / ((LONG + 1) / 3.0) - 1) < 0.03);
	assert_true(network_measure(
		LONG, ties, LONG / 2, LONG, &found)); /* half a chain, and single people */
	assert_int_equal(found.components, LONG / 2);
	assert_int_equal(found.linked, LONG / 2 + 1);
	free(ties);
}

static void nobody_has_no_network_and_a_tie_names_somebody(void **state)
{
	(void)state;
	struct network found = { .components = 7 };
	assert_true(network_measure(0, NULL, 0, 10, &found));
	assert_int_equal(found.components, 0);
	assert_true(network_measure(3, NULL, 0, 10, &found));
	assert_int_equal(found.components, 3);
	assert_near(found.distance, 0);
	found.components = 7;
	assert_false(network_measure(3, &(struct tie){ 0, 3 }, 1, 10, &found));
	assert_int_equal(found.components, 7);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(networks_are_measured_as_by_all_shortest_ways),
		cmocka_unit_test(a_long_chain_is_as_long_as_it_is_from_some_too),
		cmocka_unit_test(nobody_has_no_network_and_a_tie_names_somebody),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
