/*
 * Teams of innovation days: sizes and seniors are spread evenly, nobody is lost, and of random small
 * groups no other teams would keep more people apart from their manager, or mix more departments.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdlib.h>

#include "matching/teams/team_plan.h"
#include "support/unit/prng.h"

#define PEOPLE_MOST 400
#define SMALL_MOST  8
#define TEAMS_MOST  200

/* How good teams are: fewer people in a team with their manager, then more departments. */
struct worth {
	size_t in_line, departments;
};

static struct worth worth_of(const struct team_person *people, const uint32_t *team, size_t count)
{
	struct worth worth = { 0, 0 };
	for (size_t i = 0; i < count; i++) {
		bool first = people[i].department != ENGINE_NONE;
		for (size_t k = 0; k < i && first; k++)
			first = team[k] != team[i] || people[k].department != people[i].department;
		worth.departments += first;
		worth.in_line += people[i].manager != ENGINE_NONE &&
				 team[people[i].manager] == team[i];
	}
	return worth;
}

static bool is_better(struct worth one, struct worth other)
{
	return one.in_line != other.in_line ? one.in_line < other.in_line
					    : one.departments > other.departments;
}

/* Whether each team has its share of `count` people. */
static bool is_even(const uint32_t *team, size_t count, size_t teams)
{
	size_t size[TEAMS_MOST] = { 0 };
	for (size_t i = 0; i < count; i++) {
		if (team[i] >= teams)
			return false;
		size[team[i]]++;
	}
	for (size_t t = 0; t < teams; t++)
		if (size[t] < count / teams || size[t] > (count + teams - 1) / teams)
			return false;
	return true;
}

/* The first `seniors` are seniors; departments may be unknown, and managers are among the people. */
static size_t random_people(
	struct prng *random, size_t count, uint32_t departments, struct team_person *ret_people)
{
	const size_t seniors = prng_below(random, count + 1);
	for (size_t i = 0; i < count; i++) {
		const uint32_t boss = (uint32_t)prng_below(random, count);
		ret_people[i] = (struct team_person){
			.department = prng_below(random, 10)
					      ? (uint32_t)prng_below(random, departments)
					      : ENGINE_NONE,
			.manager = boss < i && prng_below(random, 3) == 0 ? boss : ENGINE_NONE,
			.senior = i < seniors,
		};
	}
	return seniors;
}

static void teams_are_even_and_everybody_has_one(void **state)
{
	static struct team_person people[PEOPLE_MOST];
	static uint32_t team[PEOPLE_MOST];
	struct prng random = { 43 };
	(void)state;
	for (int round = 0; round < 60; round++) {
		const size_t count = 1 + prng_below(&random, round % 10 ? 40 : PEOPLE_MOST);
		const size_t size = 2 + prng_below(&random, 9), teams = team_count(count, size);
		const uint32_t departments = 1 + (uint32_t)prng_below(&random, 12);
		const size_t seniors = random_people(&random, count, departments, people);
		assert_int_equal(team_plan(people, count, size, departments, team), ENGINE_OK);
		assert_true(is_even(team, count, teams));
		assert_true(is_even(team, seniors, teams));
	}
}

/* Whether two divisions give each team as many people, and as many seniors. */
static bool is_alike(const uint32_t *one, const uint32_t *other, size_t count, size_t seniors)
{
	int more[SMALL_MOST] = { 0 };
	for (size_t i = 0; i < count; i++) {
		more[one[i]]++;
		more[other[i]]--;
		for (size_t t = 0; t < SMALL_MOST && (i + 1 == seniors || i + 1 == count); t++)
			if (more[t] != 0)
				return false;
	}
	return true;
}

/* The best of all divisions into teams like these, by trying each. */
static struct worth try_everything(const struct team_person *people, const uint32_t *like,
	size_t count, size_t seniors, size_t teams)
{
	uint32_t team[SMALL_MOST] = { 0 };
	struct worth best = { SIZE_MAX, 0 };
	for (;;) {
		size_t place = 0;
		if (is_alike(team, like, count, seniors)) {
			const struct worth now = worth_of(people, team, count);
			best = is_better(now, best) ? now : best;
		}
		while (place < count && ++team[place] == teams)
			team[place++] = 0;
		if (place == count)
			return best;
	}
}

static void no_other_teams_are_mixed_better(void **state)
{
	struct prng random = { 4 };
	struct team_person people[SMALL_MOST];
	uint32_t team[SMALL_MOST];
	size_t mixed = 0, in_line = 0;
	(void)state;
	for (int round = 0; round < 1500; round++) {
		const size_t count = 2 + prng_below(&random, SMALL_MOST - 1);
		const size_t size = 2 + prng_below(&random, 3), teams = team_count(count, size);
		const uint32_t departments = 1 + (uint32_t)prng_below(&random, 4);
		const size_t seniors = random_people(&random, count, departments, people);
		if (teams > 3)
			continue;
		assert_int_equal(team_plan(people, count, size, departments, team), ENGINE_OK);
		const struct worth got = worth_of(people, team, count),
				   best = try_everything(people, team, count, seniors, teams);
		if (is_better(best, got))
			fail_msg("round %d: %zu in line, %zu departments; possible: %zu, %zu",
				round, got.in_line, got.departments, best.in_line,
				best.departments);
		mixed += best.departments > teams;
		in_line += best.in_line > 0;
	}
	print_message("%zu with several departments, %zu with a manager\n", mixed, in_line);
	assert_true(mixed > 300 && in_line > 20);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(teams_are_even_and_everybody_has_one),
		cmocka_unit_test(no_other_teams_are_mixed_better),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
