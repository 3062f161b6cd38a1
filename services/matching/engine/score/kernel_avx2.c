/* The kernel for AVX2: 128 lanes in four registers. */
#include "matching/engine/score/kernel.h"

#if defined(__x86_64__)
#include <immintrin.h>

#define WIDE   __attribute__((target("avx2,bmi2")))
#define INLINE static inline __attribute__((always_inline)) WIDE

struct sums {
	__m256i a, b, c, d;
};

INLINE __m256i look_up(__m256i sum, __m256i table, __m256i codes)
{
	const __m256i half = _mm256_set1_epi8(15);
	return _mm256_adds_epu8(sum, _mm256_shuffle_epi8(table, _mm256_and_si256(codes, half)));
}

INLINE struct sums add_group(const struct kernel_call *call, enum op_group group)
{
	const struct op *op = call->ops + (group ? call->ends[group - 1] : 0);
	const struct op *end = call->ops + call->ends[group];
	__m256i a = _mm256_setzero_si256(), b = a, c = a, d = a;
	for (; op < end; op++) {
		__m256i table = _mm256_broadcastsi128_si256(
			_mm_loadu_si128((const void *)call->tables[op->table]));
		const uint8_t *column = call->columns +
					(unsigned)call->slots[op->column] * KERNEL_COLUMN;
		__m256i first = _mm256_loadu_si256((const void *)column);
		__m256i second = _mm256_loadu_si256((const void *)(column + 32));
		a = look_up(a, table, first);
		b = look_up(b, table, second);
		c = look_up(c, table, _mm256_srli_epi16(first, 4));
		d = look_up(d, table, _mm256_srli_epi16(second, 4));
	}
	return (struct sums){ a, b, c, d };
}

/* All ones in the bytes that are at least `least`. */
INLINE __m256i reaches(__m256i sum, uint8_t least)
{
	__m256i bound = _mm256_set1_epi8((char)least);
	return _mm256_cmpeq_epi8(_mm256_max_epu8(sum, bound), sum);
}

INLINE bool keep(struct sums *allowed, struct sums sums, uint8_t least)
{
	allowed->a = _mm256_and_si256(allowed->a, reaches(sums.a, least));
	allowed->b = _mm256_and_si256(allowed->b, reaches(sums.b, least));
	allowed->c = _mm256_and_si256(allowed->c, reaches(sums.c, least));
	allowed->d = _mm256_and_si256(allowed->d, reaches(sums.d, least));
	__m256i any = _mm256_or_si256(
		_mm256_or_si256(allowed->a, allowed->b), _mm256_or_si256(allowed->c, allowed->d));
	return !_mm256_testz_si256(any, any);
}

INLINE struct sums reverse(struct sums sums)
{
	const __m256i zero = _mm256_setzero_si256();
	return (struct sums){ _mm256_cmpeq_epi8(sums.a, zero), _mm256_cmpeq_epi8(sums.b, zero),
		_mm256_cmpeq_epi8(sums.c, zero), _mm256_cmpeq_epi8(sums.d, zero) };
}

INLINE void weigh_part(__m256i *totals, __m256i one, __m256i other, __m256i pair)
{
	totals[0] = _mm256_add_epi16(
		totals[0], _mm256_maddubs_epi16(_mm256_unpacklo_epi8(one, other), pair));
	totals[1] = _mm256_add_epi16(
		totals[1], _mm256_maddubs_epi16(_mm256_unpackhi_epi8(one, other), pair));
}

INLINE void weigh(
	__m256i *totals, struct sums one, struct sums other, int8_t weight, int8_t other_weight)
{
	__m256i pair = _mm256_set1_epi16(
		(int16_t)((uint8_t)weight | (uint16_t)((uint8_t)other_weight << 8)));
	weigh_part(totals, one.a, other.a, pair);
	weigh_part(totals + 2, one.b, other.b, pair);
	weigh_part(totals + 4, one.c, other.c, pair);
	weigh_part(totals + 6, one.d, other.d, pair);
}

/* Finishes 32 scores: puts them in lane order, sets refused ones to the minimum, and returns their
 * hits as bits. */
