#include "matching/teams/team_plan.h"

#include <stdlib.h>

#define NO_TEAM UINT32_MAX

struct plan {
	const struct team_person *people;
	size_t count, teams;
	uint32_t departments;
	uint32_t *team; /* by person; NO_TEAM: not yet */
	uint32_t *
		waits; /* the people of a round, by the engine's index less the teams of the round */
	uint32_t *seated; /* the teams of a round, by the engine's index */
	bool *has;        /* teams x departments */
};

size_t team_count(size_t people, size_t size)
{
	return people ? (people + size - 1) / size : 0;
}

/* How many of `count` seats fall to a team. */
static size_t share(size_t count, size_t teams, size_t team)
{
	return count / teams + (team < count % teams ? 1 : 0);
}

/* Whether somebody in the team is the manager of the person, or reports to them. */
static bool is_in_line(const struct plan *plan, uint32_t team, uint32_t person)
{
	for (uint32_t i = 0; i < plan->count; i++)
		if (plan->team[i] == team &&
			(plan->people[i].manager == person || plan->people[person].manager == i))
			return true;
	return false;
}

/* A team wants the departments that it does not have; the more people of one wait, the more. */
static size_t team_wants(const struct plan *plan, uint32_t team, struct engine_want *ret_wants)
{
	size_t count = 0;
	for (uint32_t d = 0; d < plan->departments && count < ENGINE_WANTS_MAX; d++)
		if (!plan->has[team * plan->departments + d])
			ret_wants[count++] = (struct engine_want){ .skill = d, .target = 5 };
	return count;
}

static enum engine_status add_round(struct plan *plan, struct engine_population *people,
	size_t teams, size_t waiting, bool lines)
{
	struct engine_want wants[ENGINE_WANTS_MAX];
	enum engine_status status = ENGINE_OK;
	uint32_t index;
	for (size_t t = 0; t < teams && status == ENGINE_OK; t++) {
		const struct engine_person team = { .roles = ENGINE_ROLE_MENTEE,
			.active = true,
			.manager = ENGINE_NONE,
			.department = ENGINE_NONE,
			.mentee_capacity = 1,
			.wants = wants,
			.want_count = team_wants(plan, plan->seated[t], wants) };
		status = engine_population_add(people, &team, &index);
	}
	for (size_t i = 0; i < waiting && status == ENGINE_OK; i++) {
		const struct team_person *one = &plan->people[plan->waits[i]];
		const struct engine_offer offer = { .skill = one->department, .level = 5 };
		const struct engine_person person = { .roles = ENGINE_ROLE_MENTOR,
			.active = true,
			.manager = ENGINE_NONE,
			.department = ENGINE_NONE,
			.mentor_capacity = 1,
			.offers = &offer,
			.offer_count = one->department == ENGINE_NONE ? 0 : 1 };
		status = engine_population_add(people, &person, &index);
		for (size_t t = 0; lines && t < teams && status == ENGINE_OK; t++)
			if (is_in_line(plan, plan->seated[t], plan->waits[i]))
				status = engine_population_block(people, (uint32_t)t, index);
	}
	return status == ENGINE_OK ? engine_population_seal(people, NULL) : status;
}

static void seat(struct plan *plan, const struct engine_result *result, size_t teams)
{
	for (size_t i = 0; i < result->pair_count; i++) {
		const uint32_t person = plan->waits[result->pairs[i].mentor - teams];
		const uint32_t team = plan->seated[result->pairs[i].mentee];
		plan->team[person] = team;
		if (plan->people[person].department != ENGINE_NONE)
			plan->has[team * plan->departments + plan->people[person].department] =
				true;
	}
}

/* One person for each of the teams; ret_seated: how many got one. */
static enum engine_status run_round(
	struct plan *plan, size_t teams, size_t waiting, bool lines, size_t *ret_seated)
{
	struct engine_policy policy;
	struct engine_result result;
	struct engine_options options = { .threads = 1 };
	struct engine_population *people = engine_population_new((struct engine_vocabulary){
		.skills = plan->departments, .interests = 1, .departments = 1, .countries = 1 });
	engine_policy_default(&policy);
	for (int i = 0; i < ENGINE_CRITERION_COUNT; i++)
		policy.weights[i] = i == ENGINE_NEED ? ENGINE_WEIGHT_MAX : 0;
	policy.junior = ENGINE_JUNIOR_SKILLS_ONLY;
	policy.shared_language = policy.need_covered = policy.other_department = false;
	policy.same_country = false;
	policy.common_half_hours = 0;
	enum engine_status status = people ? add_round(plan, people, teams, waiting, lines)
					   : ENGINE_NO_MEMORY;
	if (status == ENGINE_OK)
		status = engine_pairs(people, &policy, &options, NULL, &result);
	if (status == ENGINE_OK) {
		seat(plan, &result, teams);
		*ret_seated = result.pair_count;
		engine_result_release(&result);
	}
	engine_population_free(people);
	return status;
}

/* Seats the people from `first` to before `end`, whose seats the teams share as `seats` says. */
static enum engine_status seat_all(struct plan *plan, size_t first, size_t end, const size_t *seats)
{
	enum engine_status status = ENGINE_OK;
	bool lines = true;
	for (size_t left = end - first; left > 0 && status == ENGINE_OK;) {
		size_t teams = 0, waiting = 0, seated = 0;
		for (uint32_t t = 0; t < plan->teams; t++) {
			size_t taken = 0;
			for (size_t i = first; i < end; i++)
				taken += plan->team[i] == t;
			if (taken < seats[t])
				plan->seated[teams++] = t;
		}
		for (size_t i = first; i < end; i++)
			if (plan->team[i] == NO_TEAM)
				plan->waits[waiting++] = (uint32_t)i;
		status = run_round(plan, teams, waiting, lines, &seated);
		lines = seated > 0; /* nobody could be seated: the lines give way */
		left -= seated;
	}
	return status;
}

enum engine_status team_plan(const struct team_person *people, size_t count, size_t size,
	uint32_t departments, uint32_t *ret_teams)
{
	struct plan plan = { .people = people,
		.count = count,
		.teams = team_count(count, size),
		.departments = departments ? departments : 1,
		.team = ret_teams };
	enum engine_status status = ENGINE_NO_MEMORY;
	size_t seniors = 0, *seats = calloc(plan.teams + 1, sizeof *seats);
	plan.waits = calloc(count + 1, sizeof *plan.waits);
	plan.seated = calloc(plan.teams + 1, sizeof *plan.seated);
	plan.has = calloc(plan.teams * plan.departments + 1, sizeof *plan.has);
	for (size_t i = 0; i < count; i++) {
		plan.team[i] = NO_TEAM;
		seniors += people[i].senior;
	}
	if (seats && plan.waits && plan.seated && plan.has) {
		for (size_t t = 0; t < plan.teams; t++)
			seats[t] = share(seniors, plan.teams, t);
		status = seat_all(&plan, 0, seniors, seats);
		for (size_t t = 0; t < plan.teams; t++)
			seats[t] = share(count, plan.teams, t) - seats[t];
		if (status == ENGINE_OK)
			status = seat_all(&plan, seniors, count, seats);
	}
	free(seats);
	free(plan.waits);
	free(plan.seated);
	free(plan.has);
	return status;
}
