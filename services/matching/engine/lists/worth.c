/* What a list is worth. */
#include "matching/engine/lists/worth.h"

_Static_assert(ENGINE_DECLARATION_KINDS <= 16 && ENGINE_DECLARATION_CODE_MAX <= 15, "four bits each");

/* Four bits for each kind, as one number. */
static uint64_t word_of(const uint8_t codes[ENGINE_DECLARATION_KINDS])
{
	uint64_t word = 0;
	for (uint32_t k = 0; k < ENGINE_DECLARATION_KINDS; k++)
		word |= (uint64_t)codes[k] << 4 * k;
	return word;
}

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
	uint8_t counted[ENGINE_DECLARATION_KINDS];
	for (uint32_t k = 0; k < ENGINE_DECLARATION_KINDS; k++)
		counted[k] = policy->declaration_kinds >> k & 1 ? 15 : 0;
	worth->kinds = word_of(counted);
	worth->repeated[0] = points * (ENGINE_SHARE_FULL - second);
	worth->repeated[1] = points * (second - third);
	worth->repeated[2] = points * third;
}

uint64_t worth_backgrounds(
	const struct worth *worth, const struct person *mentee, const struct person *mentor)
{
	if (!worth->kinds)
		return 0;
	uint64_t mine = word_of(mentee->declarations), theirs = word_of(mentor->declarations);
	uint64_t differ = worth_known(mine) & worth_known(theirs) & worth_known(mine ^ theirs);
	return theirs & worth->kinds & differ * 15;
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
