/*
 * The worth of a list (lists.h), and what one more mentor adds to it, in hundredths of points.
 *
 * How much a mentor's share of a want counts depends on the mentor's rank among the list's teachers of
 * that want: higher ranks count less. So a mentor adds its single worth less what the mentors already
 * on the list take away, summed over the wants:
 *	first x min(share, best) + second x min(share, second best) + third x min(share, third best)
 * This is computed for 16 bytes at once, and is the same on every machine. It is the same with the
 * backgrounds in which a mentor differs from the mentee, where a share is all or nothing.
 */
#ifndef ENGINE_WORTH_H
#define ENGINE_WORTH_H

#include "matching/engine/base/base.h"
#include "matching/engine/people/people.h"

#if defined(__x86_64__)
#include <emmintrin.h>
#endif

#define WORTH_UNIT    100 /* hundredths of a point */
#define WORTH_STRIDE  16u
#define WORTH_PLACES  ENGINE_SHORTLIST_MAX
#define WORTH_COUNTED 3u /* teachers of one want that count */

struct worth {
	int32_t need; /* weight */
	int32_t taken
		[WORTH_COUNTED]; /* first, second, third: weight times the fall of the shares */
	int32_t departments[WORTH_PLACES + 1]; /* by the number of departments on a list */
	uint64_t kinds; /* of background that count less when repeated: 15 in their bits */
	int32_t repeated[WORTH_COUNTED]; /* as taken, for one background */
};

/* A mentor as one mentee may be shown them. */
struct candidate {
	uint64_t backgrounds; /* by kind, four bits each; 0 = as the mentee, or not known */
	uint32_t place;
	uint32_t department;
	int32_t single; /* worth on an empty list */
	int16_t score;
	bool granted; /* allowed only by the head-of-tree rule */
	bool first;   /* on the list of the pair solution */
};

/* A list under construction: the best teachers' shares, backgrounds, and departments. */
struct bundle {
	uint8_t top[WORTH_COUNTED][ENGINE_WANTS_MAX] __attribute__((aligned(16)));
	uint64_t backgrounds[WORTH_PLACES]; /* of each mentor on it */
	uint32_t department[WORTH_PLACES]; /* all different */
	uint8_t departments, count, granted;
};

void worth_init(struct worth *worth, const struct engine_policy *policy);

/* What struct candidate calls backgrounds. */
uint64_t worth_backgrounds(
	const struct worth *worth, const struct person *mentee, const struct person *mentor);

/* The most that `more` mentors add through departments. */
static inline int32_t worth_reach(
	const struct worth *worth, const struct bundle *bundle, uint32_t more)
{
	uint32_t most = bundle->departments + more;
	int32_t now = worth->departments[bundle->departments];
	return worth->departments[most < WORTH_PLACES ? most : WORTH_PLACES] - now;
}

static inline bool bundle_knows(const struct bundle *bundle, uint32_t department)
{
	for (uint32_t d = 0; d < bundle->departments; d++)
		if (bundle->department[d] == department)
			return true;
	return false;
}

/* What a mentor of that department adds through it. */
static inline int32_t worth_step(
	const struct worth *worth, const struct bundle *bundle, uint32_t department)
{
	return bundle_knows(bundle, department) ? 0 : worth_reach(worth, bundle, 1);
}

/* The sum of the smaller of each two shares; stride is WORTH_STRIDE or twice that. */
static inline int32_t worth_common(const uint8_t *shares, const uint8_t *top, uint32_t stride)
{
#if defined(__x86_64__)
	__m128i sum = _mm_setzero_si128();
	for (uint32_t at = 0; at < stride; at += WORTH_STRIDE) {
		__m128i less = _mm_min_epu8(_mm_loadu_si128((const void *)(shares + at)),
			_mm_load_si128((const void *)(top + at)));
		sum = _mm_add_epi64(sum, _mm_sad_epu8(less, _mm_setzero_si128()));
	}
	return _mm_cvtsi128_si32(sum) + _mm_extract_epi16(sum, 4);
#else
	int32_t sum = 0;
	for (uint32_t at = 0; at < stride; at++)
		sum += shares[at] < top[at] ? shares[at] : top[at];
	return sum;
#endif
}

/* The lowest of the four bits of each kind that is not 0. */
static inline uint64_t worth_known(uint64_t kinds)
{
	return (kinds | kinds >> 1 | kinds >> 2 | kinds >> 3) & UINT64_C(0x1111111111111111);
}

/* What those on the list take away from a mentor because they are of the same backgrounds. */
static inline int32_t worth_repeated(
	const struct worth *worth, const struct bundle *bundle, uint64_t backgrounds)
{
	uint64_t again[WORTH_COUNTED] = { 0 }, known = worth_known(backgrounds);
	int32_t taken = 0;
	for (uint32_t m = 0; known && m < bundle->count; m++) {
		uint64_t same = known & ~worth_known(backgrounds ^ bundle->backgrounds[m]);
		again[2] |= again[1] & same;
		again[1] |= again[0] & same;
		again[0] |= same;
	}
	for (uint32_t t = 0; t < WORTH_COUNTED && again[t]; t++)
		taken += worth->repeated[t] * __builtin_popcountll(again[t]);
	return taken;
}

/* What the mentors already on the list take away from a mentor's single worth. */
static inline int32_t worth_taken(const struct worth *worth, const struct bundle *bundle,
	const uint8_t *shares, uint32_t stride, uint64_t backgrounds)
{
	int32_t taken = worth_repeated(worth, bundle, backgrounds);
	for (uint32_t t = 0; t < WORTH_COUNTED && t < bundle->count; t++)
		taken += worth->taken[t] * worth_common(shares, bundle->top[t], stride);
	return taken;
}

void bundle_add(struct bundle *bundle, const uint8_t *shares, uint32_t stride,
	const struct candidate *candidate);

#endif
