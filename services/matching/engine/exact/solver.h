/*
 * The state of an exact run: a flow of mentees' places through candidate pairs to mentors' places,
 * and the prices that prove it.
 *
 * Invariants, at all times between two steps (row i, place j, value s, prices u and v):
 *	listed pair, not taken		s <= u + v
 *	pair taken			s >= u + v
 *	any pair not listed		s <= bound[i] + v, bound[i] <= u (by department, see below)
 *	mentor with a place to spare	v = 0
 *	mentee, places left empty	-penalty(filled) <= u <= -penalty(filled + 1)
 * So the prices are feasible for every pair of the population whenever one looks, and the dual
 *value bounds what is reachable even if the run is stopped. During a run u only falls and v only
 *rises.
 *
 * In shortlists of two departments u is the price for mentors of any department but one: where a
 * mentee holds the limit of one department ("limit"), that one has the price q, u <= q <= u + unit.
 */
#ifndef ENGINE_SOLVER_H
#define ENGINE_SOLVER_H

#include "matching/engine/base/crew.h"
#include "matching/engine/score/layout.h"
#include "matching/engine/exact/solve.h"

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

/* A search's label on a node: places first, then rows, then the rows' limit nodes. */
struct label {
	int64_t distance;
	uint32_t from;  /* node before */
	uint32_t stamp; /* search that labelled it; plus 1 when settled, plus 2 on a path taken */
};

struct heap_entry {
	int64_t key;
	uint32_t node;
	uint32_t next; /* reverse searches: the one after it at the same distance */
};

struct arena {
	struct arena_chunk *chunks;
	size_t left;
	uint8_t *at;
};

/*
 * Mentors' prices as 16 bits, less an offset, kept up to date for the kernels; clamped, which only
 * lets too many pairs through.
 */
#define LEVELS 16u
struct level {
	int64_t offset;
	int16_t *price;
};

/* Mentors not yet settled by a long search, in blocks of their own. */
struct gather {
	uint32_t *places;
	struct block *blocks;
	uint16_t *slots;
	uint8_t *scratch;
	uint32_t count; /* places; 0 = none gathered in this search */
	uint32_t block_count;
};

/*
 * Pairs of one mentor that cost less than `reach` to take; made when a reverse search asks for
 * them. The nearest stand in front, for a search hardly ever needs the others.
 */
struct column {
	struct holder *entries; /* owned */
	int64_t reach; /* reduced cost below which every pair is an entry; 0 = nothing known */
	int64_t near;  /* <= reach: cost below which every pair is among the first near_count */
	uint32_t count, near_count;
};

