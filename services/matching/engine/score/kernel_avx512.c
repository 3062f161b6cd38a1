/* The kernel for AVX-512BW: 128 lanes in two registers. */
#include "matching/engine/score/kernel.h"

#if defined(__x86_64__)
#include <immintrin.h>

#define WIDE   __attribute__((target("avx512f,avx512bw,avx512dq,avx512vl,bmi2")))
#define INLINE static inline __attribute__((always_inline)) WIDE

struct sums {
	__m512i low, high;
};

INLINE __m512i look_up(__m512i sum, __m512i table, __m512i codes)
{
	const __m512i half = _mm512_set1_epi8(15);
	return _mm512_adds_epu8(sum, _mm512_shuffle_epi8(table, _mm512_and_si512(codes, half)));
}

INLINE struct sums add_group(const struct kernel_call *call, enum op_group group)
{
	const struct op *op = call->ops + (group ? call->ends[group - 1] : 0);
	const struct op *end = call->ops + call->ends[group];
	__m512i low = _mm512_setzero_si512(), high = _mm512_setzero_si512();
	for (; op < end; op++) {
		__m512i table = _mm512_broadcast_i32x4(
			_mm_loadu_si128((const void *)call->tables[op->table]));
		const uint8_t *column = call->columns +
					(unsigned)call->slots[op->column] * KERNEL_COLUMN;
		__m512i codes = _mm512_loadu_si512(column);
		low = look_up(low, table, codes);
		high = look_up(high, table, _mm512_srli_epi16(codes, 4));
	}
	return (struct sums){ low, high };
}

/* Four registers of 16-bit scores in lane order, accumulating. */
struct totals {
	__m512i part[4];
};

INLINE void weigh(struct totals *totals, struct sums one, struct sums other, int8_t weight,
	int8_t other_weight)
{
	__m512i pair = _mm512_set1_epi16(
		(int16_t)((uint8_t)weight | (uint16_t)((uint8_t)other_weight << 8)));
	totals->part[0] = _mm512_add_epi16(totals->part[0],
		_mm512_maddubs_epi16(_mm512_unpacklo_epi8(one.low, other.low), pair));
	totals->part[1] = _mm512_add_epi16(totals->part[1],
		_mm512_maddubs_epi16(_mm512_unpackhi_epi8(one.low, other.low), pair));
	totals->part[2] = _mm512_add_epi16(totals->part[2],
		_mm512_maddubs_epi16(_mm512_unpacklo_epi8(one.high, other.high), pair));
	totals->part[3] = _mm512_add_epi16(totals->part[3],
		_mm512_maddubs_epi16(_mm512_unpackhi_epi8(one.high, other.high), pair));
}

/* Unpacking interleaved groups of 8 bytes; this restores the order of the lanes. */
INLINE void reorder(struct totals *totals)
{
	const __m512i front = _mm512_setr_epi64(0, 1, 8, 9, 2, 3, 10, 11);
	const __m512i back = _mm512_setr_epi64(4, 5, 12, 13, 6, 7, 14, 15);
	for (int half = 0; half < 4; half += 2) {
		__m512i low = totals->part[half], high = totals->part[half + 1];
		totals->part[half] = _mm512_permutex2var_epi64(low, front, high);
		totals->part[half + 1] = _mm512_permutex2var_epi64(low, back, high);
	}
}

