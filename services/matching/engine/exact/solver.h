/*
 * The state of an exact run: a flow of mentees' places through candidate pairs to mentors' places,
 * and the prices that prove it.
 *
 * Invariants, at all times between two steps (row i, place j, value s, prices u and v):
 *	listed pair, not taken		s <= u + v
 *	pair taken			s >= u + v
 *	any pair not listed		s <= bound[i] + v, bound[i] <= u (by department, see below)
 *	mentor with a free place	v = 0
 *	mentee, places left empty	-penalty(filled) <= u <= -penalty(filled + 1)
 * So the prices are feasible for every pair of the population at any time, and the dual value is a
 * bound of what is reachable even if the run is stopped. During a run u only falls and v only rises.
 *
 * In shortlists of two departments u is the price for mentors of all departments but one: if a mentee
 * has reached the limit of one department ("limit"), that department has the price q,
 * u <= q <= u + unit.
 */
#ifndef ENGINE_SOLVER_H
#define ENGINE_SOLVER_H

#include "matching/engine/base/base.h"
#include "matching/engine/exact/arena.h"
#include "matching/engine/exact/gather.h"
#include "matching/engine/exact/heap.h"
#include "matching/engine/people/people.h"
#include "matching/engine/score/score.h"

#define PRICE_LOWEST (INT64_MIN / 4)
#define PRICE_NEVER  (INT64_MAX / 4)

/* A candidate pair in a row's list, or a pair taken. */
struct edge {
	uint32_t place;
	int16_t score;
	uint16_t flags; /* PAIR_ below */
};

struct holder {
	uint32_t row;
	int16_t score;
	uint16_t flags;
};
#define PAIR_KEPT    1u /* repair: a published pair, worth unit_soft more */
#define PAIR_GRANTED 2u /* by the head-of-tree rule, worth ENGINE_GRANT_UNITS unit_soft less */

struct row {
	int64_t price; /* u */
	int64_t bound;
	int64_t limit_price; /* q */
	int64_t limit_bound; /* for mentors of that department; bound is for the others */
	uint32_t limit;      /* department, or ENGINE_NO_LIMIT */
	struct edge *edges;  /* ascending by place; in an arena */
	uint32_t edge_count, edge_room;
	uint32_t held_first; /* into solver->held */
	uint16_t held;
	uint16_t demand; /* places, pins included */
	uint16_t pinned;
	uint16_t empty;          /* places decided to stay empty */
	uint16_t priced;         /* how often */
	bool pending;            /* waits to be priced */
	bool loose, limit_loose; /* the bound holds for this search only, see price_within */
};

struct place {
	int64_t price;         /* v */
	uint32_t holder_first; /* into solver->holders */
	uint32_t department;
	uint16_t holders;
	uint16_t capacity; /* pins not included */
};

/* What a search knows about a node: places first, then rows, then the rows' limit nodes. */
struct label {
	int64_t distance;
	uint32_t from;  /* previous node */
	uint32_t stamp; /* the search that labelled it; plus 1 when settled, plus 2 on a path that
			   was taken */
};

/*
 * Mentors' prices as 16 bits, less an offset, kept up to date for the kernels. They are clamped,
 * which only lets too many pairs through.
 */
#define LEVELS 16u
struct level {
	int64_t offset;
	int16_t *price;
};

/*
 * The pairs of one mentor that cost less than `reach` to take, collected when a reverse search
 * needs them. The nearest come first, because a search hardly ever needs the others.
 */
struct mentor_pairs {
	struct holder *entries; /* owned */
	int64_t reach; /* reduced cost below which every pair is an entry; 0 = none known */
	int64_t near;  /* <= reach: cost below which every pair is among the first near_count */
	uint32_t count, near_count;
};

/* A pair near enough to be kept, and the pairs found by one worker. */
struct near_pair {
	uint32_t row;
	uint16_t lane;
	int16_t score;
};
struct near_share {
	struct near_pair *pairs; /* owned */
	size_t count, room;
};

struct solver {
	struct engine_scorer *scorer;
	const struct engine_population *population;
	struct engine_policy policy;
	struct engine_options options;
	enum engine_mode mode;
	struct crew *crew; /* the scorer's */
	uint32_t rows, places;
	struct row *row;
	struct place *place;
	struct edge *held;
	struct holder *holders;
	size_t held_used, held_room, holders_used, holders_room;
	int64_t unit_place, unit_soft;
	int32_t places_max;        /* largest demand */
	uint32_t department_limit; /* pairs of one department before unit_soft is charged; 0 = any
				      number */
	uint64_t *alive;           /* rows x alive_words: blocks in which a mentor may be allowed */
	size_t alive_words;
	struct level levels[LEVELS];
	uint32_t level_count;
	struct gather gather;
	struct mentor_pairs *mentor_pairs;  /* by place */
	struct near_share shares[CREW_MAX]; /* reused from one pricing of mentors to the next */
	int64_t shift;  /* to be subtracted from all rows' prices and added to all mentors' */
	uint32_t *ends; /* rows at which a reverse search ended, all at the same distance */
	size_t end_count;
	bool any_kept;
	size_t settled_places;
	unsigned keep;                 /* candidates a pricing may add to a row */
	struct arena arenas[CREW_MAX]; /* by worker */
	/* search */
	struct label *labels;
	uint32_t stamp;
	struct heap heap;
	uint32_t *stack; /* nodes at the distance being settled */
	size_t stack_count, stack_room;
	uint32_t *settled;
	size_t settled_count;
	uint32_t *pending; /* rows to price */
	size_t pending_count;
	/* figures */
	size_t places_asked, places_open;
	struct engine_figures figures;
	size_t pairs_scored[CREW_MAX];
	bool cancelled, failed;
	bool stable; /* mode STABLE: no blocking pair was found */
};

