/*
 * The population laid out for the kernels, under one policy.
 *
 * Mentors are in blocks of 128. A block has one column of 128 half bytes for each fact that somebody
 * in it has (the level at which a skill is offered, four half hours of the week, ...); 0 always
 * means "nothing". A mentee is a list of operations: load a column, look it up in a 16-byte table,
 * and add the bytes (saturating) to the criterion that the operation belongs to. Facts with more
 * than 15 values are spread over pages of 15.
 *
 * Rules that do not fit a byte column (reporting line, manager, blocked pairs, the person
 * themselves) are checked afterwards for the few pairs that matter: layout_open().
 */
#ifndef ENGINE_LAYOUT_H
#define ENGINE_LAYOUT_H

#include "matching/engine/base/base.h"
#include "matching/engine/people/people.h"
#include "matching/engine/score/features.h"
#include "matching/engine/score/kernel.h"

struct block {
	uint8_t *columns; /* KERNEL_COLUMN bytes each; the first is all zero */
	uint64_t hours_any[ENGINE_HOURS_WORDS]; /* union of the mentors' hours */
};

/* What the checks beyond the columns need about a mentor. */
struct mentor_line {
	uint32_t person, manager, pre, last, depth;
};

struct mentee_line {
	uint32_t person, manager, pre, last, depth, limit;
	uint32_t blocked; /* number of blocked people */
	uint32_t first_op;
	uint16_t ends[OP_GROUPS]; /* one past the last operation of each group, from first_op */
};

struct engine_scorer {
	const struct engine_population *population;
	struct engine_policy policy;
	struct crew *crew; /* shared with the solver */
	enum engine_simd simd;
	kernel_fn *kernel;
	struct kernel_policy kernel_policy;
	struct features features;
	uint32_t mentors, blocks;
	struct mentor_line *lines; /* by place */
	uint32_t *place;           /* by person, ENGINE_NONE if no active mentor */
	struct block *block;
	uint16_t *slots; /* blocks x features.count: the position of a column in its block */
	uint32_t mentees;
	struct mentee_line *rows; /* by row, ascending by person */
	uint32_t *row;            /* by person, ENGINE_NONE if no active mentee */
	struct op *ops;
	size_t op_count, op_room;
	uint8_t (*tables)[16];
	size_t table_count, table_room;
	uint32_t *table_hash; /* open addressing over tables, ENGINE_NONE = free */
	size_t table_hash_size;
	uint32_t hours_table[16];  /* table number by four (half) hours of one's own */
	uint32_t shared_table[16]; /* by four bits of a set; ENGINE_NONE = not created yet */
	uint32_t exchange_table[ENGINE_SKILL_LEVEL_MAX + 1]; /* by the level offered */
	int16_t *no_price;                                   /* 128 zeroes */
	bool cut; /* cancelled during layout: positions are valid, scores are not */
};

/* Sorts the mentors so that those in a block have similar hours (unless cut), and fills lines and
 * place. */
bool layout_place_mentors(struct engine_scorer *scorer);
/* Builds one block from the people in it, also again after a change. */
bool layout_build_block(struct engine_scorer *scorer, uint32_t block, uint8_t *scratch);
/* Builds a block of up to 128 arbitrary mentors; slots has room for features.count. */
bool layout_gather_block(const struct engine_scorer *scorer, const uint32_t *places, uint32_t count,
	struct block *block, uint16_t *slots, uint8_t *scratch);
/* Bytes of scratch that layout_build_block needs. */
size_t layout_scratch_size(const struct engine_scorer *scorer);

/* Called before the first row. */
void layout_begin_rows(struct engine_scorer *scorer);
/* Appends the operations of one mentee to scorer->ops and fills its line. */
bool layout_build_row(struct engine_scorer *scorer, uint32_t row, uint32_t person);

/* Determines whether the row's mentee is a head of the tree and sets the limit of its line; only
 * for rows and blocks already laid out. */
void layout_grant(struct engine_scorer *scorer, uint32_t row);

/* True if the mentor is in the mentee's line and allowed only by the head-of-tree rule. */
static inline bool layout_granted(const struct engine_scorer *scorer, uint32_t row, uint32_t place)
{
	const struct mentor_line *mentor = &scorer->lines[place];
	const struct mentee_line *mentee = &scorer->rows[row];
	return scorer->policy.line_distance == ENGINE_LINE_ANY && mentor->pre > mentee->pre &&
	       mentor->pre < mentee->last;
}

/* Checks the rules that are not in the columns, exactly. */
static inline bool layout_open(const struct engine_scorer *scorer, uint32_t row, uint32_t place)
{
	const struct mentor_line *mentor = &scorer->lines[place];
	const struct mentee_line *mentee = &scorer->rows[row];
	if (mentor->person == mentee->person)
		return false;
	if (mentor->manager == mentee->manager && mentee->manager != ENGINE_NONE)
		return false;
	if (mentor->pre > mentee->pre) {
		if (mentor->pre < mentee->last && mentor->depth - mentee->depth <= mentee->limit)
			return false;
	} else if (mentor->last > mentee->pre) {
		return false;
	}
	return !mentee->blocked ||
	       !people_blocked(scorer->population, mentee->person, mentor->person);
}

/* False if the hours alone rule out the whole block for this mentee: nobody in it shares any. */
static inline bool layout_near(
	const struct engine_scorer *scorer, const struct person *mentee, const struct block *block)
{
	uint64_t common = scorer->policy.common_half_hours == 0;
	for (size_t w = 0; w < ENGINE_HOURS_WORDS; w++)
		common |= mentee->hours[w] & block->hours_any[w];
	return common != 0;
}

/* Scores one row against one block; see kernel.h. */
static inline enum kernel_answer layout_score(const struct engine_scorer *scorer, uint32_t row,
	uint32_t block, struct kernel_limit limit, int16_t *ret_scores, uint64_t *ret_hits)
{
	const struct mentee_line *mentee = &scorer->rows[row];
	struct kernel_call call = {
		.policy = &scorer->kernel_policy,
		.tables = (const uint8_t(*)[16])scorer->tables,
		.ops = scorer->ops + mentee->first_op,
		.ends = mentee->ends,
		.slots = scorer->slots + (size_t)block * scorer->features.count,
		.columns = scorer->block[block].columns,
		.limit = limit,
	};
	return scorer->kernel(&call, ret_scores, ret_hits);
}

/* The lanes of a block that hold a mentor, as two words. */
static inline uint64_t layout_lanes(
	const struct engine_scorer *scorer, uint32_t block, uint32_t word)
{
	uint64_t first = (uint64_t)block * KERNEL_LANES + (uint64_t)word * 64;
	if (first >= scorer->mentors)
		return 0;
	uint64_t left = scorer->mentors - first;
	return left >= 64 ? UINT64_MAX : (1ull << left) - 1;
}

#endif