/* Pairs near enough to be kept, as one worker finds them. */
struct meeting {
	uint32_t row;
	uint16_t lane;
	int16_t score;
};
struct column_share {
	struct meeting *meetings; /* owned */
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
	uint32_t department_limit; /* pairs of one department before unit_soft is due; 0 = rule off
				    */
	uint64_t *alive;           /* rows x alive_words: blocks in which somebody may be allowed */
	size_t alive_words;
	struct level levels[LEVELS];
	uint32_t level_count;
	struct gather gather;
	struct column *columns;               /* by place */
	struct column_share shares[CREW_MAX]; /* kept from one pricing of columns to the next */
	int64_t shift;  /* still to be taken off all rows' prices and put on all mentors' */
	uint32_t *ends; /* rows at which a reverse search ended, all equally near */
	size_t end_count;
	bool any_kept;
	size_t settled_places;
	unsigned keep;                 /* candidates a pricing may add to a row */
	struct arena arenas[CREW_MAX]; /* by worker */
	/* search */
	struct label *labels;
	uint32_t stamp;
	struct heap_entry *heap;
	size_t heap_count, heap_room;
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

/* What it costs to leave place number `which` (1..) of a mentee empty. */
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

static inline bool is_cancelled(const struct solver *solver)
{
	return solver->options.cancel &&
	       atomic_load_explicit(solver->options.cancel, memory_order_relaxed);
}

/* Borrows scorer. kept pairs (repair) may be null. After a failure release works as well. */
enum engine_status solver_init(struct solver *solver, struct engine_scorer *scorer,
	const struct engine_options *options, enum engine_mode mode);
void solver_release(struct solver *solver);

/* PAIR_GRANTED, or 0. Stable matchings know no such difference. */
static inline uint16_t solver_granted(const struct solver *solver, uint32_t row, uint32_t place)
{
	return solver->mode != ENGINE_MODE_STABLE && layout_granted(solver->scorer, row, place)
		       ? PAIR_GRANTED
		       : 0;
}

/* Puts a pair in the row's list unless it is there; marks it kept if asked, and granted if it is.
 * False without memory. */
bool solver_list(struct solver *solver, uint32_t row, struct edge edge, unsigned worker);
struct edge *solver_find(const struct row *row, uint32_t place);
bool solver_holds(const struct solver *solver, const struct row *row, uint32_t place);
void solver_take(struct solver *solver, uint32_t row, struct edge edge);
void solver_drop(struct solver *solver, uint32_t row, uint32_t place);
/* Gives a row or a mentor that holds nothing room for so many pairs. False without memory. */
bool solver_resize_row(struct solver *solver, uint32_t row, uint16_t demand);
bool solver_resize_place(struct solver *solver, uint32_t place, uint16_t capacity);
/* Places of a mentor: capacity, or the room left under the exposure cap. */
uint16_t solver_capacity(const struct solver *solver, const struct person *person);
uint16_t solver_demand(const struct solver *solver, const struct person *person);
/* Sets or clears the row's limit after its pairs have changed. */
void solver_limit(struct solver *solver, uint32_t row);
/* Pinned and taken pairs of a row in that department. */
uint32_t solver_in_department(const struct solver *solver, uint32_t row, uint32_t department);
void solver_pend(struct solver *solver, uint32_t row);

/* auction.c: takes the pairs that are easy to decide; prices rise, nothing is lost if it stops. */
void auction_run(struct solver *solver);

/* search.c: decides one place of a row by a shortest path. */
enum search_answer {
	SEARCH_DONE,    /* the place is decided, held or empty */
	SEARCH_BLOCKED, /* rows were pended; prices moved as far as is proven */
	SEARCH_LONG,    /* more than `most` rows; prices moved as far as it came */
	SEARCH_STOPPED, /* cancelled or out of memory, nothing moved */
};
enum search_answer search_run(struct solver *solver, uint32_t row, size_t most, bool pricing);

/* search_path.c: what a finished search changes. */
struct ending {
	int64_t distance;
	uint32_t node; /* place with room, or row that leaves a place empty */
};
void search_move_prices(struct solver *solver, int64_t reach);
void search_take_path(struct solver *solver, uint32_t start, uint32_t node);
bool heap_push(struct solver *solver, int64_t key, uint32_t node);
struct heap_entry heap_pop(struct solver *solver);
/* Clears heap, stack and labels for the next search. */
void search_clear(struct solver *solver);
/* Forgets the 16-bit copies of prices; they are made again when needed. */
void price_forget(struct solver *solver);
/* Rows on the way that are close to their bound are priced together with the one that blocked. */
void search_pend_rows(struct solver *solver);

static inline uint32_t node_row(const struct solver *solver, uint32_t node)
{
	uint32_t at = node - solver->places;
	return at < solver->rows ? at : at - solver->rows;
}

static inline bool is_settled(const struct solver *solver, uint32_t node)
{
	return solver->labels[node].stamp == solver->stamp + 1;
}

/*
 * price.c: compares rows with the whole population at today's prices and lists the best pairs that
 * were not listed, so that bound falls below price (or the row is complete: bound = PRICE_LOWEST).
 */
enum engine_status price_rows(struct solver *solver, const uint32_t *rows, size_t count);

/*
 * The same for one row in the middle of a search that has come to where the row's price (limited:
 * its price towards the limited department) meets its bound. If outside is set, mentors already
 * settled are left out: their prices rise with the search as the row's falls, so they cannot object
 * before it ends. The bound then holds for the rest only and row->loose is set; the search closes
 * it to the price when it ends. Where mentors are few, a row that has been priced often enough gets
 * them all instead, and is never priced again.
 */
#define PRICED_ENOUGH 3u /* times a row is priced against everybody before that */
enum engine_status price_within(struct solver *solver, uint32_t row, bool limited, bool outside);

/*
 * column.c: scores up to 128 mentors against all rows; keeps the pairs below each one's reach
 * (PRICE_NEVER = all). If solver->cancelled is set then, nothing was kept. False without memory.
 */
bool column_price(
	struct solver *solver, const uint32_t *places, const int64_t *reaches, uint32_t count);
/* All mentors, block by block; stops early if cancelled. */
bool column_price_all(struct solver *solver, int64_t reach);
void column_forget(struct solver *solver);
/* Lists the pairs of a wholly known column that its price no longer covers. */
bool column_list(struct solver *solver, uint32_t place);

/*
 * The same shortest path from the other end, for when few places are left.
 *
 * reverse_run looks from all places to spare at once for the nearest rows with something to send,
 * an eighth of them in one search: each of them ends a shortest path, and paths that do not cross
 * are taken together. The prices of everybody farther away move as one, so that is only noted
 * (shift), and the rows' bounds are not kept meanwhile: reverse_close makes prices and bounds valid
 * again after the last one.
 *
 * reverse_lower lets the price of a mentor with a place to spare fall until somebody takes the
 * place or it is 0 (after a change: the invariant of spare places does not hold for that mentor
 * before).
 *
 * Both answer SEARCH_DONE or SEARCH_STOPPED.
 */
/* points from today's prices within which a mentor's pairs are kept */
#define REVERSE_REACH 2000
enum search_answer reverse_run(struct solver *solver);
void reverse_close(struct solver *solver);
enum search_answer reverse_lower(struct solver *solver, uint32_t place);

/* gather.c: puts the mentors not settled yet together, so that pricing outside is quick. */
bool gather_build(struct solver *solver);
void gather_release(struct gather *gather);

/* price_row.c: one row against blocks, keeping the best pairs that are not listed. */
struct find {
	int64_t value; /* score - price */
	uint32_t place;
	int32_t score;
};
struct ask {
	uint32_t row;
	uint32_t found;
	uint32_t keep;
	uint32_t level;   /* which offset of prices, LEVELS = let everything through */
	int64_t limit;    /* pairs above this are wanted */
	int64_t complete; /* limit that means "every pair was seen" if it still stands at the end */
	bool within;      /* in a search: one side of the limit only */
	bool limited;     /* which */
	bool outside;
	bool all; /* there is room for everybody */
};
void ask_begin(struct solver *solver, struct ask *ask, uint32_t row, bool first);
void ask_block(struct solver *solver, struct ask *ask, struct find *finds, uint32_t block);
/* Lists the finds and lowers the bounds; false without memory. */
bool ask_end(struct solver *solver, struct ask *ask, const struct find *finds, unsigned worker);

/* Where a pricing of the row starts listing; relative to it prices are rounded to an offset. */
int64_t price_limit(const struct solver *solver, const struct row *row, bool limited);
/* The level of prices with the offset for that limit; made if need be. */
uint32_t price_level(struct solver *solver, int64_t limit, bool make);
/* A mentor's price, and its 16-bit copies. */
void price_set(struct solver *solver, uint32_t place, int64_t price);

/* Runs to the end: ENGINE_OK, ENGINE_CANCELLED (state valid) or ENGINE_NO_MEMORY. */
enum engine_status solver_run(struct solver *solver);

/* result.c: the result as the state says, certificate included. */
enum engine_status solver_result(struct solver *solver, struct engine_result *ret_result);

/* outcome.c: one entry per mentee, after pairs are in place. */
enum engine_status outcome_fill(struct solver *solver, struct engine_result *result);

/*
 * solve.c: checks policy and pins, compares the estimate with the limit and lays out. The scorer's
 * policy has the exposure cap raised as far as full lists need it.
 */
enum engine_status solve_prepare(const struct engine_population *population,
	const struct engine_policy *policy, const struct engine_options *options,
	enum engine_mode mode, struct engine_faults *faults, struct engine_scorer **ret_scorer);

/* arena.c: memory that lives as long as the solver. Null without memory. */
void *arena_take(struct arena *arena, size_t size);
void arena_release(struct arena *arena);

#endif
