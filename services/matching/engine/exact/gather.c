/* Gathers mentors that are not settled yet into separate blocks. */
#include "matching/engine/exact/gather.h"

#include <stdlib.h>

void gather_release(struct gather *gather)
{
	for (uint32_t b = 0; gather->blocks && b < gather->block_count; b++)
		free(gather->blocks[b].columns);
	free(gather->places);
	free(gather->blocks);
	free(gather->slots);
	free(gather->scratch);
	*gather = (struct gather){ 0 };
}

static bool allocate(struct gather *gather, const struct engine_scorer *scorer, size_t count)
{
	size_t blocks = count / KERNEL_LANES + 1;
	gather->places = malloc((count + 1) * sizeof(*gather->places));
	gather->blocks = calloc(blocks, sizeof(*gather->blocks));
	gather->slots = malloc(blocks * scorer->features.count * sizeof(*gather->slots) + 1);
	gather->scratch = aligned_alloc(64, layout_scratch_size(scorer));
	return gather->places && gather->blocks && gather->slots && gather->scratch;
}

bool gather_begin(struct gather *gather, const struct engine_scorer *scorer, size_t most)
{
	gather_release(gather);
	return allocate(gather, scorer, most);
}

bool gather_blocks(struct gather *gather, const struct engine_scorer *scorer,
	const atomic_bool *cancel, bool *ret_cancelled)
{
	for (uint32_t first = 0; first < gather->count; first += KERNEL_LANES) {
		uint32_t left = gather->count - first;
		uint32_t block = gather->block_count++;
		if (is_raised(cancel)) {
			*ret_cancelled = true;
			gather->count = gather->block_count = 0;
			break;
		}
		if (!layout_gather_block(scorer, gather->places + first,
			    left < KERNEL_LANES ? left : KERNEL_LANES, &gather->blocks[block],
			    gather->slots + (size_t)block * scorer->features.count,
			    gather->scratch))
			return false;
	}
	return true;
}
