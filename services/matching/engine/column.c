/* Mentors against all rows: gathered in one block, all rows pass by, on all threads. */
#include "matching/engine/solver.h"

#include <stdlib.h>
#include <string.h>

/* An allowed pair as one worker finds it. */
struct meeting {
	uint32_t row;
	uint16_t lane;
	int16_t score;
};

struct share {
	struct meeting *meetings;
	size_t count, room;
};

struct columns_pricing {
	struct solver *solver;
	const uint32_t *places;
	uint32_t count;
	struct block block;
	uint16_t *slots;
	struct share shares[CREW_MAX];
	atomic_bool failed;
};

static bool near(const struct columns_pricing *pricing, const struct person *mentee)
{
	int32_t common = 0;
	for (size_t w = 0; w < ENGINE_HOURS_WORDS; w++)
		common += __builtin_popcountll(mentee->hours[w] & pricing->block.hours_any[w]);
	return common >= pricing->solver->policy.common_half_hours;
}

static bool note_row(struct columns_pricing *pricing, struct share *share, uint32_t row)
{
	const struct engine_scorer *scorer = pricing->solver->scorer;
	const struct mentee_line *mentee = &scorer->rows[row];
	struct kernel_call call = { &scorer->kernel_policy, (const uint8_t(*)[16])scorer->tables,
		scorer->ops + mentee->first_op, mentee->ends, pricing->slots,
		pricing->block.columns, { scorer->no_price, INT16_MIN, false } };
	int16_t scores[KERNEL_LANES] __attribute__((uninitialized));
	uint64_t hits[2];
	if (!near(pricing, &scorer->population->people[mentee->person]) ||
		scorer->kernel(&call, scores, hits) != KERNEL_HITS)
		return true;
	for (uint32_t lane = 0; lane < pricing->count; lane++) {
		if (!(hits[lane / 64] >> (lane % 64) & 1) ||
			!layout_open(scorer, row, pricing->places[lane]))
			continue;
		if (pricing->solver->row[row].pinned &&
			people_pinned(scorer->population, mentee->person,
				scorer->lines[pricing->places[lane]].person))
			continue;
		if (!people_grow((void **)&share->meetings, &share->room, share->count,
			    sizeof(*share->meetings)))
			return false;
		share->meetings[share->count++] = (struct meeting){ row, (uint16_t)lane,
			scores[lane] };
	}
	return true;
}

static void work(void *context, unsigned worker)
{
	struct columns_pricing *pricing = context;
	uint64_t size = crew_size(pricing->solver->crew);
	uint32_t from = (uint32_t)(pricing->solver->rows * (uint64_t)worker / size);
	uint32_t to = (uint32_t)(pricing->solver->rows * (worker + (uint64_t)1) / size);
	for (uint32_t row = from; row < to; row++)
		if (!note_row(pricing, &pricing->shares[worker], row))
			atomic_store(&pricing->failed, true);
}

static uint16_t kept_flag(const struct solver *solver, uint32_t row, uint32_t place)
{
	const struct edge *edge = solver_find(&solver->row[row], place);
	return edge ? edge->kept : 0;
}

/* Workers have consecutive rows, so the entries come out ascending by row. */
static bool fill(struct columns_pricing *pricing)
{
	struct solver *solver = pricing->solver;
	uint32_t counts[KERNEL_LANES] = { 0 };
	for (unsigned w = 0; w < CREW_MAX; w++)
		for (size_t m = 0; m < pricing->shares[w].count; m++)
			counts[pricing->shares[w].meetings[m].lane]++;
	for (uint32_t lane = 0; lane < pricing->count; lane++) {
		struct column *column = &solver->columns[pricing->places[lane]];
		column->entries = malloc((counts[lane] + (size_t)1) * sizeof(*column->entries));
		if (!column->entries)
			return false;
		column->count = 0;
		column->known = true;
		solver->columns_known++;
	}
	for (unsigned w = 0; w < CREW_MAX; w++)
		for (size_t m = 0; m < pricing->shares[w].count; m++) {
			const struct meeting *meeting = &pricing->shares[w].meetings[m];
			uint32_t place = pricing->places[meeting->lane];
			struct column *column = &solver->columns[place];
			column->entries[column->count++] = (struct holder){ meeting->row,
				meeting->score, kept_flag(solver, meeting->row, place) };
		}
	return true;
}

bool column_price(struct solver *solver, const uint32_t *places, uint32_t count)
{
	struct columns_pricing pricing = { .solver = solver, .places = places, .count = count };
	uint8_t *scratch = aligned_alloc(64, layout_scratch_size(solver->scorer));
	pricing.slots = malloc((solver->scorer->columns.count + (size_t)1) * sizeof(uint16_t));
	bool done = scratch && pricing.slots &&
		    layout_gather_block(
			    solver->scorer, places, count, &pricing.block, pricing.slots, scratch);
	if (done)
		crew_run(solver->crew, work, &pricing);
	done = done && !atomic_load(&pricing.failed) && fill(&pricing);
	for (unsigned w = 0; w < CREW_MAX; w++)
		free(pricing.shares[w].meetings);
	free(pricing.block.columns);
	free(pricing.slots);
	free(scratch);
	solver->pairs_scored[0] += (size_t)solver->rows * count;
	return done;
}

void column_forget(struct solver *solver)
{
	for (uint32_t j = 0; solver->columns && solver->columns_known && j < solver->places; j++) {
		free(solver->columns[j].entries);
		solver->columns[j] = (struct column){ 0 };
	}
	solver->columns_known = 0;
}

bool column_list(struct solver *solver, uint32_t index)
{
	const struct column *column = &solver->columns[index];
	const struct place *place = &solver->place[index];
	for (uint32_t e = 0; e < column->count; e++) {
		const struct holder *entry = &column->entries[e];
		const struct row *row = &solver->row[entry->row];
		int64_t bound = row->limit == place->department ? row->limit_bound : row->bound;
		if (holder_value(solver, entry) <= bound + place->price)
			continue;
		if (!solver_list(solver, entry->row,
			    (struct edge){ index, entry->score, entry->kept }, 0))
			return false;
	}
	return true;
}
