/*
 * The scoring kernels: one mentee against 128 mentors. Every SIMD width returns the same bytes.
 */
#ifndef ENGINE_KERNEL_H
#define ENGINE_KERNEL_H

#include <stdbool.h>
#include <stdint.h>

#define KERNEL_LANES 128u
/* Bytes of a column: lanes 0 to 63 in the lower half bytes, 64 to 127 in the upper ones. */
#define KERNEL_COLUMN 64u

/* Criteria, in the order in which the kernels add them up. */
enum op_group {
	OPS_HOURS = 0,
	OPS_LANGUAGE,
	OPS_JUNIOR, /* age, and the level rule if either is enough */
	OPS_LEVEL,
	OPS_COUNTRY, /* only the rule */
	OPS_NEED,
	OPS_DEPARTMENT, /* the mentee's own department; rule and criterion are inverted */
	OPS_EXCHANGE,
	OPS_INTERESTS,
	OPS_BACKGROUND,
	OPS_CHANNELS,
	OP_GROUPS
};

struct op {
	uint32_t column;
	uint32_t table;
};

struct kernel_policy {
	uint8_t hours_least; /* points of OPS_HOURS; a pair with fewer is refused */
	/* refused if the sum is 0 */
	bool needs_language, needs_junior, needs_level, needs_country, needs_need;
	bool other_department; /* refused if the sum is not 0 */
	/* weights, two criteria side by side: need exchange, interests hours, ... */
	int8_t need, exchange, interests, hours, level, department, background, channels;
};

/* A score is a hit if it exceeds price + limit (saturating) or, with `larger`, the larger of the
 * two. */
struct kernel_limit {
	const int16_t *price; /* 128, by lane */
	int16_t limit;
	bool larger;
};

struct kernel_call {
	const struct kernel_policy *policy;
	const uint8_t (*tables)[16];
	const struct op *ops;
	const uint16_t *ends;
	const uint16_t *slots;
	const uint8_t *columns; /* KERNEL_COLUMN bytes each */
	struct kernel_limit limit;
};

enum kernel_answer {
	KERNEL_NOBODY = 0, /* no lane is allowed; nothing is written */
	KERNEL_NO_HIT,     /* some are allowed, none is a hit; nothing is written */
	KERNEL_HITS, /* ret_hits has a bit for each, ret_scores all 128 scores, -32768 = refused */
};

typedef enum kernel_answer kernel_fn(
	const struct kernel_call *call, int16_t *ret_scores, uint64_t *ret_hits);

kernel_fn kernel_portable;
kernel_fn kernel_avx2;
kernel_fn kernel_avx512;

#endif