INLINE uint32_t finish_part(
	const struct kernel_limit *limit, __m256i *totals, __m256i allowed, const int16_t *price)
{
	const __m256i refused = _mm256_set1_epi16(INT16_MIN);
	__m256i front = _mm256_permute2x128_si256(totals[0], totals[1], 0x20);
	__m256i back = _mm256_permute2x128_si256(totals[0], totals[1], 0x31);
	__m256i open = _mm256_cvtepi8_epi16(_mm256_castsi256_si128(allowed));
	__m256i open_back = _mm256_cvtepi8_epi16(_mm256_extracti128_si256(allowed, 1));
	totals[0] = _mm256_blendv_epi8(refused, front, open);
	totals[1] = _mm256_blendv_epi8(refused, back, open_back);
	__m256i bound = _mm256_set1_epi16(limit->limit), bound_back = bound;
	__m256i one = _mm256_loadu_si256((const void *)price);
	__m256i other = _mm256_loadu_si256((const void *)(price + 16));
	if (limit->larger) {
		bound = _mm256_max_epi16(bound, one);
		bound_back = _mm256_max_epi16(bound_back, other);
	} else {
		bound = _mm256_adds_epi16(bound, one);
		bound_back = _mm256_adds_epi16(bound_back, other);
	}
	__m256i hits = _mm256_packs_epi16(
		_mm256_cmpgt_epi16(totals[0], bound), _mm256_cmpgt_epi16(totals[1], bound_back));
	return (uint32_t)_mm256_movemask_epi8(_mm256_permute4x64_epi64(hits, 0xd8));
}

INLINE enum kernel_answer finish(const struct kernel_call *call, __m256i *totals,
	const struct sums *allowed, int16_t *ret_scores, uint64_t *ret_hits)
{
	const int16_t *price = call->limit.price;
	uint64_t a = finish_part(&call->limit, totals, allowed->a, price);
	uint64_t b = finish_part(&call->limit, totals + 2, allowed->b, price + 32);
	uint64_t c = finish_part(&call->limit, totals + 4, allowed->c, price + 64);
	uint64_t d = finish_part(&call->limit, totals + 6, allowed->d, price + 96);
	if (!(a | b | c | d))
		return KERNEL_NO_HIT;
	for (int part = 0; part < 8; part++)
		_mm256_storeu_si256((void *)(ret_scores + part * 16), totals[part]);
	ret_hits[0] = a | b << 32;
	ret_hits[1] = c | d << 32;
	return KERNEL_HITS;
}

WIDE enum kernel_answer kernel_avx2(
	const struct kernel_call *call, int16_t *ret_scores, uint64_t *ret_hits)
{
	const struct kernel_policy *policy = call->policy;
	const __m256i ones = _mm256_set1_epi8(-1), zero = _mm256_setzero_si256();
	struct sums allowed = { ones, ones, ones, ones };
	struct sums hours = add_group(call, OPS_HOURS);
	if (policy->hours_least && !keep(&allowed, hours, policy->hours_least))
		return KERNEL_NOBODY;
	if (policy->needs_language && !keep(&allowed, add_group(call, OPS_LANGUAGE), 1))
		return KERNEL_NOBODY;
	if (policy->needs_junior && !keep(&allowed, add_group(call, OPS_JUNIOR), 1))
		return KERNEL_NOBODY;
	struct sums level = add_group(call, OPS_LEVEL);
	if (policy->needs_level && !keep(&allowed, level, 1))
		return KERNEL_NOBODY;
	if (policy->needs_country && !keep(&allowed, add_group(call, OPS_COUNTRY), 1))
		return KERNEL_NOBODY;
	struct sums need = add_group(call, OPS_NEED);
	if (policy->needs_need && !keep(&allowed, need, 1))
		return KERNEL_NOBODY;
	struct sums elsewhere = reverse(add_group(call, OPS_DEPARTMENT));
	if (policy->other_department && !keep(&allowed, elsewhere, 1))
		return KERNEL_NOBODY;
	__m256i totals[8] = { zero, zero, zero, zero, zero, zero, zero, zero };
	weigh(totals, level, elsewhere, policy->level, policy->department);
	weigh(totals, need, add_group(call, OPS_EXCHANGE), policy->need, policy->exchange);
	weigh(totals, add_group(call, OPS_INTERESTS), hours, policy->interests, policy->hours);
	weigh(totals, add_group(call, OPS_BACKGROUND), add_group(call, OPS_CHANNELS),
		policy->background, policy->channels);
	return finish(call, totals, &allowed, ret_scores, ret_hits);
}

#else

enum kernel_answer kernel_avx2(
	const struct kernel_call *call, int16_t *ret_scores, uint64_t *ret_hits)
{
	return kernel_portable(call, ret_scores, ret_hits);
}
#endif
