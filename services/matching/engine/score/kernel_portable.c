/* The kernel in plain C, which the wide ones must match exactly. */
#include "matching/engine/score/kernel.h"

#include <string.h>

static void add_group(const struct kernel_call *call, enum op_group group, uint8_t *sum)
{
	unsigned from = group ? call->ends[group - 1] : 0;
	memset(sum, 0, KERNEL_LANES);
	for (unsigned k = from; k < call->ends[group]; k++) {
		const uint8_t *table = call->tables[call->ops[k].table];
		const uint8_t *column = call->columns +
					(unsigned)call->slots[call->ops[k].column] * KERNEL_COLUMN;
		for (unsigned lane = 0; lane < KERNEL_LANES; lane++) {
			unsigned code = column[lane % 64] >> (lane / 64 * 4) & 15;
			unsigned more = (unsigned)sum[lane] + table[code];
			sum[lane] = (uint8_t)(more < 255 ? more : 255);
		}
	}
}

static bool refuse_below(uint8_t *allowed, const uint8_t *sum, uint8_t least)
{
	uint8_t any = 0;
	for (unsigned lane = 0; lane < KERNEL_LANES; lane++) {
		allowed[lane] = allowed[lane] && sum[lane] >= least;
		any |= allowed[lane];
	}
	return any;
}

static bool refuse_some(uint8_t *allowed, const uint8_t *sum)
{
	uint8_t any = 0;
	for (unsigned lane = 0; lane < KERNEL_LANES; lane++) {
		allowed[lane] = allowed[lane] && !sum[lane];
		any |= allowed[lane];
	}
	return any;
}

static bool find_allowed(
	const struct kernel_call *call, uint8_t (*sums)[KERNEL_LANES], uint8_t *allowed)
{
	const struct kernel_policy *policy = call->policy;
	const uint8_t least[OPS_NEED + 1] = { policy->hours_least, policy->needs_language,
		policy->needs_junior, policy->needs_level, policy->needs_country,
		policy->needs_need };
	memset(allowed, 1, KERNEL_LANES);
	for (enum op_group group = OPS_HOURS; group <= OPS_NEED; group++) {
		add_group(call, group, sums[group]);
		if (least[group] && !refuse_below(allowed, sums[group], least[group]))
			return false;
	}
	add_group(call, OPS_DEPARTMENT, sums[OPS_DEPARTMENT]);
	return !policy->other_department || refuse_some(allowed, sums[OPS_DEPARTMENT]);
}

static int16_t weigh(
	const struct kernel_policy *policy, uint8_t (*sums)[KERNEL_LANES], unsigned lane)
{
	int score = sums[OPS_NEED][lane] * policy->need;
	score += sums[OPS_EXCHANGE][lane] * policy->exchange;
	score += sums[OPS_INTERESTS][lane] * policy->interests;
	score += sums[OPS_HOURS][lane] * policy->hours;
	score += sums[OPS_LEVEL][lane] * policy->level;
	score += (sums[OPS_DEPARTMENT][lane] ? 0 : 255) * policy->department;
	score += sums[OPS_BACKGROUND][lane] * policy->background;
	score += sums[OPS_CHANNELS][lane] * policy->channels;
	return (int16_t)score;
}

static int limit_of(const struct kernel_limit *limit, unsigned lane)
{
	int price = limit->price[lane];
	if (limit->larger)
		return price > limit->limit ? price : limit->limit;
	int sum = price + limit->limit;
	return sum > INT16_MAX ? INT16_MAX : sum < INT16_MIN ? INT16_MIN : sum;
}

enum kernel_answer kernel_portable(
	const struct kernel_call *call, int16_t *ret_scores, uint64_t *ret_hits)
{
	uint8_t sums[OP_GROUPS][KERNEL_LANES];
	uint8_t allowed[KERNEL_LANES];
	uint64_t hits[2] = { 0, 0 };
	int16_t scores[KERNEL_LANES];
	if (!find_allowed(call, sums, allowed))
		return KERNEL_NOBODY;
	for (enum op_group group = OPS_EXCHANGE; group < OP_GROUPS; group++)
		add_group(call, group, sums[group]);
	for (unsigned lane = 0; lane < KERNEL_LANES; lane++) {
		scores[lane] = allowed[lane] ? weigh(call->policy, sums, lane) : INT16_MIN;
		if (scores[lane] > limit_of(&call->limit, lane))
			hits[lane / 64] |= 1ull << (lane % 64);
	}
	if (!(hits[0] | hits[1]))
		return KERNEL_NO_HIT;
	memcpy(ret_scores, scores, sizeof(scores));
	ret_hits[0] = hits[0];
	ret_hits[1] = hits[1];
	return KERNEL_HITS;
}
