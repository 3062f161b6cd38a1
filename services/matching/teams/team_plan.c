#include "matching/teams/team_plan.h"

#include <stdlib.h>
#include <string.h>

#define NO_TEAM   UINT32_MAX
#define WORK_MOST ((size_t)10000000) /* exchanges looked at in search of better teams */

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

/* A team wants the departments that it does not have. */
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

/* ---- exchanges ---------------------------------------------------------------------------------*/

/* The teams as they are, for looking up what an exchange would change. */
struct exchange {
	const struct plan *plan;
	uint32_t *members; /* of each team and department */
	uint32_t *reports; /* by person: the first of those who report to them, or NO_TEAM */
	uint32_t *next;    /* by person: the next one who reports to the same manager, or NO_TEAM */
};

/* How many in the team are the manager of the person or report to them, not counting `without`. */
static int lines_in(
	const struct exchange *x, uint32_t person, uint32_t team, uint32_t without)
{
	const struct plan *plan = x->plan;
	const uint32_t manager = plan->people[person].manager;
	int count = manager != ENGINE_NONE && manager != without && plan->team[manager] == team;
	for (uint32_t r = x->reports[person]; r != NO_TEAM; r = x->next[r])
		count += r != without && plan->team[r] == team;
	return count;
}

static uint32_t *members(const struct exchange *x, uint32_t team, uint32_t department)
{
	return &x->members[team * x->plan->departments + department];
}

/* How many more departments a team would have with somebody of one instead of the other. */
static int gain(const struct exchange *x, uint32_t team, uint32_t with, uint32_t instead_of)
{
	if (with == instead_of)
		return 0;
	return (with != ENGINE_NONE && *members(x, team, with) == 0) -
	       (instead_of != ENGINE_NONE && *members(x, team, instead_of) == 1);
}

/* How many more pairs of one department a team would have in that case. */
static int crowding(const struct exchange *x, uint32_t team, uint32_t with, uint32_t instead_of)
{
	int more = 0;
	if (with == instead_of)
		return 0;
	if (with != ENGINE_NONE)
		more += (int)*members(x, team, with);
	if (instead_of != ENGINE_NONE)
		more -= (int)*members(x, team, instead_of) - 1;
	return more;
}

/* Whether the teams are better if two people take each other's seat: fewer people with their manager, or else
 * more departments, or else fewer pairs of one department, which makes room for further exchanges. */
static bool is_better(const struct exchange *x, uint32_t one, uint32_t other)
{
	const struct plan *plan = x->plan;
	const uint32_t here = plan->team[one], there = plan->team[other];
	const uint32_t d = plan->people[one].department, e = plan->people[other].department;
	if (here == there)
		return false;
	const int lines = lines_in(x, one, there, other) + lines_in(x, other, here, one) -
			  lines_in(x, one, here, one) - lines_in(x, other, there, other);
	const int more = gain(x, here, e, d) + gain(x, there, d, e);
	if (lines != 0 || more != 0)
		return lines < 0 || (lines == 0 && more > 0);
	return crowding(x, here, e, d) + crowding(x, there, d, e) < 0;
}

static void count_member(const struct exchange *x, uint32_t person, uint32_t change)
{
	const uint32_t department = x->plan->people[person].department;
	if (department != ENGINE_NONE)
		*members(x, x->plan->team[person], department) += change;
}

static void swap(const struct exchange *x, uint32_t one, uint32_t other)
{
	uint32_t *team = x->plan->team, here = team[one];
	count_member(x, one, UINT32_MAX); /* one less */
	count_member(x, other, UINT32_MAX);
	team[one] = team[other];
	team[other] = here;
	count_member(x, one, 1);
	count_member(x, other, 1);
}

/* Exchanges seats, among seniors and among juniors, until no two can make the teams better. */
static void exchange_all(const struct exchange *x)
{
	const struct plan *plan = x->plan;
	for (bool again = true; again;) {
		again = false;
		for (uint32_t one = 0; one < plan->count; one++)
			for (uint32_t other = one + 1; other < plan->count; other++)
				if (plan->people[one].senior == plan->people[other].senior &&
					is_better(x, one, other)) {
					swap(x, one, other);
					again = true;
				}
	}
}

