/* What a list is worth. */
#include "matching/engine/lists/worth.h"

void worth_init(struct worth *worth, const struct engine_policy *policy)
{
	int32_t need = policy->weights[ENGINE_NEED];
	int32_t second = policy->repeat_share[0], third = policy->repeat_share[1];
	*worth = (struct worth){ .need = need,
		.taken = { need * (ENGINE_SHARE_FULL - second), need * (second - third),
			need * third } };
	int32_t step = policy->two_departments ? ENGINE_SECOND_DEPARTMENT * WORTH_UNIT : 0;
	for (uint32_t count = 2; count <= WORTH_PLACES; count++, step /= 2)
		worth->departments[count] = worth->departments[count - 1] + step;
	int32_t kinds = __builtin_popcount(
		policy->declaration_kinds & ((1u << ENGINE_DECLARATION_KINDS) - 1));
	int32_t points = kinds ? policy->weights[ENGINE_BACKGROUND] * (255 / kinds) : 0;
	if (!points || third == ENGINE_SHARE_FULL)
		return; /* nothing counts less */
	for (uint32_t k = 0; k < ENGINE_DECLARATION_KINDS; k++)
		worth->kinds |= (uint64_t)(policy->declaration_kinds >> k & 1) * 0xff << 8 * k;
	worth->repeated[0] = points * (ENGINE_SHARE_FULL - second);
	worth->repeated[1] = points * (second - third);
	worth->repeated[2] = points * third;
}

static uint64_t read_kinds(const struct person *person)
{
	uint64_t kinds = 0;
	for (uint32_t k = 0; k < ENGINE_DECLARATION_KINDS; k++)
		kinds |= (uint64_t)person->declarations[k] << 8 * k;
	return kinds;
}

uint64_t worth_backgrounds(
	const struct worth *worth, const struct person *mentee, const struct person *mentor)
{
	if (!worth->kinds)
		return 0;
	uint64_t mine = read_kinds(mentee), theirs = read_kinds(mentor);
	uint64_t differ = worth_known(mine) & worth_known(theirs) & worth_known(mine ^ theirs);
	return theirs & worth->kinds & (differ >> 7) * 0xff;
}

void bundle_add(struct bundle *bundle, const uint8_t *shares, uint32_t stride,
	const struct candidate *candidate)
{
	for (uint32_t w = 0; w < stride; w++) {
		uint8_t share = shares[w];
		for (uint32_t t = 0; t < WORTH_COUNTED; t++) {
			uint8_t top = bundle->top[t][w];
			bundle->top[t][w] = top > share ? top : share;
			share = top > share ? share : top;
		}
	}
	if (!bundle_knows(bundle, candidate->department))
		bundle->department[bundle->departments++] = candidate->department;
	bundle->granted = (uint8_t)(bundle->granted + candidate->granted);
	bundle->backgrounds[bundle->count++] = candidate->backgrounds;
}