/* As 16 bits, clamped: a price that is too small lets a pair through, which is then examined
 * exactly. */
static inline int16_t clamped(int64_t value)
{
	return (int16_t)(value > INT16_MAX ? INT16_MAX : value < INT16_MIN ? INT16_MIN : value);
}

static inline int64_t flags_value(const struct solver *solver, uint32_t flags)
{
	int64_t units = (flags & PAIR_KEPT ? 1 : 0) -
			(flags & PAIR_GRANTED ? ENGINE_GRANT_UNITS : 0);
	return units * solver->unit_soft;
}

static inline int64_t edge_value(const struct solver *solver, const struct edge *edge)
{
	return edge->score + flags_value(solver, edge->flags);
}

static inline int64_t holder_value(const struct solver *solver, const struct holder *holder)
{
	return holder->score + flags_value(solver, holder->flags);
}

/* The cost of leaving place number `which` (from 1) of a mentee empty. */
static inline int64_t penalty(const struct solver *solver, uint32_t which)
{
	return (solver->places_max - (int64_t)which + 1) * solver->unit_place;
}

/* The row's price towards a mentor of that department. */
static inline int64_t price_towards(const struct row *row, uint32_t department)
{
	return row->limit == department ? row->limit_price : row->price;
}

static inline uint32_t places_to_send(const struct row *row)
{
	return (uint32_t)row->demand - row->pinned - row->held - row->empty;
}

/* Checks the cancel flag. In a separate file, so that tests can count the calls. */
bool is_cancelled(const struct solver *solver);

/* Borrows scorer. Must be released even after a failure. */
enum engine_status solver_init(struct solver *solver, struct engine_scorer *scorer,
	const struct engine_options *options, enum engine_mode mode);
void solver_release(struct solver *solver);

/* PAIR_GRANTED, or 0. Stable matchings make no such difference. */
static inline uint16_t solver_granted(const struct solver *solver, uint32_t row, uint32_t place)
{
	return solver->mode != ENGINE_MODE_STABLE && layout_granted(solver->scorer, row, place)
		       ? PAIR_GRANTED
		       : 0;
}

/* Adds a pair to the row's list unless it is there; marks it as kept if requested, and as granted
 * if it is. False: out of memory. */
bool solver_list(struct solver *solver, uint32_t row, struct edge edge, unsigned worker);
struct edge *solver_find(const struct row *row, uint32_t place);
bool solver_holds(const struct solver *solver, const struct row *row, uint32_t place);
void solver_take(struct solver *solver, uint32_t row, struct edge edge);
void solver_drop(struct solver *solver, uint32_t row, uint32_t place);
/* Makes room for so many pairs for a row or mentor that holds none. False: out of memory. */
bool solver_resize_row(struct solver *solver, uint32_t row, uint16_t demand);
bool solver_resize_place(struct solver *solver, uint32_t place, uint16_t capacity);
/* The places of a mentor: capacity, or the room left under the exposure cap. */
uint16_t solver_capacity(const struct solver *solver, const struct person *person);
uint16_t solver_demand(const struct solver *solver, const struct person *person);
/* Sets or clears the row's limit after its pairs have changed. */
void solver_limit(struct solver *solver, uint32_t row);
/* The number of pinned and taken pairs of a row in that department. */
uint32_t solver_in_department(const struct solver *solver, uint32_t row, uint32_t department);
void solver_pend(struct solver *solver, uint32_t row);

static inline uint32_t node_row(const struct solver *solver, uint32_t node)
{
	uint32_t at = node - solver->places;
	return at < solver->rows ? at : at - solver->rows;
}

static inline bool is_settled(const struct solver *solver, uint32_t node)
{
	return solver->labels[node].stamp == solver->stamp + 1;
}

/* Sets a mentor's price and its 16-bit copies. */
void solver_set_price(struct solver *solver, uint32_t place, int64_t price);
/* Discards the 16-bit copies of prices; they are made again when needed. */
void solver_forget_levels(struct solver *solver);
/* Discards the pairs by mentor. */
void solver_forget_pairs(struct solver *solver);
/* Clears heap, stack and labels for the next search. */
void solver_clear_search(struct solver *solver);

#endif