/* How far the teams are from the best that can be thought of: 0 means that there are none better. People with
 * their manager weigh more than all departments. */
static size_t shortfall(const struct exchange *x)
{
	const struct plan *plan = x->plan;
	size_t has = 0, by_department = 0, by_team = 0, lines = 0;
	for (uint32_t d = 0; d < plan->departments; d++) {
		size_t people = 0;
		for (uint32_t t = 0; t < plan->teams; t++) {
			people += *members(x, t, d);
			has += *members(x, t, d) > 0;
		}
		by_department += people < plan->teams ? people : plan->teams;
	}
	for (size_t t = 0; t < plan->teams; t++) {
		const size_t seats = share(plan->count, plan->teams, t);
		by_team += seats < plan->departments ? seats : plan->departments;
	}
	for (uint32_t i = 0; i < plan->count; i++)
		lines += (size_t)lines_in(x, i, plan->team[i], NO_TEAM);
	return lines * plan->count + (by_department < by_team ? by_department : by_team) - has;
}

/* Exchanges any two seats, however much worse that is, and all that are better afterwards. False: the teams
 * have not become better, and are as before. `kept`: room for them. */
static bool exchange_after(const struct exchange *x, uint32_t one, uint32_t other, uint32_t *kept)
{
	const struct plan *plan = x->plan;
	const size_t before = shortfall(x), bytes = plan->count * sizeof *kept;
	memcpy(kept, plan->team, bytes);
	swap(x, one, other);
	exchange_all(x);
	if (shortfall(x) < before)
		return true;
	for (uint32_t i = 0; i < plan->count; i++)
		count_member(x, i, UINT32_MAX);
	memcpy(plan->team, kept, bytes);
	for (uint32_t i = 0; i < plan->count; i++)
		count_member(x, i, 1);
	return false;
}

/* Tries what no single exchange can reach, in small groups from every two seats. */
static void exchange_further(const struct exchange *x, uint32_t *kept)
{
	const struct plan *plan = x->plan;
	size_t tries = WORK_MOST / (plan->count * plan->count + 1);
	for (uint32_t one = 0; one < plan->count; one++)
		for (uint32_t other = one + 1; other < plan->count; other++) {
			if (shortfall(x) == 0 || tries == 0)
				return;
			if (plan->people[one].senior != plan->people[other].senior ||
				plan->team[one] == plan->team[other])
				continue;
			tries--;
			if (exchange_after(x, one, other, kept))
				one = other = 0;
		}
}

static enum engine_status exchange(const struct plan *plan)
{
	struct exchange x = { .plan = plan,
		.members = calloc(plan->teams * plan->departments + 1, sizeof *x.members),
		.reports = malloc((plan->count + 1) * sizeof *x.reports),
		.next = malloc((plan->count + 1) * sizeof *x.next) };
	uint32_t *kept = malloc((plan->count + 1) * sizeof *kept);
	const bool room = x.members && x.reports && x.next && kept;
	for (uint32_t i = 0; room && i < plan->count; i++)
		x.reports[i] = NO_TEAM;
	for (uint32_t i = 0; room && i < plan->count; i++) {
		const uint32_t manager = plan->people[i].manager;
		x.next[i] = manager != ENGINE_NONE ? x.reports[manager] : NO_TEAM;
		if (manager != ENGINE_NONE)
			x.reports[manager] = i;
		count_member(&x, i, 1);
	}
	if (room) {
		exchange_all(&x);
		exchange_further(&x, kept);
	}
	free(kept);
	free(x.members);
	free(x.reports);
	free(x.next);
	return room ? ENGINE_OK : ENGINE_NO_MEMORY;
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
		if (status == ENGINE_OK)
			status = exchange(&plan);
	}
	free(seats);
	free(plan.waits);
	free(plan.seated);
	free(plan.has);
	return status;
}