INLINE enum kernel_answer finish(const struct kernel_call *call, struct totals *totals,
	const uint64_t *allowed, int16_t *ret_scores, uint64_t *ret_hits)
{
	const __m512i limit = _mm512_set1_epi16(call->limit.limit);
	uint64_t hits[2] = { 0, 0 };
	for (int q = 0; q < 4; q++) {
		__m512i price = _mm512_loadu_si512(call->limit.price + q * 32);
		__m512i bound = call->limit.larger ? _mm512_max_epi16(price, limit)
						   : _mm512_adds_epi16(price, limit);
		__mmask32 open = (__mmask32)(allowed[q / 2] >> (q % 2 * 32));
		uint64_t hit = _mm512_mask_cmpgt_epi16_mask(open, totals->part[q], bound);
		hits[q / 2] |= hit << (q % 2 * 32);
	}
	if (!(hits[0] | hits[1]))
		return KERNEL_NO_HIT;
	for (int q = 0; q < 4; q++) {
		__mmask32 open = (__mmask32)(allowed[q / 2] >> (q % 2 * 32));
		_mm512_storeu_si512(ret_scores + q * 32,
			_mm512_mask_blend_epi16(
				open, _mm512_set1_epi16(INT16_MIN), totals->part[q]));
	}
	ret_hits[0] = hits[0];
	ret_hits[1] = hits[1];
	return KERNEL_HITS;
}

/* Keeps the lanes whose sum is at least `least`; false if none is left. */
INLINE bool keep(uint64_t *allowed, struct sums sums, uint8_t least)
{
	__m512i bound = _mm512_set1_epi8((char)least);
	allowed[0] &= _mm512_cmpge_epu8_mask(sums.low, bound);
	allowed[1] &= _mm512_cmpge_epu8_mask(sums.high, bound);
	return (allowed[0] | allowed[1]) != 0;
}

INLINE struct sums reverse(struct sums sums)
{
	const __m512i zero = _mm512_setzero_si512();
	return (struct sums){ _mm512_movm_epi8(_mm512_cmpeq_epi8_mask(sums.low, zero)),
		_mm512_movm_epi8(_mm512_cmpeq_epi8_mask(sums.high, zero)) };
}

WIDE enum kernel_answer kernel_avx512(
	const struct kernel_call *call, int16_t *ret_scores, uint64_t *ret_hits)
{
	const struct kernel_policy *policy = call->policy;
	uint64_t allowed[2] = { UINT64_MAX, UINT64_MAX };
	struct sums hours = add_group(call, OPS_HOURS);
	if (policy->hours_least && !keep(allowed, hours, policy->hours_least))
		return KERNEL_NOBODY;
	if (policy->needs_language && !keep(allowed, add_group(call, OPS_LANGUAGE), 1))
		return KERNEL_NOBODY;
	if (policy->needs_junior && !keep(allowed, add_group(call, OPS_JUNIOR), 1))
		return KERNEL_NOBODY;
	struct sums level = add_group(call, OPS_LEVEL);
	if (policy->needs_level && !keep(allowed, level, 1))
		return KERNEL_NOBODY;
	if (policy->needs_country && !keep(allowed, add_group(call, OPS_COUNTRY), 1))
		return KERNEL_NOBODY;
	struct sums need = add_group(call, OPS_NEED);
	if (policy->needs_need && !keep(allowed, need, 1))
		return KERNEL_NOBODY;
	struct sums elsewhere = reverse(add_group(call, OPS_DEPARTMENT));
	if (policy->other_department && !keep(allowed, elsewhere, 1))
		return KERNEL_NOBODY;
	struct totals totals = { { _mm512_setzero_si512(), _mm512_setzero_si512(),
		_mm512_setzero_si512(), _mm512_setzero_si512() } };
	weigh(&totals, level, elsewhere, policy->level, policy->department);
	weigh(&totals, need, add_group(call, OPS_EXCHANGE), policy->need, policy->exchange);
	weigh(&totals, add_group(call, OPS_INTERESTS), hours, policy->interests, policy->hours);
	weigh(&totals, add_group(call, OPS_BACKGROUND), add_group(call, OPS_CHANNELS),
		policy->background, policy->channels);
	reorder(&totals);
	return finish(call, &totals, allowed, ret_scores, ret_hits);
}

#else

enum kernel_answer kernel_avx512(
	const struct kernel_call *call, int16_t *ret_scores, uint64_t *ret_hits)
{
	return kernel_portable(call, ret_scores, ret_hits);
}
#endif
