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
}

void bundle_add(struct bundle *bundle, const uint8_t *shares, uint32_t stride, uint32_t department,
	bool granted)
{
	for (uint32_t w = 0; w < stride; w++) {
		uint8_t share = shares[w];
		for (uint32_t t = 0; t < WORTH_COUNTED; t++) {
			uint8_t top = bundle->top[t][w];
			bundle->top[t][w] = top > share ? top : share;
			share = top > share ? share : top;
		}
	}
	if (!bundle_knows(bundle, department))
		bundle->department[bundle->departments++] = department;
	bundle->granted = (uint8_t)(bundle->granted + granted);
	bundle->count++;
}
